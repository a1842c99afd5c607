package fleet

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/tillwright/tillwright/internal/db"
)

// placeholders is db.Values for the big inserts of a checkpoint. SQLite takes
// $1 for a name and searches the list of all names for each: with thousands of
// them a statement costs a hundred times what it does with nameless ones.
func placeholders(tx *db.Tx, rows, columns int) string {
	if tx.Dialect != db.SQLite {
		return db.Values(rows, columns)
	}
	row := "(" + strings.Repeat("?,", columns-1) + "?),"
	return strings.TrimSuffix(strings.Repeat(row, rows), ",")
}

func insertLog(ctx context.Context, tx *db.Tx, seq int64, body []byte) error {
	if _, err := tx.Exec(ctx, `INSERT INTO fleet_log (seq, body) VALUES ($1, $2)`, seq, body); err != nil {
		return fmt.Errorf("fleet: change log: %w", err)
	}
	return nil
}

// stateRow is a device's row as a checkpoint writes it.
type stateRow struct {
	device, tenant       string
	seq, lastAt, contact int64
	packed, tracks       []byte
}

func writeStates(ctx context.Context, tx *db.Tx, rows []stateRow) error {
	const columns = 7
	args := make([]any, 0, len(rows)*columns)
	for i := range rows {
		r := &rows[i]
		args = append(args, r.device, r.tenant, r.seq, r.lastAt, r.contact, r.packed, r.tracks)
	}
	_, err := tx.Exec(ctx, `INSERT INTO fleet_state (device, tenant, seq, last_at, contact, packed, tracks) VALUES `+placeholders(tx, len(rows), columns)+`
		ON CONFLICT (device) DO UPDATE SET tenant = excluded.tenant, seq = excluded.seq, last_at = excluded.last_at,
		contact = excluded.contact, packed = excluded.packed, tracks = excluded.tracks`, args...)
	if err != nil {
		return fmt.Errorf("fleet: state: %w", err)
	}
	return nil
}

// historyRow is one change as the history keeps it.
type historyRow struct {
	device, tenant string
	change         change
}

// historyChunk rows go into one insert.
const historyChunk = 500

func writeHistory(ctx context.Context, tx *db.Tx, rows []historyRow) error {
	const columns = 8
	for len(rows) > 0 {
		n := min(len(rows), historyChunk)
		args := make([]any, 0, n*columns)
		for i := range rows[:n] {
			r := &rows[i]
			args = append(args, r.device, r.change.seq, r.tenant, r.change.at, r.change.received, db.Bit(r.change.late), db.Bit(r.change.quiet()), string(changesJSON(r.change.items)))
		}
		_, err := tx.Exec(ctx, `INSERT INTO fleet_change (device, seq, tenant, at, received, late, quiet, changes) VALUES `+placeholders(tx, n, columns), args...)
		if err != nil {
			return fmt.Errorf("fleet: history: %w", err)
		}
		rows = rows[n:]
	}
	return nil
}

// agentRow is an agent's row.
type agentRow struct {
	agent, tenant               string
	seq, contact, skew, refused int64
}

func writeAgents(ctx context.Context, tx *db.Tx, rows []agentRow) error {
	const columns = 6
	for len(rows) > 0 {
		n := min(len(rows), historyChunk)
		args := make([]any, 0, n*columns)
		for i := range rows[:n] {
			r := &rows[i]
			args = append(args, r.agent, r.tenant, r.seq, r.contact, r.skew, r.refused)
		}
		_, err := tx.Exec(ctx, `INSERT INTO fleet_agent (agent, tenant, seq, contact, skew, refused) VALUES `+placeholders(tx, n, columns)+`
			ON CONFLICT (agent) DO UPDATE SET tenant = excluded.tenant, seq = excluded.seq, contact = excluded.contact,
			skew = excluded.skew, refused = excluded.refused`, args...)
		if err != nil {
			return fmt.Errorf("fleet: agents: %w", err)
		}
		rows = rows[n:]
	}
	return nil
}

func setMeta(ctx context.Context, tx *db.Tx, name string, value int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO fleet_meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	if err != nil {
		return fmt.Errorf("fleet: %s: %w", name, err)
	}
	return nil
}

func getMeta(ctx context.Context, tx *db.Tx, name string) (value int64, err error) {
	err = tx.QueryRow(ctx, `SELECT value FROM fleet_meta WHERE name = $1`, name).Scan(&value)
	if db.NoRows(err) {
		return 0, nil
	}
	return value, err
}

// eachRow calls f for every row, without keeping them.
func eachRow(rows *sql.Rows, err error, f func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
