package shelf

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// holding is what an article's row says of the catalogue that holds.
type holding struct {
	fault, revision string
	off             bool
}

func published(ctx context.Context, tx *db.Tx, sc scope.Scope) ([]holding, error) {
	rows, err := tx.Query(ctx, `SELECT fault, revision, off FROM faults_article WHERE tenant = $1 AND (revision <> '' OR off = 1)`, sc.Tenant())
	return db.Rows(rows, err, func(r *sql.Rows) (holding, error) {
		var h holding
		var off int64
		err := r.Scan(&h.fault, &h.revision, &off)
		h.off = off != 0
		return h, err
	})
}

// textsAtOnce is how many texts one statement reads.
const textsAtOnce = 200

// publishedTexts reads the published texts of the named articles.
func publishedTexts(ctx context.Context, tx *db.Tx, sc scope.Scope, faults []string) ([]kept, error) {
	var out []kept
	for len(faults) > 0 {
		n := min(len(faults), textsAtOnce)
		args := []any{sc.Tenant()}
		for _, f := range faults[:n] {
			args = append(args, f)
		}
		rows, err := tx.Query(ctx, `SELECT t.fault, t.revision, t.lang, t.own, t.text FROM faults_article a
			JOIN faults_article_text t ON t.tenant = a.tenant AND t.fault = a.fault AND t.revision = a.revision
			WHERE a.tenant = $1 AND a.fault IN (`+db.List(n, 2)+`)`, args...)
		some, err := db.Rows(rows, err, func(r *sql.Rows) (kept, error) {
			var k kept
			var own int64
			err := r.Scan(&k.fault, &k.revision, &k.lang, &own, &k.text)
			k.own = own != 0
			return k, err
		})
		if err != nil {
			return nil, fmt.Errorf("shelf: texts: %w", err)
		}
		out, faults = append(out, some...), faults[n:]
	}
	return out, nil
}

// revisions are those of all companies. It is the one question that is asked
// without a scope: nothing of a company is read by it.
func revisions(ctx context.Context, tx *db.Tx) (map[string]int64, error) {
	out := map[string]int64{}
	rows, err := tx.Query(ctx, `SELECT tenant, revision FROM faults_library`)
	_, err = db.Rows(rows, err, func(r *sql.Rows) (string, error) {
		var tenant string
		var n int64
		err := r.Scan(&tenant, &n)
		out[tenant] = n
		return tenant, err
	})
	return out, err
}

func revisionOf(ctx context.Context, tx *db.Tx, sc scope.Scope) (int64, error) {
	var n int64
	err := tx.QueryRow(ctx, `SELECT revision FROM faults_library WHERE tenant = $1`, sc.Tenant()).Scan(&n)
	if db.NoRows(err) {
		return 0, nil
	}
	return n, err
}

// grow counts the company's revision up.
func grow(ctx context.Context, tx *db.Tx, sc scope.Scope) error {
	_, err := tx.Exec(ctx, `INSERT INTO faults_library (tenant, revision) VALUES ($1, 1)
		ON CONFLICT (tenant) DO UPDATE SET revision = faults_library.revision + 1`, sc.Tenant())
	return err
}

func countArticles(ctx context.Context, tx *db.Tx, sc scope.Scope) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM faults_article WHERE tenant = $1`, sc.Tenant()).Scan(&n)
	return n, err
}
