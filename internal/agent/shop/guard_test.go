package shop

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestStrangersPagesCannotWrite: what a page of somebody else's makes a browser
// on the shop's computer send is turned away, whatever name it points here.
func TestStrangersPagesCannotWrite(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	id := s.began(till1)
	for name, change := range map[string]func(*http.Request){
		"another site":     func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another port":     func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"an old browser":   func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "http://evil.example") },
		"a sandboxed page": func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "null") },
		"a name that rebinds": func(r *http.Request) {
			r.Host = "evil.example:7722"
			r.Header.Set("Origin", "http://evil.example:7722")
		},
		"a name like ours": func(r *http.Request) { r.Host = "127.0.0.1.evil.example" },
	} {
		p := s.ask(http.MethodPost, "/journal/"+id, typed("0192f0c1-7d2a-7c3e-9a57-0f6f1f0e4b99"), change)
		if p.status != http.StatusForbidden && p.status != http.StatusMisdirectedRequest {
			t.Errorf("%s: %d", name, p.status)
		}
	}
	if n := len(s.sales(id)); n != 0 {
		t.Errorf("%d sales", n)
	}
	if p := s.ask(http.MethodGet, "/", nil, func(r *http.Request) { r.Host = "evil.example" }); p.status != http.StatusMisdirectedRequest || strings.Contains(p.text, "Касса") {
		t.Errorf("a name that rebinds reads the page: %d", p.status)
	}
	for _, host := range []string{"localhost:7722", "127.0.0.1", "[::1]:7722", "192.168.1.5:7722", "TILL-PC"} {
		if p := s.ask(http.MethodGet, "/", nil, func(r *http.Request) { r.Host = host }); p.status != http.StatusOK {
			t.Errorf("%s: %d", host, p.status)
		}
	}
}

func TestPagesAreStrict(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	p := s.get("/journal/" + s.began(till1))
	csp := p.head.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("%q lacks %q", csp, want)
		}
	}
	if strings.Contains(csp, "unsafe") || p.head.Get("Cache-Control") != "no-store" || p.head.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%v", p.head)
	}
	if regexp.MustCompile(`<script|style=| on[a-z]+=|<style`).MatchString(p.text) {
		t.Error("the page has a script or style of its own")
	}
}

func TestThePINKeepsPassersByOut(t *testing.T) {
	t.Parallel()
	s := newShop(t, "2468")
	id := s.began(till1)
	for _, path := range []string{"/", "/journal/" + id, "/sale/x"} {
		if p := s.get(path); p.status != http.StatusSeeOther || p.to != "/pin" {
			t.Errorf("%s: %d %s", path, p.status, p.to)
		}
	}
	if p := s.post("/journal/"+id, typed("0192f0c1-7d2a-7c3e-9a57-0f6f1f0e4b99")); p.to != "/pin" || len(s.sales(id)) != 0 {
		t.Errorf("written without the PIN: %d", p.status)
	}
	s.get("/pin").has(t, `type="password"`)
	s.post("/pin", url.Values{"pin": {"1111"}}).has(t, "That PIN is wrong")
	if p := s.post("/pin", url.Values{"pin": {"2468"}}); p.to != "/" || !strings.Contains(p.head.Get("Set-Cookie"), "HttpOnly; SameSite=Strict") {
		t.Fatalf("%d %v", p.status, p.head)
	}
	s.get("/").has(t, "Касса 1")
	s.clock.Advance(stayIn)
	if p := s.get("/"); p.to != "/pin" {
		t.Errorf("still in after %v", stayIn)
	}
}

