// Package dbtest gives a test a migrated database of its own, on SQLite and on
// PostgreSQL, so that every store suite runs on both.
//
// PostgreSQL is taken from TILLWRIGHT_TEST_PG, or else started by
// scripts/testpg from the machine's own packages. Without PostgreSQL the
// second half is skipped and says so; on CI that is a failure.
package dbtest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/migrate"
)

// Each runs the test on both databases, in parallel, with the machine's clock.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	EachWith(t, clock.System{}, test)
}

// EachWith is Each with a clock of the test's own.
func EachWith(t *testing.T, clk clock.Clock, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t, clk))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t, clk))
	})
}

// SQLite is a migrated database in a file of the test's own folder.
func SQLite(t testing.TB, clk clock.Clock) *db.DB {
	t.Helper()
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "tillwright.db")
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, "sqlite:"+path, clk)
}

// sqliteTemplate migrates once in a process; a copy of the file is quicker
// than migrating for every test.
var sqliteTemplate = sync.OnceValues(func() (data []byte, err error) {
	dir, err := os.MkdirTemp("", "tillwright-dbtest-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "template.db")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	d, err := db.Open(ctx, "sqlite:"+path, clock.System{})
	if err != nil {
		return nil, err
	}
	if _, err := migrate.Up(ctx, d); err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil { // the last connection folds the log into the file
		return nil, err
	}
	return os.ReadFile(path)
})

func open(t testing.TB, dsn string, clk clock.Clock) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), dsn, clk)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}
