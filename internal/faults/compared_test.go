package faults_test

import (
	"context"
	"database/sql"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/faults"
)

// TestCompared asks the same questions of the full text search that the two
// databases bring along, over the same texts. It takes a while and judges
// nothing of ours, so it runs on request only:
//
//	TILLWRIGHT_COMPARE=1 go test ./internal/faults -run Compared -v
func TestCompared(t *testing.T) {
	if os.Getenv("TILLWRIGHT_COMPARE") == "" {
		t.Skip("TILLWRIGHT_COMPARE is not set")
	}
	t.Run("ours", func(t *testing.T) { printCompared(t, ours{faults.NewMatcher(shipped(t))}) })
	t.Run("FTS5", func(t *testing.T) {
		pool := dbtest.SQLite(t, clock.System{}).Pool()
		f := &fullText{ctx: t.Context(), pool: pool, query: ftsQuery, search: `SELECT id FROM texts WHERE texts MATCH ? ORDER BY bm25(texts) LIMIT 5`}
		mustExec(t, pool, `CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, body, tokenize = 'unicode61 remove_diacritics 2')`)
		for id, body := range texts(t) {
			mustExec(t, pool, `INSERT INTO texts (id, body) VALUES (?, ?)`, id, body)
		}
		printCompared(t, f)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		pool := dbtest.Postgres(t, clock.System{}).Pool()
		f := &fullText{ctx: t.Context(), pool: pool, query: tsQuery, search: `SELECT id FROM texts, (SELECT to_tsquery('russian', $1) || to_tsquery('german', $1) || to_tsquery('english', $1) AS q) AS asked
			WHERE words @@ q ORDER BY ts_rank(words, q, 1) DESC LIMIT 5`}
		mustExec(t, pool, `CREATE TABLE texts (id TEXT, words TSVECTOR)`)
		for id, body := range texts(t) {
			mustExec(t, pool, `INSERT INTO texts VALUES ($1, to_tsvector('russian', $2) || to_tsvector('german', $2) || to_tsvector('english', $2))`, id, body)
		}
		printCompared(t, f)
	})
}

// texts are what the matcher knows of each article, codes too, as one text.
func texts(t testing.TB) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, a := range shipped(t).Articles() {
		e := faults.EntryOf(a)
		var codes []string
		for _, c := range e.Codes {
			codes = append(codes, c.Value, strings.TrimPrefix(c.Value, "-"))
		}
		out[a.ID] = strings.Join(append(append(append([]string{}, e.Passages...), e.Body...), codes...), "\n")
	}
	return out
}

// fullText is a database's own search: any of the question's words.
type fullText struct {
	ctx    context.Context //nolint:containedctx // lives for one test
	pool   *sql.DB
	search string
	query  func(words []string) string
	err    error
}

func (f *fullText) explain(string) string { return "" }

// find stands by whatever it finds: these searches know no confidence.
func (f *fullText) find(question string) (ids []string, confident bool) {
	words := strings.FieldsFunc(question, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return nil, false
	}
	rows, err := f.pool.QueryContext(f.ctx, f.search, f.query(words))
	if err != nil {
		f.err = err
		return nil, false
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		if f.err = rows.Scan(&id); f.err != nil {
			return nil, false
		}
		ids = append(ids, id)
	}
	f.err = rows.Err()
	return ids, len(ids) > 0
}

func ftsQuery(words []string) string { return `"` + strings.Join(words, `" OR "`) + `"` }

func tsQuery(words []string) string { return "'" + strings.Join(words, "' | '") + "'" }

func mustExec(t testing.TB, pool *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := pool.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func printCompared(t *testing.T, f finder) {
	t.Helper()
	groups, _ := figuresOf(t, f)
	for _, g := range []string{"tune", "held", "held ru", "held de", "held en", "held code", "held words"} {
		t.Logf("%-10s %s", g, groups[g])
	}
	quiet, all, _ := quietOf(t, f)
	for _, g := range []string{"tune", "held"} {
		t.Logf("%-10s left alone %.1f %% of %d", g, share(quiet[g], all[g]), all[g])
	}
	if ft, ok := f.(*fullText); ok && ft.err != nil {
		t.Error(ft.err)
	}
}
