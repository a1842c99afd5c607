package shop

import (
	"context"
	_ "embed"
	"log/slog"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
)

//go:embed style.css
var style []byte

// maxForm is the most bytes that a form may have: a hundred items and room.
const maxForm = 256 << 10

// Options are what a Page shows and keeps. All but PIN, Machine and Log must be
// set.
type Options struct {
	Book      *Book
	Registers func() []Register              // as they are now, in the order to be shown
	Line      func() (up bool, at time.Time) // whether the server is reached, and since when; zero = never in this run
	Clock     clock.Clock                    // the agent's
	Zone      *time.Location                 // of the clock on the wall
	Texts     *i18n.Bundle
	Name      string // of the agent, which is mostly the shop's
	Machine   string // this computer's name in its network
	PIN       string
	Log       *slog.Logger
}

// Page is the shop's page. Make it with New.
type Page struct {
	Options
	doors *doors
}

// New makes a page that is not yet served.
func New(o Options) *Page {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Page{Options: o, doors: newDoors(o.PIN, o.Clock)}
}

// ask is one request with the reader's language.
type ask struct {
	*http.Request
	i18n.Voice
	page *Page
	now  time.Time
	set  []*http.Cookie
}

// answer is a page, or where to go instead.
type answer struct {
	status int
	title  string
	body   templ.Component
	to     string
	fresh  bool // the page loads itself anew now and then
}

// Handler serves the page to whoever may see it.
func (p *Page) Handler() http.Handler {
	mux := http.NewServeMux()
	for path, h := range map[string]func(*ask) (answer, error){
		"GET /{$}": p.home, "GET /pin": p.pinForm, "POST /pin": p.pinEnter,
		"GET /begin/{device}": p.beginForm, "POST /begin/{device}": p.begin,
		"GET /journal/{id}": p.journal, "POST /journal/{id}": p.journalPost,
		"GET /sale/{id}": p.saleForm, "POST /sale/{id}": p.salePost,
		"GET /": p.nothing,
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, h) })
	}
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "max-age=300")
		_, _ = w.Write(style) // a reader that went away
	})
	return p.guard(mux)
}

// serve answers one request in the reader's language.
func (p *Page) serve(w http.ResponseWriter, r *http.Request, h func(*ask) (answer, error)) {
	q := &ask{Request: r, page: p, now: p.Clock.Now()}
	q.speak()
	if !p.doors.open(r) && r.URL.Path != "/pin" {
		p.finish(w, q, answer{to: "/pin"})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		p.finish(w, q, q.failed(problem.New(problem.Malformed, "malformed").Because(err)))
		return
	}
	a, err := h(q)
	if err != nil {
		a = q.failed(err)
	}
	p.finish(w, q, a)
}

// cookieLang keeps the language that was chosen for a year.
const cookieLang = "tillwright_lang"

func (q *ask) speak() {
	lang := i18n.FromAccept(q.Header.Get("Accept-Language"))
	if c, err := q.Cookie(cookieLang); err == nil {
		if l, ok := i18n.Parse(c.Value); ok {
			lang = l
		}
	}
	if l, ok := i18n.Parse(q.URL.Query().Get("lang")); ok {
		lang = l
		q.set = append(q.set, &http.Cookie{
			Name: cookieLang, Value: string(l), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
	}
	q.Voice = q.page.Texts.For(lang)
}

// failed is the page of a problem that no form can show.
func (q *ask) failed(err error) answer {
	e := problem.Of(err)
	if e.Kind == problem.Internal {
		q.page.Log.Error("agent: the shop's page failed", "path", q.URL.Path, "error", err)
	}
	return answer{status: e.Status(), title: q.T("shop.title"), body: q.problemPage(q.Problem(err))}
}

func (p *Page) finish(w http.ResponseWriter, q *ask, a answer) {
	for _, c := range q.set {
		http.SetCookie(w, c)
	}
	if a.to != "" {
		http.Redirect(w, q.Request, a.to, http.StatusSeeOther)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	ctx := templ.WithChildren(context.WithoutCancel(q.Context()), a.body)
	if err := q.frame(a).Render(ctx, w); err != nil {
		p.Log.Debug("agent: the shop's page was not read to its end", "error", err)
	}
}

func (p *Page) nothing(*ask) (answer, error) { return answer{}, errUnknown }

// guard turns away what does not come from a page of ours on this machine: see
// hostOK, and the origin that browsers tell. It also says what pages may do.
func (p *Page) guard(next http.Handler) http.Handler {
	same := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !hostOK(r.Host, p.Machine) {
			http.Error(w, http.StatusText(http.StatusMisdirectedRequest), http.StatusMisdirectedRequest)
			return
		}
		same.ServeHTTP(w, r)
	})
}
