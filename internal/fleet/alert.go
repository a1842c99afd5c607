package fleet

import (
	"context"
	"encoding/json"
	"time"

	"github.com/tillwright/tillwright/internal/db"
)

// Why an alert or an incident closed.
const (
	ClosedRecovered = "recovered" // the device itself showed that it is well
	ClosedQuiet     = "quiet"     // held open while it flapped, then quiet and well
	ClosedRemoved   = "removed"   // the device or the rule is no longer there
)

// Alert says that a rule found a device ill, from when to when. There is at
// most one open alert for a device and a fault. An Alert that was handed out
// does not change; a changed one is a new value with a higher Version.
type Alert struct {
	ID       string    `json:"id"`
	Tenant   string    `json:"-"`
	Client   string    `json:"client"`
	Outlet   string    `json:"outlet"`
	Agent    string    `json:"agent"`
	Device   string    `json:"device,omitempty"` // "" when it is about the agent itself
	Fault    string    `json:"fault"`
	Rule     string    `json:"rule"`
	Group    string    `json:"group,omitempty"`
	Severity Severity  `json:"severity"`
	OpenedAt time.Time `json:"openedAt"` // of the event, by the corrected clock
	Noticed  time.Time `json:"noticedAt"`
	ClosedAt time.Time `json:"closedAt"` // zero while open
	Why      string    `json:"closedWhy,omitempty"`
	Late     bool      `json:"late"`     // judged from minutes that arrived late
	Flapping bool      `json:"flapping"` // held open until it has been quiet
	// Announced says that the hooks were told: late and suppressed alerts wait
	// until the device is current, or the maintenance window is over.
	Announced  bool            `json:"announced"`
	Suppressed string          `json:"suppressedBy,omitempty"` // maintenance window
	Incident   string          `json:"incident,omitempty"`     // one cause of many alerts; it has the case
	Evidence   json.RawMessage `json:"evidence"`
	Version    int64           `json:"version"`
}

// Open says whether the alert is still open.
func (a *Alert) Open() bool { return a.ClosedAt.IsZero() }

// subject is what the alert is about: one open alert for it and a fault.
func (a *Alert) subject() string {
	if a.Device != "" {
		return a.Device
	}
	return "agent:" + a.Agent
}

// changed is a copy for the next version.
func (a *Alert) changed() *Alert {
	c := *a
	c.Version++
	return &c
}

// Hooks are called inside the transaction that makes the alert durable, so
// that a case or a job stands or falls with it. An error undoes the whole
// commit and the reports are not answered; a hook must not wait for anything
// but the database. Alerts with Incident set have no case of their own.
//
// Late and suppressed alerts are told only once somebody should act: when the
// device is current and the alert still open, or the window is over.
type Hooks interface {
	AlertOpened(ctx context.Context, tx *db.Tx, a Alert) error
	AlertChanged(ctx context.Context, tx *db.Tx, a Alert) error
	AlertClosed(ctx context.Context, tx *db.Tx, a Alert) error
	IncidentOpened(ctx context.Context, tx *db.Tx, i Incident) error
	IncidentClosed(ctx context.Context, tx *db.Tx, i Incident) error
	// CommandEnded is told once for each command, and once more when an unknown
	// outcome becomes known after all.
	CommandEnded(ctx context.Context, tx *db.Tx, c Command) error
}

// NoHooks is for those who want none.
type NoHooks struct{}

// AlertOpened does nothing.
func (NoHooks) AlertOpened(context.Context, *db.Tx, Alert) error { return nil }

// AlertChanged does nothing.
func (NoHooks) AlertChanged(context.Context, *db.Tx, Alert) error { return nil }

// AlertClosed does nothing.
func (NoHooks) AlertClosed(context.Context, *db.Tx, Alert) error { return nil }

// IncidentOpened does nothing.
func (NoHooks) IncidentOpened(context.Context, *db.Tx, Incident) error { return nil }

// IncidentClosed does nothing.
func (NoHooks) IncidentClosed(context.Context, *db.Tx, Incident) error { return nil }

// CommandEnded does nothing.
func (NoHooks) CommandEnded(context.Context, *db.Tx, Command) error { return nil }
