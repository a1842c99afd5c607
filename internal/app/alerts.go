package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/jobs"
	"github.com/tillwright/tillwright/internal/scope"
)

// Kinds of the jobs that carry alerts to the desk; see docs/adr/0006.
const (
	jobAlert    = "desk.alert"
	jobIncident = "desk.incident"
)

// step is one thing that happened to an alert.
type step struct {
	What  string     `json:"what"` // opened, changed, closed
	Alert desk.Alert `json:"alert"`
}

// hooks write a job in the transaction that makes an alert durable.
type hooks struct{ queue *jobs.Queue }

// AlertOpened, AlertChanged and AlertClosed tell the desk. An alert that belongs to an
// incident has no case of its own: the incident has it.
func (h hooks) AlertOpened(ctx context.Context, tx *db.Tx, a fleet.Alert) error {
	return h.alert(ctx, tx, "opened", a)
}

// AlertChanged carries a worse or milder severity.
func (h hooks) AlertChanged(ctx context.Context, tx *db.Tx, a fleet.Alert) error {
	return h.alert(ctx, tx, "changed", a)
}

// AlertClosed carries the device's proof that it is well.
func (h hooks) AlertClosed(ctx context.Context, tx *db.Tx, a fleet.Alert) error {
	return h.alert(ctx, tx, "closed", a)
}

func (h hooks) alert(ctx context.Context, tx *db.Tx, what string, a fleet.Alert) error {
	if a.Incident != "" && what == "opened" {
		return nil
	}
	at := a.ClosedAt
	if at.IsZero() {
		at = tx.Now
	}
	key := openedKey(a.ID)
	if what != "opened" { // the version makes each later step a job of its own
		key = "alert:" + a.ID + ":" + what + ":" + strconv.FormatInt(a.Version, 10)
	}
	return h.queue.Enqueue(ctx, tx, jobs.Job{
		Tenant: a.Tenant, Lane: desk.Lane, Kind: jobAlert, Key: key,
		Payload: step{What: what, Alert: desk.Alert{
			ID: a.ID, Client: a.Client, Outlet: a.Outlet, Device: a.Device, Fault: a.Fault, Severity: severity(a.Severity),
			OpenedAt: a.OpenedAt, Evidence: a.Evidence, Why: a.Why, At: at,
		}},
	})
}

func openedKey(alert string) string { return "alert:" + alert + ":opened" }

// IncidentOpened gives one case to one cause.
func (h hooks) IncidentOpened(ctx context.Context, tx *db.Tx, i fleet.Incident) error {
	return h.incident(ctx, tx, "opened", i)
}

// IncidentClosed ends it.
func (h hooks) IncidentClosed(ctx context.Context, tx *db.Tx, i fleet.Incident) error {
	return h.incident(ctx, tx, "closed", i)
}

func (h hooks) incident(ctx context.Context, tx *db.Tx, what string, i fleet.Incident) error {
	return h.queue.Enqueue(ctx, tx, jobs.Job{
		Tenant: i.Tenant, Lane: desk.Lane, Kind: jobIncident, Key: "alert:" + i.ID + ":" + what,
		Payload: step{What: what, Alert: incidentAlert(i)},
	})
}

// jobCommand carries an ended command into its case's timeline.
const jobCommand = "desk.command"

// ended is what the timeline keeps of a command: the name and the bytes, so
// that it can be read without the register.
type ended struct {
	Case      string      `json:"case"`
	Command   string      `json:"command"`
	Procedure string      `json:"procedure"`
	State     string      `json:"state"`
	Code      string      `json:"code,omitempty"`
	By        string      `json:"by"`
	Exchanges [][2]string `json:"exchanges,omitempty"` // sent and got, in hex
}

