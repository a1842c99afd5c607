package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// broken is an API with two calls that break, behind the real door.
func broken(t *testing.T) http.Handler {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	a := New(Deps{Texts: texts, Log: slog.New(slog.DiscardHandler)})
	mux := http.NewServeMux()
	a.describe(mux)
	for _, op := range []struct {
		id   string
		fail func() error
	}{
		{"panics", func() error { panic("the password is 12345") }},
		{"fails", func() error { return errors.New("sql: no such table: secrets") }},
		{"says so", func() error { return problem.New(problem.Internal, "no_scope").In("somewhere") }},
		{"slows", func() error { return problem.New(problem.TooMany, "too_many").With("seconds", 7) }},
		{"names", func() error { return problem.New(problem.Invalid, "invalid").Field("fn_serial", "required") }},
	} {
		handle(a, operation{id: op.id, method: http.MethodGet, path: "/test/" + strings.ReplaceAll(op.id, " ", "-"), summary: "x", tag: "watch"},
			func(context.Context, who, *struct{}) (*empty, error) { return done(op.fail()) })
	}
	a.door.mountRest(a)
	return mux
}

func ask(t *testing.T, h http.Handler, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, Prefix+path, nil)
	r = r.WithContext(access.WithIdentity(r.Context(), access.Identity{Scope: scope.Person("t", "p", "P", "", scope.Admin)}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestWhatBreaksIsNotShown(t *testing.T) {
	t.Parallel()
	h := broken(t)
	for _, tc := range []struct {
		path, code string
		status     int
	}{
		{"/test/panics", "internal", 500},
		{"/test/fails", "internal", 500},
		{"/test/says-so", "internal", 500},
		{"/test/slows", "too_many", 429},
		{"/test/names", "invalid", 422},
	} {
		w := ask(t, h, http.MethodGet, tc.path)
		body := w.Body.String()
		if w.Code != tc.status || !strings.Contains(body, `"code":"`+tc.code+`"`) || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s %s", tc.path, w.Code, w.Header().Get("Content-Type"), body)
		}
		for _, secret := range []string{"12345", "sql", "somewhere", "no_scope", "goroutine"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s shows %q: %s", tc.path, secret, body)
			}
		}
	}
	if w := ask(t, h, http.MethodGet, "/test/slows"); w.Header().Get("Retry-After") != "7" {
		t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
	}
	if w := ask(t, h, http.MethodGet, "/test/names"); !strings.Contains(w.Body.String(), `"name":"fnSerial"`) {
		t.Errorf("a field is not named as JSON has it: %s", w.Body)
	}
}

func TestAnAnswerThatHasBegunIsBrokenOff(t *testing.T) {
	t.Parallel()
	d := newDoor(http.NewServeMux(), slog.New(slog.DiscardHandler), func(http.ResponseWriter, *http.Request, error) {
		t.Error("a second answer was written into the first one")
	})
	h := d.keep(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"items": [`))
		panic("midway")
	}))
	defer func() {
		if recover() == nil {
			t.Error("half an answer was ended as if it were whole")
		}
	}()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
}

func TestPathsThatAreNoCalls(t *testing.T) {
	t.Parallel()
	h := broken(t)
	if w := ask(t, h, http.MethodGet, "/none"); w.Code != 404 || !strings.Contains(w.Body.String(), `"code":"not_found"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w := ask(t, h, http.MethodPut, "/devices")
	if w.Code != 405 || w.Header().Get("Allow") != "GET, POST" {
		t.Errorf("%d, Allow %q: %s", w.Code, w.Header().Get("Allow"), w.Body)
	}
}

func TestKeysComeBackWhole(t *testing.T) {
	t.Parallel()
	for _, parts := range [][]string{{"Касса", "01"}, {"", "x"}, {"a/b?c", ""}} {
		got, err := unkey(key(parts...), len(parts))
		if err != nil || strings.Join(got, "|") != strings.Join(parts, "|") {
			t.Errorf("%q: %q, %v", parts, got, err)
		}
	}
	for _, bad := range []string{"%%%", key("one"), key("a", "b", "c")} {
		if _, err := unkey(bad, 2); problem.CodeOf(err) != "invalid" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzUnkey(f *testing.F) {
	f.Add(key("a", "b"))
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		parts, err := unkey(s, 2)
		if (err == nil) != (len(parts) == 2) {
			t.Errorf("%q: %d parts, %v", s, len(parts), err)
		}
	})
}

func FuzzHexOf(f *testing.F) {
	f.Add("91 34 00 00")
	f.Add("0x91:34-00")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := hexOf(s)
		if err != nil {
			return
		}
		again, err := hexOf(hexText(b))
		if err != nil || string(again) != string(b) {
			t.Errorf("%q: %x, %x, %v", s, b, again, err)
		}
	})
}
