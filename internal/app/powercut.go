package app

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

// corrector carries correction receipts to registers as commands of the fleet.
type corrector struct{ fleet *fleet.Service }

// Run asks for the command; the same Key is asked for once.
func (c corrector) Run(ctx context.Context, sc scope.Scope, o powercut.Order) (string, error) {
	ask := fleet.AskCommand{
		Device: o.Device, Procedure: kkt.Procedure{Name: kkt.ProcCorrection, Raw: o.Delivery.Raw()}, Case: o.Case, Reason: o.Why, Key: o.Key,
		Consent: &fleet.Consent{Who: o.Consent, How: "page"},
	}
	if o.Look {
		ask.Procedure.Name = kkt.ProcOutcome
	}
	return c.fleet.Ask(ctx, asCorrector(sc), ask)
}

// asCorrector lets whoever may make corrections have them made: a manager too,
// who may run no other dangerous command. The area has asked for the right and
// the shop's consent before.
func asCorrector(sc scope.Scope) scope.Scope {
	if sc.Can(scope.RunDangerous) || !sc.Can(scope.MakeCorrections) {
		return sc
	}
	return scope.Person(sc.Tenant(), sc.Actor().ID, sc.Actor().Name, sc.Client(), scope.Engineer)
}

// Outcome tells how the command stands.
func (c corrector) Outcome(ctx context.Context, sc scope.Scope, id string) (powercut.Outcome, error) {
	got, err := c.fleet.Command(ctx, asReader(sc), id)
	if err != nil {
		return powercut.Outcome{}, err
	}
	out := powercut.Outcome{Ended: got.Ended(), Failure: got.Code, Exchanges: got.Exchanges, Doubtful: got.State == fleet.CommandUnknown}
	if got.State != fleet.CommandDone && out.Failure == "" {
		out.Failure = got.State
	}
	return out, nil
}

// tills tells where a register stands and what it may write on a receipt.
type tills struct{ registry *registry.Service }

// Place is the register's client, outlet, zone, protocol and tax systems.
func (t tills) Place(ctx context.Context, sc scope.Scope, device string) (powercut.Place, error) {
	client, zone, err := shops(t).Place(ctx, sc, device)
	if err != nil {
		return powercut.Place{}, err
	}
	d, err := t.registry.Device(ctx, scope.System(sc.Tenant(), "powercut"), device) // a shop's people never see the endpoint; its protocol is needed
	if err != nil {
		return powercut.Place{}, err
	}
	p := powercut.Place{Client: client, Outlet: d.Outlet, Zone: zone, FFD: d.FFD}
	if d.Endpoint != nil && d.Agent != "" && !d.Retired() {
		p.Protocol = d.Endpoint.Protocol
	}
	for _, tax := range d.TaxSystems {
		if known := taxationOf(tax); known != "" {
			p.Taxations = append(p.Taxations, known)
		}
	}
	return p, nil
}

// taxationOf is the driver's word for a passport's tax system.
func taxationOf(t registry.TaxSystem) fptr.Taxation {
	return map[registry.TaxSystem]fptr.Taxation{
		registry.OSN: fptr.TaxationOSN, registry.USNIncome: fptr.TaxationUSNIncome, registry.USNIncomeOutcome: fptr.TaxationUSNIncomeOutcome,
		registry.ENVD: fptr.TaxationENVD, registry.ESHN: fptr.TaxationESN, registry.Patent: fptr.TaxationPatent,
	}[t]
}

// lastRead tells what a register last said; one that no agent reads said
// nothing.
type lastRead struct{ readings }

// Reading is the live state and its event time.
func (l lastRead) Reading(ctx context.Context, sc scope.Scope, device string) (set signal.Set, at time.Time, err error) {
	set, at, err = l.readings.Reading(ctx, sc, device)
	if there, err := found(err); !there {
		return signal.Set{}, time.Time{}, err
	}
	return set, at, err
}

// journalDesk writes a journal's steps into its case.
type journalDesk struct{ desk *desk.Service }

// Note writes one step.
func (d journalDesk) Note(ctx context.Context, sc scope.Scope, caseID, what string, j powercut.Journal, b powercut.Balance) error {
	made, all := 0, 0
	for _, r := range b.Rows {
		made, all = made+r.Documents, all+r.Settlements
	}
	return d.desk.Add(ctx, sc, caseID, desk.EntryFix, map[string]any{
		"what": "powercut_" + what, "journal": j.ID, "by": sc.Actor().Name, "settlements": all, "documents": made, "code": j.Stopped, "balance": b,
	})
}
