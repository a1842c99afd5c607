// Package web is the pages: what a person sees and presses. It asks the areas,
// speaks through package ui, and holds no rule of its own.
//
// A page is a function of a request; see page. Each page lives in a file of its
// own with its templates beside it, and asks a constant number of questions
// of the database whatever its length.
package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/access/httpauth"
	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/files"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/fnchange"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/static"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// Deps is what the pages are made of.
type Deps struct {
	Access    *access.Service
	Guard     *httpauth.Guard
	Registry  *registry.Service
	Fleet     *fleet.Service
	Desk      *desk.Service
	Faults    *faults.Service
	FNChange  *fnchange.Service
	PowerCut  *powercut.Service
	Files     *files.Service
	Help      *help.Service
	Agents    *link.Service
	Bus       *bus.Bus
	Texts     *i18n.Bundle
	Static    *static.Files
	Clock     clock.Clock
	Log       *slog.Logger
	Protocols map[string]kkt.Protocol // explain bytes
	// Enrolment makes the string that an agent is enrolled with out of a code.
	Enrolment func(r *http.Request, code string) string
	// Audit reads the audit trail; nil leaves its page out.
	Audit func(ctx context.Context, sc scope.Scope, f audit.Filter) ([]audit.Record, error)
	Build string
	// Photos reads the writing off photographs; nil leaves their field out.
	Photos PhotoReader
}

// PhotoReader reads the writing off a photograph of a screen or a receipt.
type PhotoReader interface {
	Available() bool
	// Read gives the writing, "" when there is none. Its errors are problems.
	Read(ctx context.Context, photo io.Reader, lang string) (string, error)
}

// Web serves the pages.
type Web struct {
	Deps
}

// New makes the pages.
func New(d Deps) *Web { return &Web{Deps: d} }

// Mux takes pages under the patterns of http.ServeMux, which is one.
type Mux interface {
	Handle(pattern string, handler http.Handler)
	HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request))
}

// Mount puts every page on mux.
func (w *Web) Mount(mux Mux) {
	mux.Handle("GET "+static.Prefix, w.Static)
	mux.Handle("GET /events", w.Guard.SignedIn(http.HandlerFunc(w.events)))
	for _, mount := range []func(Mux){
		w.mountLogin, w.mountNav, w.mountWatch, w.mountFleet, w.mountDevice, w.mountPalette, w.mountCases, w.mountFix, w.mountFaults, w.mountFNChange, w.mountPowerCut, w.mountFiles, w.mountHelp, w.mountHelpDesk, w.mountAdmin,
	} {
		mount(mux)
	}
	mux.HandleFunc("/", w.nowhere)
}

// nowhere is an address that leads to no page.
func (w *Web) nowhere(rw http.ResponseWriter, r *http.Request) {
	w.fail(w.request(rw, r), problem.New(problem.NotFound, "not_found").In("web.nowhere"))
}

// request is one person's question to one page.
type request struct {
	*http.Request
	ui.View
	w     http.ResponseWriter
	web   *Web
	id    access.Identity
	sc    scope.Scope
	theme ui.Theme
	// live says that only the part is wanted that changed, not the frame
	// around it: htmx or live.js asks.
	live bool
	// since is how far the bus was before anything was read for the answer: the
	// page hears what happens from there on.
	since string
}

// answer is what a page gives back: a component, or a place to go to.
type answer struct {
	body   templ.Component
	status int    // 0 = 200
	goTo   string // "" = stay
}

// show is the usual answer.
func show(c templ.Component) (answer, error) { return answer{body: c}, nil }

// goTo sends the browser elsewhere, after a form was taken.
func goTo(path string) (answer, error) { return answer{goTo: path}, nil }

// handler is a page.
type handler func(ctx context.Context, rq *request) (answer, error)

// page makes a handler out of a page that needs a right. "" is for whoever is
// signed in.
func (w *Web) page(right scope.Right, h handler) http.Handler {
	inner := w.open(h)
	if right == "" {
		return w.Guard.SignedIn(inner)
	}
	return w.Guard.SignedIn(w.Guard.Require(right)(inner))
}

// open makes a handler out of a page that needs nobody to be signed in.
func (w *Web) open(h handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rq := w.request(rw, r)
		a, err := h(r.Context(), rq)
		if err != nil {
			w.fail(rq, err)
			return
		}
		rq.send(a)
	})
}

// maxPlainForm is a form without a file, and sendTime how long a body may take
// to come in, over the thinnest of lines.
const (
	maxPlainForm = 1 << 20
	sendTime     = 5 * time.Minute
)

type bodyKey struct{}

// taking lets a page take a larger body than a form without a file is.
func taking(most int64, h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), bodyKey{}, most)))
	})
}

// bound keeps a body small and its sender from sitting on the connection,
// before anybody reads of it: a form with files that no page asked for would be
// put on disk, however large it is.
func bound(rw http.ResponseWriter, r *http.Request) {
	most, ok := r.Context().Value(bodyKey{}).(int64)
	if !ok {
		most = maxPlainForm
	}
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	r.Body = http.MaxBytesReader(rw, r.Body, most)
	_ = http.NewResponseController(rw).SetReadDeadline(time.Now().Add(sendTime)) // where it cannot be set the server's own limits stand
}

func (w *Web) request(rw http.ResponseWriter, r *http.Request) *request {
	bound(rw, r)
	id, _ := access.IdentityFrom(r.Context())
	zone, err := time.LoadLocation(id.Zone)
	if err != nil {
		zone = time.UTC
	}
	rq := &request{
		Request: r, w: rw, web: w, id: id, sc: id.Scope, theme: w.theme(r, id), live: r.Header.Get("HX-Request") != "",
		View: ui.View{Voice: w.Texts.For(language(r, id)), Now: w.Clock.Now(), Zone: zone},
	}
	if id.Tenant != "" {
		rq.since = w.Bus.Mark(id.Tenant).String()
	}
	return rq
}

// send writes the answer. A page is made whole before its first byte goes
// out, so that an error in the middle is an error page and not half a page.
func (rq *request) send(a answer) {
	if a.goTo != "" {
		if rq.live {
			rq.w.Header().Set("HX-Redirect", a.goTo)
			rq.w.WriteHeader(http.StatusNoContent)
			return
		}
		http.Redirect(rq.w, rq.Request, a.goTo, http.StatusSeeOther)
		return
	}
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := a.body.Render(rq.Context(), buf); err != nil {
		rq.web.Log.Error("web: a page cannot be drawn", "path", logged(rq.Request), "error", err)
		http.Error(rq.w, rq.T("problem.internal"), http.StatusInternalServerError)
		return
	}
	h := rq.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if a.status != 0 {
		rq.w.WriteHeader(a.status)
	}
	if _, err := buf.WriteTo(rq.w); err != nil {
		rq.web.Log.Debug("web: the browser went away", "path", logged(rq.Request), "error", err)
	}
}
