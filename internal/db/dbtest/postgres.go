package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/migrate"
)

// errNone says that this machine has no PostgreSQL to test on.
var errNone = errors.New("PostgreSQL is not installed here: make test installs it")

// Postgres is a migrated database of the test's own on the test server.
func Postgres(t testing.TB, clk clock.Clock) *db.DB {
	t.Helper()
	s, err := postgres()
	if errors.Is(err, errNone) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := "t_" + strings.ReplaceAll(ids.New(), "-", "")
	if _, err := s.admin.ExecContext(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+s.template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // runs after the database of the test is closed
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if _, err := s.admin.ExecContext(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return open(t, s.address(name), clk)
}

type server struct {
	url      url.URL
	admin    *sql.DB
	template string
}

func (s *server) address(database string) string {
	u := s.url
	u.Path = "/" + database
	return u.String()
}

var postgres = sync.OnceValues(func() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	address, err := serverAddress(ctx)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	s := &server{url: *u}
	if s.admin, err = sql.Open("pgx", s.address("postgres")); err != nil {
		return nil, err
	}
	s.admin.SetMaxOpenConns(1)
	return s, s.prepare(ctx)
})

func serverAddress(ctx context.Context) (string, error) {
	if a := os.Getenv("TILLWRIGHT_TEST_PG"); a != "" {
		return a, nil
	}
	_, here, _, _ := runtime.Caller(0)
	script := filepath.Join(filepath.Dir(here), "../../../scripts/testpg")
	out, err := exec.CommandContext(ctx, script, "start").Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 3 {
		return "", errNone
	}
	if err != nil {
		return "", fmt.Errorf("dbtest: %s: %w", script, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// prepare makes the migrated template database once for all test programs
// of this form of the migrations; an advisory lock keeps two of them from
// making it at the same time.
func (s *server) prepare(ctx context.Context) error {
	digest, err := migrate.Digest()
	if err != nil {
		return err
	}
	s.template = "template_" + digest
	if _, err := s.admin.ExecContext(ctx, "SELECT pg_advisory_lock(7411)"); err != nil {
		return fmt.Errorf("dbtest: %w", err)
	}
	defer func() { _, _ = s.admin.ExecContext(ctx, "SELECT pg_advisory_unlock(7411)") }()
	var n int
	if err := s.admin.QueryRowContext(ctx, "SELECT count(*) FROM pg_database WHERE datname = $1", s.template).Scan(&n); err != nil || n == 1 {
		return err
	}
	// Migrated under another name first, so that a half-made one is never used.
	draft := "d_" + strings.ReplaceAll(ids.New(), "-", "")
	if _, err := s.admin.ExecContext(ctx, "CREATE DATABASE "+draft); err != nil {
		return fmt.Errorf("dbtest: %w", err)
	}
	d, err := db.Open(ctx, s.address(draft), clock.System{})
	if err != nil {
		return err
	}
	if _, err := migrate.Up(ctx, d); err != nil {
		return errors.Join(err, d.Close())
	}
	if err := d.Close(); err != nil {
		return err
	}
	_, err = s.admin.ExecContext(ctx, "ALTER DATABASE "+draft+" RENAME TO "+s.template)
	return err
}
