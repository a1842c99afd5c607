// Package problem is the one error type that may be shown to a person or to
// another program.
//
// A problem carries a stable code ("enrol_code_used"), the kind that decides
// the HTTP status, the operation it happened in and, for a form, the fields at
// fault. The sentence a person reads is looked up under "problem.<code>" in
// their own language, so a code without a sentence fails the build. Whatever
// is not a problem is an internal error: it is logged, never shown.
package problem

import (
	"errors"
	"fmt"
	"strings"
)

// Kind groups codes by what the caller can do about them.
type Kind string

// The kinds, each with the HTTP status it is answered with.
const (
	Invalid         Kind = "invalid"         // 422: the input is wrong; mend it and call again.
	Malformed       Kind = "malformed"       // 400: the input could not be read at all.
	Unauthenticated Kind = "unauthenticated" // 401: who are you?
	Forbidden       Kind = "forbidden"       // 403: known, but not allowed.
	NotFound        Kind = "not_found"       // 404: not there, or not yours to see.
	Conflict        Kind = "conflict"        // 409: somebody was faster; read again.
	TooLarge        Kind = "too_large"       // 413
	TooMany         Kind = "too_many"        // 429: slow down; see RetryAfter.
	Unavailable     Kind = "unavailable"     // 503: not now; try again.
	Internal        Kind = "internal"        // 500: our fault.
)

var statuses = map[Kind]int{
	Invalid: 422, Malformed: 400, Unauthenticated: 401, Forbidden: 403, NotFound: 404,
	Conflict: 409, TooLarge: 413, TooMany: 429, Unavailable: 503, Internal: 500,
}

// Field names one field of the input that is wrong, and why.
type Field struct {
	Name string         `json:"name"` // path in the input, e.g. "calendar.hours.mon[0]"
	Code string         `json:"code"` // stable; its sentence is "problem.<code>"
	Args map[string]any `json:"args,omitempty"`
}

// Error is a problem that may be shown.
type Error struct {
	Kind   Kind
	Code   string         // stable, snake_case
	Args   map[string]any // fills the placeholders of the sentence
	Fields []Field
	Op     string // where: "fleet.Ingest"; for the log only
	Err    error  // why, for the log only; never shown
}

// New makes a problem of a kind with a stable code.
func New(kind Kind, code string) *Error { return &Error{Kind: kind, Code: code} }

// With returns a copy whose sentence has the placeholder key filled with value.
func (e *Error) With(key string, value any) *Error {
	c := *e
	c.Args = make(map[string]any, len(e.Args)+1)
	for k, v := range e.Args {
		c.Args[k] = v
	}
	c.Args[key] = value
	return &c
}

// Field returns a copy that also names a field at fault.
func (e *Error) Field(name, code string) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), Field{Name: name, Code: code})
	return &c
}

// In returns a copy that remembers the operation it happened in.
func (e *Error) In(op string) *Error {
	c := *e
	c.Op = op
	return &c
}

// Because returns a copy that remembers its cause for the log.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// Error is the form for logs; people are shown the sentence of Code.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(e.Code)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Name, f.Code)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is compare by code, so that a test or a caller can name the
// problem without holding the same value.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Status is the HTTP status of the kind; an unknown kind is our own fault.
func (e *Error) Status() int {
	if s, ok := statuses[e.Kind]; ok {
		return s
	}
	return statuses[Internal]
}

// Of finds the problem in err's chain; any other error becomes an internal
// one that hides its cause from people and keeps it for the log.
func Of(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Internal, Code: "internal", Err: err}
}

// CodeOf is the stable code of err, "internal" for what is not a problem and
// "" for nil.
func CodeOf(err error) string {
	if err == nil {
		return ""
	}
	return Of(err).Code
}
