package backup_test

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tillwright/tillwright/internal/backup"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db/dbtest"
)

// folder is a data folder with a key of that content, "" = without one.
func folder(t *testing.T, key string) string {
	t.Helper()
	dir := t.TempDir()
	if key == "" {
		return dir
	}
	file := filepath.Join(dir, filepath.FromSlash(backup.KeyFile))
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(key), 0o600)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTheServersKeyComesAlong(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "backup.zip")
	key, err := backup.KeyOf(folder(t, "ours"))
	if err != nil || len(key) != 1 {
		t.Fatal(key, err)
	}
	if _, err := backup.Write(t.Context(), dbtest.SQLite(t, clock.System{}), path, now, key...); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a backup that holds a key may be read by %v (%v)", info.Mode(), err)
	}
	for have, want := range map[string]error{"": nil, "ours": nil, "theirs": backup.ErrOtherKey} {
		dir := folder(t, have)
		put, err := backup.PutKey(path, dir)
		if !errors.Is(err, want) || !put {
			t.Errorf("into a folder with %q: %v, %v", have, put, err)
		}
		got, err := backup.KeyOf(dir)
		if err != nil || len(got) != 1 || want == nil && string(got[0].Data) != "ours" || want != nil && string(got[0].Data) != have {
			t.Errorf("a folder with %q holds %s afterwards, %v", have, got, err)
		}
	}
}

func TestWithoutAKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	path, dir := filepath.Join(t.TempDir(), "backup.zip"), folder(t, "")
	key, err := backup.KeyOf(dir)
	if err != nil || len(key) != 0 {
		t.Fatal(key, err)
	}
	if _, err := backup.Write(t.Context(), dbtest.SQLite(t, clock.System{}), path, now); err != nil {
		t.Fatal(err)
	}
	if put, err := backup.PutKey(path, dir); put || err != nil {
		t.Error(put, err)
	}
}

// TestADamagedOrForeignFileIsNotPut changes a key in the file, and plants one
// that would be written elsewhere.
func TestADamagedOrForeignFileIsNotPut(t *testing.T) {
	t.Parallel()
	for name, entry := range map[string]struct {
		manifest string
		damaged  bool
	}{
		"another content": {`{"format":1,"tables":[],"files":[{"name":"tls/key.pem","sha256":"00"}]}`, true},
		"another place":   {`{"format":1,"tables":[],"files":[{"name":"../evil","sha256":"00"}]}`, false},
	} {
		path, dir := filepath.Join(t.TempDir(), "backup.zip"), folder(t, "")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(f)
		for file, content := range map[string]string{"manifest.json": entry.manifest, "files/tls/key.pem": "x", "files/../evil": "x"} {
			w, err := z.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(content)); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(z.Close(), f.Close()); err != nil {
			t.Fatal(err)
		}
		put, err := backup.PutKey(path, dir)
		if put || (err != nil) != entry.damaged {
			t.Errorf("%s: %v, %v", name, put, err)
		}
		if _, err := backup.Verify(path); err == nil {
			t.Errorf("%s: it was found whole", name)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("%s: the folder holds %v, %v", name, left, err)
		}
	}
}
