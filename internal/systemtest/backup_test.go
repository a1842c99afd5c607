package systemtest_test

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/sim"
)

// TestABackupTakesOverWhileAgentsReport copies a server that is at work, puts
// the copy into another folder and into PostgreSQL, and lets the shop go on
// with it as if nothing had been.
func TestABackupTakesOverWhileAgentsReport(t *testing.T) {
	t.Parallel()
	t.Run("another folder", func(t *testing.T) {
		t.Parallel()
		takeOver(t, func(s *server, file string) {
			s.data = filepath.Join(t.TempDir(), "second")
			s.flags = []string{"--data", s.data}
			must(t, progServer, append([]string{"restore", file}, s.flags...)...)
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		address := postgres(t)
		takeOver(t, func(s *server, file string) {
			s.data = filepath.Join(t.TempDir(), "second")
			s.flags = []string{"--data", s.data, "--db", address}
			must(t, progServer, append([]string{"restore", file}, s.flags...)...)
		})
	})
	t.Run("moved", func(t *testing.T) {
		t.Parallel()
		address := postgres(t)
		takeOver(t, func(s *server, _ string) {
			must(t, progServer, append([]string{"move", "--to", address}, s.flags...)...)
			s.flags = append(s.flags, "--db", address)
		})
	})
}

// postgres is the address of an empty database of the test's own.
func postgres(t *testing.T) string {
	t.Helper()
	d := dbtest.Postgres(t, clock.System{}) // skips where there is none
	var name string
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT current_database()`).Scan(&name)
	})
	if err != nil {
		t.Fatal(err)
	}
	address := os.Getenv("TILLWRIGHT_TEST_PG")
	if address == "" {
		out, err := exec.CommandContext(t.Context(), filepath.Join("..", "..", "scripts", "testpg"), "start").Output()
		if err != nil {
			t.Fatal(err)
		}
		address = strings.TrimSpace(string(out))
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// takeOver lets a shop with one ill register, and one that falls ill later, go
// through a change of servers.
func takeOver(t *testing.T, change func(s *server, file string)) {
	t.Helper()
	s, b := install(t), newBench(t, 3)
	sh := openShop(s, "Хозтовары", b.registers...)
	sh.on()
	s.well(sh.devices...)
	b.inject(1, sim.FaultFNLink)
	until(t, "there is a case", func() bool { return len(s.cases(sh.devices[1])) == 1 })
	was := s.cases(sh.devices[1])[0]
	done := turns(b, 0, 2, nil)
	complete(s, sh.devices[0], done)

	file := filepath.Join(t.TempDir(), "backup.zip")
	if out := must(t, progServer, append([]string{"backup", file}, s.flags...)...); !strings.Contains(out, "verified") {
		t.Errorf("backup printed %q", out)
	}
	must(t, progServer, append([]string{"restore", "--verify", file}, s.flags...)...)
	if code, _, errs := run(t, progServer, append([]string{"restore", file}, s.flags...)...); code == 0 || !strings.Contains(errs, "not empty") {
		t.Errorf("a restore over a company ended with %d: %s", code, errs)
	}
	s.down()
	done = turns(b, 0, 3, done)
	b.inject(2, sim.FaultFNLink)
	b.seen(2)
	change(s, file)
	s.up()
	complete(s, sh.devices[0], done)
	for _, n := range []int{1, 2} {
		if a, _ := once(s, sh.devices[n]); !a.ClosedAt.IsZero() {
			t.Errorf("register %d: %+v", n, a)
		}
	}
	if c := s.cases(sh.devices[1])[0]; c.ID != was.ID || c.Number != was.Number || !c.OpenedAt.Equal(was.OpenedAt) || !c.DueAt.Equal(was.DueAt) {
		t.Errorf("the case was %+v and is %+v", was, c)
	}
	b.clear(1, sim.FaultFNLink)
	until(t, "the old case is closed", func() bool { return s.cases(sh.devices[1])[0].State == "closed" })
}
