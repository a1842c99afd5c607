package faults

import (
	"context"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Answer takes the answer with number branch to the step that the reader saw
// at that version.
func (s *Service) Answer(ctx context.Context, sc scope.Scope, ref Ref, version int64, branch int) (View, error) {
	if err := s.backupFirst(ctx, sc, ref); err != nil {
		return View{}, err
	}
	sess, err := s.onward(ctx, sc, ref, version, func(sess *Session, g *ground, tx *db.Tx) ([]Event, error) {
		from := sess.Step
		if step, ok := g.Step(from); ok {
			if err := mayDo(sc, step.Who); err != nil {
				return nil, err
			}
		}
		if err := answer(g, sess, branch, tx.Now); err != nil {
			return nil, err
		}
		events := []Event{{Kind: Answered, Step: from, Detail: Detail{Branch: &branch, To: sess.Step}}}
		return append(events, g.further(sess)...), nil
	})
	if err != nil {
		return View{}, err
	}
	return s.afterChange(ctx, sc, ref, sess)
}

// further is what else a move has brought: steps passed by, and an end.
func (g *ground) further(sess *Session) []Event { return append(g.passed, ending(sess)...) }

// ending is the event of a session that has just ended.
func ending(sess *Session) []Event {
	switch sess.State {
	case HandedOver:
		return []Event{{Kind: Handed, Step: sess.Step, Detail: Detail{Code: sess.Reason}}}
	case Told:
		return []Event{{Kind: ToldSo, Step: sess.Step}}
	default:
		return nil
	}
}

// Back returns to the step before.
func (s *Service) Back(ctx context.Context, sc scope.Scope, ref Ref, version int64) (View, error) {
	sess, err := s.change(ctx, sc, ref, version, func(sess *Session, _ *catalogue.Article, _ *db.Tx) ([]Event, error) {
		from := sess.Step
		if err := back(sess); err != nil {
			return nil, err
		}
		return []Event{{Kind: WentBack, Step: from, Detail: Detail{To: sess.Step}}}, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.afterChange(ctx, sc, ref, sess)
}

// DoByHand leaves a machine step on the way that a person takes without the
// machine.
func (s *Service) DoByHand(ctx context.Context, sc scope.Scope, ref Ref, version int64) (View, error) {
	sess, err := s.onward(ctx, sc, ref, version, func(sess *Session, g *ground, tx *db.Tx) ([]Event, error) {
		if err := open(sess); err != nil {
			return nil, err
		}
		from := sess.Step
		step, ok := g.Step(from)
		if !ok || step.Machine == nil || step.Machine.ByHand == "" {
			return nil, problem.New(problem.Invalid, "fix_no_such_answer").With("step", from)
		}
		if err := leave(g, sess, -1, step.Machine.ByHand, tx.Now); err != nil {
			return nil, err
		}
		return append([]Event{{Kind: ByHand, Step: from, Detail: Detail{To: step.Machine.ByHand}}}, g.further(sess)...), nil
	})
	if err != nil {
		return View{}, err
	}
	return s.afterChange(ctx, sc, ref, sess)
}

// HandOver ends the walk at any step with a person going on. Everything that
// was answered and seen goes into the case.
func (s *Service) HandOver(ctx context.Context, sc scope.Scope, ref Ref, version int64) (View, error) {
	sess, err := s.change(ctx, sc, ref, version, func(sess *Session, _ *catalogue.Article, tx *db.Tx) ([]Event, error) {
		if sess.State.Over() {
			return nil, problem.New(problem.Conflict, "fix_over")
		}
		if sess.State == Running {
			return nil, problem.New(problem.Conflict, "fix_running")
		}
		end(sess, HandedOver, tx.Now)
		sess.Reason = "asked"
		return ending(sess), nil
	})
	if err != nil {
		return View{}, err
	}
	return s.afterChange(ctx, sc, ref, sess)
}

// Resume lets an engineer go on where a session was handed over.
func (s *Service) Resume(ctx context.Context, sc scope.Scope, ref Ref, version int64) (View, error) {
	if !sc.Can(scope.RunDangerous) {
		return View{}, problem.New(problem.Forbidden, "fix_needs_engineer").In("faults.Resume")
	}
	sess, err := s.change(ctx, sc, ref, version, func(sess *Session, a *catalogue.Article, _ *db.Tx) ([]Event, error) {
		if sess.State != HandedOver {
			return nil, problem.New(problem.Conflict, "fix_over")
		}
		sess.State, sess.Reason, sess.Delivered = Active, "", false
		sess.EndedAt = sess.Deadline
		if step, ok := a.Step(sess.Step); ok && step.Kind.Ends() && len(sess.Path) > 0 {
			if err := back(sess); err != nil {
				return nil, err
			}
		}
		return []Event{{Kind: Resumed, Step: sess.Step}}, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.afterChange(ctx, sc, ref, sess)
}

// GiveUp ends the walk without a result and without a case.
func (s *Service) GiveUp(ctx context.Context, sc scope.Scope, ref Ref, version int64) (View, error) {
	sess, err := s.change(ctx, sc, ref, version, func(sess *Session, _ *catalogue.Article, tx *db.Tx) ([]Event, error) {
		if sess.State.Over() {
			return nil, problem.New(problem.Conflict, "fix_over")
		}
		if sess.State == Running {
			return nil, problem.New(problem.Conflict, "fix_running")
		}
		end(sess, Abandoned, tx.Now)
		return []Event{{Kind: GivenUp, Step: sess.Step}}, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.afterChange(ctx, sc, ref, sess)
}

// backupFirst is the hard stop: a step that needs a verified backup is
// neither answered nor run before the store has one.
func (s *Service) backupFirst(ctx context.Context, sc scope.Scope, ref Ref) error {
	sess, step, err := s.standing(ctx, sc, ref)
	if err != nil || step == nil || !step.NeedsBackup {
		return err
	}
	return s.backup(ctx, sc, sess.Device)
}

// standing is the session and the step that it stands on, nil when the article
// has it no longer.
func (s *Service) standing(ctx context.Context, sc scope.Scope, ref Ref) (Session, *catalogue.Step, error) {
	sess, err := s.load(ctx, sc, ref)
	if err != nil {
		return sess, nil, err
	}
	a, err := s.articleOf(ctx, sc, &sess)
	if err != nil {
		return sess, nil, err
	}
	step, _ := a.Step(sess.Step)
	return sess, step, nil
}

func (s *Service) backup(ctx context.Context, sc scope.Scope, device string) error {
	reason := "none_known"
	if device != "" {
		_, ok, why, err := s.ports.Backups.Verified(ctx, helper(sc), device)
		if err != nil {
			return err
		}
		if ok {
			return nil
		}
		reason = why
	}
	return problem.New(problem.Conflict, "fix_needs_backup").With("reason", reason)
}

func (s *Service) load(ctx context.Context, sc scope.Scope, ref Ref) (sess Session, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		sess, err = get(ctx, tx, sc, ref, tx.Now)
		return err
	})
	return sess, err
}
