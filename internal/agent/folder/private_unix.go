//go:build unix

package folder

import (
	"fmt"
	"os"
)

// protect has nothing to do: the folder's own mode says it.
func protect(string) error { return nil }

// Private says whether a file or folder is closed to the computer's other
// users.
func Private(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, fmt.Errorf("folder: %w", err)
	}
	return info.Mode().Perm()&0o077 == 0, nil
}
