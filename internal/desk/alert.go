package desk

import (
	"context"
	"encoding/json"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Alert is what the desk needs to know of an alert of the fleet.
type Alert struct {
	ID       string            `json:"id"`
	Client   string            `json:"client"`
	Outlet   string            `json:"outlet"`
	Device   string            `json:"device"` // "" for an alert about a whole outlet
	Fault    string            `json:"fault"`
	Severity calendar.Severity `json:"severity"`
	OpenedAt time.Time         `json:"openedAt"` // by the time of the event
	Evidence json.RawMessage   `json:"evidence,omitempty"`
	Why      string            `json:"why,omitempty"` // how it closed
	At       time.Time         `json:"at,omitzero"`   // when it changed or closed, by the time of the event
}

// program is the scope in which the desk follows an alert: whoever's message
// raised it (an agent has no rights of its own), the program opens the case.
func program(sc scope.Scope) scope.Scope {
	if sc.Actor().Kind == scope.BySystem {
		return sc
	}
	return scope.System(sc.Tenant(), "alert")
}

// AlertOpened opens the case of an alert in the caller's transaction. A case
// that the alert has already is left as it is, so the call may be repeated. A
// device that falls ill again has a new alert and gets a new case.
func (s *Service) AlertOpened(ctx context.Context, tx *db.Tx, sc scope.Scope, a Alert) error {
	_, err := s.open(ctx, tx, program(sc), Draft{
		Client: a.Client, Outlet: a.Outlet, Device: a.Device, Fault: a.Fault, Severity: a.Severity,
		Source: FromAlert, Alert: a.ID, Evidence: a.Evidence, OpenedAt: a.OpenedAt,
	})
	if problem.CodeOf(err) == alertHasCase {
		return nil
	}
	return err
}

// AlertChanged follows an alert that became worse or milder. The case becomes
// worse with it when the alert is worse than it has ever been; it never
// becomes milder by itself. So what a person decided meanwhile is not undone
// by an alert that goes up and down.
func (s *Service) AlertChanged(ctx context.Context, tx *db.Tx, sc scope.Scope, a Alert) error {
	return s.followAlert(ctx, tx, sc, a, func(c *Case, e *edit) error {
		if len(a.Evidence) > 0 {
			c.Evidence = a.Evidence
		}
		e.action, e.quiet = "case.alert", true
		e.entries = append(e.entries, Entry{Kind: EntryAlert, Data: map[string]any{"severity": string(a.Severity), "at": db.Millis(a.At)}})
		if !worse(a.Severity, c.alertWorst) {
			return nil
		}
		c.alertWorst = a.Severity
		if !c.State.Active() || !worse(a.Severity, c.Severity) {
			return nil
		}
		e.quiet = false
		return c.reweigh(a.Severity, "", e)
	})
}

// AlertClosed closes the case of an alert whose device proves itself well. A
// case that is closed already only gets the line.
func (s *Service) AlertClosed(ctx context.Context, tx *db.Tx, sc scope.Scope, a Alert) error {
	return s.followAlert(ctx, tx, sc, a, func(c *Case, e *edit) error {
		e.action, e.quiet = "case.well", true
		e.entries = append(e.entries, Entry{Kind: EntryWell, Data: map[string]any{"why": a.Why, "at": db.Millis(a.At)}})
		if !c.State.Can(Closed) {
			return nil
		}
		e.quiet = false
		return c.end(Closed, "", map[string]any{"by": "alert"}, e)
	})
}

// followAlert changes the case of an alert; an alert without one changes
// nothing.
func (s *Service) followAlert(ctx context.Context, tx *db.Tx, sc scope.Scope, a Alert, fn func(c *Case, e *edit) error) error {
	sc = program(sc)
	c, found, err := loadByAlert(ctx, tx, sc, a.ID)
	if err != nil || !found {
		return err
	}
	_, err = s.changeIn(ctx, tx, sc, c.ID, AnyVersion, fn)
	return err
}

func worse(a, b calendar.Severity) bool { return rank(a) < rank(b) }

func rank(s calendar.Severity) int {
	for i, x := range calendar.Severities() {
		if x == s {
			return i
		}
	}
	return len(calendar.Severities())
}

// Record adds a line to the timeline for something that another part did to
// the case: a guided fix moved on, a command was carried out.
func (s *Service) Record(ctx context.Context, tx *db.Tx, sc scope.Scope, caseID string, kind EntryKind, data map[string]any) error {
	c, err := lock(ctx, tx, sc, caseID)
	if err != nil {
		return err
	}
	if err := addEntry(ctx, tx, sc, c.ID, Entry{Kind: kind, Data: data}); err != nil {
		return err
	}
	return s.told(ctx, tx, scope.System(sc.Tenant(), "desk"), c, "case."+string(kind))
}
