package desk

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/jobs"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Directory tells where a case is to be mended. It fills what the draft leaves
// open: a device names its outlet and client.
type Directory interface {
	Place(ctx context.Context, tx *db.Tx, sc scope.Scope, client, outlet, device string) (Place, error)
}

// Queue keeps the deadlines' jobs.
type Queue interface {
	Enqueue(ctx context.Context, tx *db.Tx, j jobs.Job) error
	Cancel(ctx context.Context, tx *db.Tx, key string) error
}

// Service is the desk.
type Service struct {
	db    *db.DB
	bus   *bus.Bus
	queue Queue
	dir   Directory
	clock clock.Clock
}

// NewService makes a desk.
func NewService(d *db.DB, b *bus.Bus, q Queue, dir Directory, clk clock.Clock) *Service {
	return &Service{db: d, bus: b, queue: q, dir: dir, clock: clk}
}

// Limits of what a person may write.
const (
	MaxSubject = 200    // characters
	MaxNote    = 20_000 // characters
)

// Open opens a case by hand. Whoever works cases may, and a shop's own people
// for their own shop.
func (s *Service) Open(ctx context.Context, sc scope.Scope, d Draft) (c Case, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		c, err = s.open(ctx, tx, sc, d)
		return err
	})
	return c, err
}

// OpenIn is Open inside the caller's transaction.
func (s *Service) OpenIn(ctx context.Context, tx *db.Tx, sc scope.Scope, d Draft) (Case, error) {
	return s.open(ctx, tx, sc, d)
}

// alertHasCase is the code of a draft whose alert has a case already.
const alertHasCase = "alert_has_case"

func (s *Service) open(ctx context.Context, tx *db.Tx, sc scope.Scope, d Draft) (Case, error) {
	if err := checkDraft(sc, &d); err != nil {
		return Case{}, err
	}
	p, err := s.dir.Place(ctx, tx, sc, d.Client, d.Outlet, d.Device)
	if err != nil {
		return Case{}, err
	}
	if sc.Client() != "" && p.Client != sc.Client() {
		return Case{}, problem.New(problem.NotFound, "not_found").In("desk.Open")
	}
	c := Case{
		ID: ids.New(), Client: p.Client, Outlet: p.Outlet, Device: p.Device, Fault: d.Fault, Subject: d.Subject,
		Severity: d.Severity, Terms: p.Terms, State: New, Source: d.Source, Alert: d.Alert, Evidence: d.Evidence, OpenedAt: tx.Now, Version: 1,
	}
	if d.Alert != "" {
		if err := s.soleCase(ctx, tx, sc, d.Alert); err != nil {
			return Case{}, err
		}
		c.alertWorst = d.Severity
	}
	if c.Number, err = nextNumber(ctx, tx, sc); err != nil {
		return Case{}, err
	}
	if err := s.startClock(ctx, tx, sc, &c, p); err != nil {
		return Case{}, err
	}
	for _, e := range opening(sc, c, d) {
		if err := addEntry(ctx, tx, sc, c.ID, e); err != nil {
			return Case{}, err
		}
	}
	return c, s.told(ctx, tx, sc, c, "case.opened")
}

// soleCase refuses a second case of an alert.
func (s *Service) soleCase(ctx context.Context, tx *db.Tx, sc scope.Scope, alert string) error {
	if err := takeTurns(ctx, tx, sc); err != nil {
		return err
	}
	_, found, err := loadByAlert(ctx, tx, sc, alert)
	if found {
		return problem.New(problem.Conflict, alertHasCase).In("desk.Open")
	}
	return err
}

// startClock gives the case its promise and writes its row.
func (s *Service) startClock(ctx context.Context, tx *db.Tx, sc scope.Scope, c *Case, p Place) error {
	marks, spec, err := promise(p, c.Severity, tx.Now)
	if err != nil {
		return err
	}
	st := standing{now: tx.Now}
	if err := st.tick(ctx, tx, sc, c.ID, tick{kind: calendar.Start, marks: &marks, spec: &spec, zone: p.Zone}); err != nil {
		return err
	}
	r, _, err := st.read(c) // nothing is broken at its very start
	if err != nil {
		return err
	}
	if err := s.plan(ctx, tx, sc, c.ID, r, st.now); err != nil {
		return err
	}
	return insert(ctx, tx, sc, *c, c.place(r))
}

// opening is how a case's timeline begins. The first words stand in its first
// entry; those that somebody of the company wrote down by hand are a note, which
// a shop's person does not see.
func opening(sc scope.Scope, c Case, d Draft) []Entry {
	began := d.OpenedAt
	if began.IsZero() {
		began = c.OpenedAt
	}
	first := Entry{Kind: EntryOpened, Text: d.Note, Data: map[string]any{
		"source": string(c.Source), "severity": string(c.Severity), "terms": string(c.Terms), "began": db.Millis(began),
	}}
	if d.Note == "" || c.Source != FromHand || sc.Client() != "" {
		return []Entry{first}
	}
	first.Text = ""
	return []Entry{first, {Kind: EntryNote, Text: d.Note}}
}

// checkDraft refuses who may not open cases and mends or refuses the draft.
func checkDraft(sc scope.Scope, d *Draft) error {
	if err := visible(sc, "desk.Open"); err != nil {
		return err
	}
	own := sc.Client() != "" // a shop's people may ask for help with what is theirs
	if !own && !sc.Can(scope.WorkCases) {
		return problem.New(problem.Forbidden, "forbidden").In("desk.Open")
	}
	d.Subject, d.Note = clean(d.Subject), clean(d.Note)
	if d.Source == "" {
		d.Source = FromHand
	}
	if len(d.Evidence) == 0 {
		d.Evidence = json.RawMessage("{}")
	}
	bad := problem.New(problem.Invalid, "invalid").In("desk.Open")
	for _, rule := range []struct {
		ok          bool
		field, code string
	}{
		{d.Subject != "" || d.Fault != "", "subject", "required"},
		{!tooLong(d.Subject, MaxSubject), "subject", "subject_too_long"},
		{!tooLong(d.Note, MaxNote), "note", "note_too_long"},
		{d.Severity.Valid(), "severity", "severity_unknown"},
		{slices.Contains(sources(), d.Source), "source", "source_unknown"},
		{json.Valid(d.Evidence), "evidence", "evidence_malformed"},
	} {
		if !rule.ok {
			bad = bad.Field(rule.field, rule.code)
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// told writes the audit entry of a person's doing and tells the bus after the
// commit. What the program did by itself stands in the timeline.
func (s *Service) told(ctx context.Context, tx *db.Tx, sc scope.Scope, c Case, action string) error {
	tx.AfterCommit(func() { s.bus.Publish(bus.Event{Tenant: sc.Tenant(), Topic: "case", ID: c.ID, Data: action}) })
	if sc.Actor().Kind == scope.BySystem {
		return nil
	}
	return audit.Write(ctx, tx, sc, audit.Entry{
		Action: action, Subject: "case", SubjectID: c.ID,
		Detail: map[string]any{"number": c.Number, "state": c.State, "severity": c.Severity, "owner": c.OwnerName},
	})
}
