package faults

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/scope"
)

// Summary is what a case is told of a guided fix: everything, so that nobody
// is asked the same again.
type Summary struct {
	Session   string
	Fault     string
	Title     catalogue.Text
	Severity  catalogue.Severity
	Device    string
	Client    string
	Case      string // "" = there is none yet
	Reason    string // article_ends, asked, no_device, too_many_steps
	Step      catalogue.Text
	StartedBy scope.Actor
	StartedAt time.Time
	EndedAt   time.Time
	Done      []Done
}

// Done is one thing that was done or answered.
type Done struct {
	At        time.Time
	Actor     scope.Actor
	Kind      EventKind
	Step      catalogue.Text
	Answer    catalogue.Text // of Answered
	Procedure string         // of RunAsked
	Outcome   string         // of RunEnded
	Success   bool
	Code      string
	Exchanges []kkt.Exchange
}

// Summarise tells a session's log in the article's words.
func Summarise(sess *Session, a *catalogue.Article, log []Event) Summary {
	sum := Summary{
		Session: sess.ID, Fault: sess.Fault, Title: a.Title, Severity: a.Severity, Device: sess.Device, Client: sess.Client, Case: sess.Case,
		Reason: sess.Reason, StartedBy: sess.StartedBy, StartedAt: sess.CreatedAt, EndedAt: sess.EndedAt,
	}
	if step, ok := a.Step(sess.Step); ok {
		sum.Step = step.Title
	}
	for _, e := range log {
		sum.Done = append(sum.Done, tell(a, e))
	}
	return sum
}

func tell(a *catalogue.Article, e Event) Done {
	d := Done{
		At: e.At, Actor: e.Actor, Kind: e.Kind, Procedure: e.Detail.Procedure, Outcome: e.Detail.Outcome,
		Success: e.Detail.Success, Code: e.Detail.Code, Exchanges: e.Detail.Exchanges,
	}
	step, ok := a.Step(e.Step)
	if !ok {
		return d
	}
	d.Step = step.Title
	if b := e.Detail.Branch; b != nil && *b >= 0 && *b < len(step.Branches) {
		d.Answer = step.Branches[*b].Text
	}
	return d
}

// deliver gives the summary of a handed-over session to its case, once. If
// the desk cannot take it now, AdvanceAll tries again.
func (s *Service) deliver(ctx context.Context, sc scope.Scope, ref Ref, sess Session) error {
	if sess.State != HandedOver || sess.Delivered || s.ports.Cases == nil {
		return nil
	}
	var a *catalogue.Article
	var log []Event
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if a, err = s.pinned(ctx, tx, sc, &sess); err != nil {
			return err
		}
		log, err = eventsOf(ctx, tx, sc, sess.ID)
		return err
	})
	if err != nil {
		return err
	}
	id, err := s.ports.Cases.Take(ctx, caseScope(sc), Summarise(&sess, a, log))
	if err != nil {
		return err
	}
	_, err = s.change(ctx, sc, ref, sess.Version, func(now *Session, _ *catalogue.Article, _ *db.Tx) ([]Event, error) {
		now.Case, now.Delivered = id, true
		return nil, nil
	})
	return err
}

// caseScope is the scope in which a case is opened: a shop's people cannot
// work on cases themselves, the session does it for them.
func caseScope(sc scope.Scope) scope.Scope {
	if sc.Can(scope.WorkCases) {
		return sc
	}
	return scope.System(sc.Tenant(), "guided_fix")
}

// afterChange delivers what was handed over and shows the session. A desk
// that cannot take it now does not undo the hand-over: it is tried again.
func (s *Service) afterChange(ctx context.Context, sc scope.Scope, ref Ref, sess Session) (View, error) {
	if err := s.deliver(ctx, sc, ref, sess); err != nil {
		v, verr := s.View(ctx, sc, ref)
		if verr != nil {
			return View{}, verr
		}
		return v, nil
	}
	return s.View(ctx, sc, ref)
}
