package faults

import (
	"context"
	"database/sql"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// listOf reads sessions by case or by device, newest first. An empty filter
// does not narrow.
func listOf(ctx context.Context, tx *db.Tx, sc scope.Scope, caseID, device string, limit int) ([]Session, error) {
	if err := mayTouch(sc); err != nil {
		return nil, err
	}
	if sc.Actor().Kind == scope.ByGuest {
		return nil, problem.New(problem.Forbidden, "forbidden")
	}
	rows, err := tx.Query(ctx, `SELECT `+sessionColumns+` FROM faults_session
		WHERE tenant = $1 AND ($2 = '' OR client = $2) AND ($3 = '' OR case_id = $3) AND ($4 = '' OR device = $4)
		ORDER BY created_at DESC, id DESC LIMIT $5`, sc.Tenant(), sc.Client(), caseID, device, limit)
	return db.Rows(rows, err, func(r *sql.Rows) (Session, error) { return scanSession(r) })
}

// waiting lists the ids of sessions that go on by themselves, and of those
// whose summary the case does not have yet.
func waiting(ctx context.Context, tx *db.Tx, sc scope.Scope, limit int) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT id FROM faults_session WHERE tenant = $1 AND state IN ('running', 'checking', 'proving')
		UNION ALL SELECT id FROM faults_session WHERE tenant = $1 AND state = 'handed_over' AND delivered = 0 LIMIT $2`, sc.Tenant(), limit)
	return db.Rows(rows, err, func(r *sql.Rows) (string, error) {
		var id string
		return id, r.Scan(&id)
	})
}

// guestOf finds whose session a link's token opens. It is the one question
// that is asked without a scope: the token is what grants one.
func guestOf(ctx context.Context, tx *db.Tx, token string, now time.Time) (tenant, client, id string, err error) {
	err = tx.QueryRow(ctx, `SELECT tenant, client, id FROM faults_session WHERE token_hash = $1 AND token_hash <> '' AND token_until > $2`,
		hashToken(token), db.Millis(now)).Scan(&tenant, &client, &id)
	if db.NoRows(err) {
		return "", "", "", problem.New(problem.NotFound, "fix_link_over")
	}
	return tenant, client, id, err
}

// setToken gives the session a new link; an older one stops working.
func setToken(ctx context.Context, tx *db.Tx, sc scope.Scope, id, hash string, until time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE faults_session SET token_hash = $3, token_until = $4 WHERE tenant = $1 AND id = $2`,
		sc.Tenant(), id, hash, db.Millis(until))
	return err
}
