package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/wire"
)

// call runs the program as a shell would.
func call(t *testing.T, env map[string]string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, world{out: &o, errs: &e, env: func(k string) string { return env[k] }})
	return code, o.String(), e.String()
}

func TestCallsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, args := range [][]string{
		{}, {"dance"}, {"run", "--loud"}, {"enrol"}, {"enrol", "a", "b"}, {"run", "now"}, {"service"}, {"service", "dance"}, {"doctor", "now"}, {"doctor", "--data"},
	} {
		code, out, errs := call(t, nil, append(args, "--data", dir)...)
		if code != exitUsage || out != "" || !strings.Contains(errs, "tillwright-agent enrol") {
			t.Errorf("%v: code %d, %q, %q", args, code, out, errs)
		}
	}
}

func TestHelpSpeaksTheLanguageAskedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		args []string
		want string
	}{
		{map[string]string{"LANG": "ru_RU.UTF-8"}, nil, "читает состояние касс"},
		{map[string]string{"LANG": "ru_RU.UTF-8"}, []string{"--lang", "de"}, "liest Kassen aus"},
		{map[string]string{"LANG": "C"}, nil, "reads cash registers"},
	} {
		code, out, _ := call(t, c.env, append([]string{"help", "--data=/some/where"}, c.args...)...)
		if code != exitOK || !strings.Contains(out, c.want) || !strings.Contains(out, "/some/where") {
			t.Errorf("%v %v: %d %q", c.env, c.args, code, out)
		}
	}
}

func enrolServer(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var e wire.Enrol
		_ = json.NewDecoder(r.Body).Decode(&e)
		if e.Code != "GOOD-CODE" {
			w.WriteHeader(http.StatusConflict)
			_ = json.NewEncoder(w).Encode(wire.Problem{Code: "enrol_code_used", Fatal: true})
			return
		}
		_ = json.NewEncoder(w).Encode(wire.Enrolled{Agent: "id-1", Name: "Shop 1"})
	}))
	t.Cleanup(s.Close)
	return s
}

func TestEnrol(t *testing.T) {
	t.Parallel()
	s, dir := enrolServer(t), filepath.Join(t.TempDir(), "data")
	code, _, errs := call(t, nil, "enrol", s.URL+"/#BAD-CODE", "--data", dir)
	if code != exitFailed || !strings.Contains(errs, "code") || strings.Contains(errs, "{") {
		t.Fatalf("%d %q", code, errs)
	}
	code, out, errs := call(t, nil, "enrol", "--data", dir, s.URL+"/#GOOD-CODE")
	if code != exitOK || !strings.Contains(out, "Shop 1") {
		t.Fatalf("%d %q %q", code, out, errs)
	}
	if code, _, _ = call(t, nil, "enrol", s.URL+"/#GOOD-CODE", "--data", dir); code != exitFailed {
		t.Fatal("enrolled over an identity without being told to")
	}
	if code, _, _ = call(t, nil, "enrol", s.URL+"/#GOOD-CODE", "--data", dir, "--replace"); code != exitOK {
		t.Fatal("not with --replace either")
	}
	for _, bad := range []string{"http://till.example/#CODE", "nonsense"} {
		if code, _, errs = call(t, nil, "enrol", bad, "--data", dir); code != exitFailed || !strings.Contains(errs, "nrolment") {
			t.Errorf("%s: %d %q", bad, code, errs)
		}
	}
}

func TestRunWithoutAnIdentitySaysWhatToDo(t *testing.T) {
	t.Parallel()
	code, _, errs := call(t, nil, "run", "--data", t.TempDir())
	if code != exitFailed || !strings.Contains(errs, "tillwright-agent enrol") {
		t.Errorf("%d %q", code, errs)
	}
}

func TestABadFileIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "agent.toml")
	if err := os.WriteFile(file, []byte("serverr = 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"run", "--data", dir}, {"doctor", "--config", file}, {"doctor", "--config", file + "x"}} {
		code, _, errs := call(t, nil, args...)
		if code != exitFailed || !strings.Contains(errs, file) {
			t.Errorf("%v: %d %q", args, code, errs)
		}
	}
}

func TestDoctorOnAnAgentThatIsNotEnrolled(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{"en": "is not enrolled", "de": "nicht angemeldet", "ru": "не подключён"} {
		code, out, _ := call(t, nil, "doctor", "--data", t.TempDir(), "--lang", lang)
		if code != exitFailed || !strings.Contains(out, want) || !strings.Contains(out, "→") || strings.ContainsAny(out, "«»{}") && lang != "ru" {
			t.Errorf("%s: %d %s", lang, code, out)
		}
	}
}

func TestTheLogFileIsBounded(t *testing.T) {
	t.Parallel()
	l := &logFile{path: filepath.Join(t.TempDir(), "agent.log")}
	line := bytes.Repeat([]byte("x"), 100_000)
	for range 150 {
		if n, err := l.Write(line); n != len(line) || err != nil {
			t.Fatal(n, err)
		}
	}
	for _, name := range []string{l.path, l.path + ".1"} {
		info, err := os.Stat(name)
		if err != nil || info.Size() > maxLog+int64(len(line)) || info.Size() == 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	gone := &logFile{path: filepath.Join(t.TempDir(), "no", "such", "folder")}
	if n, err := gone.Write(line); n != len(line) || err != nil {
		t.Error("a log that cannot be written stops its writer")
	}
}
