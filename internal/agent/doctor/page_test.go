package doctor_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/agent/doctor"
	"github.com/tillwright/tillwright/internal/agent/folder"
)

// TestTheShopsPageIsLookedFor: an agent that runs must answer where its page is
// to be, one that does not must be able to.
func TestTheShopsPageIsLookedFor(t *testing.T) {
	t.Parallel()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
	}))
	t.Cleanup(page.Close)
	foreign := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(foreign.Close)
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := nobody.Addr().String()
	_ = nobody.Close()
	for name, c := range map[string]struct {
		running bool
		page    string
		want    string
	}{
		"none is wanted":              {false, "", "skip page.off"},
		"it could be served":          {false, "127.0.0.1:0", "ok page.ready"},
		"another program is there":    {false, foreign.URL, "warn page.taken"},
		"the agent serves it":         {true, page.URL, "ok page.ok"},
		"something else answers":      {true, foreign.URL, "warn page.taken"},
		"the agent could not take it": {true, "http://" + gone, "warn page.taken"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if c.running {
				f, err := folder.Open(dir)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = f.Close() })
			}
			codes, _ := check(t, doctor.Options{Data: dir, Page: strings.TrimPrefix(c.page, "http://")})
			if !slices.Contains(codes, c.want) {
				t.Errorf("%q", codes)
			}
		})
	}
}
