package app

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/fnchange"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

// machine carries the steps of a replaced drive out as commands of the fleet.
type machine struct{ runner }

// Plan is the dry run; a procedure that the register's protocol lacks is
// command_unsupported.
func (m machine) Plan(ctx context.Context, sc scope.Scope, device, procedure string) ([][]byte, error) {
	plan, err := m.runner.Plan(ctx, sc, device, kkt.Procedure{Name: procedure})
	if errors.Is(err, kkt.ErrUnsupported) {
		return nil, problem.New(problem.Conflict, "command_unsupported").With("procedure", procedure)
	}
	return plan, err
}

// Run asks for the command; the same Key is asked for once.
func (m machine) Run(ctx context.Context, sc scope.Scope, o fnchange.Order) (string, error) {
	return m.fleet.Ask(ctx, sc, fleet.AskCommand{
		Device: o.Device, Procedure: kkt.Procedure{Name: o.Procedure}, Case: o.Case, Reason: o.Why, Key: o.Key,
		Consent: &fleet.Consent{Who: o.Consent, How: "page"},
	})
}

// Outcome tells how the command stands, with the register's own refusal.
func (m machine) Outcome(ctx context.Context, sc scope.Scope, id string) (fnchange.Outcome, error) {
	out, err := m.runner.Outcome(ctx, sc, id)
	if err != nil {
		return fnchange.Outcome{}, err
	}
	o := fnchange.Outcome{Failure: out.Code, Done: out.State == faults.OutcomeDone}
	switch out.State {
	case faults.OutcomeDone, faults.OutcomeFailed, faults.OutcomeUnknown, faults.OutcomeExpired:
		o.Ended = true
	}
	if o.Ended && !o.Done && o.Failure == "" {
		o.Failure = out.State
	}
	for _, meaning := range out.Meanings {
		if meaning.Code != 0 {
			o.Refusal, o.Done = meaning.Code, false
		}
	}
	return o, nil
}

// shops tells whose a device is and by which clock its shop lives.
type shops struct{ registry *registry.Service }

// Place is the device's client and its outlet's zone.
func (s shops) Place(ctx context.Context, sc scope.Scope, device string) (string, *time.Location, error) {
	client, err := owners(s).Client(ctx, sc, device)
	if err != nil {
		return "", nil, err
	}
	d, err := s.registry.Device(ctx, asReader(sc), device)
	if err != nil {
		return "", nil, err
	}
	zone, err := time.LoadLocation(d.Place.Zone)
	if err != nil {
		zone = time.UTC
	}
	return client, zone, nil
}

// driveDesk writes a replacement into its case.
type driveDesk struct{ desk *desk.Service }

// Note writes one step that was done.
func (d driveDesk) Note(ctx context.Context, sc scope.Scope, caseID string, p fnchange.Procedure, s fnchange.Step) error {
	return d.desk.Add(ctx, sc, caseID, desk.EntryFix, map[string]any{
		"what": "fnchange_step", "procedure": p.ID, "step": string(s.ID), "by": s.By, "told": s.Told, "note": s.Note, "proof": s.Proof,
	})
}

// Support passes the procedure on in its own case, or in a new one.
func (d driveDesk) Support(ctx context.Context, sc scope.Scope, p fnchange.Procedure, why string) (string, error) {
	story, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	caseID := p.Case
	if caseID == "" {
		opened, err := d.desk.OpenOnce(ctx, sc, "fnchange:"+p.ID, desk.Draft{
			Client: p.Client, Device: p.Device, Fault: "fn-234-lifetime-over", Severity: calendar.Blocking, Source: desk.FromGuide,
		})
		if err != nil {
			return "", err
		}
		caseID = opened.ID
	}
	return caseID, d.desk.Add(ctx, sc, caseID, desk.EntryFix, map[string]any{
		"what": "fnchange_support", "procedure": p.ID, "reason": why, "story": json.RawMessage(story),
	})
}
