package link

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// Enrolment is a one-time code as the pages show it: without the code.
type Enrolment struct {
	ID, Outlet    string
	Name          string // of the agent to be; "" = its host's
	CreatedBy     string // person
	CreatedByName string
	CreatedAt     time.Time
	ExpiresAt     time.Time
	UsedAt        time.Time // zero = not yet
	UsedBy        string    // agent
}

const enrolmentColumns = `id, outlet, name, created_by, created_by_name, created_at, expires_at, used_at, used_by`

func scanEnrolment(rows *sql.Rows) (e Enrolment, err error) {
	var created, expires, used int64
	err = rows.Scan(&e.ID, &e.Outlet, &e.Name, &e.CreatedBy, &e.CreatedByName, &created, &expires, &used, &e.UsedBy)
	e.CreatedAt, e.ExpiresAt, e.UsedAt = db.Time(created), db.Time(expires), db.Time(used)
	return e, err
}

func (store) addCode(ctx context.Context, tx *db.Tx, sc scope.Scope, e Enrolment, hash string) error {
	_, err := tx.Exec(ctx, `INSERT INTO link_enrolment (id, tenant, code_hash, outlet, name, created_by, created_by_name, created_at, expires_at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`, e.ID, sc.Tenant(), hash, e.Outlet, e.Name, e.CreatedBy, e.CreatedByName,
		db.Millis(e.CreatedAt), db.Millis(e.ExpiresAt))
	return err
}

// openCodes are those that can still be used, newest first.
func (store) openCodes(ctx context.Context, tx *db.Tx, sc scope.Scope) ([]Enrolment, error) {
	rows, err := tx.Query(ctx, `SELECT `+enrolmentColumns+` FROM link_enrolment
		WHERE tenant = $1 AND used_at = 0 AND expires_at > $2 ORDER BY created_at DESC, id DESC LIMIT 200`, sc.Tenant(), db.Millis(tx.Now))
	return db.Rows(rows, err, scanEnrolment)
}

// withdraw makes an unused code worthless.
func (store) withdraw(ctx context.Context, tx *db.Tx, sc scope.Scope, id string) error {
	return one(tx.Exec(ctx, `DELETE FROM link_enrolment WHERE tenant = $1 AND id = $2 AND used_at = 0`, sc.Tenant(), id))
}

// findCode finds a code by its hash, over all tenants: whoever has the code
// has no scope yet.
func (store) findCode(ctx context.Context, tx *db.Tx, hash string) (tenant string, e Enrolment, err error) {
	rows, err := tx.Query(ctx, `SELECT `+enrolmentColumns+` FROM link_enrolment WHERE code_hash = $1`, hash)
	found, err := db.Rows(rows, err, scanEnrolment)
	if err != nil {
		return "", Enrolment{}, fmt.Errorf("link: find code: %w", err)
	}
	if len(found) == 0 {
		return "", Enrolment{}, errUnknownCode
	}
	err = tx.QueryRow(ctx, `SELECT tenant FROM link_enrolment WHERE code_hash = $1`, hash).Scan(&tenant)
	return tenant, found[0], err
}

// useCode marks a code as used; false when somebody else was faster.
func (store) useCode(ctx context.Context, tx *db.Tx, sc scope.Scope, id, agent string) (bool, error) {
	res, err := tx.Exec(ctx, `UPDATE link_enrolment SET used_at = $3, used_by = $4 WHERE tenant = $1 AND id = $2 AND used_at = 0`,
		sc.Tenant(), id, db.Millis(tx.Now), agent)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// Note is something notable about an agent, gathered by the hour.
type Note struct {
	Code          string
	Detail        string // of the last one; for technicians, English
	Count         int64
	First, LastAt time.Time
}

// keptNotes is how many notes of an agent are kept.
const keptNotes = 100

// addNote adds to the hour's note of the code, or begins it.
func (store) addNote(ctx context.Context, tx *db.Tx, sc scope.Scope, agent string, n Note) error {
	_, err := tx.Exec(ctx, `INSERT INTO link_note (tenant, agent, code, hour, detail, count, first_at, last_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)
		ON CONFLICT (tenant, agent, code, hour) DO UPDATE SET detail = excluded.detail, count = link_note.count + excluded.count, last_at = excluded.last_at`,
		sc.Tenant(), agent, n.Code, n.LastAt.Unix()/3600, n.Detail, n.Count, db.Millis(n.First), db.Millis(n.LastAt))
	return err
}

// trimNotes keeps the newest.
func (store) trimNotes(ctx context.Context, tx *db.Tx, sc scope.Scope, agent string) error {
	_, err := tx.Exec(ctx, `DELETE FROM link_note WHERE tenant = $1 AND agent = $2 AND last_at <
		(SELECT MIN(last_at) FROM (SELECT last_at FROM link_note WHERE tenant = $1 AND agent = $2 ORDER BY last_at DESC LIMIT $3) AS newest)`,
		sc.Tenant(), agent, keptNotes)
	return err
}

func (store) notes(ctx context.Context, tx *db.Tx, sc scope.Scope, agent string) ([]Note, error) {
	rows, err := tx.Query(ctx, `SELECT code, detail, count, first_at, last_at FROM link_note
		WHERE tenant = $1 AND agent = $2 ORDER BY last_at DESC, code LIMIT $3`, sc.Tenant(), agent, keptNotes)
	return db.Rows(rows, err, func(r *sql.Rows) (n Note, err error) {
		var first, last int64
		err = r.Scan(&n.Code, &n.Detail, &n.Count, &first, &last)
		n.First, n.LastAt = db.Time(first), db.Time(last)
		return n, err
	})
}
