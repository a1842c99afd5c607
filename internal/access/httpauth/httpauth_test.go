package httpauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/access/httpauth"
	"github.com/tillwright/tillwright/internal/access/ratelimit"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// people knows one good session, one good token and one that breaks.
type people struct{}

func (people) BySession(_ context.Context, secret string) (access.Identity, error) {
	return open(secret, "good-session", access.Identity{Session: "s1"})
}

func (people) ByToken(_ context.Context, secret string) (access.Identity, error) {
	return open(secret, "tw_good", access.Identity{Token: "t1"})
}

func open(secret, good string, id access.Identity) (access.Identity, error) {
	switch secret {
	case good:
		id.Scope = scope.Person("tenant", "p1", "Igor", "", scope.Engineer)
		return id, nil
	case "broken":
		return access.Identity{}, errors.New("the database is away")
	}
	return access.Identity{}, problem.New(problem.Unauthenticated, "unauthenticated")
}

// page says who is asking.
var page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	id, ok := access.IdentityFrom(r.Context())
	if !ok {
		_, _ = w.Write([]byte("nobody"))
		return
	}
	_, _ = w.Write([]byte(id.Session + id.Token + " of " + access.ScopeFrom(r.Context()).Tenant()))
})

func chain(g *httpauth.Guard, h http.Handler) http.Handler {
	return g.Headers(g.CrossOrigin(g.Authenticate(h)))
}

func ask(h http.Handler, method string, headers map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), method, "https://desk.example.org/cases", strings.NewReader(""))
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestWhoIsAsking(t *testing.T) {
	t.Parallel()
	g := httpauth.New(people{}, httpauth.Options{TLS: true})
	const cookie, bearer = "Cookie", "Authorization"
	for name, tc := range map[string]struct {
		headers map[string]string
		status  int
		body    string
	}{
		"nobody":                  {nil, 200, "nobody"},
		"session":                 {map[string]string{cookie: "__Host-tillwright=good-session"}, 200, "s1 of tenant"},
		"a cookie without TLS":    {map[string]string{cookie: "tillwright=good-session"}, 200, "nobody"},
		"ended session":           {map[string]string{cookie: "__Host-tillwright=old"}, 200, "nobody"},
		"token":                   {map[string]string{bearer: "Bearer tw_good"}, 200, "t1 of tenant"},
		"token, small letters":    {map[string]string{bearer: "bearer tw_good"}, 200, "t1 of tenant"},
		"bad token":               {map[string]string{bearer: "Bearer tw_bad"}, 401, `"code":"unauthenticated"`},
		"bad token, good cookie":  {map[string]string{bearer: "Bearer tw_bad", cookie: "__Host-tillwright=good-session"}, 401, "unauthenticated"},
		"empty token":             {map[string]string{bearer: "Bearer"}, 401, "unauthenticated"},
		"a session as a token":    {map[string]string{bearer: "Bearer good-session"}, 401, "unauthenticated"},
		"a token as a session":    {map[string]string{cookie: "__Host-tillwright=tw_good"}, 200, "nobody"},
		"database away":           {map[string]string{cookie: "__Host-tillwright=broken"}, 500, `"code":"internal"`},
		"another way to sign in":  {map[string]string{bearer: "Basic dTpw"}, 200, "nobody"},
		"database away for token": {map[string]string{bearer: "Bearer broken"}, 500, "internal"},
	} {
		w := ask(chain(g, page), "GET", tc.headers)
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.body) {
			t.Errorf("%s: %d %q, want %d %q", name, w.Code, w.Body, tc.status, tc.body)
		}
		if strings.Contains(w.Body.String(), "database") {
			t.Errorf("%s shows its cause: %s", name, w.Body)
		}
	}
	w := ask(chain(g, page), "GET", map[string]string{cookie: "__Host-tillwright=old"})
	if c := w.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("an ended session's cookie stays: %v", c)
	}
}

