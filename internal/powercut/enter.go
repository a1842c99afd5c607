package powercut

import (
	"context"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Enter writes settlements down, all of them or none. The fields at fault of
// the second are "settlements[1].items[0].price" and so on; of a single one
// they have no such head.
func (s *Service) Enter(ctx context.Context, sc scope.Scope, id string, forms []Form) (View, error) {
	if err := mayKeep(sc); err != nil {
		return View{}, err
	}
	zone, err := s.zoneOf(ctx, sc, id)
	if err != nil {
		return View{}, err
	}
	err = s.change(ctx, sc, id, 0, func(tx *db.Tx, j *Journal) (string, any, error) {
		if err := open(j); err != nil {
			return "", nil, err
		}
		list, err := settlementsOf(ctx, tx, sc, j.ID)
		if err != nil {
			return "", nil, err
		}
		if err := checkAll(forms, j, zone, tx.Now, len(list)); err != nil {
			return "", nil, err
		}
		var last int64
		for _, x := range list {
			last = max(last, x.No)
		}
		entered := make([]Settlement, len(forms))
		for i := range forms {
			entered[i] = settlementOf(&forms[i], ids.New(), last+int64(i)+1, sc, tx)
			if err := insertSettlement(ctx, tx, sc, j.ID, &entered[i]); err != nil {
				return "", nil, err
			}
		}
		return "powercut.entered", map[string]any{"settlements": entered}, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.View(ctx, sc, id)
}

func settlementOf(f *Form, id string, no int64, sc scope.Scope, tx *db.Tx) Settlement {
	return Settlement{
		ID: id, No: no, At: f.At, Operation: f.Operation, Items: f.Items, Payments: f.Payments, Total: f.Total(), Note: f.Note,
		By: sc.Actor().Name, EnteredAt: tx.Now, Version: 1,
	}
}

// open says why a journal takes no changes now.
func open(j *Journal) error {
	switch j.State {
	case Closed:
		return problem.New(problem.Conflict, "powercut_closed")
	case Sending:
		return problem.New(problem.Conflict, "powercut_sending")
	default:
		return nil
	}
}

// Change writes a settlement anew. A draft that was made of it is dropped; one
// that was sent forbids the change.
func (s *Service) Change(ctx context.Context, sc scope.Scope, id, settlement string, version int64, f Form) (View, error) {
	if err := mayKeep(sc); err != nil {
		return View{}, err
	}
	zone, err := s.zoneOf(ctx, sc, id)
	if err != nil {
		return View{}, err
	}
	err = s.change(ctx, sc, id, 0, func(tx *db.Tx, j *Journal) (string, any, error) {
		if err := checkAll([]Form{f}, j, zone, tx.Now, 0); err != nil {
			return "", nil, err
		}
		f.Tidy()
		was, err := s.free(ctx, tx, sc, j, settlement)
		if err != nil {
			return "", nil, err
		}
		is := settlementOf(&f, was.ID, was.No, sc, tx)
		is.EnteredAt, is.Version = was.EnteredAt, version
		ok, err := updateSettlement(ctx, tx, sc, j.ID, &is)
		if err == nil && !ok {
			err = problem.New(problem.Conflict, "powercut_changed")
		}
		return "powercut.changed", map[string]any{"was": was, "is": is}, err
	})
	if err != nil {
		return View{}, err
	}
	return s.View(ctx, sc, id)
}

// Remove takes a settlement out of the journal.
func (s *Service) Remove(ctx context.Context, sc scope.Scope, id, settlement string, version int64) (View, error) {
	if err := mayKeep(sc); err != nil {
		return View{}, err
	}
	err := s.change(ctx, sc, id, 0, func(tx *db.Tx, j *Journal) (string, any, error) {
		was, err := s.free(ctx, tx, sc, j, settlement)
		if err != nil {
			return "", nil, err
		}
		ok, err := deleteSettlement(ctx, tx, sc, j.ID, settlement, version)
		if err == nil && !ok {
			err = problem.New(problem.Conflict, "powercut_changed")
		}
		return "powercut.removed", map[string]any{"was": was}, err
	})
	if err != nil {
		return View{}, err
	}
	return s.View(ctx, sc, id)
}

// free finds a settlement that may be changed, and drops the draft that was
// made of it.
func (s *Service) free(ctx context.Context, tx *db.Tx, sc scope.Scope, j *Journal, id string) (Settlement, error) {
	if err := open(j); err != nil {
		return Settlement{}, err
	}
	drafts, list, err := s.inside(ctx, tx, sc, j.ID)
	if err != nil {
		return Settlement{}, err
	}
	v := View{Settlements: list}
	x := v.Settlement(id)
	if x == nil {
		return Settlement{}, problem.New(problem.NotFound, "not_found").In("powercut")
	}
	for _, d := range drafts {
		if d.ID != x.Draft {
			continue
		}
		if d.Fixed() {
			return Settlement{}, problem.New(problem.Conflict, "powercut_sent")
		}
		return *x, dropDraft(ctx, tx, sc, j.ID, d.ID)
	}
	return *x, nil
}

// checkAll tidies and checks forms against a journal that holds so many
// already.
func checkAll(forms []Form, j *Journal, zone *time.Location, now time.Time, held int) error {
	if len(forms) == 0 {
		return problem.New(problem.Invalid, "powercut_nothing")
	}
	if held+len(forms) > maxSettlements {
		return problem.New(problem.Invalid, "powercut_too_many").With("most", maxSettlements)
	}
	var c checks
	for i := range forms {
		forms[i].Tidy()
		head := ""
		if len(forms) > 1 {
			head = fmt.Sprintf("settlements[%d].", i)
		}
		for _, f := range forms[i].Check(j, zone, now) {
			f.Name = head + f.Name
			c.fields = append(c.fields, f)
		}
	}
	return invalid("powercut_invalid", c.fields)
}

// zoneOf is the zone of a journal's shop.
func (s *Service) zoneOf(ctx context.Context, sc scope.Scope, id string) (*time.Location, error) {
	var j Journal
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		j, err = getJournal(ctx, tx, sc, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	place, err := s.ports.Devices.Place(ctx, sc, j.Device)
	return place.Zone, err
}

// EnterTable writes down what stands in a table, all of it or none. Its bad
// lines are the fields at fault, "lines[7].price" and so on, the head being
// line 1; TableLines reads them back.
func (s *Service) EnterTable(ctx context.Context, sc scope.Scope, id string, rows [][]string, words Words) (View, error) {
	v, err := s.View(ctx, sc, id)
	if err != nil {
		return View{}, err
	}
	forms, bad := ReadSheet(rows, words, &v.Journal, v.Place.Zone, s.clock.Now())
	if len(bad) == 0 {
		return s.Enter(ctx, sc, id, forms)
	}
	p := problem.New(problem.Invalid, "powercut_table").With("n", len(bad))
	for _, b := range bad {
		p.Fields = append(p.Fields, problem.Field{Name: fmt.Sprintf("lines[%d].%s", b.Line, b.Column), Code: b.Code, Args: b.Args})
	}
	return View{}, p
}

// TableLines are the bad lines of a table that EnterTable refused.
func TableLines(err error) []BadLine {
	p := problem.Of(err)
	if p == nil || p.Code != "powercut_table" {
		return nil
	}
	var list []BadLine
	for _, f := range p.Fields {
		b := BadLine{Code: f.Code, Args: f.Args}
		var column string
		if n, _ := fmt.Sscanf(f.Name, "lines[%d].%s", &b.Line, &column); n >= 1 {
			b.Column = Column(column)
			list = append(list, b)
		}
	}
	return list
}
