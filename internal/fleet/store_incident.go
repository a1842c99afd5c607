package fleet

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
)

const incidentColumns = `id, tenant, kind, about, opened_at, closed_at, outlets, devices, version`

// writeIncidents writes the rows, closing ones first, and calls the hooks.
func (st *stage) writeIncidents(ctx context.Context, tx *db.Tx) error {
	for _, op := range st.incidents {
		if op.kind == opOpened {
			continue
		}
		i := op.incident
		_, err := tx.Exec(ctx, `UPDATE fleet_incident SET closed_at = $3, outlets = $4, devices = $5, version = $6 WHERE id = $1 AND tenant = $2`,
			i.ID, i.Tenant, db.Millis(i.ClosedAt), i.Outlets, i.Devices, i.Version)
		if err != nil {
			return fmt.Errorf("fleet: incident %s: %w", i.ID, err)
		}
		if op.kind == opClosed {
			if err := st.s.hooks.IncidentClosed(ctx, tx, *i); err != nil {
				return err
			}
		}
	}
	for _, op := range st.incidents {
		if op.kind != opOpened {
			continue
		}
		if err := insertIncident(ctx, tx, op.incident); err != nil {
			return err
		}
		if err := st.s.hooks.IncidentOpened(ctx, tx, *op.incident); err != nil {
			return err
		}
	}
	return nil
}

func insertIncident(ctx context.Context, tx *db.Tx, i *Incident) error {
	_, err := tx.Exec(ctx, `INSERT INTO fleet_incident (`+incidentColumns+`) VALUES `+db.Values(1, 9),
		i.ID, i.Tenant, i.Kind, i.About, db.Millis(i.OpenedAt), db.Millis(i.ClosedAt), i.Outlets, i.Devices, i.Version)
	if err != nil {
		return fmt.Errorf("fleet: incident %s: %w", i.ID, err)
	}
	return nil
}

func scanIncident(rows *sql.Rows) (*Incident, error) {
	var i Incident
	var opened, closed int64
	err := rows.Scan(&i.ID, &i.Tenant, &i.Kind, &i.About, &opened, &closed, &i.Outlets, &i.Devices, &i.Version)
	i.OpenedAt, i.ClosedAt = db.Time(opened), db.Time(closed)
	return &i, err
}

func (s *Service) loadIncidents(ctx context.Context, tx *db.Tx) error {
	rows, err := tx.Query(ctx, `SELECT `+incidentColumns+` FROM fleet_incident WHERE closed_at = 0 ORDER BY opened_at, id`)
	open := map[string]bool{}
	err = eachRow(rows, err, func(rows *sql.Rows) error {
		i, err := scanIncident(rows)
		if err != nil {
			return err
		}
		s.tenantOf(i.Tenant).incidents[i.key()] = i
		open[i.ID] = true
		return nil
	})
	// Alerts of incidents that ended before the start are released from now on.
	now := s.started.UnixMilli()
	note := func(t *tenant, a *Alert) {
		if a != nil && a.Incident != "" && !open[a.Incident] {
			t.ended[a.Incident] = now
		}
	}
	for _, t := range s.tenants {
		for _, d := range t.devices {
			for _, a := range d.alerts() {
				note(t, a)
			}
		}
		for _, a := range t.agents {
			note(t, a.alert)
		}
	}
	return err
}

// noteOutage keeps the server's own absence as an incident of each tenant that
// has devices, so that a gap in the history has its reason beside it.
func (s *Service) noteOutage(ctx context.Context, alive int64) error {
	now := s.clock.Now()
	if alive == 0 || now.Sub(millis(alive)) < ownGap {
		return nil
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		for _, t := range s.tenants {
			if len(t.devices) == 0 {
				continue
			}
			inc := &Incident{
				ID: ids.New(), Tenant: t.id, Kind: IncidentServer, OpenedAt: millis(alive), ClosedAt: now.Truncate(time.Millisecond),
				Devices: len(t.devices), Version: 1,
			}
			if err := insertIncident(ctx, tx, inc); err != nil {
				return err
			}
		}
		return setMeta(ctx, tx, "alive", now.UnixMilli())
	})
}
