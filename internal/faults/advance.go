package faults

import (
	"context"
	"errors"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Advance looks whether what the session waits for has come, and goes on if
// it has. It may be called by any number of pages and jobs at once; it never
// waits itself.
func (s *Service) Advance(ctx context.Context, sc scope.Scope, ref Ref) (View, error) {
	sess, err := s.load(ctx, sc, ref)
	if err != nil {
		return View{}, err
	}
	switch sess.State {
	case Running:
		err = s.advanceRun(ctx, sc, ref, sess)
	case Checking, Proving:
		err = s.advanceReading(ctx, sc, ref, sess)
	case HandedOver:
		err = s.deliver(ctx, sc, ref, sess)
	}
	if err != nil && problem.CodeOf(err) != "fix_changed" { // somebody else advanced it: as good
		return View{}, err
	}
	return s.View(ctx, sc, ref)
}

// AdvanceAll does so for every session of the scope's tenant that waits; the
// program calls it when commands end and devices report. It returns how many
// it looked at.
func (s *Service) AdvanceAll(ctx context.Context, sc scope.Scope) (int, error) {
	var ids []string
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		ids, err = waiting(ctx, tx, sc, 500)
		return err
	})
	var errs []error
	for _, id := range ids {
		if _, err := s.Advance(ctx, sc, Ref{ID: id}); err != nil {
			errs = append(errs, err)
		}
	}
	return len(ids), errors.Join(append(errs, err)...)
}

// advanceRun asks how the command fares. After the step's timeout the outcome
// is unknown, whatever the runner may still learn.
func (s *Service) advanceRun(ctx context.Context, sc scope.Scope, ref Ref, sess Session) error {
	var o Outcome
	if sess.Command != "" {
		var err error
		if o, err = s.ports.Runner.Outcome(ctx, helper(sc), sess.Command); err != nil {
			return err
		}
	}
	if !ended(o.State) {
		if !s.clock.Now().After(sess.Deadline) {
			return nil
		}
		o.State, o.Code = OutcomeUnknown, "timeout"
	}
	changed, err := s.onward(ctx, sc, ref, sess.Version, func(now *Session, g *ground, tx *db.Tx) ([]Event, error) {
		from := now.Step
		success, err := settle(g, now, o, tx.Now)
		if err != nil {
			return nil, err
		}
		d := Detail{
			Command: now.Command, Outcome: o.State, Success: success, Code: o.Code, To: now.Step,
			Exchanges: o.Exchanges, Meanings: o.Meanings,
		}
		return append([]Event{{Kind: RunEnded, Step: from, Detail: d}}, g.further(now)...), nil
	})
	if err != nil {
		return err
	}
	return s.deliver(ctx, sc, ref, changed)
}

func ended(state string) bool {
	return state == OutcomeDone || state == OutcomeFailed || state == OutcomeUnknown || state == OutcomeExpired
}

// advanceReading asks the device's newest reading. One that is not newer than
// the last action says nothing about it.
func (s *Service) advanceReading(ctx context.Context, sc scope.Scope, ref Ref, sess Session) error {
	set, at, err := s.ports.Readings.Reading(ctx, helper(sc), sess.Device)
	if err != nil {
		return err
	}
	fresh := at.After(sess.Since)
	a, err := s.articleOf(ctx, sc, &sess)
	if err != nil {
		return err
	}
	truth := catalogue.Unknown
	if fresh && sess.State == Proving {
		truth = a.Proof.Judge(&set, at)
	}
	if step, ok := a.Step(sess.Step); fresh && ok && sess.State == Checking {
		truth = step.Machine.Shown(&set, at)
	}
	if sess.State == Proving {
		return s.prove(ctx, sc, ref, sess, truth, at)
	}
	return s.check(ctx, sc, ref, sess, truth)
}

func (s *Service) prove(ctx context.Context, sc scope.Scope, ref Ref, sess Session, truth catalogue.Truth, at time.Time) error {
	if truth != catalogue.Yes {
		return nil
	}
	_, err := s.change(ctx, sc, ref, sess.Version, func(now *Session, _ *catalogue.Article, tx *db.Tx) ([]Event, error) {
		end(now, Mended, tx.Now)
		return []Event{{Kind: Proved, Step: now.Step, Detail: Detail{ReadingAt: db.Millis(at)}}}, nil
	})
	return err
}

func (s *Service) check(ctx context.Context, sc scope.Scope, ref Ref, sess Session, truth catalogue.Truth) error {
	if truth != catalogue.Yes && !s.clock.Now().After(sess.Deadline) {
		return nil
	}
	changed, err := s.onward(ctx, sc, ref, sess.Version, func(now *Session, g *ground, tx *db.Tx) ([]Event, error) {
		from := now.Step
		if _, err := shown(g, now, truth, tx.Now); err != nil {
			return nil, err
		}
		if truth == catalogue.Yes {
			return g.further(now), nil
		}
		return append([]Event{{Kind: ReadingNo, Step: from, Detail: Detail{To: now.Step}}}, g.further(now)...), nil
	})
	if err != nil {
		return err
	}
	return s.deliver(ctx, sc, ref, changed)
}
