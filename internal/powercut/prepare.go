package powercut

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// check finds what is wrong with a plan before anything is drawn by it; what
// only shows on a receipt is a finding there.
func (p *Plan) check() error {
	var c checks
	p.Ground, p.Number = strings.TrimSpace(p.Ground), strings.TrimSpace(p.Number)
	p.Operator.Name, p.Operator.VATIN = strings.TrimSpace(p.Operator.Name), strings.TrimSpace(p.Operator.VATIN)
	c.when(!slices.Contains([]fptr.FFD{fptr.FFD105, fptr.FFD11, fptr.FFD12}, p.FFD), "ffd", "kkt_ffd")
	c.when(!slices.Contains(Taxations(), p.Taxation), "taxation", "kkt_taxation")
	c.when(p.Basis != fptr.OwnInitiative && p.Basis != fptr.ByOrder, "basis", "kkt_basis")
	c.when(p.Basis == fptr.ByOrder && p.Number == "", "number", "required")
	c.when(p.Operator.Name == "", "operator.name", "required")
	c.when(p.Operator.VATIN != "" && !personINN(p.Operator.VATIN), "operator.vatin", "kkt_inn")
	c.when(p.Total && p.Ground == "", "ground", "powercut_ground")
	c.long("ground", p.Ground, maxNote)
	if p.Basis == fptr.OwnInitiative {
		p.Number = ""
	}
	if !p.Total {
		p.Ground = ""
	}
	return invalid("powercut_invalid", c.fields)
}

