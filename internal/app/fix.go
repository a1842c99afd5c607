package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

// runner carries the machine's steps of a guided fix out as commands of the
// fleet.
type runner struct {
	fleet     *fleet.Service
	registry  *registry.Service
	protocols map[string]kkt.Protocol
}

// Plan is the dry run.
func (r runner) Plan(ctx context.Context, sc scope.Scope, device string, p kkt.Procedure) ([][]byte, error) {
	return r.fleet.DryRun(ctx, asRunner(sc), device, p)
}

// Run asks for the command; the same Key is asked for once.
func (r runner) Run(ctx context.Context, sc scope.Scope, q faults.Request) (string, error) {
	ask := fleet.AskCommand{Device: q.Device, Procedure: q.Procedure, Case: q.Case, Session: q.Session, Reason: q.Step, Key: q.Key}
	if q.Consent.Given {
		ask.Consent = &fleet.Consent{Who: q.Consent.By.Name, How: "page"}
	}
	return r.fleet.Ask(ctx, asRunner(sc), ask)
}

// asRunner lets a guest at the till run what the article offers a cashier: the
// guided fix has decided that before, and the client stays the guest's own.
func asRunner(sc scope.Scope) scope.Scope {
	if sc.Can(scope.RunCommands) {
		return sc
	}
	return scope.Person(sc.Tenant(), sc.Actor().ID, sc.Actor().Name, sc.Client(), scope.Dispatcher)
}

// Outcome tells how far the command is, with its replies explained.
func (r runner) Outcome(ctx context.Context, sc scope.Scope, id string) (faults.Outcome, error) {
	c, err := r.fleet.Command(ctx, asRunner(sc), id)
	if err != nil {
		return faults.Outcome{}, err
	}
	out := faults.Outcome{State: c.State, Exchanges: c.Exchanges, Code: c.Code}
	if c.State == fleet.CommandCancelled {
		out.State = faults.OutcomeExpired
	}
	protocol, err := planner{r.registry, r.protocols}.of(ctx, sc.Tenant(), c.Device)
	if err != nil {
		return out, err
	}
	for _, e := range c.Exchanges {
		if len(e.Got) > 0 {
			out.Meanings = append(out.Meanings, protocol.Explain(e.Sent, e.Got))
		}
	}
	return out, nil
}

// readings tells what a device last said.
type readings struct{ fleet *fleet.Service }

// Reading is the live state and its event time.
func (r readings) Reading(_ context.Context, sc scope.Scope, device string) (signal.Set, time.Time, error) {
	l, err := r.fleet.Device(asReader(sc), device)
	return l.Values, l.LastNews, err
}

// cases takes over what a guided fix could not end.
type cases struct {
	desk     *desk.Service
	registry *registry.Service
}

// Take writes the whole path into the case the fix began in, or opens one.
func (c cases) Take(ctx context.Context, sc scope.Scope, s faults.Summary) (string, error) {
	story, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	data := map[string]any{"what": "handed_over", "session": s.Session, "reason": s.Reason, "story": json.RawMessage(story)}
	if s.Case != "" {
		return s.Case, c.desk.Add(ctx, sc, s.Case, desk.EntryFix, data)
	}
	opened, err := c.desk.OpenOnce(ctx, sc, "session:"+s.Session, desk.Draft{
		Client: s.Client, Device: s.Device, Fault: s.Fault, Severity: calendar.Severity(s.Severity), Source: desk.FromGuide,
	})
	if err != nil {
		return "", err
	}
	return opened.ID, c.desk.Add(ctx, sc, opened.ID, desk.EntryFix, data)
}
