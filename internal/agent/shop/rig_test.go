package shop

import (
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// noon is a day on which 22 % holds and 20 % does not any more.
func noon() time.Time { return time.Date(2026, 3, 10, 12, 0, 40, 0, time.UTC) }

const (
	till1 = "0192f0c1-7d2a-7c3e-9a57-0f6f1f0e4b11"
	till2 = "0192f0c1-7d2a-7c3e-9a57-0f6f1f0e4b12"
)

func bundle(t testing.TB) *i18n.Bundle {
	t.Helper()
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// store is a book in a folder, which may be opened again and again.
type store struct {
	*Book
	t     testing.TB
	path  string
	clock *clock.Manual
	nudge int
}

func newStore(t testing.TB) *store {
	t.Helper()
	s := &store{t: t, path: filepath.Join(t.TempDir(), "shop.jsonl"), clock: clock.NewManual(noon())}
	s.reopen()
	return s
}

// reopen is a start after a kill: nothing is closed in order.
func (s *store) reopen() {
	s.t.Helper()
	b, err := Open(s.path, s.clock, slog.New(slog.DiscardHandler), func() { s.nudge++ })
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = b.Close() })
	s.Book = b
}

// began opens a journal of a register.
func (s *store) began(device string) string {
	s.t.Helper()
	id, err := s.begin(device, "power", s.clock.Now().Add(-time.Hour).Truncate(time.Minute), "Лиза")
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// sold writes coffee down.
func (s *store) sold(outage string) string {
	s.t.Helper()
	id := ids.New()
	if err := s.enter(id, coffee(outage, s.clock.Now()), "Лиза", func(wire.Sale) bool { return true }); err != nil {
		s.t.Fatal(err)
	}
	return id
}

func coffee(outage string, at time.Time) wire.Sale {
	return wire.Sale{
		Outage: outage, At: at.Truncate(time.Minute).UnixMilli(), Cash: 15000,
		Items: []wire.SoldItem{{Name: "Кофе", Price: 15000, Quantity: 1000, VAT: 11, Object: 1}},
	}
}

// answered says what the server has of everything that waits.
func (s *store) answered(code string) {
	s.t.Helper()
	var a wire.SoldAck
	if p := s.Pending(wire.Version); p != nil {
		for _, e := range p.Entries {
			a.Answers = append(a.Answers, wire.SoldAnswer{ID: e.ID, Rev: e.Rev, Code: code})
		}
	}
	if len(a.Answers) == 0 {
		s.t.Fatal("nothing waits")
	}
	s.Answered(a)
}

// shop is a page in front of a book, as a browser on the shop's computer meets
// it.
type shop struct {
	*store
	t    testing.TB
	http *httptest.Server
	jar  map[string]string // cookies
	lang string
	set  *signal.Set
	mu   sync.Mutex
	up   bool
	opt  Options
}

func newShop(t testing.TB, pin string) *shop {
	t.Helper()
	set := signal.Of(signal.Item{ID: signal.Link.ID, Value: signal.TextOf(signal.LinkOK)}, signal.Item{ID: signal.Paper.ID, Value: signal.BoolOf(true)})
	s := &shop{store: newStore(t), t: t, jar: map[string]string{}, lang: "en", set: &set}
	s.opt = Options{
		Registers: func() []Register {
			s.mu.Lock()
			defer s.mu.Unlock()
			return []Register{{ID: till1, Name: "Касса 1", Set: s.set.Clone()}, {ID: till2, Name: "Касса 2"}}
		},
		Line: func() (bool, time.Time) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.up, noon().Add(-time.Hour)
		},
		Clock: s.clock, Zone: time.UTC, Texts: bundle(t), Name: "Пекарня на углу", Machine: "till-pc", PIN: pin,
	}
	s.serve()
	return s
}

// serve puts a page before the book as it is open now.
func (s *shop) serve() {
	if s.http != nil {
		s.http.Close()
	}
	s.opt.Book = s.Book
	s.http = httptest.NewServer(New(s.opt).Handler())
	s.t.Cleanup(s.http.Close)
}

// page is what came back.
type page struct {
	status int
	to     string
	text   string
	head   http.Header
}

func (p page) has(t testing.TB, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.text, text) {
			t.Errorf("%d: the page lacks %q; it says %q", p.status, text, p.said())
		}
	}
}

var (
	tags   = regexp.MustCompile(`<[^>]+>`)
	blanks = regexp.MustCompile(`\s+`)
)

// said is what the page says above its long forms.
func (p page) said() string {
	_, main, _ := strings.Cut(p.text, "<main>")
	words := []rune(blanks.ReplaceAllString(tags.ReplaceAllString(main, " "), " "))
	return string(words[:min(len(words), 500)])
}

// ask makes a request as a page of ours would; change may bend it.
func (s *shop) ask(method, path string, form url.Values, change func(*http.Request)) page {
	s.t.Helper()
	r, err := http.NewRequest(method, s.http.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Accept-Language", s.lang)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", s.http.URL)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for k, v := range s.jar {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	if change != nil {
		change(r)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range resp.Cookies() {
		s.jar[c.Name] = c.Value
	}
	return page{resp.StatusCode, resp.Header.Get("Location"), string(body), resp.Header}
}

func (s *shop) get(path string) page {
	s.t.Helper()
	return s.ask(http.MethodGet, path, nil, nil)
}

func (s *shop) post(path string, form url.Values) page {
	s.t.Helper()
	return s.ask(http.MethodPost, path, form, nil)
}

var hidden = regexp.MustCompile(`name="form" value="([^"]+)"`)

// formOf is the id that a page gave its form.
func (p page) formOf(t testing.TB) string {
	t.Helper()
	m := hidden.FindStringSubmatch(p.text)
	if m == nil {
		t.Fatalf("no form on\n%s", p.text)
	}
	return m[1]
}

// typed is a sale's form filled in; pairs replace fields.
func typed(form string, pairs ...string) url.Values {
	v := url.Values{
		"form": {form}, "rev": {"0"}, "do": {"sale"}, "name": {"Кофе"}, "price": {"150"}, "quantity": {"1"}, "vat": {"11"}, "object": {"1"}, "unit": {"0"},
		"pay": {"cash"}, "cash": {""}, "at": {""}, "by": {"Лиза"},
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// with is a copy of a form in which a field is as given.
func with(v url.Values, name string, values ...string) url.Values {
	out := maps.Clone(v)
	out[name] = values
	return out
}
