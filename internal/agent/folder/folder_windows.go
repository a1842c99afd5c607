package folder

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// lock takes the file for this opening of it alone, without waiting.
func lock(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	return windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{})
}

// SyncDir does nothing: NTFS journals names by itself and a folder cannot be
// flushed.
func SyncDir(string) error { return nil }

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
