package operator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/sim/operator"
)

func texts(t *testing.T) *i18n.Bundle {
	t.Helper()
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// call uses the control and reads the answer into out.
func call(t *testing.T, h http.Handler, method, path, body string, out any) int {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
	if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
		}
	}
	return w.Code
}

func TestControl(t *testing.T) {
	t.Parallel()
	b := setup(t, operator.Options{})
	h := b.Handler(texts(t))
	if _, err := b.ask(t, good(t, 5)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ask(t, good(t, 9)); err != nil {
		t.Fatal(err)
	}
	var s operator.State
	if code := call(t, h, "GET", "/state", "", &s); code != 200 || s.Address != b.Addr() || !strings.Contains(s.Bench, "not an operator") || len(s.Drives) != 1 {
		t.Errorf("%d %+v", code, s)
	}
	d := s.Drives[0]
	if d.Documents != 1 || d.Last != 5 || d.Refused != 1 || d.Refusal == nil || d.Refusal.Number != 9 || d.Refusal.Code != 3 || d.Refusal.Why != "number_gap" {
		t.Errorf("%+v", d)
	}
	var papers []operator.Paper
	if code := call(t, h, "GET", "/drives/"+dummy, "", &papers); code != 200 || len(papers) != 1 || papers[0].Name != "Receipt" || papers[0].KindName != "income" {
		t.Errorf("%d %+v", code, papers)
	}
	var p operator.Paper
	if code := call(t, h, "GET", "/drives/"+dummy+"/documents/5", "", &p); code != 200 || p.At != "2026-03-10 12:00:00" || len(p.Findings) != 0 {
		t.Errorf("%d %+v", code, p)
	}
	var total string
	for _, l := range p.Fields {
		if l.Tag == 1020 {
			total = l.Name + " " + l.Value
		}
	}
	if total != "Total 99.00" {
		t.Errorf("the total reads %q", total)
	}

	if code := call(t, h, "POST", "/faults/unpaid", `{"times": 2}`, &s); code != 200 || s.Trouble != operator.Unpaid {
		t.Errorf("%d %+v", code, s)
	}
	if code := call(t, h, "DELETE", "/faults/silent", "", &s); code != 200 || s.Trouble != operator.Unpaid { // another one stays
		t.Errorf("%d %+v", code, s)
	}
	if code := call(t, h, "DELETE", "/faults/unpaid", "", &s); code != 200 || s.Trouble != "" {
		t.Errorf("%d %+v", code, s)
	}
	if code := call(t, h, "POST", "/faults/silent", "", &s); code != 200 || s.Trouble != operator.Silent {
		t.Errorf("%d %+v", code, s)
	}
	if code := call(t, h, "DELETE", "/faults", "", &s); code != 200 || s.Trouble != "" {
		t.Errorf("%d %+v", code, s)
	}
	if code := call(t, h, "POST", "/clock", `{"set": "2027-01-02T03:04:05+03:00"}`, &s); code != 200 {
		t.Errorf("%d %+v", code, s)
	}
	if _, err := b.ask(t, good(t, 6)); err != nil {
		t.Fatal(err)
	}
	if call(t, h, "GET", "/state", "", &s); s.Drives[0].Heard.UTC().Format("2006-01-02 15:04") != "2027-01-02 00:04" {
		t.Errorf("by its own clock it heard the drive at %s", s.Drives[0].Heard)
	}
	if code := call(t, h, "POST", "/drives/"+dummy+"/faults/silent", "", &s); code != 200 || s.Trouble != "" || s.Drives[0].Trouble != operator.Silent {
		t.Errorf("%d %+v", code, s)
	}
	if code := call(t, h, "DELETE", "/drives/"+dummy+"/faults", "", &s); code != 200 || s.Drives[0].Trouble != "" {
		t.Errorf("%d %+v", code, s)
	}
	s = operator.State{}
	if code := call(t, h, "DELETE", "/drives/"+dummy, "", &s); code != 200 || len(s.Drives) != 0 {
		t.Errorf("%d %+v", code, s)
	}
	var list []struct {
		ID, Name string
		OneDrive bool
	}
	if code := call(t, h, "GET", "/faults", "", &list); code != 200 || len(list) != len(operator.Troubles()) || list[0].OneDrive || !list[1].OneDrive {
		t.Errorf("%d %+v", code, list)
	}
	for _, e := range list {
		if e.Name == e.ID {
			t.Errorf("%s has no name", e.ID)
		}
	}
}

func TestControlRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t, operator.Options{})
	h := b.Handler(texts(t))
	for _, tc := range []struct {
		method, path, body, code string
		status                   int
	}{
		{"POST", "/faults/plague", "", "sim_unknown_trouble", 404},
		{"DELETE", "/faults/plague", "", "sim_unknown_trouble", 404},
		{"POST", "/clock", `{"set": "noon"}`, "sim_bad_clock", 422},
		{"POST", "/drives/" + dummy + "/faults/gone", "", "sim_unknown_trouble", 404},
		{"POST", "/faults/slow", `{"times": -1}`, "sim_bad_trouble", 422},
		{"POST", "/faults/slow", `{"delayMillis": 9223372036854775807}`, "sim_bad_trouble", 422},
		{"POST", "/faults/slow", `soon`, "sim_bad_trouble", 422},
		{"GET", "/drives/" + dummy, "", "sim_unknown_drive", 404},
		{"GET", "/drives/" + dummy + "/documents/1", "", "sim_unknown_drive", 404},
	} {
		var p struct{ Code, Title string }
		if status := call(t, h, tc.method, tc.path, tc.body, &p); status != tc.status || p.Code != tc.code || p.Title == "" || strings.Contains(p.Title, "«problem") {
			t.Errorf("%s %s: %d %+v", tc.method, tc.path, status, p)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/faults/unpaid", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusForbidden || b.State().Trouble != "" {
		t.Errorf("a foreign page was let in: %d", w.Code)
	}
}

