package sim

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// terminal is the register's end of a pseudo terminal. It keeps the client's
// end open too, so that a client that leaves does not break the line.
type terminal struct {
	*os.File
	client *os.File
	link   string
	ended  atomic.Bool
}

// openPTY makes a raw pseudo terminal and a link of the given name to the end
// that clients open.
func openPTY(link string) (*terminal, error) {
	own, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	t := &terminal{File: own, link: link}
	if err := t.connect(); err != nil {
		return nil, errors.Join(err, own.Close())
	}
	return t, nil
}

func (t *terminal) connect() error {
	var name string
	err := t.control(func(fd int) error {
		if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
			return err
		}
		n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
		name = "/dev/pts/" + strconv.Itoa(n)
		return err
	})
	if err != nil {
		return err
	}
	if t.client, err = os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	if err := t.control(makeRaw); err != nil {
		return errors.Join(err, t.client.Close())
	}
	return t.tie(name)
}

// tie sets the link. Only a link is ever replaced, never a file.
func (t *terminal) tie(name string) error {
	if info, err := os.Lstat(t.link); err == nil && info.Mode()&os.ModeSymlink != 0 {
		if err := os.Remove(t.link); err != nil {
			return fmt.Errorf("sim: %w", err)
		}
	}
	if err := os.Symlink(name, t.link); err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	return nil
}

// control runs a call on the file's number without taking it out of Go's
// hands.
func (t *terminal) control(call func(fd int) error) error {
	raw, err := t.SyscallConn()
	if err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = call(int(fd)) }); err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	if inner != nil {
		return fmt.Errorf("sim: terminal: %w", inner)
	}
	return nil
}

// makeRaw switches off everything that a terminal does to bytes.
func makeRaw(fd int) error {
	m, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	m.Iflag, m.Oflag, m.Lflag = 0, 0, 0
	m.Cflag = m.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8 | unix.CREAD | unix.CLOCAL
	m.Cc[unix.VMIN], m.Cc[unix.VTIME] = 1, 0
	return unix.IoctlSetTermios(fd, unix.TCSETS, m)
}

func (t *terminal) closed() bool { return t.ended.Load() }

// Close ends the line and takes the link away.
func (t *terminal) Close() error {
	if t.ended.Swap(true) {
		return nil
	}
	return errors.Join(os.Remove(t.link), t.client.Close(), t.File.Close())
}