// CommandEnded tells the case that the command was for.
func (h hooks) CommandEnded(ctx context.Context, tx *db.Tx, c fleet.Command) error {
	if c.Case == "" {
		return nil
	}
	e := ended{Case: c.Case, Command: c.ID, Procedure: c.Procedure.Name, State: c.State, Code: c.Code, By: c.AskedBy.Name}
	for _, x := range c.Exchanges {
		e.Exchanges = append(e.Exchanges, [2]string{hex.EncodeToString(x.Sent), hex.EncodeToString(x.Got)})
	}
	return h.queue.Enqueue(ctx, tx, jobs.Job{
		Tenant: c.Tenant, Lane: desk.Lane, Kind: jobCommand, Key: "command:" + c.ID + ":" + c.State, Payload: e,
	})
}

// onCommand writes the line.
func (a *App) onCommand(ctx context.Context, j jobs.Taken) error {
	var e ended
	if err := json.Unmarshal(j.Payload, &e); err != nil {
		return err
	}
	return a.DB.Write(ctx, func(tx *db.Tx) error {
		data := map[string]any{
			"what": e.Procedure, "command": e.Command, "state": e.State, "code": e.Code, "by": e.By, "exchanges": e.Exchanges,
		}
		if err := a.Desk.Record(ctx, tx, scope.System(j.Tenant, "command"), e.Case, desk.EntryCommand, data); err != nil {
			return err
		}
		return j.Finish(ctx, tx) // last: a case is locked before its job, everywhere
	})
}

// incidentAlert is an incident as the desk sees it: one thing that is ill. One
// about an outlet is that outlet's; an operator's or our own is nobody's.
func incidentAlert(i fleet.Incident) desk.Alert {
	a := desk.Alert{ID: i.ID, Severity: calendar.Critical, OpenedAt: i.OpenedAt, At: i.ClosedAt, Why: fleet.ClosedRecovered}
	a.Evidence, _ = json.Marshal(map[string]any{"kind": i.Kind, "about": i.About, "outlets": i.Outlets, "devices": i.Devices}) // plain values marshal
	switch i.Kind {
	case fleet.IncidentOutlet:
		a.Outlet, a.Fault = i.About, "lan-or-internet-down"
	case fleet.IncidentOFD:
		a.Fault = "ofd-no-exchange"
	case fleet.IncidentSilence:
		a.Fault = "agent-silent"
	}
	return a
}

// severity is the desk's word for the fleet's.
func severity(s fleet.Severity) calendar.Severity { return calendar.Severity(s.String()) }

// errTooEarly puts a step back until the one before it is done: a job that
// failed once is overtaken by its followers.
var errTooEarly = errors.New("app: the alert's case is not opened yet")

// onAlert carries one step to the desk, never before the opening itself.
func (a *App) onAlert(ctx context.Context, j jobs.Taken) error {
	var s step
	if err := json.Unmarshal(j.Payload, &s); err != nil {
		return err
	}
	sc := scope.System(j.Tenant, "watch")
	return a.DB.Write(ctx, func(tx *db.Tx) error {
		if s.What != "opened" {
			waits, err := a.Jobs.Unfinished(ctx, tx, openedKey(s.Alert.ID))
			if err != nil {
				return err
			}
			if waits {
				return errTooEarly
			}
		}
		var err error
		switch s.What {
		case "opened":
			err = a.Desk.AlertOpened(ctx, tx, sc, s.Alert)
		case "changed":
			err = a.Desk.AlertChanged(ctx, tx, sc, s.Alert)
		case "closed":
			err = a.Desk.AlertClosed(ctx, tx, sc, s.Alert)
		default:
			err = fmt.Errorf("app: an alert cannot be %q", s.What)
		}
		if err != nil {
			return err
		}
		return j.Finish(ctx, tx) // last: a case is locked before its job, everywhere
	})
}

// onIncident is onAlert for a cause. The server's own outage is told on Watch
// and has no case: there is nobody to send.
func (a *App) onIncident(ctx context.Context, j jobs.Taken) error {
	var s step
	if err := json.Unmarshal(j.Payload, &s); err != nil {
		return err
	}
	if s.Alert.Fault == "" {
		return nil
	}
	return a.onAlert(ctx, j)
}
