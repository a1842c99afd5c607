package folder_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tillwright/tillwright/internal/agent/folder"
)

func TestASecondOneIsRefusedUntilTheFirstLetsGo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data")
	first, err := folder.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Open(path); !errors.Is(err, folder.ErrHeld) {
		t.Fatalf("second: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := folder.Open(path)
	if err != nil {
		t.Fatalf("after the first let go: %v", err)
	}
	_ = again.Close()
}

func TestWriteReplacesAsAWholeAndPrivately(t *testing.T) {
	t.Parallel()
	f, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if data, err := f.Read("x"); data != nil || err != nil {
		t.Fatalf("missing file: %q, %v", data, err)
	}
	for _, text := range []string{"long first content", "second"} {
		if err := f.WriteSecret("x", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if data, _ := f.Read("x"); string(data) != text {
			t.Fatalf("read %q, wrote %q", data, text)
		}
	}
	if private, err := folder.Private(f.Path("x")); !private || err != nil {
		t.Errorf("private %v, %v", private, err)
	}
}

func TestOpenWhereNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Open(filepath.Join(file, "data")); !errors.Is(err, folder.ErrUnusable) {
		t.Fatalf("%v", err)
	}
}

func TestFree(t *testing.T) {
	t.Parallel()
	if n, err := folder.Free(t.TempDir()); err != nil || n <= 0 {
		t.Fatalf("%d, %v", n, err)
	}
}

func TestAWriteThatFailsLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	if err := os.MkdirAll(filepath.Join(path, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := folder.WriteFile(path, []byte("x")); err == nil {
		t.Fatal("a folder was replaced by a file")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}
