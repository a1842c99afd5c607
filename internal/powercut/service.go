package powercut

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Service keeps the journals. It is safe for concurrent use.
type Service struct {
	db    *db.DB
	clock clock.Clock
	ports Ports
}

// Ports is what the area needs of others; all but Bus must be there.
type Ports struct {
	Machine  Machine
	Readings Readings
	Devices  Devices
	Desk     Desk
	Bus      Publisher
}

// New makes the service.
func New(d *db.DB, clk clock.Clock, p Ports) *Service { return &Service{db: d, clock: clk, ports: p} }

func mayKeep(sc scope.Scope) error { return may(sc, scope.KeepJournal) }

func mayCorrect(sc scope.Scope) error { return may(sc, scope.MakeCorrections) }

func may(sc scope.Scope, r scope.Right) error {
	if !sc.Can(r) {
		return problem.New(problem.Forbidden, "forbidden").In("powercut")
	}
	return nil
}

// About is what a person says of a breakdown.
type About struct {
	Reason Reason
	Note   string
	From   time.Time
	To     time.Time // zero: it lasts
}

// earliest is before which no journal begins: rates of before 2019 have no code
// in the format.
func earliest() time.Time { return time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC) }

func (a *About) check(now time.Time) error {
	var c checks
	a.Note = strings.TrimSpace(a.Note)
	c.when(!slices.Contains(Reasons(), a.Reason), "reason", "powercut_reason")
	c.long("note", a.Note, maxNote)
	c.when(a.From.IsZero(), "from", "required")
	c.when(a.From.After(now), "from", "powercut_ahead")
	c.when(!a.From.IsZero() && a.From.Before(earliest()), "from", "powercut_too_old")
	c.when(a.To.After(now), "to", "powercut_ahead")
	c.when(!a.To.IsZero() && a.To.Before(a.From), "to", "powercut_order")
	return invalid("powercut_invalid", c.fields)
}

// StartRequest begins a journal.
type StartRequest struct {
	Device string
	Case   string // "" = none
	About
}

// Start begins the journal of a breakdown. A register may have several, one
// for each.
func (s *Service) Start(ctx context.Context, sc scope.Scope, r StartRequest) (View, error) {
	if err := mayKeep(sc); err != nil {
		return View{}, err
	}
	now := s.clock.Now()
	if err := r.check(now); err != nil {
		return View{}, err
	}
	place, err := s.ports.Devices.Place(ctx, sc, r.Device)
	if err != nil {
		return View{}, err
	}
	j := Journal{
		ID: ids.New(), Client: place.Client, Outlet: place.Outlet, Device: r.Device, Case: r.Case, Reason: r.Reason, Note: r.Note, From: r.From, To: r.To, State: Open,
		StartedBy: sc.Actor(), CreatedAt: now, Version: 1,
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := insertJournal(ctx, tx, sc, &j); err != nil {
			return err
		}
		return s.record(ctx, tx, sc, &j, "powercut.started", map[string]any{"device": j.Device, "reason": j.Reason, "from": j.From, "to": j.To})
	})
	if err != nil {
		return View{}, err
	}
	return s.told(ctx, sc, j.ID, "started")
}

