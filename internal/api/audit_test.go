package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/scope"
)

func TestTheTrailIsReadPageByPage(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	const written = 5
	a := New(Deps{Texts: texts, Log: slog.New(slog.DiscardHandler), Audit: func(_ context.Context, _ scope.Scope, f audit.Filter) (out []audit.Record, err error) {
		n := int64(written)
		if f.Before > 0 {
			n = f.Before - 1
		}
		for ; n > 0 && len(out) < f.Limit; n-- {
			out = append(out, audit.Record{Number: n, At: time.Unix(n, 0), Entry: audit.Entry{Action: "case.opened", Subject: f.Subject}})
		}
		return out, nil
	}})
	mux := http.NewServeMux()
	a.describe(mux)
	get := func(path, ofClient string, role scope.Role) (int, string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, Prefix+path, nil)
		id := access.Identity{Scope: scope.Person("t", "p", "P", ofClient, role)}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r.WithContext(access.WithIdentity(r.Context(), id)))
		return w.Code, w.Body.String()
	}
	for _, tc := range []struct {
		path, has, not string
	}{
		{"/audit?limit=2", `"next":"4"`, `"number":3`},
		{"/audit?limit=2&after=4", `"next":"2"`, `"number":4`},
		{"/audit?limit=2&after=2", `"number":1`, `"next"`},
		{"/audit?subject=case", `"subject":"case"`, `"next"`},
	} {
		status, body := get(tc.path, "", scope.Manager)
		if status != 200 || !strings.Contains(body, tc.has) || strings.Contains(body, tc.not) {
			t.Errorf("%s: %d %s", tc.path, status, body)
		}
	}
	if status, body := get("/audit", "client", scope.Manager); status != 403 || strings.Contains(body, "case.opened") {
		t.Errorf("a client's person: %d %s", status, body)
	}
	if status, _ := get("/audit?after=x", "", scope.Manager); status != 422 {
		t.Errorf("a key that is none: %d", status)
	}
}
