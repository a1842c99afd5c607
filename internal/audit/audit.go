// Package audit keeps who did what to what, in the transaction that did it.
//
// Entries of a tenant form a chain: each carries the hash of the one before
// it, so that an entry changed or taken out afterwards shows. Verify walks
// the chain.
package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Entry is what was done. Detail is kept as JSON; it must never hold a
// secret.
type Entry struct {
	Action    string // "person.created", "command.asked": verb in the past
	Subject   string // "person", "device", …
	SubjectID string
	Detail    any
}

// Record is an entry as it was kept.
type Record struct {
	Number int64
	At     time.Time
	Actor  scope.Actor
	Entry
	Hash string
}

// Write adds an entry in the caller's transaction.
func Write(ctx context.Context, tx *db.Tx, sc scope.Scope, e Entry) error {
	if !sc.Valid() {
		return problem.New(problem.Internal, "no_scope").In("audit.Write")
	}
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return fmt.Errorf("audit: %s: %w", e.Action, err)
	}
	number, prev, err := head(ctx, tx, sc.Tenant())
	if err != nil {
		return err
	}
	number++
	hash := link(prev, sc.Tenant(), number, db.Millis(tx.Now), sc.Actor(), e, string(detail))
	a := sc.Actor()
	_, err = tx.Exec(ctx, `INSERT INTO audit_entry (tenant, number, at, actor_kind, actor_id, actor_name, action, subject, subject_id, detail, hash)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		sc.Tenant(), number, db.Millis(tx.Now), string(a.Kind), a.ID, a.Name, e.Action, e.Subject, e.SubjectID, string(detail), hash)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE audit_head SET number = $2, hash = $3 WHERE tenant = $1`, sc.Tenant(), number, hash)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// head locks the tenant's chain until the transaction ends; two writers on
// PostgreSQL take turns here.
func head(ctx context.Context, tx *db.Tx, tenant string) (number int64, hash string, err error) {
	if _, err = tx.Exec(ctx, `INSERT INTO audit_head (tenant, number, hash) VALUES ($1, 0, '') ON CONFLICT (tenant) DO NOTHING`, tenant); err != nil {
		return 0, "", fmt.Errorf("audit: %w", err)
	}
	err = tx.QueryRow(ctx, `SELECT number, hash FROM audit_head WHERE tenant = $1`+tx.Dialect.ForUpdate(), tenant).Scan(&number, &hash)
	if err != nil {
		return 0, "", fmt.Errorf("audit: %w", err)
	}
	return number, hash, nil
}

func link(prev, tenant string, number, at int64, a scope.Actor, e Entry, detail string) string {
	h := sha256.New()
	// Lengths before texts, so that no two entries hash the same bytes.
	for _, s := range []string{prev, tenant, string(a.Kind), a.ID, a.Name, e.Action, e.Subject, e.SubjectID, detail} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	fmt.Fprintf(h, "%d@%d", number, at)
	return hex.EncodeToString(h.Sum(nil))
}

// Filter narrows a list of entries; empty fields do not.
type Filter struct {
	Subject, SubjectID string
	Before             int64 // only numbers below it; 0 = from the newest
	Limit              int   // 0 = 100
}

// List is the newest entries first.
func List(ctx context.Context, tx *db.Tx, sc scope.Scope, f Filter) ([]Record, error) {
	if !sc.Can(scope.SeeAudit) {
		return nil, problem.New(problem.Forbidden, "forbidden").In("audit.List")
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	if f.Before <= 0 {
		f.Before = 1 << 62
	}
	rows, err := tx.Query(ctx, `SELECT number, at, actor_kind, actor_id, actor_name, action, subject, subject_id, detail, hash FROM audit_entry
		WHERE tenant = $1 AND number < $2 AND ($3 = '' OR subject = $3) AND ($4 = '' OR subject_id = $4)
		ORDER BY number DESC LIMIT $5`, sc.Tenant(), f.Before, f.Subject, f.SubjectID, f.Limit)
	return db.Rows(rows, err, scan)
}

func scan(rows *sql.Rows) (r Record, err error) {
	var at int64
	var kind, detail string
	err = rows.Scan(&r.Number, &at, &kind, &r.Actor.ID, &r.Actor.Name, &r.Action, &r.Subject, &r.SubjectID, &detail, &r.Hash)
	r.At, r.Actor.Kind, r.Detail = db.Time(at), scope.ActorKind(kind), json.RawMessage(detail)
	return r, err
}

// Verify walks a tenant's whole chain and returns the number of the first
// entry that does not fit, 0 when all do. An entry taken off the end shows
// against the head.
func Verify(ctx context.Context, tx *db.Tx, sc scope.Scope) (broken int64, err error) {
	rows, err := tx.Query(ctx, `SELECT number, at, actor_kind, actor_id, actor_name, action, subject, subject_id, detail, hash FROM audit_entry
		WHERE tenant = $1 ORDER BY number`, sc.Tenant())
	if err != nil {
		return 0, fmt.Errorf("audit: %w", err)
	}
	defer func() { _ = rows.Close() }()
	prev, want := "", int64(1)
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return 0, fmt.Errorf("audit: %w", err)
		}
		detail, _ := r.Detail.(json.RawMessage)
		if r.Number != want || r.Hash != link(prev, sc.Tenant(), r.Number, db.Millis(r.At), r.Actor, r.Entry, string(detail)) {
			return want, nil
		}
		prev, want = r.Hash, want+1
	}
	if err := rows.Err(); err != nil {
		return 0, fmt.Errorf("audit: %w", err)
	}
	var number int64
	err = tx.QueryRow(ctx, `SELECT number FROM audit_head WHERE tenant = $1`, sc.Tenant()).Scan(&number)
	if err != nil && !db.NoRows(err) {
		return 0, fmt.Errorf("audit: %w", err)
	}
	if number != want-1 {
		return want, nil
	}
	return 0, nil
}
