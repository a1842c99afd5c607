// Package folder is the agent's place on disk: one process at a time, files
// replaced as a whole or not at all.
package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tillwright/tillwright/internal/problem"
)

// What Open fails with.
var (
	ErrHeld     = problem.New(problem.Conflict, "agent_folder_held")        // another agent works in it
	ErrUnusable = problem.New(problem.Unavailable, "agent_folder_unusable") // cannot be made or written
)

const lockName = "lock"

// Folder is a folder held by this process.
type Folder struct {
	path string
	lock *os.File
}

// Open makes the folder where it is missing, readable by its owner alone,
// and holds it until Close. It fails with ErrHeld or ErrUnusable.
func Open(path string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, ErrUnusable.With("path", path).Because(err)
	}
	_ = protect(path) // a disk that knows no rights; the self-check says so
	f, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, ErrUnusable.With("path", path).Because(err)
	}
	if err := lock(f); err != nil {
		return nil, errors.Join(ErrHeld.With("path", path).Because(err), f.Close())
	}
	return &Folder{path: path, lock: f}, nil
}

// Close lets the folder go. The lock ends with the process in any case.
func (f *Folder) Close() error { return f.lock.Close() }

// Path is the folder's own path, or that of a file in it.
func (f *Folder) Path(name ...string) string {
	return filepath.Join(append([]string{f.path}, name...)...)
}

// Write replaces a file of the folder; see WriteFile.
func (f *Folder) Write(name string, data []byte) error { return WriteFile(f.Path(name), data) }

// WriteSecret is Write for what nobody else on this computer may ever read,
// whatever rights the folder hands down.
func (f *Folder) WriteSecret(name string, data []byte) error {
	return writeFile(f.Path(name), data, protect)
}

// Read reads a file of the folder; a missing one gives nil and no error.
func (f *Folder) Read(name string) ([]byte, error) { return ReadFile(f.Path(name)) }

// ReadFile reads a file; a missing one gives nil and no error.
func ReadFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// WriteFile replaces a file so that after a crash at any moment either the
// old or the new content stands there as a whole. Only the owner may read it.
func WriteFile(path string, data []byte) error {
	return writeFile(path, data, func(string) error { return nil })
}

// writeFile lets shut take the file from others while it is still empty.
func writeFile(path string, data []byte, shut func(path string) error) error {
	next := path + ".new"
	err := writeSynced(next, data, shut)
	if err == nil {
		err = replace(next, path)
	}
	if err != nil {
		_ = os.Remove(next) // half a file on a full disk is of no use to anybody
		return fmt.Errorf("folder: %w", err)
	}
	return SyncDir(filepath.Dir(path))
}

func writeSynced(path string, data []byte, shut func(path string) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_ = shut(path) // fails on a disk that knows no rights; the self-check says so
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}