func TestPagesSayWhatItIsAndWork(t *testing.T) {
	t.Parallel()
	b := setup(t, operator.Options{})
	server := httptest.NewServer(b.Handler(texts(t)))
	defer server.Close()
	get := func(path, lang string) string {
		r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Language", lang)
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%s: %d, %v", path, resp.StatusCode, err)
		}
		if csp := resp.Header.Get("Content-Security-Policy"); path != "/style.css" && !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%s: policy %q", path, csp)
		}
		return string(body)
	}
	if _, err := b.ask(t, good(t, 5)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ask(t, good(t, 9)); err != nil { // refused, to be seen
		t.Fatal(err)
	}
	for lang, says := range map[string][3]string{
		"ru": {"испытательный стенд", "номер не следующий по порядку", "Кассовый чек"},
		"de": {"Prüfstand", "die Nummer ist nicht die nächste", "Kassenbon"},
		"en": {"test bench", "the number is not the next one", "Receipt"},
	} {
		first, drive := get("/", lang), get("/of/"+dummy, lang)
		if !strings.Contains(first, says[0]) || !strings.Contains(first, says[1]) || !strings.Contains(drive, says[2]) || !strings.Contains(drive, "99.00") {
			t.Errorf("%s: %s\n%s", lang, first, drive)
		}
		for _, body := range []string{first, drive} {
			if strings.Contains(body, "<script") || strings.Contains(body, "style=") || strings.Contains(body, "«sim.") || !strings.Contains(body, `lang="`+lang+`"`) {
				t.Errorf("%s: %s", lang, body)
			}
		}
	}
	if css := get("/style.css", "en"); !strings.Contains(css, "prefers-color-scheme: dark") {
		t.Error("no dark look")
	}
	post := func(path string, form url.Values) {
		resp, err := server.Client().PostForm(server.URL+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode != 200 || resp.Request.URL.Path != "/" {
			t.Errorf("%s ends at %s with %d", path, resp.Request.URL, resp.StatusCode)
		}
	}
	post("/turn", url.Values{"trouble": {operator.RefuseSign}, "times": {"3"}})
	post("/turn", url.Values{"trouble": {operator.Silent}, "drive": {dummy}})
	if s := b.State(); s.Trouble != operator.RefuseSign || s.Drives[0].Trouble != operator.Silent {
		t.Errorf("%+v", s)
	}
	post("/turn", url.Values{})
	post("/turn", url.Values{"drive": {dummy}})
	if s := b.State(); s.Trouble != "" || s.Drives[0].Trouble != "" {
		t.Errorf("%+v", s)
	}
	post("/forget", url.Values{"drive": {dummy}})
	if s := b.State(); len(s.Drives) != 0 {
		t.Errorf("%+v", s)
	}
}

// TestSeeds writes the fuzzer's seeds anew when it is asked to, and says when
// they are not what a bench sends any more.
func TestSeeds(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]byte{"receipt.bin": good(t, 5), "two.bin": append(good(t, 5), good(t, 6)...)} {
		file := "testdata/" + name
		if os.Getenv("WRITE_SEEDS") != "" {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != string(want) {
			t.Errorf("%s: %v; write it with WRITE_SEEDS=1", file, err)
		}
	}
}
