package powercut

import (
	"context"
	"errors"
	"slices"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Advance looks whether the document under way has ended and gives the next
// its turn. Pages and jobs call it as often as they like.
func (s *Service) Advance(ctx context.Context, sc scope.Scope, id string) (View, error) {
	for {
		j, drafts, err := s.run(ctx, sc, id)
		if err != nil {
			return View{}, err
		}
		if j.State != Sending {
			return s.View(ctx, sc, id)
		}
		d := underWay(drafts)
		if d == nil {
			var ended bool
			if d, ended, err = s.begin(ctx, sc, id); err != nil {
				return View{}, err
			}
			switch {
			case ended:
				return s.over(ctx, sc, id)
			case d == nil: // somebody else was faster
				return s.View(ctx, sc, id)
			}
		}
		moved, err := s.step(ctx, sc, &j, d)
		if err != nil {
			return View{}, err
		}
		if !moved {
			return s.View(ctx, sc, id)
		}
	}
}

// run reads what the sending is about.
func (s *Service) run(ctx context.Context, sc scope.Scope, id string) (j Journal, drafts []Draft, err error) {
	if err := mayKeep(sc); err != nil {
		return j, nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if j, err = getJournal(ctx, tx, sc, id); err != nil || j.State != Sending {
			return err
		}
		drafts, err = draftsOf(ctx, tx, sc, id)
		return err
	})
	return j, drafts, err
}

// over tells the case how a run ended.
func (s *Service) over(ctx context.Context, sc scope.Scope, id string) (View, error) {
	v, err := s.View(ctx, sc, id)
	switch {
	case err != nil:
		return View{}, err
	case v.State == Closed:
		return s.told(ctx, sc, id, "closed")
	case v.Stopped != "":
		return s.told(ctx, sc, id, "stopped")
	default:
		return s.told(ctx, sc, id, "sent")
	}
}

// step asks for a draft that was not asked for yet, and takes its outcome when
// there is one; true when it moved.
func (s *Service) step(ctx context.Context, sc scope.Scope, j *Journal, d *Draft) (bool, error) {
	if d.Command == "" {
		if err := s.ask(ctx, sc, j, d); err != nil {
			return false, err
		}
		_, drafts, err := s.run(ctx, sc, j.ID)
		if err != nil {
			return false, err
		}
		if d = underWay(drafts); d == nil || d.Command == "" {
			return true, nil
		}
	}
	out, err := s.ports.Machine.Outcome(ctx, sc, d.Command)
	if err != nil || !out.Ended {
		return false, err
	}
	command := d.Command
	return true, s.changeDraft(ctx, sc, j.ID, d.ID, 0, func(_ *db.Tx, j *Journal, d *Draft) (string, any, error) {
		if d.Command != command || d.State != Asked && d.State != LookedFor {
			return "", nil, nil // somebody else was faster
		}
		judge(d, out)
		if d.stops() {
			j.Stopped, j.StoppedAt = d.Code, d.ID
		}
		return "powercut.outcome", map[string]any{"draft": d.No, "state": d.State, "code": d.Code, "refusal": d.Refusal, "said": d.Said}, nil
	})
}

// stops says whether a run ends at a draft: one that is merely unknown is
// looked for first, and one whose UUID is used up gets another.
func (d *Draft) stops() bool {
	return d.Code != "" && d.Code != codeLook && d.Code != fptr.FailureSpent
}

// codeLook is a draft of which nobody knows whether it was made, and which was
// not looked for yet.
const codeLook = "outcome_unknown"

// codeMarks is a draft that was not made because of its marking codes.
const codeMarks = "marks_refused"

// judge turns the outcome of a draft's command into its state. What may have
// been made is never called unmade.
func judge(d *Draft, out Outcome) {
	looked := d.State == LookedFor
	d.Key, d.Code, d.Refusal = "", "", 0
	o, kept, err := fptr.Delivered(out.Exchanges)
	if err == nil && o.Final() {
		d.Marks = o.Marks
	}
	switch {
	case err == nil && o.Made:
		d.State, d.Doubt = Registered, false
		d.Said = &Said{
			Document: o.Fiscal.Document, Sign: o.Fiscal.Sign, At: o.Fiscal.At, Sum: kept.Total, Operation: kept.Operation, Drive: o.Fiscal.FN, Shift: o.Fiscal.Shift,
			NotPrinted: o.Fiscal.NotPrinted,
		}
	case errors.Is(err, fptr.ErrSpent):
		d.unmade(fptr.FailureSpent)
	case err == nil && o.Final():
		d.unmade("register_refused")
		if slices.ContainsFunc(o.Marks, func(m fptr.MarkCheck) bool { return !m.Good() }) {
			d.Code = codeMarks
		}
		d.State, d.Refusal = Refused, o.Code
	case looked && errors.Is(err, fptr.ErrNoTask):
		d.State, d.Code = Unknown, fptr.FailureNoTask
	case looked && errors.Is(err, kkt.ErrUnknownOutcome):
		d.State, d.Code = Unknown, "undecided" // the service never found out; asking again would tell no more
	case looked && err == nil:
		d.State, d.Code = Unknown, "not_settled" // the service does not know yet itself
	case looked:
		d.State, d.Code = Unknown, failure(out)
	case out.Doubtful:
		d.State, d.Doubt, d.Code = Unknown, true, codeLook
	default:
		back(d)
		d.Code = failure(out)
	}
}

// unmade is a draft whose document was surely not made under its UUID, which
// is used up by that: it gets another.
func (d *Draft) unmade(code string) {
	d.State, d.Doubt, d.Code, d.UUID = Prepared, false, code, ids.New()
}

func failure(out Outcome) string {
	if out.Failure == "" {
		return "garbage" // carried out, and its answer is none
	}
	return out.Failure
}

// AdvanceAll moves every sending of a tenant on. One that fails does not keep
// the others.
func (s *Service) AdvanceAll(ctx context.Context, sc scope.Scope) error {
	list, err := s.List(ctx, sc, Filter{Sending: true, Limit: 200})
	if err != nil {
		return err
	}
	var failed error
	for _, j := range list {
		if _, err := s.Advance(ctx, sc, j.ID); err != nil && problem.Of(err).Kind == problem.Internal {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
