package sim

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
)

// Handler is the bench's control over HTTP. The paths without a register's
// number are for register 0, except /clock, which moves the whole bench.
// Another site's page cannot use them: requests from a foreign origin are
// refused.
func (b *Bench) Handler(texts *i18n.Bundle) http.Handler {
	c := &control{bench: b, texts: texts}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", c.state)
	mux.HandleFunc("GET /faults", c.faults)
	mux.HandleFunc("POST /faults/{id}", c.inject)
	mux.HandleFunc("DELETE /faults/{id}", c.clear)
	mux.HandleFunc("POST /clock", c.clock)
	mux.HandleFunc("GET /registers", c.list)
	mux.HandleFunc("GET /registers/{n}/state", c.state)
	mux.HandleFunc("POST /registers/{n}/faults/{id}", c.inject)
	mux.HandleFunc("DELETE /registers/{n}/faults/{id}", c.clear)
	mux.HandleFunc("POST /registers/{n}/clock", c.clock)
	for _, at := range []string{"", "/registers/{n}"} {
		mux.HandleFunc("POST "+at+"/drive", c.drive)
		mux.HandleFunc("POST "+at+"/restart", c.restart)
	}
	// What a page's forms can send: no path built by a script, no DELETE.
	mux.HandleFunc("POST /registers/{n}/inject", c.injectForm)
	mux.HandleFunc("POST /registers/{n}/mend", c.mendForm)
	mux.HandleFunc("GET /{$}", c.page)
	mux.HandleFunc("GET /style.css", c.style)
	return http.NewCrossOriginProtection().Handler(mux)
}

type control struct {
	bench *Bench
	texts *i18n.Bundle
}

// register is the one that the path names.
func (c *control) register(w http.ResponseWriter, r *http.Request) (int, bool) {
	n := r.PathValue("n")
	if n == "" {
		n = "0"
	}
	i, err := c.bench.find(n)
	if err != nil {
		c.fail(w, r, err)
		return 0, false
	}
	return i, true
}

func (c *control) state(w http.ResponseWriter, r *http.Request) {
	if i, ok := c.register(w, r); ok {
		c.answer(w, c.bench.state(i))
	}
}

func (c *control) list(w http.ResponseWriter, _ *http.Request) {
	all := make([]State, c.bench.Len())
	for i := range all {
		all[i] = c.bench.state(i)
	}
	c.answer(w, all)
}

func (c *control) faults(w http.ResponseWriter, _ *http.Request) {
	type entry struct {
		ID      string `json:"id"`
		CuredBy string `json:"curedBy,omitempty"`
	}
	var list []entry
	for _, f := range c.bench.Faults() {
		list = append(list, entry{ID: f.ID, CuredBy: f.CuredBy})
	}
	c.answer(w, list)
}

func (c *control) inject(w http.ResponseWriter, r *http.Request) {
	c.change(w, r, func(s Station) error { return s.Inject(r.PathValue("id")) })
}

func (c *control) clear(w http.ResponseWriter, r *http.Request) {
	c.change(w, r, func(s Station) error { return s.Clear(r.PathValue("id")) })
}

// drive puts a new drive in, as a hand does.
func (c *control) drive(w http.ResponseWriter, r *http.Request) {
	c.change(w, r, func(s Station) error {
		p, ok := s.Patient().(interface{ ReplaceDrive() })
		if !ok {
			return problem.New(problem.NotFound, "sim_not_by_this_kind")
		}
		p.ReplaceDrive()
		return nil
	})
}

// restart ends what stands between the network and the register, and starts it
// anew.
func (c *control) restart(w http.ResponseWriter, r *http.Request) {
	c.change(w, r, func(s Station) error {
		service, ok := s.(interface{ Restart() error })
		if !ok {
			return problem.New(problem.NotFound, "sim_not_by_this_kind")
		}
		return service.Restart()
	})
}

func (c *control) change(w http.ResponseWriter, r *http.Request, what func(Station) error) {
	i, ok := c.register(w, r)
	if !ok {
		return
	}
	if err := what(c.bench.stations[i]); err != nil {
		c.fail(w, r, err)
		return
	}
	c.answer(w, c.bench.state(i))
}

// clock takes {"set": "2026-03-10T12:00:00+03:00"}.
func (c *control) clock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Set time.Time `json:"set"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1024)).Decode(&in); err != nil || in.Set.IsZero() {
		c.fail(w, r, problem.New(problem.Invalid, "sim_bad_clock"))
		return
	}
	i, ok := c.register(w, r)
	if !ok {
		return
	}
	if r.PathValue("n") == "" {
		c.bench.SetClock(in.Set)
	} else {
		c.bench.stations[i].Patient().SetClock(in.Set)
	}
	c.answer(w, c.bench.state(i))
}

func (c *control) injectForm(w http.ResponseWriter, r *http.Request) {
	c.form(w, r, Station.Inject)
}

func (c *control) mendForm(w http.ResponseWriter, r *http.Request) { c.form(w, r, Station.Clear) }

// form changes a register as a page's form asks and goes back to the page.
func (c *control) form(w http.ResponseWriter, r *http.Request, what func(Station, string) error) {
	i, ok := c.register(w, r)
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	if err := what(c.bench.stations[i], r.PostFormValue("fault")); err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, pagePath(i/pageSize), http.StatusSeeOther)
}

func (c *control) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	// An error here means that the client has left; there is nobody to tell.
	_ = json.NewEncoder(w).Encode(v)
}

// fail answers a problem as problem+json, in the language of the request.
func (c *control) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := problem.Of(err)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status())
	_ = json.NewEncoder(w).Encode(map[string]any{
		"status": p.Status(), "code": p.Code, "title": c.voice(r).Problem(p),
	})
}

func (c *control) voice(r *http.Request) i18n.Voice {
	return c.texts.For(i18n.FromAccept(strings.TrimSpace(r.Header.Get("Accept-Language"))))
}
