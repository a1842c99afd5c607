package folder

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// lock takes the file for this opening of it alone, without waiting.
func lock(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	return windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{})
}

// SyncDir does nothing: a folder cannot be flushed, and replace does not
// return before the new name is on the disk.
func SyncDir(string) error { return nil }

// replaceWithin is how long a program that looks into every new file, a virus
// scanner or an indexer, is waited for.
const replaceWithin = time.Second

// replace gives a file another's name, through to the disk. Windows refuses it
// while another program has either open, which passes.
func replace(from, to string) error {
	old, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	name, err := windows.UTF16PtrFromString(to)
	if err != nil {
		return fmt.Errorf("%s: %w", to, err)
	}
	return insist(replaceWithin, time.Sleep, held, func() error {
		err := windows.MoveFileEx(old, name, windows.MOVEFILE_REPLACE_EXISTING|windows.MOVEFILE_WRITE_THROUGH)
		if err != nil {
			return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
		}
		return nil
	})
}

func held(err error) bool {
	return errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_SHARING_VIOLATION) ||
		errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}

// Free is how many bytes the disk under path has left for this user.
func Free(path string) (int64, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, fmt.Errorf("folder: %w", err)
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, fmt.Errorf("folder: %w", err)
	}
	return int64(free), nil
}
