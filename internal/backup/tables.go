package backup

import (
	"context"
	"database/sql"
	"slices"

	"github.com/tillwright/tillwright/internal/db"
)

// tables lists our tables in an order in which every row that another refers
// to comes first.
func tables(ctx context.Context, tx *db.Tx) ([]string, error) {
	names, refers := namesSQLite, refersSQLite
	if tx.Dialect == db.Postgres {
		names, refers = namesPostgres, refersPostgres
	}
	rows, err := tx.Query(ctx, names)
	all, err := db.Rows(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
	if err != nil {
		return nil, err
	}
	rows, err = tx.Query(ctx, refers)
	pairs, err := db.Rows(rows, err, func(r *sql.Rows) (p [2]string, err error) { return p, r.Scan(&p[0], &p[1]) })
	if err != nil {
		return nil, err
	}
	parents := map[string][]string{}
	for _, p := range pairs {
		parents[p[0]] = append(parents[p[0]], p[1])
	}
	return parentsFirst(all, parents), nil
}

const (
	namesSQLite = `SELECT name FROM sqlite_master WHERE type = 'table'
		AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE 'goose%' ORDER BY name`
	refersSQLite = `SELECT m.name, f."table" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY 1, 2`

	namesPostgres = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()
		AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'goose%' ORDER BY table_name COLLATE "C"`
	refersPostgres = `SELECT c.relname, p.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
		JOIN pg_class p ON p.oid = k.confrelid WHERE k.contype = 'f' ORDER BY 1, 2`
)

// parentsFirst visits depth first; a table that refers to itself, or a circle,
// is left in the order of names.
func parentsFirst(all []string, parents map[string][]string) []string {
	var out []string
	seen := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		if seen[name] || !slices.Contains(all, name) {
			return
		}
		seen[name] = true
		for _, p := range parents[name] {
			visit(p)
		}
		out = append(out, name)
	}
	for _, name := range all {
		visit(name)
	}
	return out
}
