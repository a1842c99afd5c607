package help

import (
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// guestName stands in logs for somebody whose name nobody asked.
const guestName = string(scope.ByGuest)

// Reader is the scope in which a stranger reads a company's help page.
func Reader(tenant string) scope.Scope { return scope.Guest(tenant, "", guestName) }

// anyone refuses only what names no company.
func anyone(sc scope.Scope, op string) error {
	if !sc.Valid() {
		return problem.New(problem.Internal, "no_scope").In(op)
	}
	return nil
}

// MayEdit says whether the scope answers readers: the company's own engineers,
// managers and administrators.
func MayEdit(sc scope.Scope) bool {
	return sc.Valid() && sc.Client() == "" && sc.Can(scope.AnswerReaders)
}

func editors(sc scope.Scope, op string) error {
	switch {
	case !sc.Valid():
		return problem.New(problem.Internal, "no_scope").In(op)
	case !MayEdit(sc):
		return problem.New(problem.Forbidden, "forbidden").In(op)
	}
	return nil
}
