package faults

import (
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// mayTouch says whether the scope may work on sessions at all: the company's
// people with cases to work on, a shop's own people, a guest with a link.
func mayTouch(sc scope.Scope) error {
	switch {
	case !sc.Valid():
		return problem.New(problem.Internal, "no_scope")
	case sc.Actor().Kind == scope.ByAgent:
		return problem.New(problem.Forbidden, "forbidden")
	case sc.Can(scope.WorkCases), sc.Client() != "", sc.Actor().Kind == scope.ByGuest:
		return nil
	}
	return problem.New(problem.Forbidden, "forbidden")
}

// mayDo says whether the step is for this reader.
func mayDo(sc scope.Scope, who catalogue.Who) error {
	if who == catalogue.Cashier || sc.Can(scope.RunDangerous) {
		return nil
	}
	return problem.New(problem.Forbidden, "fix_needs_engineer")
}

// mayRun says whether this reader may have the machine do the step. A shop's
// own people may where the article trusts a cashier with it: they stand at
// the till and see what happens.
func mayRun(sc scope.Scope, step *catalogue.Step) error {
	if err := mayDo(sc, step.Who); err != nil {
		return err
	}
	ours := sc.Client() == "" && sc.Actor().Kind != scope.ByGuest
	switch {
	case step.Machine.Risk == kkt.RiskDangerous && !sc.Can(scope.RunDangerous):
		return problem.New(problem.Forbidden, "fix_needs_engineer")
	case ours && !sc.Can(scope.RunCommands):
		return problem.New(problem.Forbidden, "forbidden")
	}
	return nil
}

// helper is the scope in which readings and commands are asked for. A shop's
// own people have no rights over commands; the session vouches for them, and
// the consent names them.
func helper(sc scope.Scope) scope.Scope {
	if sc.Can(scope.RunCommands) {
		return sc
	}
	return scope.System(sc.Tenant(), "guided_fix")
}
