package desk

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/scope"
)

func addEntries(ctx context.Context, tx *db.Tx, sc scope.Scope, caseID string, entries []Entry) error {
	for _, e := range entries {
		if err := addEntry(ctx, tx, sc, caseID, e); err != nil {
			return err
		}
	}
	return nil
}

func addEntry(ctx context.Context, tx *db.Tx, sc scope.Scope, caseID string, e Entry) error {
	data := []byte("{}")
	if e.Data != nil {
		var err error
		if data, err = json.Marshal(e.Data); err != nil {
			return err
		}
	}
	at := e.At
	if at.IsZero() {
		at = tx.Now
	}
	a := e.Actor
	if a.Kind == "" {
		a = sc.Actor()
	}
	_, err := tx.Exec(ctx, `INSERT INTO desk_entry (id, case_id, tenant, at, kind, actor_kind, actor_id, actor_name, text, data)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		ids.New(), caseID, sc.Tenant(), db.Millis(at), string(e.Kind), string(a.Kind), a.ID, a.Name, e.Text, string(data))
	return err
}

// loadEntries reads the timeline. What the company's people wrote for each
// other is not for a shop's eyes.
func loadEntries(ctx context.Context, tx *db.Tx, sc scope.Scope, caseID string) ([]Entry, error) {
	rows, err := tx.Query(ctx, `SELECT id, at, kind, actor_kind, actor_id, actor_name, text, data FROM desk_entry
		WHERE tenant = $1 AND case_id = $2 AND ($3 = '' OR kind <> '`+string(EntryNote)+`') ORDER BY id`, sc.Tenant(), caseID, sc.Client())
	return db.Rows(rows, err, func(r *sql.Rows) (e Entry, err error) {
		var at int64
		var data string
		if err := r.Scan(&e.ID, &at, &e.Kind, &e.Actor.Kind, &e.Actor.ID, &e.Actor.Name, &e.Text, &data); err != nil {
			return e, err
		}
		e.At = db.Time(at)
		return e, json.Unmarshal([]byte(data), &e.Data)
	})
}
