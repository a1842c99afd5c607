package powercut

import (
	"context"
	"errors"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// slack is how far instants that an agent tells may lie outside of what they
// must lie in: its page knows whole minutes, and its clock is corrected by an
// estimate. They are moved inside.
const slack = 2 * time.Minute

// ShopOutage is a breakdown as a shop tells of it from its agent's own page. ID
// is the agent's; Rev grows with each change and is taken once.
type ShopOutage struct {
	ID     string
	Rev    int64
	Device string
	About
}

// ShopSale is a settlement as a shop tells of it. Struck means that the shop
// took it back.
type ShopSale struct {
	ID     string
	Rev    int64
	Outage string // the id under which the breakdown was told
	By     string // who wrote it down
	Struck bool
	Form
}

// fromAgent lets only agents tell; that the register is theirs the caller has
// seen to.
func fromAgent(sc scope.Scope) error {
	if !sc.Valid() || sc.Actor().Kind != scope.ByAgent {
		return problem.New(problem.Forbidden, "forbidden").In("powercut")
	}
	return nil
}

// TellOutage begins the journal of a breakdown, or goes on with one of the
// register that is open and covers some of the same time. What was told before
// changes nothing. A problem that repeating mends is of kind Unavailable.
func (s *Service) TellOutage(ctx context.Context, sc scope.Scope, b ShopOutage) error {
	if err := fromAgent(sc); err != nil {
		return err
	}
	now := s.clock.Now()
	b.From, b.To = notAhead(b.From, now), notAhead(b.To, now)
	if err := b.check(now); err != nil {
		return err
	}
	place, err := s.ports.Devices.Place(ctx, sc, b.Device)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		k, err := toldOf(ctx, tx, sc, b.ID)
		if err != nil || k.Rev >= b.Rev {
			return err
		}
		j, err := s.journalFor(ctx, tx, sc, k, b)
		if err != nil {
			return err
		}
		if j != nil && j.State == Closed { // the company is done with it; what comes late gets a journal of its own
			return errors.Join(saveJournal(ctx, tx, sc, j), keepTold(ctx, tx, sc, b.ID, known{Rev: b.Rev, Journal: j.ID}))
		}
		if j == nil {
			if j, err = s.openFor(ctx, tx, sc, place, b); err != nil {
				return err
			}
		} else if err := s.widen(ctx, tx, sc, j, b); err != nil {
			return err
		}
		return keepTold(ctx, tx, sc, b.ID, known{Rev: b.Rev, Journal: j.ID})
	})
}

// journalFor finds the journal that a breakdown belongs to and locks it; nil
// when there is none yet.
func (s *Service) journalFor(ctx context.Context, tx *db.Tx, sc scope.Scope, k known, b ShopOutage) (*Journal, error) {
	if k.Journal != "" {
		j, err := lockJournal(ctx, tx, sc, k.Journal)
		if err == nil && j.Device != b.Device {
			err = problem.New(problem.Conflict, "powercut_changed")
		}
		return &j, err
	}
	list, err := openOf(ctx, tx, sc, b.Device)
	if err != nil {
		return nil, err
	}
	for _, j := range list {
		if (j.To.IsZero() || !j.To.Before(b.From)) && (b.To.IsZero() || !b.To.Before(j.From)) {
			locked, err := lockJournal(ctx, tx, sc, j.ID)
			return &locked, err
		}
	}
	return nil, nil
}

func (s *Service) openFor(ctx context.Context, tx *db.Tx, sc scope.Scope, place Place, b ShopOutage) (*Journal, error) {
	j := Journal{
		ID: ids.New(), Client: place.Client, Outlet: place.Outlet, Device: b.Device, Reason: b.Reason, Note: b.Note, From: b.From, To: b.To, State: Open,
		StartedBy: sc.Actor(), CreatedAt: tx.Now, Version: 1,
	}
	if err := insertJournal(ctx, tx, sc, &j); err != nil {
		return nil, err
	}
	return &j, s.record(ctx, tx, sc, &j, "powercut.started", map[string]any{"device": j.Device, "reason": j.Reason, "from": j.From, "to": j.To})
}

// widen makes a journal cover the breakdown too. It never becomes narrower, so
// that no settlement is left out.
func (s *Service) widen(ctx context.Context, tx *db.Tx, sc scope.Scope, j *Journal, b ShopOutage) error {
	was := About{j.Reason, j.Note, j.From, j.To}
	if b.From.Before(j.From) {
		j.From = b.From
	}
	list, err := settlementsOf(ctx, tx, sc, j.ID)
	if err != nil {
		return err
	}
	switch end := b.To; {
	case end.IsZero(): // it lasts, or lasts after all
		j.To = end
	default:
		for _, x := range list {
			end = later(end, x.At)
		}
		j.To = later(end, j.To)
	}
	if was == (About{j.Reason, j.Note, j.From, j.To}) {
		return saveJournal(ctx, tx, sc, j)
	}
	if err := saveJournal(ctx, tx, sc, j); err != nil {
		return err
	}
	return s.record(ctx, tx, sc, j, "powercut.edited", map[string]any{"was": was, "is": About{j.Reason, j.Note, j.From, j.To}})
}

// TellSale writes down, changes or takes out a settlement, all of it once. A
// problem that repeating mends is of kind Unavailable.
func (s *Service) TellSale(ctx context.Context, sc scope.Scope, t ShopSale) error {
	if err := fromAgent(sc); err != nil {
		return err
	}
	zone, err := s.toldZone(ctx, sc, t.Outage)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		k, err := toldOf(ctx, tx, sc, t.ID)
		if err != nil || k.Rev >= t.Rev {
			return err
		}
		j, err := s.journalOfSale(ctx, tx, sc, k, t.Outage, t.At)
		if err != nil {
			return err
		}
		k.Rev = t.Rev
		action, detail, err := s.takeSale(ctx, tx, sc, &j, &k, t, zone)
		if err != nil {
			return err
		}
		if err := saveJournal(ctx, tx, sc, &j); err != nil {
			return err
		}
		if action != "" {
			if err := s.record(ctx, tx, sc, &j, action, detail); err != nil {
				return err
			}
		}
		return keepTold(ctx, tx, sc, t.ID, k)
	})
}

