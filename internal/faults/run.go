package faults

import (
	"context"
	"errors"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// RunRequest asks the machine to do the current step.
type RunRequest struct {
	Step    string // the step that the reader saw; a second click names the same
	Version int64
	Consent bool
}

// errRunning is a second click on what is running already.
var errRunning = errors.New("faults: running already")

// Run starts the machine step and returns at once; Advance sees how it ends.
// Asked twice for the same step, it starts one command and shows it twice.
func (s *Service) Run(ctx context.Context, sc scope.Scope, ref Ref, r RunRequest) (View, error) {
	if err := s.backupFirst(ctx, sc, ref); err != nil {
		return View{}, err
	}
	if err := s.ableFirst(ctx, sc, ref); err != nil {
		return View{}, err
	}
	var req Request
	sess, err := s.change(ctx, sc, ref, 0, func(sess *Session, a *catalogue.Article, tx *db.Tx) ([]Event, error) {
		step, err := startable(sc, sess, a, r)
		if err != nil {
			return nil, err
		}
		begin(sess, step.Machine, ids.New(), tx.Now)
		req = Request{
			Device: sess.Device, Procedure: kkt.Procedure{Name: step.Machine.Procedure}, Session: sess.ID, Case: sess.Case, Step: step.ID,
			Key: sess.RunKey, Consent: Consent{Given: r.Consent, By: sc.Actor()},
		}
		return []Event{{Kind: RunAsked, Step: step.ID, Detail: Detail{Procedure: step.Machine.Procedure, Consent: consentOf(sc, r)}}}, nil
	})
	if errors.Is(err, errRunning) {
		return s.View(ctx, sc, ref)
	}
	if err != nil {
		return View{}, err
	}
	return s.ask(ctx, sc, ref, sess, req)
}

// startable is the step, if it may be started now by this reader.
func startable(sc scope.Scope, sess *Session, a *catalogue.Article, r RunRequest) (*catalogue.Step, error) {
	if sess.State == Running && sess.Step == r.Step {
		return nil, errRunning
	}
	if r.Version != sess.Version || r.Step != sess.Step {
		return nil, problem.New(problem.Conflict, "fix_changed")
	}
	if err := open(sess); err != nil {
		return nil, err
	}
	step, ok := a.Step(sess.Step)
	if !ok || step.Machine == nil {
		return nil, problem.New(problem.Invalid, "fix_not_machine")
	}
	if err := mayRun(sc, step); err != nil {
		return nil, err
	}
	if step.Machine.Risk != kkt.RiskRead && !r.Consent {
		return nil, problem.New(problem.Invalid, "fix_needs_consent")
	}
	return step, nil
}

func consentOf(sc scope.Scope, r RunRequest) string {
	if !r.Consent {
		return ""
	}
	if name := sc.Actor().Name; name != "" {
		return name
	}
	return string(sc.Actor().Kind)
}

// ask hands the command to the runner. When the runner surely refused, the
// step is open again; when that is not known, the session keeps waiting and
// its deadline makes it an unknown outcome: it is never asked for twice.
func (s *Service) ask(ctx context.Context, sc scope.Scope, ref Ref, sess Session, req Request) (View, error) {
	id, err := s.ports.Runner.Run(ctx, helper(sc), req)
	if err != nil {
		return s.notAsked(ctx, sc, ref, sess, err)
	}
	sess, err = s.change(ctx, sc, ref, 0, func(now *Session, _ *catalogue.Article, _ *db.Tx) ([]Event, error) {
		if now.RunKey != req.Key {
			return nil, problem.New(problem.Conflict, "fix_changed")
		}
		now.Command = id
		return nil, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.afterChange(ctx, sc, ref, sess)
}

func (s *Service) notAsked(ctx context.Context, sc scope.Scope, ref Ref, sess Session, cause error) (View, error) {
	p := problem.Of(cause)
	if p.Kind == problem.Internal {
		return View{}, cause
	}
	_, err := s.change(ctx, sc, ref, sess.Version, func(now *Session, _ *catalogue.Article, _ *db.Tx) ([]Event, error) {
		now.State, now.RunKey = Active, ""
		return []Event{{Kind: RunRefused, Step: now.Step, Detail: Detail{Code: p.Code}}}, nil
	})
	if err != nil {
		return View{}, err
	}
	return View{}, cause
}

// DryRun is the bytes that the current machine step would send, in order.
// Nothing is sent.
func (s *Service) DryRun(ctx context.Context, sc scope.Scope, ref Ref) ([][]byte, error) {
	sess, err := s.load(ctx, sc, ref)
	if err != nil {
		return nil, err
	}
	a, err := s.articleOf(ctx, sc, &sess)
	if err != nil {
		return nil, err
	}
	step, ok := a.Step(sess.Step)
	switch {
	case !ok || step.Machine == nil:
		return nil, problem.New(problem.Invalid, "fix_not_machine")
	case sess.Device == "":
		return nil, problem.New(problem.Invalid, "fix_no_device")
	}
	if err := mayDo(sc, step.Who); err != nil {
		return nil, err
	}
	if err := s.mustBeAble(ctx, sc, sess.Device, step); err != nil {
		return nil, err
	}
	return s.ports.Runner.Plan(ctx, helper(sc), sess.Device, kkt.Procedure{Name: step.Machine.Procedure})
}
