package operator

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
)

// Handler is the operator's control over HTTP: what came, and troubles on
// demand. Another site's page cannot use it: requests from a foreign origin
// are refused.
func (o *Operator) Handler(texts *i18n.Bundle) http.Handler {
	c := &control{operator: o, texts: texts}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, o.State()) })
	mux.HandleFunc("GET /drives", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, o.State().Drives) })
	mux.HandleFunc("GET /drives/{drive}", c.documents)
	mux.HandleFunc("GET /drives/{drive}/documents/{number}", c.document)
	mux.HandleFunc("DELETE /drives/{drive}", c.forget)
	mux.HandleFunc("GET /faults", c.troubles)
	for _, at := range []string{"", "/drives/{drive}"} {
		mux.HandleFunc("POST "+at+"/faults/{id}", c.turn)
		mux.HandleFunc("DELETE "+at+"/faults", c.turn)
	}
	mux.HandleFunc("DELETE /faults/{id}", c.cure)
	mux.HandleFunc("POST /clock", c.setClock)
	// What people look at, and what a page's forms can send.
	mux.HandleFunc("GET /{$}", c.page)
	mux.HandleFunc("GET /of/{drive}", c.drivePage)
	mux.HandleFunc("POST /turn", c.turnForm)
	mux.HandleFunc("POST /forget", c.forgetForm)
	mux.HandleFunc("GET /style.css", c.style)
	return http.NewCrossOriginProtection().Handler(mux)
}

type control struct {
	operator *Operator
	texts    *i18n.Bundle
}

// kept are the documents of the drive that the path names.
func (c *control) kept(w http.ResponseWriter, r *http.Request) ([]Document, bool) {
	list := c.operator.Documents(r.PathValue("drive"))
	if list == nil && !c.operator.knows(r.PathValue("drive")) {
		c.fail(w, r, problem.New(problem.NotFound, "sim_unknown_drive"))
		return nil, false
	}
	return list, true
}

func (c *control) documents(w http.ResponseWriter, r *http.Request) {
	list, ok := c.kept(w, r)
	if !ok {
		return
	}
	out := make([]Paper, 0, len(list))
	for _, d := range list {
		out = append(out, paper(c.voice(r), d))
	}
	answer(w, http.StatusOK, out)
}

func (c *control) document(w http.ResponseWriter, r *http.Request) {
	list, ok := c.kept(w, r)
	if !ok {
		return
	}
	for _, d := range list {
		if strconv.FormatUint(uint64(d.Number), 10) == r.PathValue("number") {
			answer(w, http.StatusOK, paper(c.voice(r), d))
			return
		}
	}
	c.fail(w, r, problem.New(problem.NotFound, "sim_unknown_document"))
}

func (c *control) forget(w http.ResponseWriter, r *http.Request) {
	c.operator.Forget(r.PathValue("drive"))
	answer(w, http.StatusOK, c.operator.State())
}

func (c *control) troubles(w http.ResponseWriter, r *http.Request) {
	type entry struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		OneDrive bool   `json:"oneDrive"` // can befall one drive alone
	}
	v := c.voice(r)
	one := map[string]bool{}
	for _, id := range DriveTroubles() {
		one[id] = true
	}
	var list []entry
	for _, id := range Troubles() {
		list = append(list, entry{ID: id, Name: v.Or("sim.ofd.trouble."+id, id), OneDrive: one[id]})
	}
	answer(w, http.StatusOK, list)
}

// turn makes the operator ill, or well again. The body may be empty or
// {"times": 2, "delayMillis": 800}.
func (c *control) turn(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Times       int   `json:"times"`
		DelayMillis int64 `json:"delayMillis"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1024)).Decode(&in)
	if err != nil && !errors.Is(err, io.EOF) {
		c.fail(w, r, problem.New(problem.Invalid, "sim_bad_trouble"))
		return
	}
	t := Trouble{ID: r.PathValue("id"), Times: in.Times, Delay: time.Duration(min(max(in.DelayMillis, -1), maxDelay.Milliseconds()+1)) * time.Millisecond}
	if err := c.apply(r.PathValue("drive"), t); err != nil {
		c.fail(w, r, err)
		return
	}
	answer(w, http.StatusOK, c.operator.State())
}

// cure ends one trouble; another one that is on stays.
func (c *control) cure(w http.ResponseWriter, r *http.Request) {
	if !slices.Contains(Troubles(), r.PathValue("id")) {
		c.fail(w, r, problem.New(problem.NotFound, "sim_unknown_trouble").With("trouble", r.PathValue("id")))
		return
	}
	if c.operator.State().Trouble == r.PathValue("id") {
		if err := c.operator.Turn(Trouble{}); err != nil {
			c.fail(w, r, err)
			return
		}
	}
	answer(w, http.StatusOK, c.operator.State())
}

// setClock moves the time that the operator writes into its answers; the body
// is {"set": "2026-03-10T12:00:00+03:00"}.
func (c *control) setClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Set time.Time `json:"set"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1024)).Decode(&in); err != nil || in.Set.IsZero() {
		c.fail(w, r, problem.New(problem.Invalid, "sim_bad_clock"))
		return
	}
	c.operator.SetClock(in.Set)
	answer(w, http.StatusOK, c.operator.State())
}

// apply turns the operator for one drive, or for all.
func (c *control) apply(drive string, t Trouble) error {
	if drive == "" {
		return c.operator.Turn(t)
	}
	return c.operator.TurnDrive(drive, t)
}

func (c *control) turnForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	times, _ := strconv.Atoi(r.PostFormValue("times")) // nothing said is until it is turned off
	if err := c.apply(r.PostFormValue("drive"), Trouble{ID: r.PostFormValue("trouble"), Times: times}); err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (c *control) forgetForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	c.operator.Forget(r.PostFormValue("drive"))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// An error here means that the client has left; there is nobody to tell.
	_ = json.NewEncoder(w).Encode(v)
}

// fail answers a problem as problem+json, in the language of the request.
func (c *control) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := problem.Of(err)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status())
	_ = json.NewEncoder(w).Encode(map[string]any{"status": p.Status(), "code": p.Code, "title": c.voice(r).Problem(p)})
}

func (c *control) voice(r *http.Request) i18n.Voice {
	return c.texts.For(i18n.FromAccept(strings.TrimSpace(r.Header.Get("Accept-Language"))))
}

// knows says whether a drive was ever heard of.
func (o *Operator) knows(serial string) bool {
	o.book.mu.Lock()
	defer o.book.mu.Unlock()
	return o.book.drives[serial] != nil
}
