package fleet

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tillwright/tillwright/internal/db"
)

const alertColumns = `id, tenant, client, outlet, agent, device, subject, fault, rule, grp, severity,
	opened_at, noticed_at, closed_at, why, late, flapping, announced, suppressed, incident, evidence, version`

const alertColumnCount = 22

// alertChunk keeps a multi-row insert well below SQLite's limit of placeholders.
const alertChunk = 200

// writeAlertRows writes what the operations leave: an alert that opened in
// this transaction goes in as it is at the end of it, together with others.
func writeAlertRows(ctx context.Context, tx *db.Tx, ops []alertOp) error {
	last, fresh := map[string]*Alert{}, map[string]bool{}
	var order []string
	for _, op := range ops {
		if _, seen := last[op.alert.ID]; !seen {
			order = append(order, op.alert.ID)
		}
		last[op.alert.ID] = op.alert
		fresh[op.alert.ID] = fresh[op.alert.ID] || op.kind == opOpened
	}
	var opened []*Alert
	for _, id := range order { // first what closes: it makes room for the next of its fault
		if fresh[id] {
			opened = append(opened, last[id])
		} else if err := updateAlert(ctx, tx, last[id]); err != nil {
			return err
		}
	}
	for len(opened) > 0 {
		n := min(len(opened), alertChunk)
		if err := insertAlerts(ctx, tx, opened[:n]); err != nil {
			return err
		}
		opened = opened[n:]
	}
	return nil
}

func insertAlerts(ctx context.Context, tx *db.Tx, alerts []*Alert) error {
	args := make([]any, 0, len(alerts)*alertColumnCount)
	for _, a := range alerts {
		args = append(args, a.ID, a.Tenant, a.Client, a.Outlet, a.Agent, a.Device, a.subject(), a.Fault, a.Rule, a.Group, int64(a.Severity),
			db.Millis(a.OpenedAt), db.Millis(a.Noticed), db.Millis(a.ClosedAt), a.Why, db.Bit(a.Late), db.Bit(a.Flapping), db.Bit(a.Announced),
			a.Suppressed, a.Incident, string(a.Evidence), a.Version)
	}
	_, err := tx.Exec(ctx, `INSERT INTO fleet_alert (`+alertColumns+`) VALUES `+placeholders(tx, len(alerts), alertColumnCount), args...)
	if err != nil {
		return fmt.Errorf("fleet: open alerts: %w", err)
	}
	return nil
}

// updateAlert writes what can change of an alert. No row means that memory
// and database disagree: that must never be passed over.
func updateAlert(ctx context.Context, tx *db.Tx, a *Alert) error {
	ok, err := db.Changed(tx.Exec(ctx, `UPDATE fleet_alert SET client = $3, outlet = $4, agent = $5, severity = $6, closed_at = $7, why = $8,
		flapping = $9, announced = $10, suppressed = $11, incident = $12, evidence = $13, version = $14
		WHERE id = $1 AND tenant = $2 AND closed_at = 0`,
		a.ID, a.Tenant, a.Client, a.Outlet, a.Agent, int64(a.Severity), db.Millis(a.ClosedAt), a.Why,
		db.Bit(a.Flapping), db.Bit(a.Announced), a.Suppressed, a.Incident, string(a.Evidence), a.Version))
	if err != nil {
		return fmt.Errorf("fleet: alert %s: %w", a.ID, err)
	}
	if !ok {
		return fmt.Errorf("fleet: alert %s is not open in the database", a.ID)
	}
	return nil
}

func scanAlert(rows *sql.Rows) (*Alert, error) {
	var a Alert
	var subject, evidence string
	var severity, opened, noticed, closed, late, flapping, announced int64
	err := rows.Scan(&a.ID, &a.Tenant, &a.Client, &a.Outlet, &a.Agent, &a.Device, &subject, &a.Fault, &a.Rule, &a.Group, &severity,
		&opened, &noticed, &closed, &a.Why, &late, &flapping, &announced, &a.Suppressed, &a.Incident, &evidence, &a.Version)
	a.Severity, a.Evidence = Severity(severity), []byte(evidence)
	a.OpenedAt, a.Noticed, a.ClosedAt = db.Time(opened), db.Time(noticed), db.Time(closed)
	a.Late, a.Flapping, a.Announced = late != 0, flapping != 0, announced != 0
	return &a, err
}
