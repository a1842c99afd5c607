package db_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
)

func TestADatabaseThatIsWellIsWritable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Writable(t.Context(), time.Second); err != nil {
			t.Error(err)
		}
	})
}

// TestAFullDiskIsNotWritable fills the disk under an SQLite file.
func TestAFullDiskIsNotWritable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=262144"); err != nil {
		t.Skip("this machine lets us mount no disk to be filled: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(dir, "a.db"), clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	for range 2 {
		if err := d.Writable(t.Context(), time.Second); err != nil {
			t.Fatalf("with room: %v", err)
		}
		filler := filepath.Join(dir, "filler")
		if err := os.WriteFile(filler, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("the disk is not full: %v", err)
		}
		err := error(nil)
		for range 200 { // what is left of the file's own pages takes a few more
			if err = d.Writable(t.Context(), time.Second); err != nil {
				break
			}
		}
		if !errors.Is(err, db.ErrFull) {
			t.Fatalf("with a full disk: %v", err)
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	}
}
