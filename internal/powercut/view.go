package powercut

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

// View is a journal as its reader sees it.
type View struct {
	Journal
	Settlements []Settlement
	Drafts      []DraftView
	Balance     Balance
	Place       Place
	Suggested   Plan       // what the drafts would be made with, when none were yet
	Read        signal.Set // what the register last said
}

// DraftView is a draft with what forbids it to go, and how many settlements it
// is made of.
type DraftView struct {
	Draft
	Findings []Finding
	Of       int
	// MarksLost is how many marking codes of its settlements the receipt has no
	// place for: a correction in FFD 1.05 is made of sums.
	MarksLost int
}

// Fit says whether every draft that is still to go may go.
func (v *View) Fit() bool {
	for _, d := range v.Drafts {
		if len(d.Findings) > 0 {
			return false
		}
	}
	return true
}

// Waiting is how many drafts are still to go, or to be looked for.
func (v *View) Waiting() (n int) {
	for _, d := range v.Drafts {
		if !d.State.Made() {
			n++
		}
	}
	return n
}

// Undrafted is how many settlements are in no draft yet.
func (v *View) Undrafted() (n int) {
	for _, x := range v.Settlements {
		if x.Draft == "" {
			n++
		}
	}
	return n
}

// Draft finds a draft.
func (v *View) Draft(id string) *DraftView {
	for i := range v.Drafts {
		if v.Drafts[i].ID == id {
			return &v.Drafts[i]
		}
	}
	return nil
}

// Settlement finds a settlement.
func (v *View) Settlement(id string) *Settlement {
	for i := range v.Settlements {
		if v.Settlements[i].ID == id {
			return &v.Settlements[i]
		}
	}
	return nil
}

// marks is how many marking codes stand at a settlement's lines.
func (s *Settlement) marks() (n int) {
	for _, it := range s.Items {
		if it.Mark != "" {
			n++
		}
	}
	return n
}

// Marks is how many marking codes stand in the journal.
func (v *View) Marks() (n int) {
	for i := range v.Settlements {
		n += v.Settlements[i].marks()
	}
	return n
}

// Tally is what settlements come to by their direction. Sums are kopecks.
type Tally struct {
	Income, Returned, Other int64 // what buyers paid, what they got back, and purchases less their returns
}

// Net is what the till has more by all of them.
func (t Tally) Net() int64 { return t.Income - t.Returned - t.Other }

// add counts one in.
func (t *Tally) add(op fptr.Operation, total int64) {
	switch op {
	case fptr.Income:
		t.Income += total
	case fptr.IncomeReturn:
		t.Returned += total
	default:
		t.Other -= op.Sign() * total
	}
}

// Tally is what the journal's settlements come to.
func (v *View) Tally() (t Tally) {
	for _, x := range v.Settlements {
		t.add(x.Operation, x.Total)
	}
	return t
}

// WaitingTally is what the drafts come to that are still to go.
func (v *View) WaitingTally() (t Tally) {
	for _, d := range v.Drafts {
		if !d.State.Made() {
			t.add(d.Correction.Operation, d.Correction.Total)
		}
	}
	return t
}

// Changeable says whether a settlement may be changed: no document stands, or
// may stand, behind it.
func (v *View) Changeable(x *Settlement) bool {
	d := v.Draft(x.Draft)
	return v.State == Open && (d == nil || !d.Fixed())
}

// View reads a journal.
func (s *Service) View(ctx context.Context, sc scope.Scope, id string) (View, error) {
	if err := mayKeep(sc); err != nil {
		return View{}, err
	}
	var v View
	var drafts []Draft
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Journal, err = getJournal(ctx, tx, sc, id); err != nil {
			return err
		}
		drafts, v.Settlements, err = s.inside(ctx, tx, sc, id)
		return err
	})
	if err != nil {
		return View{}, err
	}
	if v.Place, err = s.ports.Devices.Place(ctx, sc, v.Device); err != nil {
		return View{}, err
	}
	if v.Read, _, err = s.ports.Readings.Reading(ctx, sc, v.Device); err != nil {
		return View{}, err
	}
	v.Balance, v.Suggested = Reconcile(v.Settlements, drafts), suggest(v.Place, v.Read, sc.Actor().Name)
	if v.Plan.FFD != "" {
		v.Suggested = v.Plan
	}
	v.look(drafts, s.clock.Now())
	return v, nil
}

// look checks the drafts that are still to go.
func (v *View) look(drafts []Draft, now time.Time) {
	of, codes := map[string]int{}, map[string]int{}
	for _, x := range v.Settlements {
		of[x.Draft]++
		codes[x.Draft] += x.marks()
	}
	for _, d := range drafts {
		x := DraftView{Draft: d, Of: of[d.ID]}
		if d.Correction.FFD == fptr.FFD105 {
			x.MarksLost = codes[d.ID]
		}
		if d.State == Prepared || d.State == Refused {
			x.Findings = Inspect(d.Correction, v.Read, v.Place, now)
		}
		v.Drafts = append(v.Drafts, x)
	}
}

// suggest is a plan out of what register and passport say.
func suggest(place Place, read signal.Set, name string) Plan {
	p := Plan{FFD: fptr.FFD12, Operator: fptr.Operator{Name: name}}
	for _, said := range []string{place.FFD, read.Get(signal.FFD).Text()} {
		if f := fptr.FFD(said); f == fptr.FFD105 || f == fptr.FFD11 || f == fptr.FFD12 {
			p.FFD = f // the register knows best
		}
	}
	if len(place.Taxations) > 0 {
		p.Taxation = place.Taxations[0]
	}
	return p
}

// List is the journals, newest first.
func (s *Service) List(ctx context.Context, sc scope.Scope, f Filter) (out []Summary, err error) {
	if err := mayKeep(sc); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out, err = listJournals(ctx, tx, sc, f)
		return err
	})
	return out, err
}
