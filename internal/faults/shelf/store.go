package shelf

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

const articleColumns = `fault, draft, draft_kind, draft_id, draft_name, draft_at, revision, number, base, off, changed_at, version`

func scanArticle(row interface{ Scan(dest ...any) error }) (Article, error) {
	var a Article
	var kind string
	var draftAt, off, changed int64
	err := row.Scan(&a.Fault, &a.Draft, &kind, &a.DraftBy.ID, &a.DraftBy.Name, &draftAt, &a.Published, &a.Number, &a.Base, &off, &changed, &a.Version)
	a.DraftBy.Kind, a.Off = scope.ActorKind(kind), off != 0
	a.DraftAt, a.ChangedAt = db.Time(draftAt), db.Time(changed)
	return a, err
}

// load reads an article; one of which nothing is written yet has version 0.
func load(ctx context.Context, tx *db.Tx, sc scope.Scope, fault string) (Article, error) {
	a, err := scanArticle(tx.QueryRow(ctx, `SELECT `+articleColumns+` FROM faults_article WHERE tenant = $1 AND fault = $2`, sc.Tenant(), fault))
	if db.NoRows(err) {
		return Article{Fault: fault}, nil
	}
	if err != nil {
		return Article{}, fmt.Errorf("shelf: load %s: %w", fault, err)
	}
	return a, nil
}

func list(ctx context.Context, tx *db.Tx, sc scope.Scope) ([]Article, error) {
	rows, err := tx.Query(ctx, `SELECT fault, CASE WHEN draft = '' THEN '' ELSE '…' END, draft_kind, draft_id, draft_name, draft_at, revision, number, base, off, changed_at, version
		FROM faults_article WHERE tenant = $1 ORDER BY fault LIMIT $2`, sc.Tenant(), MaxArticles)
	return db.Rows(rows, err, func(r *sql.Rows) (Article, error) { return scanArticle(r) })
}

// save writes the article if nobody changed it since it was read, and counts
// its version up.
func save(ctx context.Context, tx *db.Tx, sc scope.Scope, a *Article) error {
	a.ChangedAt = tx.Now
	values := []any{
		sc.Tenant(), a.Fault, a.Draft, string(a.DraftBy.Kind), a.DraftBy.ID, a.DraftBy.Name, db.Millis(a.DraftAt), a.Published, a.Number, a.Base,
		db.Bit(a.Off), db.Millis(tx.Now), a.Version + 1,
	}
	var ok bool
	var err error
	if a.Version == 0 {
		ok, err = db.Changed(tx.Exec(ctx, `INSERT INTO faults_article (tenant, `+articleColumns+`) VALUES `+db.Values(1, 13)+` ON CONFLICT DO NOTHING`, values...))
	} else {
		ok, err = db.Changed(tx.Exec(ctx, `UPDATE faults_article SET draft = $3, draft_kind = $4, draft_id = $5, draft_name = $6, draft_at = $7, revision = $8,
			number = $9, base = $10, off = $11, changed_at = $12, version = $13 WHERE tenant = $1 AND fault = $2 AND version = $14`, append(values, a.Version)...))
	}
	if err != nil {
		return fmt.Errorf("shelf: save %s: %w", a.Fault, err)
	}
	if !ok {
		return changed()
	}
	a.Version++
	return nil
}

func changed() error { return problem.New(problem.Conflict, "article_changed").In("shelf") }

func addVersion(ctx context.Context, tx *db.Tx, sc scope.Scope, fault string, v Version) error {
	_, err := tx.Exec(ctx, `INSERT INTO faults_article_version (tenant, fault, number, what, revision, from_number, note, actor_kind, actor_id, actor_name, at)
		VALUES `+db.Values(1, 11), sc.Tenant(), fault, v.Number, string(v.What), v.Revision, v.From, v.Note, string(v.By.Kind), v.By.ID, v.By.Name, db.Millis(v.At))
	if err != nil {
		return fmt.Errorf("shelf: version of %s: %w", fault, err)
	}
	return nil
}

func versions(ctx context.Context, tx *db.Tx, sc scope.Scope, fault string, limit int) ([]Version, error) {
	rows, err := tx.Query(ctx, `SELECT number, what, revision, from_number, note, actor_kind, actor_id, actor_name, at FROM faults_article_version
		WHERE tenant = $1 AND fault = $2 ORDER BY number DESC LIMIT $3`, sc.Tenant(), fault, limit)
	return db.Rows(rows, err, func(r *sql.Rows) (Version, error) {
		var v Version
		var at int64
		err := r.Scan(&v.Number, &v.What, &v.Revision, &v.From, &v.Note, &v.By.Kind, &v.By.ID, &v.By.Name, &at)
		v.At = db.Time(at)
		return v, err
	})
}

// versionText is the text of one version; "" when the shipped one held then.
func versionText(ctx context.Context, tx *db.Tx, sc scope.Scope, fault string, number int64) (string, error) {
	var text sql.NullString
	err := tx.QueryRow(ctx, `SELECT t.text FROM faults_article_version v
		LEFT JOIN faults_article_text t ON t.tenant = v.tenant AND t.fault = v.fault AND t.revision = v.revision
		WHERE v.tenant = $1 AND v.fault = $2 AND v.number = $3`, sc.Tenant(), fault, number).Scan(&text)
	if db.NoRows(err) {
		return "", problem.New(problem.NotFound, "not_found").In("shelf.Text")
	}
	return text.String, err
}

// kept is a text with what is needed to read it.
type kept struct {
	fault, revision, text string
	lang                  i18n.Lang
	own                   bool
}

func (k kept) parse() (*catalogue.Article, error) {
	if k.own {
		return catalogue.ParseOwn([]byte(k.text), k.lang)
	}
	return catalogue.Parse([]byte(k.text))
}

func keep(ctx context.Context, tx *db.Tx, sc scope.Scope, k kept) error {
	_, err := tx.Exec(ctx, `INSERT INTO faults_article_text (tenant, fault, revision, lang, own, text) VALUES `+db.Values(1, 6)+` ON CONFLICT DO NOTHING`,
		sc.Tenant(), k.fault, k.revision, string(k.lang), db.Bit(k.own), k.text)
	if err != nil {
		return fmt.Errorf("shelf: text of %s: %w", k.fault, err)
	}
	return nil
}

func keptText(ctx context.Context, tx *db.Tx, sc scope.Scope, fault, revision string) (kept, bool, error) {
	k := kept{fault: fault, revision: revision}
	var own int64
	err := tx.QueryRow(ctx, `SELECT lang, own, text FROM faults_article_text WHERE tenant = $1 AND fault = $2 AND revision = $3`, sc.Tenant(), fault, revision).
		Scan(&k.lang, &own, &k.text)
	if db.NoRows(err) {
		return kept{}, false, nil
	}
	k.own = own != 0
	return k, err == nil, err
}
