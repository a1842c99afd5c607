package fnchange

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

const columns = `id, client, device, case_id, reason, state, old_drive, new_drive, steps, run_keys, started_kind, started_id, started_name,
	created_at, ended_at, version`

func scan(row interface{ Scan(dest ...any) error }) (Procedure, error) {
	var p Procedure
	var steps, keys string
	var created, ended int64
	err := row.Scan(&p.ID, &p.Client, &p.Device, &p.Case, &p.Reason, &p.State, &p.OldDrive, &p.NewDrive, &steps, &keys,
		&p.StartedBy.Kind, &p.StartedBy.ID, &p.StartedBy.Name, &created, &ended, &p.Version)
	if err != nil {
		return p, err
	}
	p.CreatedAt, p.EndedAt = db.Time(created), db.Time(ended)
	byStep := map[StepID]string{}
	if err := json.Unmarshal([]byte(steps), &p.Steps); err != nil {
		return p, fmt.Errorf("fnchange: steps of %s: %w", p.ID, err)
	}
	if err := json.Unmarshal([]byte(keys), &byStep); err != nil {
		return p, fmt.Errorf("fnchange: keys of %s: %w", p.ID, err)
	}
	for i := range p.Steps {
		p.Steps[i].Key = byStep[p.Steps[i].ID]
	}
	return p, nil
}

// packed is the steps and their keys as they are stored.
func packed(p *Procedure) (steps, keys string, err error) {
	byStep := map[StepID]string{}
	for _, s := range p.Steps {
		if s.Key != "" {
			byStep[s.ID] = s.Key
		}
	}
	a, err := json.Marshal(p.Steps)
	if err != nil {
		return "", "", fmt.Errorf("fnchange: %w", err)
	}
	b, err := json.Marshal(byStep)
	return string(a), string(b), err
}

func get(ctx context.Context, tx *db.Tx, sc scope.Scope, id string) (Procedure, error) {
	p, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM fnchange_procedure WHERE tenant = $1 AND id = $2 AND ($3 = '' OR client = $3)`,
		sc.Tenant(), id, sc.Client()))
	if db.NoRows(err) {
		return p, problem.New(problem.NotFound, "not_found").In("fnchange")
	}
	return p, err
}

// insert stores a new procedure; a device has one at a time.
func insert(ctx context.Context, tx *db.Tx, sc scope.Scope, p *Procedure) error {
	steps, keys, err := packed(p)
	if err != nil {
		return err
	}
	ok, err := db.Changed(tx.Exec(ctx, `INSERT INTO fnchange_procedure (tenant, `+columns+`) VALUES `+db.Values(1, 17)+` ON CONFLICT DO NOTHING`,
		sc.Tenant(), p.ID, p.Client, p.Device, p.Case, string(p.Reason), string(p.State), p.OldDrive, p.NewDrive, steps, keys,
		string(p.StartedBy.Kind), p.StartedBy.ID, p.StartedBy.Name, db.Millis(p.CreatedAt), db.Millis(p.EndedAt), p.Version))
	if err == nil && !ok {
		return problem.New(problem.Conflict, "fnchange_exists")
	}
	return err
}

func save(ctx context.Context, tx *db.Tx, sc scope.Scope, p *Procedure) error {
	steps, keys, err := packed(p)
	if err != nil {
		return err
	}
	ok, err := db.Changed(tx.Exec(ctx, `UPDATE fnchange_procedure SET case_id = $4, state = $5, new_drive = $6, steps = $7, run_keys = $8, ended_at = $9,
		version = version + 1 WHERE tenant = $1 AND id = $2 AND version = $3`,
		sc.Tenant(), p.ID, p.Version, p.Case, string(p.State), p.NewDrive, steps, keys, db.Millis(p.EndedAt)))
	if err == nil && !ok {
		return problem.New(problem.Conflict, "fnchange_changed")
	}
	p.Version++
	return err
}

// Filter narrows a list of procedures; empty fields do not.
type Filter struct {
	Device string
	Open   bool
	Limit  int // 0 = 50, at most 200
}

func list(ctx context.Context, tx *db.Tx, sc scope.Scope, f Filter) ([]Procedure, error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM fnchange_procedure WHERE tenant = $1 AND ($2 = '' OR client = $2) AND ($3 = '' OR device = $3)
		AND ($4 = 0 OR ended_at = 0) ORDER BY created_at DESC, id DESC LIMIT $5`, sc.Tenant(), sc.Client(), f.Device, db.Bit(f.Open), min(f.Limit, 200))
	return db.Rows(rows, err, func(r *sql.Rows) (Procedure, error) { return scan(r) })
}