// personINN: twelve digits, as the register wants them.
func personINN(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// Prepare makes drafts of every settlement that no document stands behind, by
// the plan; drafts that were not sent are made anew.
func (s *Service) Prepare(ctx context.Context, sc scope.Scope, id string, version int64, p Plan) (View, error) {
	if err := mayCorrect(sc); err != nil {
		return View{}, err
	}
	if err := p.check(); err != nil {
		return View{}, err
	}
	v, err := s.View(ctx, sc, id)
	if err != nil {
		return View{}, err
	}
	err = s.change(ctx, sc, id, version, func(tx *db.Tx, j *Journal) (string, any, error) {
		if err := open(j); err != nil {
			return "", nil, err
		}
		rest, last, err := s.rest(ctx, tx, sc, j.ID)
		if err != nil {
			return "", nil, err
		}
		if len(rest) == 0 {
			return "", nil, problem.New(problem.Conflict, "powercut_nothing")
		}
		made := draw(rest, p, v.Place)
		for i := range made {
			made[i].No = last + int64(i) + 1
			if err := s.keep(ctx, tx, sc, j.ID, &made[i]); err != nil {
				return "", nil, err
			}
		}
		j.Plan, j.Stopped, j.StoppedAt = p, "", ""
		return "powercut.prepared", map[string]any{"plan": p, "drafts": len(made), "settlements": len(rest)}, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.told(ctx, sc, id, "prepared")
}

// rest drops the drafts that no document stands behind, and gives the
// settlements that are in none then, with the highest number of a draft that
// stays.
func (s *Service) rest(ctx context.Context, tx *db.Tx, sc scope.Scope, journal string) (list []Settlement, last int64, err error) {
	drafts, err := draftsOf(ctx, tx, sc, journal)
	if err != nil {
		return nil, 0, err
	}
	for _, d := range drafts {
		if d.Fixed() {
			last = max(last, d.No)
			continue
		}
		if err := dropDraft(ctx, tx, sc, journal, d.ID); err != nil {
			return nil, 0, err
		}
	}
	all, err := settlementsOf(ctx, tx, sc, journal)
	return slices.DeleteFunc(all, func(x Settlement) bool { return x.Draft != "" }), last, err
}

func (s *Service) keep(ctx context.Context, tx *db.Tx, sc scope.Scope, journal string, d *drafted) error {
	if err := insertDraft(ctx, tx, sc, journal, &d.Draft); err != nil {
		return err
	}
	for _, settlement := range d.of {
		ok, err := cover(ctx, tx, sc, journal, settlement, d.ID)
		if err == nil && !ok {
			err = problem.New(problem.Conflict, "powercut_changed")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// CopyRequest is what a person copies from a receipt that was made without us.
type CopyRequest struct {
	Document int64
	Sign     string
	At       time.Time
	Sum      int64 // kopecks
}

// Copy notes that a draft was made by hand at the register. One that may have
// been made by us can be told so too, when the person found it there.
func (s *Service) Copy(ctx context.Context, sc scope.Scope, id, draft string, version int64, r CopyRequest) (View, error) {
	if err := mayCorrect(sc); err != nil {
		return View{}, err
	}
	var c checks
	r.Sign = strings.TrimSpace(r.Sign)
	c.when(r.Document <= 0, "document", "required")
	c.when(r.Sign == "", "sign", "required")
	c.when(strings.Trim(r.Sign, "0123456789") != "" || len(r.Sign) > 16, "sign", "powercut_sign")
	c.when(r.At.IsZero(), "at", "required")
	c.when(r.At.After(s.clock.Now()), "at", "powercut_ahead")
	c.when(r.Sum <= 0 || r.Sum > maxSum, "sum", "kkt_sum")
	if err := invalid("powercut_invalid", c.fields); err != nil {
		return View{}, err
	}
	err := s.changeDraft(ctx, sc, id, draft, version, func(tx *db.Tx, j *Journal, d *Draft) (string, any, error) {
		if err := open(j); err != nil {
			return "", nil, err
		}
		if d.State == Asked || d.State == LookedFor || d.State.Made() {
			return "", nil, problem.New(problem.Conflict, "powercut_sent")
		}
		d.State, d.Code, d.Refusal, d.Doubt = ByHand, "", 0, false
		d.Said = &Said{Document: r.Document, Sign: r.Sign, At: r.At, Sum: r.Sum, By: sc.Actor().Name}
		if j.StoppedAt == d.ID {
			j.Stopped, j.StoppedAt = "", ""
		}
		return "powercut.copied", map[string]any{"draft": d.No, "said": d.Said}, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.settled(ctx, sc, id)
}

// changeDraft is change for one draft of a journal.
func (s *Service) changeDraft(ctx context.Context, sc scope.Scope, id, draft string, version int64,
	f func(tx *db.Tx, j *Journal, d *Draft) (string, any, error),
) error {
	return s.change(ctx, sc, id, version, func(tx *db.Tx, j *Journal) (string, any, error) {
		list, err := draftsOf(ctx, tx, sc, j.ID)
		if err != nil {
			return "", nil, err
		}
		for i := range list {
			if list[i].ID != draft {
				continue
			}
			action, detail, err := f(tx, j, &list[i])
			if err != nil || action == "" {
				return "", nil, err
			}
			return action, detail, saveDraft(ctx, tx, sc, j.ID, &list[i])
		}
		return "", nil, problem.New(problem.NotFound, "not_found").In("powercut")
	})
}

// closeEqual is a journal that closes by itself.
func closeEqual(j *Journal, now time.Time) {
	j.State, j.ClosedAt, j.Stopped, j.StoppedAt = Closed, now, "", ""
}

// settled closes a journal by itself when every settlement has its document
// and the sums are equal.
func (s *Service) settled(ctx context.Context, sc scope.Scope, id string) (View, error) {
	v, err := s.View(ctx, sc, id)
	if err != nil || v.State != Open || !v.Balance.Equal() {
		return v, err
	}
	err = s.change(ctx, sc, id, v.Version, func(tx *db.Tx, j *Journal) (string, any, error) {
		closeEqual(j, tx.Now)
		return "powercut.equal", map[string]any{"balance": v.Balance}, nil
	})
	switch {
	case problem.CodeOf(err) == "powercut_changed":
		return s.View(ctx, sc, id)
	case err != nil:
		return View{}, err
	}
	return s.told(ctx, sc, id, "closed")
}
