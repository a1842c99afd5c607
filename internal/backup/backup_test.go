package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/backup"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/scope"
)

var now = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func seed(t *testing.T, d *db.DB, n int) scope.Scope {
	t.Helper()
	sc := scope.Person("a", "p1", "Анна «Ё» \\ \"", "", scope.Admin)
	for range n {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			return audit.Write(t.Context(), tx, sc, audit.Entry{Action: "device.added", Detail: "строка\n\x01 ß"})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return sc
}

// TestABackupMovesBetweenTheTwoDatabases uses the audit chain as the witness:
// one byte lost anywhere breaks it.
func TestABackupMovesBetweenTheTwoDatabases(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, from *db.DB) {
		sc := seed(t, from, 250)
		path := filepath.Join(t.TempDir(), "backup.zip")
		m, err := backup.Write(t.Context(), from, path, now)
		if err != nil || m.Schema == 0 {
			t.Fatal(m, err)
		}
		for _, to := range []*db.DB{dbtest.SQLite(t, clock.System{}), dbtest.Postgres(t, clock.System{})} {
			if _, err := backup.Restore(t.Context(), to, path); err != nil {
				t.Fatal(err)
			}
			err := to.Read(t.Context(), func(tx *db.Tx) error {
				broken, err := audit.Verify(t.Context(), tx, sc)
				list, _ := audit.List(t.Context(), tx, sc, audit.Filter{Limit: 1000})
				if broken != 0 || len(list) != 250 {
					t.Errorf("%s: broken at %d, %d entries", to.Dialect(), broken, len(list))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestRestoreRefusesADatabaseThatHoldsSomething(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		seed(t, d, 1)
		path := filepath.Join(t.TempDir(), "backup.zip")
		if _, err := backup.Write(t.Context(), d, path, now); err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Restore(t.Context(), d, path); !errors.Is(err, backup.ErrNotEmpty) {
			t.Fatalf("restored over a company: %v", err)
		}
	})
}

func TestADamagedBackupIsNotRestored(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, clock.System{})
	seed(t, d, 50)
	path := filepath.Join(t.TempDir(), "backup.zip")
	if _, err := backup.Write(t.Context(), d, path, now); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{0, 1, len(whole) / 2, len(whole) - 1} {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Verify(path); err == nil {
			t.Errorf("cut at %d of %d: taken for whole", cut, len(whole))
		}
	}
	made, err := backupOf(path, whole)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	tries := 0
	for at := 0; at < len(whole); at += 5 { // a few bytes of a ZIP mean nothing to a reader: there the content is whole
		tries++
		bent := append([]byte(nil), whole...)
		bent[at] ^= 0x40
		m, err := backupOf(path, bent)
		if err != nil {
			refused++
		} else if !reflect.DeepEqual(m, made) {
			t.Fatalf("bent at %d of %d it is taken for whole, and for something else", at, len(whole))
		}
	}
	if refused < tries/2 {
		t.Errorf("of %d bent backups %d were refused", tries, refused)
	}
}

// backupOf is what a file of this content would be restored as.
func backupOf(path string, content []byte) (backup.Manifest, error) {
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return backup.Manifest{}, err
	}
	return backup.Verify(path)
}

func TestAFailedBackupLeavesNoFile(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, clock.System{})
	dir := t.TempDir()
	if _, err := backup.Write(t.Context(), d, filepath.Join(dir, "no", "such", "folder.zip"), now); err == nil {
		t.Fatal("written into nowhere")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Fatal(left, err)
	}
}
