package fleet

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/db"
)

func putLimit(ctx context.Context, tx *db.Tx, tenantID, name string, value int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO fleet_limit (tenant, name, value) VALUES ($1, $2, $3)
		ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value`, tenantID, name, value)
	return err
}

func putRule(ctx context.Context, tx *db.Tx, tenantID string, def RuleDef) error {
	body, err := json.Marshal(def)
	if err != nil {
		return fmt.Errorf("fleet: rule %s: %w", def.ID, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO fleet_rule (tenant, id, body) VALUES ($1, $2, $3)
		ON CONFLICT (tenant, id) DO UPDATE SET body = excluded.body`, tenantID, def.ID, string(body))
	return err
}

func deleteRule(ctx context.Context, tx *db.Tx, tenantID, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM fleet_rule WHERE tenant = $1 AND id = $2`, tenantID, id)
	return err
}

func insertWindow(ctx context.Context, tx *db.Tx, w Window) error {
	var days int64
	for _, d := range w.Weekdays {
		days |= 1 << d
	}
	_, err := tx.Exec(ctx, `INSERT INTO fleet_window (id, tenant, scope, target, starts, ends, zone, repeats, weekdays, until, reason, created_by, created_at)
		VALUES `+db.Values(1, 13), w.ID, w.Tenant, w.Scope, w.Target, db.Millis(w.Starts), db.Millis(w.Ends), w.Zone, w.Repeat, days,
		db.Millis(w.Until), w.Reason, w.CreatedBy, db.Millis(w.CreatedAt))
	return err
}

func deleteWindow(ctx context.Context, tx *db.Tx, tenantID, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM fleet_window WHERE tenant = $1 AND id = $2`, tenantID, id)
	return err
}

// loadSettings reads limits, rules and windows. A rule that no longer compiles
// (a newer program knows another vocabulary) is left out and logged.
func (s *Service) loadSettings(ctx context.Context, tx *db.Tx) error {
	rows, err := tx.Query(ctx, `SELECT tenant, name, value FROM fleet_limit`)
	err = eachRow(rows, err, func(rows *sql.Rows) error {
		var tenantID, name string
		var v int64
		err := rows.Scan(&tenantID, &name, &v)
		if i, ok := s.rules.index[name]; ok && err == nil {
			s.tenantOf(tenantID).limits[i] = v
		}
		return err
	})
	if err != nil {
		return err
	}
	rows, err = tx.Query(ctx, `SELECT tenant, id, body FROM fleet_rule ORDER BY tenant, id`)
	if err = eachRow(rows, err, s.loadRule); err != nil {
		return err
	}
	// Windows that are over for good are not read; the rest is at most maxWindows a tenant.
	rows, err = tx.Query(ctx, `SELECT id, tenant, scope, target, starts, ends, zone, repeats, weekdays, until, reason, created_by, created_at
		FROM fleet_window WHERE repeats <> 'none' OR ends > $1 ORDER BY tenant, starts, id`, db.Millis(s.started))
	return eachRow(rows, err, s.loadWindow)
}

func (s *Service) loadRule(rows *sql.Rows) error {
	var tenantID, id, body string
	if err := rows.Scan(&tenantID, &id, &body); err != nil {
		return err
	}
	var def RuleDef
	err := json.Unmarshal([]byte(body), &def)
	var r *rule
	if err == nil {
		r, err = s.rules.compile(def)
	}
	if err != nil {
		s.logger.Error("a company's rule cannot be used any more", "tenant", tenantID, "rule", id, "error", err)
		return nil
	}
	t := s.tenantOf(tenantID)
	r.number = s.names.number(id)
	t.rules, t.custom = append(t.rules[:len(t.rules):len(t.rules)], r), append(t.custom, def)
	return nil
}

func (s *Service) loadWindow(rows *sql.Rows) error {
	var w Window
	var starts, ends, days, until, created int64
	err := rows.Scan(&w.ID, &w.Tenant, &w.Scope, &w.Target, &starts, &ends, &w.Zone, &w.Repeat, &days, &until, &w.Reason, &w.CreatedBy, &created)
	if err != nil {
		return err
	}
	w.Starts, w.Ends, w.Until, w.CreatedAt = db.Time(starts), db.Time(ends), db.Time(until), db.Time(created)
	for d := time.Sunday; d <= time.Saturday; d++ {
		if days&(1<<d) != 0 {
			w.Weekdays = append(w.Weekdays, d)
		}
	}
	if w.loc, err = time.LoadLocation(w.Zone); err != nil {
		w.loc = time.UTC // checked when it was planned; the machine lost the zone since
	}
	t := s.tenantOf(w.Tenant)
	t.windows = append(t.windows, w)
	return nil
}
