package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/web"
)

func strconvItoa(n int64) string { return strconv.FormatInt(n, 10) }

// inline finds what a strict content policy would not run: scripts and styles
// in the page itself.
var inline = regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>\s*[^\s<]|<style|\sstyle="|\son[a-z]+="|"javascript:|\shx-on|\shx-vars|"js:`)

// words are what the scripts say: data, which no browser runs.
var words = regexp.MustCompile(`<script id="words" type="application/json">[^<]*</script>`)

// keepsToItself looks at the headers and the body of one answer.
func keepsToItself(t *testing.T, what string, w *httptest.ResponseRecorder) {
	t.Helper()
	h := w.Header()
	csp := h.Get("Content-Security-Policy")
	if csp == "" || strings.Contains(csp, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Frame-Options") != "DENY" || h.Get("Referrer-Policy") == "" {
		t.Errorf("%s: %v", what, h)
	}
	if !strings.HasPrefix(h.Get("Content-Type"), "text/html") || w.Code >= 300 && w.Code < 400 {
		return
	}
	if h.Get("Cache-Control") != "no-store" {
		t.Errorf("%s may be kept by a cache: %q", what, h.Get("Cache-Control"))
	}
	if m := inline.FindString(words.ReplaceAllString(w.Body.String(), "")); m != "" {
		t.Errorf("%s has %q in the page", what, m)
	}
}

// TestAnotherSitePostsNowhere: whatever the form's kind, and also as a script
// would ask.
func TestAnotherSitePostsNowhere(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	s.number(t)
	for _, p := range web.Patterns() {
		method, path := s.address(p)
		if method == http.MethodGet {
			continue
		}
		for name, header := range map[string][]string{
			"a form": {"Sec-Fetch-Site", "cross-site"}, "a form with files": {"Sec-Fetch-Site", "cross-site", "Content-Type", "multipart/form-data; boundary=x"},
			"a neighbour's script": {"Sec-Fetch-Site", "same-site", "HX-Request", "true"}, "an old browser": {"Origin", "https://evil.example", "Content-Type", "text/plain"},
		} {
			if w := s.knock(t, "", method, path, s.form(), header...); w.Code != http.StatusForbidden {
				t.Errorf("%s takes %s of another site: %d", p, name, w.Code)
			}
		}
	}
}

// endless is a body that counts what is read of it.
type endless struct{ head, read int }

const formHead = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n"

func (e *endless) Read(b []byte) (int, error) {
	const enough = 64 << 20
	if e.read > enough {
		return 0, io.EOF
	}
	n := 0
	if e.head < len(formHead) {
		n = copy(b, formHead[e.head:])
		e.head += n
	} else {
		n = len(b)
		clear(b)
	}
	e.read += n
	return n, nil
}

// TestNoPageTakesAnEndlessBody sends every page a form with a file that does
// not end. A page that asked for none reads a little; the others as much as
// they say.
func TestNoPageTakesAnEndlessBody(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	s.number(t)
	large := map[string]bool{
		"POST /cases/{id}/files": true, "POST /faults/photo": true, "POST /help/photo": true, "POST /help/sent/{once}/photo": true, "POST /powercut/{id}/table": true,
	}
	for _, p := range web.Patterns() {
		method, path := s.address(p)
		if path == "/events" {
			continue
		}
		body := &endless{}
		r := httptest.NewRequestWithContext(t.Context(), method, path, body)
		r.RemoteAddr = "127.0.0.1:5000"
		r.Header.Set("X-Forwarded-For", "198.51.100."+strconv.Itoa(len(p)))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		r.Header.Set("Authorization", "Bearer "+s.tokens["admin"])
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		most := 1<<20 + 64<<10
		if large[p] {
			most = 17 << 20
		}
		if body.read > most {
			t.Errorf("%s reads %d KiB", p, body.read>>10)
		}
		if large[p] && body.read > 1<<20 && w.Code < 400 {
			t.Errorf("%s takes it: %d", p, w.Code)
		}
	}
}

// TestABackLinkStaysHere: neither the login nor the choice of a language sends
// anybody elsewhere.
func TestABackLinkStaysHere(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	for back, stays := range map[string]bool{
		"/cases?view=mine": true, "/help?q=%D0%B0": true, "https://evil.example/": false, "//evil.example/": false, "/\\evil.example/": false, "/\t/evil.example/": false,
		"/\n/evil.example": false, "\t//evil.example/": false, "/\r\n/evil.example": false, "javascript:alert(1)": false, "evil.example": false, "": false,
	} {
		for _, header := range [][]string{nil, {"HX-Request", "true"}} {
			w := s.knock(t, "", http.MethodGet, "/lang/en?back="+url.QueryEscape(back), nil, header...)
			to := w.Header().Get("Location") + w.Header().Get("HX-Redirect")
			if want := map[bool]string{true: back, false: "/"}[stays]; to != want {
				t.Errorf("%q leads to %q", back, to)
			}
		}
	}
}

// TestCookiesOverTLS: each is for TLS alone, and out of scripts' reach unless
// it is nothing but a choice of looks.
func TestCookiesOverTLS(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	for name, ask := range map[string]func() *httptest.ResponseRecorder{
		"login": func() *httptest.ResponseRecorder {
			return s.knock(t, "", http.MethodPost, "/login", url.Values{"email": {"engineer@example.org"}, "password": {"четыре слова подряд 8"}}, "X-Forwarded-Proto", "https")
		},
		"language": func() *httptest.ResponseRecorder {
			return s.knock(t, "", http.MethodGet, "/lang/en", nil, "X-Forwarded-Proto", "https")
		},
		"reader": func() *httptest.ResponseRecorder {
			return s.knock(t, "", http.MethodGet, "/help", nil, "X-Forwarded-Proto", "https")
		},
	} {
		set := ask().Result().Cookies()
		if len(set) == 0 {
			t.Errorf("%s sets none", name)
		}
		for _, c := range set {
			if !c.Secure || !c.HttpOnly || c.SameSite == http.SameSiteNoneMode || c.SameSite == http.SameSiteDefaultMode {
				t.Errorf("%s: %v", name, c)
			}
		}
	}
}
