package api

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/access/ratelimit"
	"github.com/tillwright/tillwright/internal/problem"
)

// door stands before every call: it keeps a broken handler's panic inside,
// bounds how often strangers come, and answers what is not a call at all.
type door struct {
	mux    *http.ServeMux
	known  *http.ServeMux // every path without its method
	paths  map[string][]string
	limits map[string]func(http.Handler) http.Handler
	log    *slog.Logger
	refuse func(http.ResponseWriter, *http.Request, error)
}

func newDoor(mux *http.ServeMux, log *slog.Logger, refuse func(http.ResponseWriter, *http.Request, error)) *door {
	return &door{
		mux: mux, known: http.NewServeMux(), paths: map[string][]string{}, log: log, refuse: refuse,
		limits: map[string]func(http.Handler) http.Handler{},
	}
}

// ServeHTTP makes the door a mux for the library; nothing comes this way.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.mux.ServeHTTP(w, r) }

// limit sets how often the pattern may be called.
func (d *door) limit(pattern string, by func(http.Handler) http.Handler) {
	if by != nil {
		d.limits[pattern] = by
	}
}

// HandleFunc puts a call behind the door. The pattern has a method.
func (d *door) HandleFunc(pattern string, call func(http.ResponseWriter, *http.Request)) {
	var h http.Handler = http.HandlerFunc(call)
	if by := d.limits[pattern]; by != nil {
		h = by(h)
	}
	d.mux.Handle(pattern, d.keep(h))
	method, path, _ := strings.Cut(pattern, " ")
	if d.paths[path] == nil {
		d.known.Handle(path, http.NotFoundHandler())
	}
	d.paths[path] = append(d.paths[path], method)
}

// keep turns a panic into a problem that tells nothing of it, unless the
// answer has begun: then the connection breaks, so that nobody takes half an
// answer for a whole one.
func (d *door) keep(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w := &begun{ResponseWriter: rw}
		w.Header().Set("Cache-Control", "no-store")
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler || w.yes {
				panic(p)
			}
			d.log.Error("api: a call panicked", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			d.refuse(w, r, problem.New(problem.Internal, "internal").In("api"))
		}()
		next.ServeHTTP(w, r)
	})
}

// begun remembers whether an answer has begun.
type begun struct {
	http.ResponseWriter
	yes bool
}

func (b *begun) WriteHeader(status int) {
	b.yes = true
	b.ResponseWriter.WriteHeader(status)
}

func (b *begun) Write(p []byte) (int, error) {
	b.yes = true
	return b.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController through.
func (b *begun) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// mountRest answers for the paths under /api/ that are no calls.
func (d *door) mountRest(a *API) {
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		d.mux.Handle(method+" /api/", d.keep(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, path := d.known.Handler(r)
			if path == "" {
				d.refuse(w, r, problem.New(problem.NotFound, "not_found").In("api"))
				return
			}
			w.Header().Set("Allow", strings.Join(d.paths[path], ", "))
			v := a.voice(access.Identity{}, r)
			refuse(w, &Problem{
				Title: http.StatusText(http.StatusMethodNotAllowed), Status: http.StatusMethodNotAllowed, Code: "method_refused",
				Detail: v.T("problem.method_refused", "method", r.Method),
			})
		})))
	}
}

// strangers bounds those who show no token, by their address; files cost more
// than words and may have a bound of their own.
func (a *API) strangers(op operation) func(http.Handler) http.Handler {
	words, files := a.limiter(op.perMinute, max(op.burst, op.perMinute)), a.limiter(op.formsPerMinute, op.formsPerMinute)
	if words == nil || files == nil {
		return words
	}
	return func(next http.Handler) http.Handler {
		all, forms := words(next), words(files(next))
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.Header.Get("Content-Type"), formType) {
				forms.ServeHTTP(w, r)
				return
			}
			all.ServeHTTP(w, r)
		})
	}
}

// limiter bounds strangers by their address. Who shows a token is known and
// not counted here.
func (a *API) limiter(perMinute, burst int) func(http.Handler) http.Handler {
	if perMinute == 0 || a.Guard == nil {
		return nil
	}
	by := a.Guard.Limit(ratelimit.New(a.Clock, perMinute, time.Minute, burst, 10_000))
	return func(next http.Handler) http.Handler {
		limited := by(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, known := access.IdentityFrom(r.Context()); known {
				next.ServeHTTP(w, r)
				return
			}
			limited.ServeHTTP(w, r)
		})
	}
}
