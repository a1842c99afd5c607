//go:build !linux

package sim

import (
	"errors"
	"os"
)

// terminal stands for what only Linux has.
type terminal struct{ *os.File }

func openPTY(string) (*terminal, error) {
	return nil, errors.New("sim: pseudo terminals need Linux")
}

func (t *terminal) closed() bool { return true }
