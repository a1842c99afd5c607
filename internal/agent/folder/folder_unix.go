//go:build unix

package folder

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// lock takes the file for this opening of it alone, without waiting.
func lock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }

// replace gives a file another's name; SyncDir makes it durable.
func replace(from, to string) error { return os.Rename(from, to) }

// SyncDir makes the names in a folder durable.
func SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	return nil
}

// Free is how many bytes the disk under path has left for this user.
func Free(path string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, fmt.Errorf("folder: %w", err)
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}
