package faults

import (
	"context"
	"errors"
	"slices"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Why a machine step goes by hand.
const (
	noDevice = "no_device" // the session is about none
	// RegisterCannot stands in the Code of a ByHand event, and in a session's
	// Reason: the device's register has no command for the step.
	RegisterCannot = "register_cannot"
)

// CannotCode is the problem of a step that the device's register has no command
// for.
const CannotCode = "fix_register_cannot"

// ground is what a session walks on: its article, and what its device's
// register cannot be asked for. It keeps the steps that were passed by.
type ground struct {
	*catalogue.Article
	cannot []string // procedures
	passed []Event
}

// hindrance is why the machine cannot do the step for this session; "" when it
// can.
func (g *ground) hindrance(s *Session, step *catalogue.Step) string {
	switch {
	case s.Device == "":
		return noDevice
	case slices.Contains(g.cannot, step.Machine.Procedure):
		return RegisterCannot
	default:
		return ""
	}
}

// pass notes a step that was gone by. That a walk without a device is by hand
// throughout needs no word at each step.
func (g *ground) pass(step, to, reason string) {
	if reason != noDevice {
		g.passed = append(g.passed, Event{Kind: ByHand, Step: step, Detail: Detail{To: to, Code: reason}})
	}
}

// onward is change for what leads to other steps. What the register can do is
// asked before the transaction begins.
func (s *Service) onward(ctx context.Context, sc scope.Scope, ref Ref, version int64,
	f func(sess *Session, g *ground, tx *db.Tx) ([]Event, error),
) (Session, error) {
	sess, err := s.load(ctx, sc, ref)
	if err != nil {
		return Session{}, err
	}
	a, err := s.articleOf(ctx, sc, &sess)
	if err != nil {
		return Session{}, err
	}
	cannot, err := s.cannot(ctx, sc, sess.Device, a)
	if err != nil {
		return Session{}, err
	}
	return s.change(ctx, sc, ref, version, func(sess *Session, a *catalogue.Article, tx *db.Tx) ([]Event, error) {
		return f(sess, &ground{Article: a, cannot: cannot}, tx)
	})
}

// cannot are the procedures of the article that the device's register has no
// commands for.
func (s *Service) cannot(ctx context.Context, sc scope.Scope, device string, a *catalogue.Article) (out []string, err error) {
	if device == "" {
		return nil, nil
	}
	seen := map[string]bool{}
	for _, step := range a.Steps {
		if step.Machine == nil || seen[step.Machine.Procedure] {
			continue
		}
		seen[step.Machine.Procedure] = true
		able, err := s.able(ctx, sc, device, step.Machine.Procedure)
		if err != nil {
			return nil, err
		}
		if !able {
			out = append(out, step.Machine.Procedure)
		}
	}
	return out, nil
}

// able says whether the device's register has commands for a procedure. Of one
// that nobody can plan for now, running it says why.
func (s *Service) able(ctx context.Context, sc scope.Scope, device, procedure string) (bool, error) {
	_, err := s.ports.Runner.Plan(ctx, helper(sc), device, kkt.Procedure{Name: procedure})
	switch p := problem.Of(err); {
	case errors.Is(err, kkt.ErrUnsupported):
		return false, nil
	case p != nil && p.Kind == problem.Internal:
		return false, err
	default:
		return true, nil
	}
}

// mustBeAble refuses a step that the session's register cannot do.
func (s *Service) mustBeAble(ctx context.Context, sc scope.Scope, device string, step *catalogue.Step) error {
	able, err := s.able(ctx, sc, device, step.Machine.Procedure)
	if err == nil && !able {
		err = problem.New(problem.Conflict, CannotCode).With("step", step.ID)
	}
	return err
}

// ableFirst is mustBeAble of the step that the session stands on.
func (s *Service) ableFirst(ctx context.Context, sc scope.Scope, ref Ref) error {
	sess, step, err := s.standing(ctx, sc, ref)
	if err != nil || step == nil || step.Machine == nil || sess.Device == "" {
		return err // what else is wrong with it, running it says
	}
	return s.mustBeAble(ctx, sc, sess.Device, step)
}