// Edit changes what was said of the breakdown. Its span may not leave out a
// settlement that is written down.
func (s *Service) Edit(ctx context.Context, sc scope.Scope, id string, version int64, a About) (View, error) {
	if err := mayKeep(sc); err != nil {
		return View{}, err
	}
	if err := a.check(s.clock.Now()); err != nil {
		return View{}, err
	}
	err := s.change(ctx, sc, id, version, func(tx *db.Tx, j *Journal) (string, any, error) {
		if j.State == Closed {
			return "", nil, problem.New(problem.Conflict, "powercut_closed")
		}
		list, err := settlementsOf(ctx, tx, sc, j.ID)
		if err != nil {
			return "", nil, err
		}
		was := About{j.Reason, j.Note, j.From, j.To}
		j.Reason, j.Note, j.From, j.To = a.Reason, a.Note, a.From, a.To
		if slices.ContainsFunc(list, func(x Settlement) bool { return !j.during(x.At) }) {
			return "", nil, problem.New(problem.Invalid, "powercut_invalid").Field("to", "powercut_leaves_out")
		}
		return "powercut.edited", map[string]any{"was": was, "is": a}, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.View(ctx, sc, id)
}

// errNothing rolls back what changes nothing, so that no version moves.
var errNothing = errors.New("powercut: nothing to change")

// change locks a journal, lets f change it and stores it. version 0 is
// whatever it is; an empty action changes nothing.
func (s *Service) change(ctx context.Context, sc scope.Scope, id string, version int64, f func(tx *db.Tx, j *Journal) (action string, detail any, err error)) error {
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		j, err := lockJournal(ctx, tx, sc, id)
		if err != nil {
			return err
		}
		if version != 0 && version != j.Version-1 {
			return problem.New(problem.Conflict, "powercut_changed")
		}
		action, detail, err := f(tx, &j)
		switch {
		case err != nil:
			return err
		case action == "":
			return errNothing
		}
		if err := saveJournal(ctx, tx, sc, &j); err != nil {
			return err
		}
		return s.record(ctx, tx, sc, &j, action, detail)
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

// record writes the audit trail and tells the bus after the commit.
func (s *Service) record(ctx context.Context, tx *db.Tx, sc scope.Scope, j *Journal, action string, detail any) error {
	if err := audit.Write(ctx, tx, sc, audit.Entry{Action: action, Subject: "powercut", SubjectID: j.ID, Detail: detail}); err != nil {
		return err
	}
	if s.ports.Bus != nil {
		e := bus.Event{Tenant: sc.Tenant(), Topic: Topic, ID: j.ID}
		tx.AfterCommit(func() { s.ports.Bus.Publish(e) })
	}
	return nil
}

// told writes what happened into the journal's case and shows the journal.
func (s *Service) told(ctx context.Context, sc scope.Scope, id, what string) (View, error) {
	v, err := s.View(ctx, sc, id)
	if err != nil || v.Case == "" {
		return v, err
	}
	return v, s.ports.Desk.Note(ctx, sc, v.Case, what, v.Journal, v.Balance)
}

// Close ends a journal: without a word when the sums are equal, otherwise with
// the reason why nothing more will be registered.
func (s *Service) Close(ctx context.Context, sc scope.Scope, id string, version int64, verdict string) (View, error) {
	if err := mayCorrect(sc); err != nil {
		return View{}, err
	}
	verdict = strings.TrimSpace(verdict)
	if len([]rune(verdict)) > maxNote {
		return View{}, problem.New(problem.Invalid, "too_long").With("max", maxNote)
	}
	err := s.change(ctx, sc, id, version, func(tx *db.Tx, j *Journal) (string, any, error) {
		drafts, list, err := s.inside(ctx, tx, sc, j.ID)
		if err != nil {
			return "", nil, err
		}
		b := Reconcile(list, drafts)
		switch {
		case j.State == Closed:
			return "", nil, problem.New(problem.Conflict, "powercut_closed")
		case slices.ContainsFunc(drafts, func(d Draft) bool { return d.State == Asked || d.State == LookedFor }):
			return "", nil, problem.New(problem.Conflict, "powercut_under_way")
		case !b.Equal() && verdict == "":
			return "", nil, problem.New(problem.Invalid, "powercut_verdict").Field("verdict", "powercut_verdict")
		}
		j.State, j.ClosedAt, j.ClosedBy, j.Verdict, j.Stopped, j.StoppedAt = Closed, tx.Now, sc.Actor().Name, verdict, "", ""
		return "powercut.closed", map[string]any{"verdict": verdict, "balance": b}, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.told(ctx, sc, id, "closed")
}

// inside is everything in a journal.
func (s *Service) inside(ctx context.Context, tx *db.Tx, sc scope.Scope, id string) (drafts []Draft, list []Settlement, err error) {
	if drafts, err = draftsOf(ctx, tx, sc, id); err != nil {
		return nil, nil, err
	}
	list, err = settlementsOf(ctx, tx, sc, id)
	return drafts, list, err
}
