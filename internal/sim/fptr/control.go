package fptr

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
)

// Control is the bench's control over HTTP, with the paths of the parent
// room's: those without a register's number are for register 0, except /clock,
// which moves the whole bench. Requests from a foreign origin are refused.
func (b *Bench) Control(texts *i18n.Bundle) http.Handler {
	c := control{bench: b, texts: texts}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /registers", c.all)
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, choices()) })
	mux.HandleFunc("POST /clock", c.clock)
	for _, at := range []string{"", "/registers/{n}"} {
		mux.HandleFunc("GET "+at+"/state", c.one(func(*Server, *http.Request) error { return nil }))
		mux.HandleFunc("POST "+at+"/faults/{id}", c.one(func(s *Server, r *http.Request) error { return s.Inject(r.PathValue("id")) }))
		mux.HandleFunc("DELETE "+at+"/faults/{id}", c.one(func(s *Server, r *http.Request) error { return s.Clear(r.PathValue("id")) }))
		mux.HandleFunc("POST "+at+"/drive", c.one(func(s *Server, _ *http.Request) error { s.Register.ReplaceDrive(); return nil }))
		mux.HandleFunc("POST "+at+"/restart", c.one(func(s *Server, _ *http.Request) error { return s.Restart() }))
	}
	return http.NewCrossOriginProtection().Handler(mux)
}

type control struct {
	bench *Bench
	texts *i18n.Bundle
}

type choice struct {
	ID      string `json:"id"`
	CuredBy string `json:"curedBy,omitempty"`
}

func choices() []choice {
	var list []choice
	for _, f := range Faults() {
		list = append(list, choice(f))
	}
	return list
}

// one does something to the register that the path names and tells its state.
func (c control) one(do func(s *Server, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i := 0
		if n := r.PathValue("n"); n != "" {
			var err error
			if i, err = strconv.Atoi(n); err != nil || i < 0 || i >= c.bench.Len() {
				c.fail(w, r, problem.New(problem.NotFound, "sim_unknown_register"))
				return
			}
		}
		if err := do(c.bench.Server(i), r); err != nil {
			c.fail(w, r, err)
			return
		}
		answer(w, http.StatusOK, c.bench.Server(i).State())
	}
}

func (c control) all(w http.ResponseWriter, _ *http.Request) {
	list := make([]State, c.bench.Len())
	for i := range list {
		list[i] = c.bench.Server(i).State()
	}
	answer(w, http.StatusOK, list)
}

// clock takes {"set": "2026-03-10T12:00:00+03:00"}.
func (c control) clock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Set time.Time `json:"set"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1024)).Decode(&in); err != nil || in.Set.IsZero() {
		c.fail(w, r, problem.New(problem.Invalid, "sim_bad_clock"))
		return
	}
	for i := range c.bench.Len() {
		c.bench.Server(i).SetClock(in.Set)
	}
	answer(w, http.StatusOK, c.bench.Server(0).State())
}

func (c control) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := problem.Of(err)
	voice := c.texts.For(i18n.FromAccept(strings.TrimSpace(r.Header.Get("Accept-Language"))))
	answer(w, p.Status(), object{"status": p.Status(), "code": p.Code, "title": voice.Problem(p)})
}
