package faults

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// View is a session as its reader may see it.
type View struct {
	Session Session
	Article *catalogue.Article
	// Step is the current step; nil when it is not for this reader.
	Step *catalogue.Step
	// Blocked says why the step cannot be done now, as a problem's code:
	// fix_needs_engineer, fix_needs_backup, fix_register_cannot,
	// fix_article_changed; "" when it can.
	Blocked       string
	BlockedReason string // of fix_needs_backup: the store's reason
	CanBack       bool
	CanRun        bool
	CanByHand     bool
	CanHandOver   bool
	NeedsConsent  bool
	// Overdue is set when the awaited reading did not come or did not prove
	// it in ProofPatience: handing over is the next thing to offer.
	Overdue bool
	Log     []Event
}

// View reads a session.
func (s *Service) View(ctx context.Context, sc scope.Scope, ref Ref) (View, error) {
	var v View
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		if v.Session, err = get(ctx, tx, sc, ref, tx.Now); err != nil {
			return err
		}
		if v.Article, _, err = s.shelf.Pinned(ctx, tx, sc, v.Session.Fault, v.Session.Revision); err != nil {
			return err
		}
		v.Log, err = eventsOf(ctx, tx, sc, v.Session.ID)
		return err
	})
	if err != nil {
		return View{}, err
	}
	return v, s.offer(ctx, sc, &v)
}

// offer fills in what this reader may do next.
func (s *Service) offer(ctx context.Context, sc scope.Scope, v *View) error {
	sess := &v.Session
	a := v.Article
	if a == nil {
		v.Blocked = "fix_article_changed"
		v.CanHandOver = !sess.State.Over()
		return nil
	}
	v.CanHandOver = !sess.State.Over() && sess.State != Running
	v.CanBack = !sess.State.Over() && sess.State != Running && sess.State != Checking && len(sess.Path) > 0
	v.Overdue = overdue(sess, s.clock.Now())
	step, ok := a.Step(sess.Step)
	if !ok {
		v.Blocked = "fix_article_changed"
		return nil
	}
	if err := mayDo(sc, step.Who); err != nil && !sess.State.Over() {
		v.Blocked = problem.CodeOf(err)
		return nil
	}
	v.Step = step
	if sess.State != Active {
		return nil
	}
	return s.offerStep(ctx, sc, v)
}

func (s *Service) offerStep(ctx context.Context, sc scope.Scope, v *View) error {
	step := v.Step
	if step.NeedsBackup {
		if err := s.backup(ctx, sc, v.Session.Device); err != nil {
			p := problem.Of(err)
			if p.Code != "fix_needs_backup" {
				return err
			}
			v.Blocked = p.Code
			v.BlockedReason, _ = p.Args["reason"].(string)
			return nil
		}
	}
	if step.Machine == nil {
		return nil
	}
	v.CanByHand, v.NeedsConsent = step.Machine.ByHand != "", step.Machine.Risk != kkt.RiskRead
	v.CanRun = v.Session.Device != "" && mayRun(sc, step) == nil
	if !v.CanRun {
		return nil
	}
	// The walk goes past what the register cannot do; but another register may
	// stand at the till by now.
	err := s.mustBeAble(ctx, sc, v.Session.Device, step)
	if problem.CodeOf(err) == CannotCode {
		v.CanRun, v.Blocked = false, CannotCode
		return nil
	}
	return err
}

// overdue says whether a proof has been awaited for longer than patience.
func overdue(sess *Session, now time.Time) bool {
	return sess.State == Proving && now.After(sess.Deadline)
}

// List reads the sessions of a case or a device, newest first, at most 100.
func (s *Service) List(ctx context.Context, sc scope.Scope, caseID, device string) (list []Session, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		list, err = listOf(ctx, tx, sc, caseID, device, 100)
		return err
	})
	return list, err
}