func TestRights(t *testing.T) {
	t.Parallel()
	g := httpauth.New(people{}, httpauth.Options{})
	good := map[string]string{"Cookie": "__Host-tillwright=good-session"}
	for _, tc := range []struct {
		right   scope.Right
		headers map[string]string
		status  int
	}{
		{scope.SeeCases, good, 200},
		{scope.ManagePeople, good, 403},
		{scope.SeeCases, nil, 401},
	} {
		if w := ask(chain(g, g.Require(tc.right)(page)), "GET", tc.headers); w.Code != tc.status {
			t.Errorf("%s: %d, want %d", tc.right, w.Code, tc.status)
		}
	}
	if w := ask(chain(g, g.SignedIn(page)), "GET", nil); w.Code != 401 || w.Header().Get("WWW-Authenticate") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestAnotherSiteCannotWrite(t *testing.T) {
	t.Parallel()
	g := httpauth.New(people{}, httpauth.Options{TLS: true, CrossOriginPaths: []string{"POST /open"}})
	cookie := "__Host-tillwright=good-session"
	for name, tc := range map[string]struct {
		method  string
		headers map[string]string
		status  int
	}{
		"own page":               {"POST", map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}, 200},
		"typed by hand":          {"POST", map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "none"}, 200},
		"another site":           {"POST", map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "cross-site"}, 403},
		"a neighbour's host":     {"DELETE", map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "same-site"}, 403},
		"an old browser, other":  {"POST", map[string]string{"Cookie": cookie, "Origin": "https://evil.example"}, 403},
		"an old browser, own":    {"POST", map[string]string{"Cookie": cookie, "Origin": "https://desk.example.org"}, 200},
		"reading":                {"GET", map[string]string{"Cookie": cookie, "Sec-Fetch-Site": "cross-site"}, 200},
		"a program with a token": {"POST", map[string]string{"Authorization": "Bearer tw_good", "Sec-Fetch-Site": "cross-site"}, 200},
		"a program without":      {"POST", nil, 200},
		"login from elsewhere":   {"POST", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
	} {
		w := ask(chain(g, page), tc.method, tc.headers)
		if w.Code != tc.status || tc.status == 403 && !strings.Contains(w.Body.String(), "cross_origin") {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, tc.status)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "https://desk.example.org/open", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	if chain(g, page).ServeHTTP(w, r); w.Code != 200 {
		t.Errorf("an open call from another site: %d", w.Code)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	for _, tls := range []bool{true, false} {
		h := ask(chain(httpauth.New(people{}, httpauth.Options{TLS: tls}), page), "GET", nil).Header()
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%q lacks %s", csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" || h.Get("Permissions-Policy") == "" {
			t.Errorf("%v", h)
		}
		if hsts := h.Get("Strict-Transport-Security") != ""; hsts != tls {
			t.Errorf("TLS %v, HSTS %v", tls, hsts)
		}
	}
}

func TestCookie(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		tls     bool
		address string
		secure  bool
	}{
		"a proxy ends the TLS":        {true, "http://desk.example.org/", true},
		"this server's own TLS":       {false, "https://desk.example.org/", true},
		"a first look at one's own":   {false, "http://127.0.0.1/", false},
		"both, as with a certificate": {true, "https://desk.example.org/", true},
	} {
		g := httpauth.New(people{}, httpauth.Options{TLS: tc.tls})
		r := httptest.NewRequestWithContext(t.Context(), "GET", tc.address, nil)
		w := httptest.NewRecorder()
		g.SetCookie(w, r, access.SignedIn{Secret: "good-session", Device: "mark"})
		set := w.Result().Cookies()
		if len(set) != 2 {
			t.Fatalf("%s: %v", name, set)
		}
		for _, c := range set {
			if c.Secure != tc.secure || strings.HasPrefix(c.Name, "__Host-") != tc.secure || !c.HttpOnly || c.SameSite < http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge <= 0 {
				t.Errorf("%s: %+v", name, c)
			}
			r.AddCookie(c)
		}
		w = httptest.NewRecorder()
		if chain(g, page).ServeHTTP(w, r); !strings.HasPrefix(w.Body.String(), "s1") || g.Device(r) != "mark" {
			t.Errorf("%s: its own cookies open %q, %q", name, w.Body, g.Device(r))
		}
		w = httptest.NewRecorder()
		if g.ClearCookie(w, r); w.Result().Cookies()[0].Name != set[0].Name || w.Result().Cookies()[0].MaxAge >= 0 {
			t.Errorf("%s: cleared by %v", name, w.Result().Cookies())
		}
	}
}

func TestRemote(t *testing.T) {
	t.Parallel()
	g := httpauth.New(people{}, httpauth.Options{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	for _, tc := range []struct{ peer, forwarded, want string }{
		{"192.0.2.7:5000", "", "192.0.2.7"},
		{"192.0.2.7:5000", "198.51.100.1", "192.0.2.7"}, // not a proxy of ours
		{"10.0.0.1:5000", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:5000", "203.0.113.9, 198.51.100.1, 10.2.3.4", "198.51.100.1"}, // the first was made up
		{"10.0.0.1:5000", "", "10.0.0.1"},
		{"10.0.0.1:5000", "rubbish", "10.0.0.1"},
		{"[2001:db8::1]:5000", "", "2001:db8::1"},
		{"[::ffff:192.0.2.7]:5000", "", "192.0.2.7"},
		{"pipe", "", "pipe"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.RemoteAddr = tc.peer
		if tc.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tc.forwarded)
		}
		if got := g.Remote(r); got != tc.want {
			t.Errorf("%s forwarded %q: %s, want %s", tc.peer, tc.forwarded, got, tc.want)
		}
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	g := httpauth.New(people{}, httpauth.Options{})
	l := ratelimit.New(clock.NewManual(time.Unix(0, 0)), 1, time.Minute, 1, 10)
	h := g.Limit(l)(page)
	if w := ask(h, "GET", nil); w.Code != 200 {
		t.Fatal(w.Code)
	}
	w := ask(h, "GET", nil)
	var body struct {
		Code   string
		Status int
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != 429 || body.Code != "too_many" || w.Header().Get("Retry-After") != "60" {
		t.Errorf("%d %s %v", w.Code, w.Body, w.Header())
	}
}
