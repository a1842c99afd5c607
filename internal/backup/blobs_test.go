package backup_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/backup"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/files"
)

// TestFilesGoIntoABackupAndBack: with every byte, and damage is noticed.
func TestFilesGoIntoABackupAndBack(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	folder := func(name string) *files.Folder {
		f, err := files.NewFolder(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	from, to := folder("from"), folder("to")
	var hashes []string
	for _, text := range []string{"one", strings.Repeat("second ", 50_000), "third"} {
		hash, _, err := from.Put(ctx, strings.NewReader(text), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, hash)
	}
	path := filepath.Join(dir, "b.zip")
	m, err := backup.WriteAll(ctx, dbtest.SQLite(t, clock.System{}), path, time.Now(), from)
	if err != nil || len(m.Blobs) != 3 {
		t.Fatalf("%v %v", m.Blobs, err)
	}
	if n, err := backup.PutBlobs(ctx, path, to); err != nil || n != 3 {
		t.Fatalf("%d put back: %v", n, err)
	}
	for _, hash := range hashes {
		a, err := from.Open(ctx, hash)
		if err != nil {
			t.Fatal(err)
		}
		b, err := to.Open(ctx, hash)
		if err != nil {
			t.Fatal(err)
		}
		x, _ := io.ReadAll(a)
		y, _ := io.ReadAll(b)
		if !bytes.Equal(x, y) || len(x) == 0 {
			t.Errorf("%s came back as %d bytes of %d", hash, len(y), len(x))
		}
		_, _ = a.Close(), b.Close()
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(raw, []byte("second second"))
	raw[at+8] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Verify(path); err == nil {
		t.Error("a changed byte in a file was not noticed")
	}
}
