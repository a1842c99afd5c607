package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
)

// Problem is the body of every error: RFC 9457 with a stable code beside it.
type Problem struct {
	Type   string         `json:"type,omitempty" doc:"Always about:blank and left out: the code says what it is."`
	Title  string         `json:"title" example:"Conflict"`
	Status int            `json:"status" example:"409"`
	Code   string         `json:"code" example:"conflict" doc:"Stable; programs decide by it."`
	Detail string         `json:"detail,omitempty" doc:"A sentence in the caller's language."`
	Fields []ProblemField `json:"fields,omitempty"`

	retryAfter string
}

// ProblemField names one field that is wrong.
type ProblemField struct {
	Name   string `json:"name" example:"endpoint.address" doc:"Path in the body, or the parameter's name."`
	Code   string `json:"code" example:"required"`
	Detail string `json:"detail,omitempty"`
}

// Error makes it an error; the code is all that a log needs.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders is what the answer's head says of the problem.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter != "" {
		h.Set("Retry-After", p.retryAfter)
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="tillwright"`)
	}
	return h
}

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problem turns an error into its body. What is not a problem is logged and
// hidden.
func (a *API) problem(v i18n.Voice, err error) *Problem {
	e := problem.Of(err)
	if e.Kind == problem.Internal {
		a.Log.Error("api: a call failed", "error", err)
	}
	return body(v, e)
}

// body is a problem as it is sent. An internal one has no code of its own: what
// went wrong is for the log.
func body(v i18n.Voice, e *problem.Error) *Problem {
	if e.Status() == http.StatusInternalServerError {
		e = problem.New(problem.Internal, "internal")
	}
	p := &Problem{Title: http.StatusText(e.Status()), Status: e.Status(), Code: e.Code, Detail: v.Problem(e)}
	if s, ok := e.Args["seconds"]; ok && e.Kind == problem.TooMany {
		p.retryAfter = fmt.Sprint(s)
	}
	for _, f := range e.Fields {
		p.Fields = append(p.Fields, ProblemField{Name: camel(f.Name), Code: f.Code, Detail: v.Field(f.Code, f.Args)})
	}
	return p
}

// camel writes a field's name as JSON has it: the areas say fn_serial, a body
// fnSerial.
func camel(name string) string {
	parts := strings.Split(name, "_")
	for i := 1; i < len(parts); i++ {
		if parts[i] != "" {
			parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
		}
	}
	return strings.Join(parts, "")
}

// Refuse answers a call that the guard did not let through.
func Refuse(w http.ResponseWriter, r *http.Request, texts *i18n.Bundle, err error) {
	refuse(w, body(texts.For(i18n.FromAccept(r.Header.Get("Accept-Language"))), problem.Of(err)))
}

// refuse is Refuse with the person's own language, when there is one.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	id, _ := access.IdentityFrom(r.Context())
	refuse(w, body(a.voice(id, r), problem.Of(err)))
}

func refuse(w http.ResponseWriter, p *Problem) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client went away; nobody is left to tell
}
