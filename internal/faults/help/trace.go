package help

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/scope"
)

// again is how soon the same trace is not kept again: a page that is loaded
// anew, a search that is typed on.
const again = time.Hour

// mark keeps that the visitor did something with the articles, unless it was
// kept within the last hour. Nobody leaves no traces.
func mark(ctx context.Context, tx *db.Tx, sc scope.Scope, v Visitor, k Kind, faults ...string) error {
	if v == "" || len(faults) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT DISTINCT fault FROM faults_help_trace WHERE tenant = $1 AND visitor = $2 AND kind = $3 AND at > $4`,
		sc.Tenant(), string(v), string(k), db.Millis(tx.Now.Add(-again)))
	kept, err := db.Rows(rows, err, scanText)
	if err != nil {
		return err
	}
	var args []any
	n := 0
	for _, f := range faults {
		if slices.Contains(kept, f) {
			continue
		}
		kept = append(kept, f)
		args = append(args, ids.New(), sc.Tenant(), string(v), string(k), f, db.Millis(tx.Now))
		n++
	}
	if n == 0 {
		return nil
	}
	_, err = tx.Exec(ctx, `INSERT INTO faults_help_trace (id, tenant, visitor, kind, fault, at) VALUES `+db.Values(n, 6), args...)
	return err
}

// unsolve takes back "it helped" of the reading that is under way.
func unsolve(ctx context.Context, tx *db.Tx, sc scope.Scope, v Visitor, fault string) error {
	_, err := tx.Exec(ctx, `DELETE FROM faults_help_trace WHERE tenant = $1 AND visitor = $2 AND kind = $3 AND fault = $4 AND at > $5`,
		sc.Tenant(), string(v), string(Solved), fault, db.Millis(tx.Now.Add(-ReadingSpan)))
	return err
}

// recent is the articles that the visitor did something with in the last day,
// the first one first, at most ten.
func recent(ctx context.Context, tx *db.Tx, sc scope.Scope, v Visitor, k Kind) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT fault FROM faults_help_trace WHERE tenant = $1 AND visitor = $2 AND kind = $3 AND at > $4
		GROUP BY fault ORDER BY MIN(at), fault LIMIT 10`, sc.Tenant(), string(v), string(k), db.Millis(tx.Now.Add(-ReadingSpan)))
	return db.Rows(rows, err, scanText)
}

func scanText(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }

// standsAt keeps at which outlet the visitor stands.
func standsAt(ctx context.Context, tx *db.Tx, sc scope.Scope, v Visitor, outlet string) error {
	if v == "" || outlet == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO faults_help_visitor (tenant, visitor, outlet, at) VALUES ($1,$2,$3,$4)
		ON CONFLICT (tenant, visitor) DO UPDATE SET outlet = excluded.outlet, at = excluded.at`,
		sc.Tenant(), string(v), outlet, db.Millis(tx.Now))
	return err
}
