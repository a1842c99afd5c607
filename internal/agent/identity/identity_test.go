package identity_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/agent/identity"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

var now = time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC)

// server takes the code "GOOD" once, and again from the same key.
func server(t *testing.T, asked *[]wire.Enrol, loseFirst bool) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var e wire.Enrol
		if r.URL.Path != wire.PathEnrol || json.NewDecoder(r.Body).Decode(&e) != nil || len(e.PublicKey) != ed25519.PublicKeySize {
			t.Errorf("%s asked for %+v", r.URL.Path, e)
		}
		*asked = append(*asked, e)
		switch {
		case loseFirst && len(*asked) == 1:
			panic(http.ErrAbortHandler)
		case e.Code != "GOOD" || !bytes.Equal(e.PublicKey, (*asked)[0].PublicKey):
			w.WriteHeader(http.StatusNotFound)
			_ = json.NewEncoder(w).Encode(wire.Problem{Code: "enrol_code_unknown", Fatal: true})
		default:
			_ = json.NewEncoder(w).Encode(wire.Enrolled{Agent: "id-1", Name: "Shop 1"})
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func open(t *testing.T) *folder.Folder {
	t.Helper()
	f, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestEnrolThenLoad(t *testing.T) {
	t.Parallel()
	var asked []wire.Enrol
	s, f := server(t, &asked, false), open(t)
	if _, err := identity.Load(f.Path); !errors.Is(err, identity.ErrMissing) {
		t.Fatalf("before: %v", err)
	}
	e := wire.Enrolment{Server: s.URL, Code: "GOOD", Pin: bytes.Repeat([]byte{7}, 32)}
	made, err := identity.Enrol(t.Context(), f, e, identity.About{Host: "pc", OS: "linux"}, s.Client(), false, now)
	if err != nil {
		t.Fatal(err)
	}
	got, err := identity.Load(f.Path)
	if err != nil || got.Agent != "id-1" || got.Name != "Shop 1" || got.Server != s.URL || !bytes.Equal(got.Pin, e.Pin) || !got.Key.Equal(made.Key) {
		t.Fatalf("%+v, %v", got, err)
	}
	if asked[0].Host != "pc" || !bytes.Equal(asked[0].PublicKey, got.Key.Public().(ed25519.PublicKey)) {
		t.Errorf("%+v", asked[0])
	}
	if private, err := identity.Private(f.Path); !private || err != nil {
		t.Errorf("the key's file is private: %v, %v", private, err)
	}
	text, _ := os.ReadFile(f.Path("identity.json"))
	if strings.Contains(string(text), "PRIVATE") || strings.Contains(string(text), "GOOD") {
		t.Error("identity.json holds a secret")
	}
	if _, err := identity.Enrol(t.Context(), f, e, identity.About{}, s.Client(), false, now); !errors.Is(err, identity.ErrExists) {
		t.Errorf("once more: %v", err)
	}
	if _, err := identity.Enrol(t.Context(), f, e, identity.About{}, s.Client(), true, now); err != nil {
		t.Errorf("on purpose: %v", err)
	}
}

func TestALostAnswerIsAskedForAgainWithTheSameKey(t *testing.T) {
	t.Parallel()
	var asked []wire.Enrol
	s, f := server(t, &asked, true), open(t)
	e := wire.Enrolment{Server: s.URL, Code: "GOOD"}
	if _, err := identity.Enrol(t.Context(), f, e, identity.About{}, s.Client(), false, now); !errors.Is(err, identity.ErrNoServer) {
		t.Fatal(err)
	}
	if _, err := identity.Enrol(t.Context(), f, e, identity.About{}, s.Client(), false, now); err != nil {
		t.Fatal(err)
	}
}

func TestARefusalCarriesTheServersCode(t *testing.T) {
	t.Parallel()
	var asked []wire.Enrol
	s, f := server(t, &asked, false), open(t)
	_, err := identity.Enrol(t.Context(), f, wire.Enrolment{Server: s.URL, Code: "BAD1"}, identity.About{}, s.Client(), false, now)
	if !errors.Is(err, identity.ErrRefused) || problem.Of(err).Args["code"] != "enrol_code_unknown" {
		t.Fatal(err)
	}
}

func TestDamagedFilesAreNamedAndNotOverwritten(t *testing.T) {
	t.Parallel()
	var asked []wire.Enrol
	s, f := server(t, &asked, false), open(t)
	e := wire.Enrolment{Server: s.URL, Code: "GOOD"}
	if _, err := identity.Enrol(t.Context(), f, e, identity.About{}, s.Client(), false, now); err != nil {
		t.Fatal(err)
	}
	good, _ := f.Read("agent.key")
	for name, content := range map[string]string{"agent.key": "nonsense", "identity.json": "{"} {
		was, _ := f.Read(name)
		_ = f.Write(name, []byte(content))
		if _, err := identity.Load(f.Path); !errors.Is(err, identity.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := identity.Enrol(t.Context(), f, e, identity.About{}, s.Client(), false, now); !errors.Is(err, identity.ErrExists) {
			t.Errorf("%s: %v", name, err)
		}
		_ = f.Write(name, was)
	}
	if still, _ := f.Read("agent.key"); !bytes.Equal(still, good) {
		t.Error("the key was replaced")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"server":"https://h","agent":"a"}`), []byte("-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, id, key []byte) {
		dir, err := folder.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = dir.Close() }()
		_ = os.WriteFile(dir.Path("identity.json"), id, 0o600)
		_ = os.WriteFile(dir.Path("agent.key"), key, 0o600)
		got, err := identity.Load(dir.Path)
		if err == nil && (got.Agent == "" || len(got.Key) != ed25519.PrivateKeySize) {
			t.Fatalf("%+v", got)
		}
	})
}