// takeSale does what was told to the settlement of a locked journal.
func (s *Service) takeSale(ctx context.Context, tx *db.Tx, sc scope.Scope, j *Journal, k *known, t ShopSale, zone *time.Location) (action string, detail any, err error) {
	list, err := settlementsOf(ctx, tx, sc, j.ID)
	if err != nil {
		return "", nil, err
	}
	there := (&View{Settlements: list}).Settlement(k.Settlement) != nil
	if t.Struck {
		if !there {
			k.Settlement = ""
			return "", nil, nil
		}
		return s.takeOut(ctx, tx, sc, j, k)
	}
	t.At = inside(notAhead(t.At, tx.Now), j)
	forms := []Form{t.Form}
	held := len(list)
	if there {
		held = 0
	}
	if err := checkAll(forms, j, zone, tx.Now, held); err != nil {
		return "", nil, err
	}
	if there {
		return s.writeAnew(ctx, tx, sc, j, k, &forms[0], t.By)
	}
	if err := open(j); err != nil {
		return "", nil, err
	}
	var last int64
	for _, x := range list {
		last = max(last, x.No)
	}
	x := settlementOf(&forms[0], ids.New(), last+1, sc, tx)
	x.By = t.By
	k.Journal, k.Settlement, k.Version = j.ID, x.ID, x.Version
	return "powercut.entered", map[string]any{"settlements": []Settlement{x}}, insertSettlement(ctx, tx, sc, j.ID, &x)
}

func (s *Service) takeOut(ctx context.Context, tx *db.Tx, sc scope.Scope, j *Journal, k *known) (string, any, error) {
	was, err := s.free(ctx, tx, sc, j, k.Settlement)
	if err != nil {
		return "", nil, err
	}
	ok, err := deleteSettlement(ctx, tx, sc, j.ID, k.Settlement, k.Version)
	if err == nil && !ok {
		err = problem.New(problem.Conflict, "powercut_changed")
	}
	k.Settlement = ""
	return "powercut.removed", map[string]any{"was": was}, err
}

func (s *Service) writeAnew(ctx context.Context, tx *db.Tx, sc scope.Scope, j *Journal, k *known, f *Form, by string) (string, any, error) {
	was, err := s.free(ctx, tx, sc, j, k.Settlement)
	if err != nil {
		return "", nil, err
	}
	is := settlementOf(f, was.ID, was.No, sc, tx)
	is.By, is.EnteredAt, is.Version = by, was.EnteredAt, k.Version
	ok, err := updateSettlement(ctx, tx, sc, j.ID, &is)
	if err == nil && !ok {
		err = problem.New(problem.Conflict, "powercut_changed")
	}
	k.Version++
	return "powercut.changed", map[string]any{"was": was, "is": is}, err
}

// toldZone is the zone of the shop that a told breakdown was in.
func (s *Service) toldZone(ctx context.Context, sc scope.Scope, outage string) (*time.Location, error) {
	var k known
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		k, err = toldOf(ctx, tx, sc, outage)
		return err
	})
	if err == nil && k.Rev == 0 {
		err = problem.New(problem.NotFound, "not_found").In("powercut")
	}
	if err != nil {
		return nil, err
	}
	return s.zoneOf(ctx, sc, k.Journal)
}

// journalOfSale locks the journal that a sale is in, or goes into. Where the
// company has closed the breakdown's journal meanwhile what comes late gets a
// new one: nothing that was sold may fall by the wayside.
func (s *Service) journalOfSale(ctx context.Context, tx *db.Tx, sc scope.Scope, k known, outage string, at time.Time) (Journal, error) {
	id := k.Journal
	b, err := toldOf(ctx, tx, sc, outage)
	if err != nil {
		return Journal{}, err
	}
	if k.Settlement == "" {
		id = b.Journal
	}
	j, err := lockJournal(ctx, tx, sc, id)
	switch {
	case err != nil:
		return j, err
	case j.State == Sending:
		return j, problem.New(problem.Unavailable, "powercut_sending")
	case j.State == Closed && k.Settlement == "":
		again := j
		again.From, again.To = earlier(j.From, at), time.Time{}
		if !j.To.IsZero() {
			again.To = later(j.To, at)
		}
		again.ID, again.State, again.Plan, again.Consent, again.Stopped, again.StoppedAt = ids.New(), Open, Plan{}, "", "", ""
		again.StartedBy, again.CreatedAt, again.ClosedAt, again.ClosedBy, again.Verdict, again.Version = sc.Actor(), tx.Now, time.Time{}, "", "", 1
		if err := insertJournal(ctx, tx, sc, &again); err != nil {
			return j, err
		}
		b.Journal = again.ID
		return again, keepTold(ctx, tx, sc, outage, b)
	}
	return j, nil
}

// notAhead moves an instant that is ahead by a little to now.
func notAhead(t, now time.Time) time.Time {
	if t.After(now) && t.Sub(now) <= slack {
		return now
	}
	return t
}

// inside moves an instant that is outside of a breakdown by a little into it.
func inside(t time.Time, j *Journal) time.Time {
	switch {
	case t.Before(j.From) && j.From.Sub(t) <= slack:
		return j.From
	case !j.To.IsZero() && t.After(j.To) && t.Sub(j.To) <= slack:
		return j.To
	default:
		return t
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
