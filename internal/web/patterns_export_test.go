package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/tillwright/tillwright/internal/access/httpauth"
	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/scope"
)

// recorder is a mux that only notes what it is given.
type recorder struct{ patterns []string }

// Handle notes the pattern.
func (r *recorder) Handle(pattern string, _ http.Handler) { r.patterns = append(r.patterns, pattern) }

// HandleFunc notes the pattern.
func (r *recorder) HandleFunc(pattern string, _ func(http.ResponseWriter, *http.Request)) {
	r.patterns = append(r.patterns, pattern)
}

// Patterns are those of every page, and those of the help page behind its
// company's name.
func Patterns() []string {
	w := New(Deps{
		Guard: httpauth.New(nil, httpauth.Options{}), Clock: clock.System{},
		Audit: func(context.Context, scope.Scope, audit.Filter) ([]audit.Record, error) { return nil, nil },
	})
	var pages, help recorder
	w.Mount(&pages)
	(&helpPages{Web: w}).mountInner(&help)
	all := slices.Concat(pages.patterns, slices.DeleteFunc(help.patterns, func(p string) bool { return p == "/" }))
	slices.Sort(all)
	return all
}
