package fleet

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

const commandColumns = `id, tenant, client, device, agent, procedure, risk, asked_by, consent, reason, case_id, session,
	asked_at, deadline, sent_at, taken_at, ended_at, state, exchanges, result_code`

// asJSON is v as text; "" for what is nil.
func asJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil || string(b) == "null" {
		return "", err
	}
	return string(b), nil
}

func commandExists(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	var one int
	err := tx.QueryRow(ctx, `SELECT 1 FROM fleet_command WHERE id = $1`, id).Scan(&one)
	if db.NoRows(err) {
		return false, nil
	}
	return err == nil, err
}

func insertCommand(ctx context.Context, tx *db.Tx, c *Command) error {
	var texts [4]string
	for i, v := range []any{c.Procedure, c.AskedBy, c.Consent, c.Exchanges} {
		var err error
		if texts[i], err = asJSON(v); err != nil {
			return fmt.Errorf("fleet: command: %w", err)
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO fleet_command (`+commandColumns+`) VALUES `+db.Values(1, 20),
		c.ID, c.Tenant, c.Client, c.Device, c.Agent, texts[0], string(c.Risk), texts[1], texts[2], c.Reason, c.Case, c.Session,
		db.Millis(c.AskedAt), db.Millis(c.Deadline), db.Millis(c.SentAt), db.Millis(c.TakenAt), db.Millis(c.EndedAt), c.State, texts[3], c.Code)
	if err != nil {
		return fmt.Errorf("fleet: command: %w", err)
	}
	return nil
}

func scanCommand(rows *sql.Rows) (*Command, error) {
	var c Command
	var procedure, risk, askedBy, consent, exchanges string
	var asked, deadline, sent, taken, ended int64
	err := rows.Scan(&c.ID, &c.Tenant, &c.Client, &c.Device, &c.Agent, &procedure, &risk, &askedBy, &consent, &c.Reason, &c.Case, &c.Session,
		&asked, &deadline, &sent, &taken, &ended, &c.State, &exchanges, &c.Code)
	if err != nil {
		return nil, err
	}
	c.Risk = kkt.Risk(risk)
	c.AskedAt, c.Deadline, c.SentAt, c.TakenAt, c.EndedAt = db.Time(asked), db.Time(deadline), db.Time(sent), db.Time(taken), db.Time(ended)
	for text, into := range map[string]any{procedure: &c.Procedure, askedBy: &c.AskedBy} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			return nil, fmt.Errorf("fleet: command %s: %w", c.ID, err)
		}
	}
	if consent != "" {
		err = json.Unmarshal([]byte(consent), &c.Consent)
	}
	if exchanges != "" && err == nil {
		err = json.Unmarshal([]byte(exchanges), &c.Exchanges)
	}
	return &c, err
}

// commandTenant is whose command it is; one of another agent is not there.
func commandTenant(ctx context.Context, tx *db.Tx, agent, id string) (tenantID string, err error) {
	err = tx.QueryRow(ctx, `SELECT tenant FROM fleet_command WHERE id = $1 AND agent = $2`, id, agent).Scan(&tenantID)
	if db.NoRows(err) {
		return "", problem.New(problem.NotFound, "not_found").In("fleet.command")
	}
	return tenantID, err
}

// endCommand writes a result unless there is one already; ended is false then.
func endCommand(ctx context.Context, tx *db.Tx, agent string, r wire.Result) (ended bool, err error) {
	exchanges, err := asJSON(r.Exchanges)
	if err != nil {
		return false, fmt.Errorf("fleet: result: %w", err)
	}
	return db.Changed(tx.Exec(ctx, `UPDATE fleet_command SET state = $3, result_code = $4, exchanges = $5, ended_at = $6
		WHERE id = $1 AND agent = $2 AND (ended_at = 0 OR state = 'unknown' AND $3 <> 'unknown')`,
		r.ID, agent, r.State, r.Code, exchanges, db.Millis(tx.Now)))
}

// expireRow ends a command that never went out; one that was sent only when
// its answer is overdue, and then its outcome is unknown.
// now says that this call ended it, and not an answer that was quicker.
func expireRow(ctx context.Context, tx *db.Tx, id string, overdue bool) (ended, now bool, err error) {
	ended, err = db.Changed(tx.Exec(ctx, `UPDATE fleet_command SET state = $2, ended_at = $3 WHERE id = $1 AND state = 'asked'`,
		id, CommandExpired, db.Millis(tx.Now)))
	if err != nil || ended || !overdue {
		return ended, ended, err
	}
	now, err = db.Changed(tx.Exec(ctx, `UPDATE fleet_command SET state = $2, ended_at = $3 WHERE id = $1 AND ended_at = 0`,
		id, CommandUnknown, db.Millis(tx.Now)))
	return err == nil, now, err
}

func (s *Service) loadCommands(ctx context.Context, tx *db.Tx) error {
	rows, err := tx.Query(ctx, `SELECT id, tenant, deadline FROM fleet_command WHERE ended_at = 0`)
	return eachRow(rows, err, func(rows *sql.Rows) error {
		var id string
		var c openCommand
		var deadline int64
		err := rows.Scan(&id, &c.tenant, &deadline)
		c.deadline = db.Time(deadline)
		c.look = c.deadline
		s.keep(id, c)
		return err
	})
}
