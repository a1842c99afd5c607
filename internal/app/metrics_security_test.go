package app_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/tillwright/tillwright/internal/app"
)

// TestMetricsAreForTheOperator: strangers do not learn how many shops there
// are, nor by way of the operator's proxy.
func TestMetricsAreForTheOperator(t *testing.T) {
	t.Parallel()
	a, _ := start(t, app.Config{PlainAnywhere: true, MetricsFrom: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/28")}, Proxies: []netip.Prefix{netip.MustParsePrefix("203.0.113.1/32")}})
	for name, tc := range map[string]struct {
		peer, forwarded string
		status          int
	}{
		"this machine":                       {"127.0.0.1:5", "", 200},
		"this machine's other name":          {"[::1]:5", "", 200},
		"a stranger":                         {"198.51.100.7:5", "", 404},
		"a stranger by a proxy here":         {"127.0.0.1:5", "198.51.100.7", 404},
		"a stranger who says she is here":    {"198.51.100.7:5", "127.0.0.1", 404},
		"the same by a proxy":                {"127.0.0.1:5", "127.0.0.1, 198.51.100.7", 404},
		"a stranger by a proxy elsewhere":    {"203.0.113.1:5", "198.51.100.7", 404},
		"the operator's reader":              {"192.0.2.9:5", "", 200},
		"the operator's reader by the proxy": {"203.0.113.1:5", "192.0.2.9", 200},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
		if r.RemoteAddr = tc.peer; tc.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tc.forwarded)
		}
		w := httptest.NewRecorder()
		if a.Handler().ServeHTTP(w, r); w.Code != tc.status {
			t.Errorf("%s: %d, want %d", name, w.Code, tc.status)
		}
	}
}
