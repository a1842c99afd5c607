package fnchange

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

// Service keeps the procedures. It is safe for concurrent use.
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

// View is a procedure as its reader sees it.
type View struct {
	Procedure
	Hindrances []Hindrance `json:"hindrances"`
	CanRun     bool        `json:"canRun"`          // the machine can do the current step
	Bytes      [][]byte    `json:"bytes,omitempty"` // what it would send
	Truth      Truth       `json:"-"`               // what the last reading says of the current step
	Read       time.Time   `json:"read,omitzero"`   // when that was
	KeepUntil  time.Time   `json:"keepUntil,omitzero"`
	Values     signal.Set  `json:"-"`
}

// StartRequest begins a procedure.
type StartRequest struct {
	Device string
	Case   string // "" = none
	Reason Reason
}

// Start begins a replacement at the first step that is not proved already. An
// open shift on a drive that signs no more is passed on to support at once.
func (s *Service) Start(ctx context.Context, sc scope.Scope, r StartRequest) (View, error) {
	if err := mayAct(sc); err != nil {
		return View{}, err
	}
	if !known(r.Reason) {
		return View{}, problem.New(problem.Invalid, "fnchange_reason").With("reason", string(r.Reason))
	}
	client, zone, err := s.ports.Devices.Place(ctx, sc, r.Device)
	if err != nil {
		return View{}, err
	}
	set, at, err := s.ports.Readings.Reading(ctx, sc, r.Device)
	if err != nil {
		return View{}, err
	}
	now := s.clock.Now()
	found := Hindrances(r.Reason, set, now)
	if has(found, NoReading) && r.Reason != Broken {
		return View{}, problem.New(problem.Conflict, "fnchange_no_reading")
	}
	p := begun(r, set, sc.Actor(), now, zone)
	p.Client = client
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		settle(&p, set, at, now, zone)
		if err := insert(ctx, tx, sc, &p); err != nil {
			return err
		}
		return s.record(ctx, tx, sc, &p, "fnchange.started", map[string]any{"device": p.Device, "reason": p.Reason, "drive": p.OldDrive})
	})
	if err != nil {
		return View{}, err
	}
	if has(found, ShiftOnDead) {
		return s.PassOn(ctx, sc, p.ID, string(ShiftOnDead))
	}
	return s.View(ctx, sc, p.ID)
}

// begun is a new procedure with its first step's turn. A drive that is ready
// and was never registered is the new one already.
func begun(r StartRequest, set signal.Set, by scope.Actor, now time.Time, zone *time.Location) Procedure {
	p := Procedure{
		ID: ids.New(), Device: r.Device, Case: r.Case, Reason: r.Reason, State: Current, OldDrive: set.Get(signal.FNSerial).Text(),
		StartedBy: by, CreatedAt: now, Version: 1,
	}
	plan := Plan(r.Reason)
	if has(Hindrances(r.Reason, set, now), AlreadyNew) {
		p.OldDrive, plan = "", []StepID{StepSwap, StepRegister, StepOperator, StepOffice, StepKeep}
	}
	for i, id := range plan {
		st := Step{ID: id, State: Waiting}
		if i == 0 {
			st.State, st.Since, st.Due = Current, now, Due(id, now, zone)
		}
		p.Steps = append(p.Steps, st)
	}
	return p
}

func known(r Reason) bool { return has(Reasons(), r) }

func has[T comparable](list []T, want T) bool {
	for _, v := range list {
		if v == want {
			return true
		}
	}
	return false
}

func maySee(sc scope.Scope) error {
	if !sc.Can(scope.SeeFleet) {
		return problem.New(problem.Forbidden, "forbidden").In("fnchange")
	}
	return nil
}

func mayAct(sc scope.Scope) error {
	if !sc.Can(scope.RunDangerous) {
		return problem.New(problem.Forbidden, "forbidden").In("fnchange")
	}
	return nil
}

// View reads a procedure with what its reader may do next.
func (s *Service) View(ctx context.Context, sc scope.Scope, id string) (View, error) {
	if err := maySee(sc); err != nil {
		return View{}, err
	}
	var v View
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		v.Procedure, err = get(ctx, tx, sc, id)
		return err
	})
	if err != nil {
		return View{}, err
	}
	if v.Values, v.Read, err = s.ports.Readings.Reading(ctx, sc, v.Device); err != nil {
		return View{}, err
	}
	if swap := v.Step(StepSwap); swap != nil && swap.State == Done {
		v.KeepUntil = KeepUntil(swap.At)
	}
	now := v.Now()
	if v.Over() || now == nil {
		return v, nil
	}
	v.Truth = Prove(now.ID, v.OldDrive, v.Values)
	v.Hindrances = underWay(&v.Procedure, now, v.Values, s.clock.Now())
	return v, s.offer(ctx, sc, &v, now)
}

// offer asks whether the machine can do the step, with the bytes of a dry run.
func (s *Service) offer(ctx context.Context, sc scope.Scope, v *View, now *Step) error {
	proc := ProcedureFor(now.ID)
	if proc == "" || now.State != Current || v.State != Current || mayAct(sc) != nil {
		return nil
	}
	bytes, err := s.ports.Machine.Plan(ctx, sc, v.Device, proc)
	if err != nil {
		if problem.Of(err).Kind == problem.Internal {
			return err
		}
		return nil // this register cannot: a person does it
	}
	v.CanRun, v.Bytes = true, bytes
	return nil
}

// List is the procedures, newest first.
func (s *Service) List(ctx context.Context, sc scope.Scope, f Filter) (out []Procedure, err error) {
	if err := maySee(sc); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		out, err = list(ctx, tx, sc, f)
		return err
	})
	return out, err
}

// record writes the audit trail and tells the bus after the commit.
func (s *Service) record(ctx context.Context, tx *db.Tx, sc scope.Scope, p *Procedure, action string, detail map[string]any) error {
	if err := audit.Write(ctx, tx, sc, audit.Entry{Action: action, Subject: "fnchange", SubjectID: p.ID, Detail: detail}); err != nil {
		return err
	}
	if s.ports.Bus != nil {
		e := bus.Event{Tenant: sc.Tenant(), Topic: Topic, ID: p.ID}
		tx.AfterCommit(func() { s.ports.Bus.Publish(e) })
	}
	return nil
}
