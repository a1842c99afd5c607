package styleguide

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/web/static"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// Server serves the style guide. It is for developers and tests: it knows no
// login and changes nothing.
type Server struct {
	bundle *i18n.Bundle
	assets *static.Files
	now    func() time.Time
	round  atomic.Int64
	turned atomic.Bool
	nudge  chan string
	gone   chan struct{} // closed while the stream is switched off
	mu     sync.Mutex    // guards gone
	mux    *http.ServeMux
}

// New makes a style guide that tells times as seen from now.
func New(now func() time.Time) (*Server, error) {
	b, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	assets, err := static.Load()
	if err != nil {
		return nil, err
	}
	s := &Server{bundle: b, assets: assets, now: now, nudge: make(chan string), gone: make(chan struct{}), mux: http.NewServeMux()}
	s.round.Store(1)
	s.routes()
	return s, nil
}

func (s *Server) routes() {
	s.mux.Handle("GET "+static.Prefix, s.assets)
	s.page("GET /{$}", ui.SectionWatch, watch)
	s.page("GET /fleet", ui.SectionFleet, fleet)
	s.page("GET /device", ui.SectionFleet, device)
	s.page("GET /parts", ui.SectionAdmin, parts)
	s.page("GET /fix", ui.SectionNone, func(g guide) templ.Component { return fix(g, false) })
	s.page("GET /fix/done", ui.SectionNone, func(g guide) templ.Component { return fix(g, true) })
	s.page("GET /login", ui.SectionNone, func(g guide) templ.Component { g.Wide = false; return login(g, "") })
	s.page("GET /live/cases", ui.SectionWatch, func(g guide) templ.Component { return caseTable(g, int(s.round.Load())) })
	s.page("POST /parts", ui.SectionAdmin, func(g guide) templ.Component {
		return ui.Toast(g.View, ui.ToastProps{Tone: ui.ToneDone, Text: g.S.Form.Done, UndoURL: "/parts"})
	})
	s.mux.HandleFunc("GET /events", s.events)
	s.mux.HandleFunc("GET /palette", s.palette)
}

// ServeHTTP answers a request under the policy that the real pages have.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", ui.CSP)
	s.mux.ServeHTTP(w, r)
}

// Change alters a row of the watch page and tells open pages of it. It waits
// until one page has heard it or ctx is over.
func (s *Server) Change(ctx context.Context) error {
	s.round.Add(1)
	select {
	case s.nudge <- "case:20418":
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Reverse turns the order of the watch page's cases round.
func (s *Server) Reverse() { s.turned.Store(true) }

// Drop ends every event stream and refuses new ones, like a lost line.
func (s *Server) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.gone)
}

// Resume lets event streams in again after a Drop.
func (s *Server) Resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = make(chan struct{})
}

func (s *Server) line() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gone
}

func (s *Server) page(pattern string, section ui.NavKey, draw func(guide) templ.Component) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		g, err := s.guide(r, section)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if l, ok := i18n.Parse(r.URL.Query().Get("lang")); ok {
			http.SetCookie(w, &http.Cookie{Name: "lang", Value: string(l), Path: "/", SameSite: http.SameSiteLaxMode})
		}
		templ.Handler(draw(g)).ServeHTTP(w, r)
	})
}

func (s *Server) guide(r *http.Request, section ui.NavKey) (guide, error) {
	lang := i18n.FromAccept(r.Header.Get("Accept-Language"))
	if c, err := r.Cookie("lang"); err == nil {
		lang = i18n.FromAccept(c.Value)
	}
	if l, ok := i18n.Parse(r.URL.Query().Get("lang")); ok {
		lang = l
	}
	sample, err := load(lang)
	if err != nil {
		return guide{}, err
	}
	if s.turned.Load() {
		slices.Reverse(sample.Case)
	}
	zone, err := time.LoadLocation(sample.Zone)
	if err != nil {
		return guide{}, fmt.Errorf("styleguide: %w", err)
	}
	theme := ui.ThemeSystem
	if c, err := r.Cookie("theme"); err == nil {
		theme = ui.ParseTheme(c.Value)
	}
	f := ui.Frame{
		View:  ui.View{Voice: s.bundle.For(lang), Now: s.now(), Zone: zone},
		Asset: s.assets.URL, Title: sample.Watch, Theme: theme, Section: section, Person: sample.Person, Role: sample.Role,
		CSRF: "guide", Events: "/events", LogoutURL: "/logout", Wide: true,
		Nav: []ui.NavItem{
			{Section: ui.SectionWatch, Href: "/", Count: 7, Severity: ui.Blocking},
			{Section: ui.SectionFleet, Href: "/fleet"},
			{Section: ui.SectionCases, Href: "/device", Count: 23},
			{Section: ui.SectionFaults, Href: "/fix/done"},
			{Section: ui.SectionAdmin, Href: "/parts"},
		},
		Links: []ui.MenuLink{{Icon: ui.IconPerson, Text: sample.Role, Href: "/login"}},
	}
	return guide{Frame: f, S: sample}, nil
}

// events is the guide's stream: one message for each Change.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	gone := s.line()
	select {
	case <-gone:
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	default:
	}
	fmt.Fprint(w, "event: again\ndata: {}\n\n") // the guide keeps nothing that a page may have missed
	for flush.Flush() == nil {
		select {
		case topic := <-s.nudge:
			fmt.Fprintf(w, "data: %s\n\n", topic)
		case <-gone:
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (s *Server) palette(w http.ResponseWriter, r *http.Request) {
	g, err := s.guide(r, ui.SectionNone)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	type item struct {
		Title string `json:"title"`
		Hint  string `json:"hint"`
		Href  string `json:"href"`
	}
	items := []item{}
	for _, c := range g.S.Case {
		items = append(items, item{c.Title, c.No, "/device"})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(items) // a browser that went away needs no answer
}