// TestAPINIsNotGuessed: a few tries are free, then each costs longer than the
// one before, the right one too.
func TestAPINIsNotGuessed(t *testing.T) {
	t.Parallel()
	s := newShop(t, "2468")
	try := func(pin string) int { return s.post("/pin", url.Values{"pin": {pin}}).status }
	for range freeTries {
		if got := try("1111"); got != http.StatusUnauthorized {
			t.Fatalf("%d", got)
		}
	}
	if got := try("2468"); got != http.StatusTooManyRequests {
		t.Errorf("the right one while the door is shut: %d", got)
	}
	s.clock.Advance(firstWait)
	if got := try("1111"); got != http.StatusUnauthorized {
		t.Errorf("%d", got)
	}
	s.clock.Advance(firstWait)
	if got := try("2468"); got != http.StatusTooManyRequests {
		t.Errorf("the second wait is not longer: %d", got)
	}
	s.clock.Advance(firstWait)
	if got := try("2468"); got != http.StatusSeeOther {
		t.Errorf("%d", got)
	}
}

// TestManyWhoTryShareTheLastCount, so that their addresses do not fill memory.
func TestManyWhoTryShareTheLastCount(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	d := newDoors("2468", s.clock)
	from := func(addr string) *http.Request { return &http.Request{RemoteAddr: addr} }
	for i := range 3 * maxGuests {
		if _, err := d.enter(from("[2001:db8:0:"+string("0123456789abcdef"[i%16])+string("0123456789abcdef"[i/16%16])+string("0123456789abcdef"[i/256])+"::1]:5"), "x"); err == nil {
			t.Fatal("in with a wrong PIN")
		}
	}
	if len(d.tries) > maxGuests+1 {
		t.Errorf("%d counts", len(d.tries))
	}
	for i := range freeTries {
		_, _ = d.enter(from("[2001:db8:ff::"+string("123456789"[i])+"]:5"), "x")
	}
	if _, err := d.enter(from("[2001:db8:ff::f]:5"), "2468"); err == nil {
		t.Error("the addresses of one machine are counted apart")
	}
}

func TestCheckAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address, pin string
		want         error
	}{
		{"", "", nil},
		{"127.0.0.1:7722", "", nil},
		{"127.0.0.1:0", "", nil},
		{"[::1]:7722", "", nil},
		{"localhost:7722", "", nil},
		{"0.0.0.0:7722", "", ErrOpen},
		{":7722", "", ErrOpen},
		{"192.168.1.5:7722", "", ErrOpen},
		{"192.168.1.5:7722", "2468", nil},
		{"127.0.0.1:7722", "123", ErrPIN},
		{"127.0.0.1:7722", strings.Repeat("1", 65), ErrPIN},
		{"127.0.0.1", "", ErrAddress},
		{"127.0.0.1:http", "", ErrAddress},
		{"127.0.0.1:70000", "", ErrAddress},
		{"till.example:7722", "2468", ErrAddress},
		{"7722", "", ErrAddress},
	} {
		if err := CheckAddress(c.address, c.pin); !errors.Is(err, c.want) {
			t.Errorf("%q %q: %v", c.address, c.pin, err)
		}
	}
}

// TestTheColoursAreTheServers keeps this page's palette equal to that of the
// server's pages, where the contrasts are computed.
func TestTheColoursAreTheServers(t *testing.T) {
	t.Parallel()
	tokens, err := os.ReadFile("../../web/static/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	value := regexp.MustCompile(`(--[a-z0-9-]+): (#[0-9a-f]{6});`)
	part := func(css, from string) map[string]string {
		_, rest, _ := strings.Cut(css, from)
		block, _, _ := strings.Cut(rest, "}")
		out := map[string]string{}
		for _, m := range value.FindAllStringSubmatch(block, -1) {
			out[m[1]] = m[2]
		}
		return out
	}
	for _, theme := range [][2]string{{":root {", ":root {"}, {"prefers-color-scheme: dark) {\n  :root {", ":root[data-theme=\"dark\"] {"}} {
		ours, theirs := part(string(style), theme[0]), part(string(tokens), theme[1])
		if len(ours) < 20 {
			t.Fatalf("only %d colours", len(ours))
		}
		for name, c := range ours {
			if theirs[name] != c {
				t.Errorf("%s is %s here and %q there", name, c, theirs[name])
			}
		}
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	s.opt.Book = s.Book
	done := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { defer close(done); New(s.opt).Serve(ctx, "127.0.0.1:0") }()
	cancel()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("it goes on")
	}
}
