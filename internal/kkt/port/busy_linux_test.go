package port_test

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
)

// TestASerialPortHasOneOwner: a device that another program took for itself
// alone is busy, also for the superuser, whom the kernel would let in.
func TestASerialPortHasOneOwner(t *testing.T) {
	t.Parallel()
	e := kkt.Endpoint{Transport: port.Serial, Address: terminal(t)}
	first, err := port.Open(t.Context(), e, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := port.Open(t.Context(), e, 0); !errors.Is(err, kkt.ErrBusy) {
		t.Errorf("while it is held: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := port.Open(t.Context(), e, 0)
	if err != nil {
		t.Fatalf("after it was given back: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

// terminal is the name of a pseudo terminal, which is as good as a serial port.
func terminal(t *testing.T) string {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo terminals here: ", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("/dev/pts/%d", n)
}
