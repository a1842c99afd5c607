// Package migrate brings a database to the form that this program expects.
//
// One row of numbered SQL files serves both databases; each area owns a range
// of numbers and prefixes its tables with its name. There is no way down: a
// backup is the way back.
package migrate

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/tillwright/tillwright/internal/db"
)

//go:embed sql/*.sql
var files embed.FS

func provider(d *db.DB) (*goose.Provider, error) {
	sub, err := fs.Sub(files, "sql")
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	dialect := goose.DialectSQLite3
	if d.Dialect() == db.Postgres {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, d.Pool(), sub, goose.WithAllowOutofOrder(true))
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return p, nil
}

// Up applies what is missing and returns how many files that were.
func Up(ctx context.Context, d *db.DB) (int, error) {
	p, err := provider(d)
	if err != nil {
		return 0, err
	}
	results, err := p.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	return len(results), nil
}

// Pending says whether the database lacks a migration of this program.
func Pending(ctx context.Context, d *db.DB) (bool, error) {
	p, err := provider(d)
	if err != nil {
		return false, err
	}
	return p.HasPending(ctx)
}

// Digest changes when any migration does; test databases are kept by it.
func Digest() (string, error) { return digest(files) }
