package fleet

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// AlertFilter narrows a list of alerts; empty fields do not.
type AlertFilter struct {
	Open     bool // only open ones
	Device   string
	Outlet   string
	Client   string
	Fault    string
	Incident string
	BeforeAt time.Time // keyset: the last alert of the page before
	BeforeID string
	Limit    int // 0 = 50, at most 500
}

// ListAlerts is a page of alerts, newest first, with one question to the
// database.
func (s *Service) ListAlerts(ctx context.Context, sc scope.Scope, f AlertFilter) ([]Alert, error) {
	if err := need(sc, scope.SeeFleet, "fleet.ListAlerts"); err != nil {
		return nil, err
	}
	before := int64(never)
	if !f.BeforeAt.IsZero() {
		before = db.Millis(f.BeforeAt)
	}
	client := cmp.Or(sc.Client(), f.Client)
	if sc.Client() != "" && f.Client != "" && f.Client != sc.Client() {
		return nil, nil
	}
	var out []Alert
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+alertColumns+` FROM fleet_alert
			WHERE tenant = $1 AND (opened_at, id) < ($2, $3) AND ($4 = 0 OR closed_at = 0) AND ($5 = '' OR device = $5)
			AND ($6 = '' OR outlet = $6) AND ($7 = '' OR client = $7) AND ($8 = '' OR fault = $8) AND ($9 = '' OR incident = $9)
			ORDER BY opened_at DESC, id DESC LIMIT $10`,
			sc.Tenant(), before, f.BeforeID, db.Bit(f.Open), f.Device, f.Outlet, client, f.Fault, f.Incident, pageSize(f.Limit))
		list, err := db.Rows(rows, err, scanAlert)
		for _, a := range list {
			out = append(out, *a)
		}
		return err
	})
	return out, err
}

// ListIncidents is the newest incidents of the company, open ones or all.
// They reach over many clients, so a client's own people see none.
func (s *Service) ListIncidents(ctx context.Context, sc scope.Scope, open bool, limit int) ([]Incident, error) {
	if err := need(sc, scope.SeeFleet, "fleet.ListIncidents"); err != nil || sc.Client() != "" {
		return nil, err
	}
	var out []Incident
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+incidentColumns+` FROM fleet_incident
			WHERE tenant = $1 AND ($2 = 0 OR closed_at = 0) ORDER BY opened_at DESC, id DESC LIMIT $3`, sc.Tenant(), db.Bit(open), pageSize(limit))
		list, err := db.Rows(rows, err, scanIncident)
		for _, i := range list {
			out = append(out, *i)
		}
		return err
	})
	return out, err
}

// Change is one change of a device's values, as its history shows it.
type Change struct {
	Seq      int64             `json:"seq"`
	At       time.Time         `json:"at"`
	Received time.Time         `json:"received"`
	Late     bool              `json:"late"`
	Changes  map[string][2]any `json:"changes"` // key → old, new; nil = not known
}

// Changes is a device's history, newest first, before the given seq (0 = from
// the newest). What no checkpoint has written yet comes from memory.
func (s *Service) Changes(ctx context.Context, sc scope.Scope, device string, before int64, limit int) ([]Change, error) {
	if err := need(sc, scope.SeeFleet, "fleet.Changes"); err != nil {
		return nil, err
	}
	if before <= 0 {
		before = never
	}
	tail, err := s.tailOf(sc, device, before)
	if err != nil {
		return nil, err
	}
	limit = pageSize(limit)
	var rows []Change
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		q, err := tx.Query(ctx, `SELECT seq, at, received, late, changes FROM fleet_change
			WHERE device = $1 AND tenant = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4`, device, sc.Tenant(), before, limit)
		rows, err = db.Rows(q, err, scanChange)
		return err
	})
	if err != nil {
		return nil, err
	}
	// A checkpoint between the two looks leaves a change in both.
	all := append(tail, rows...)
	slices.SortFunc(all, func(a, b Change) int { return cmp.Compare(b.Seq, a.Seq) })
	all = slices.CompactFunc(all, func(a, b Change) bool { return a.Seq == b.Seq })
	return all[:min(len(all), limit)], nil
}

func (s *Service) tailOf(sc scope.Scope, device string, before int64) ([]Change, error) {
	if _, err := s.placeFor(sc, device); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []Change
	d := s.devices[device]
	if d == nil || d.x == nil {
		return nil, nil
	}
	for _, c := range d.x.tail {
		if c.seq < before && len(c.items) > 0 {
			ch, err := newChange(c.seq, c.at, c.received, c.late, string(changesJSON(c.items)))
			if err != nil {
				return nil, err
			}
			out = append(out, ch)
		}
	}
	return out, nil
}

func newChange(seq, at, received int64, late bool, body string) (Change, error) {
	c := Change{Seq: seq, At: millis(at), Received: millis(received), Late: late}
	return c, json.Unmarshal([]byte(body), &c.Changes)
}

func scanChange(rows *sql.Rows) (Change, error) {
	var seq, at, received, late int64
	var body string
	if err := rows.Scan(&seq, &at, &received, &late, &body); err != nil {
		return Change{}, err
	}
	return newChange(seq, at, received, late != 0, body)
}

// Happening is one line of a device's timeline: exactly one field is set.
type Happening struct {
	At      time.Time `json:"at"`
	Change  *Change   `json:"change,omitempty"`
	Opened  *Alert    `json:"opened,omitempty"`
	Closed  *Alert    `json:"closed,omitempty"`
	Command *Command  `json:"command,omitempty"`
}

// Timeline is the newest happenings of a device: changes, alerts and commands,
// with three questions to the database whatever their number.
func (s *Service) Timeline(ctx context.Context, sc scope.Scope, device string, limit int) ([]Happening, error) {
	limit = pageSize(limit)
	changes, err := s.Changes(ctx, sc, device, 0, limit)
	if err != nil {
		return nil, err
	}
	alerts, err := s.ListAlerts(ctx, sc, AlertFilter{Device: device, Limit: limit})
	if err != nil {
		return nil, err
	}
	commands, err := s.Commands(ctx, sc, device, "", limit)
	if err != nil {
		return nil, err
	}
	var out []Happening
	for i := range changes {
		out = append(out, Happening{At: changes[i].At, Change: &changes[i]})
	}
	for i := range alerts {
		out = append(out, Happening{At: alerts[i].OpenedAt, Opened: &alerts[i]})
		if !alerts[i].Open() {
			out = append(out, Happening{At: alerts[i].ClosedAt, Closed: &alerts[i]})
		}
	}
	for i := range commands {
		out = append(out, Happening{At: commands[i].AskedAt, Command: &commands[i]})
	}
	slices.SortStableFunc(out, func(a, b Happening) int { return b.At.Compare(a.At) })
	return out[:min(len(out), limit)], nil
}
