package port

import (
	"os"

	"golang.org/x/sys/unix"
)

// heldByOther says whether another program has taken the serial device for
// itself alone. The kernel refuses such a device to everybody but the
// superuser, and an agent that runs as a service is just that: without this
// look it would speak into somebody else's conversation.
func heldByOther(device string) bool {
	f, err := os.OpenFile(device, os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return false // opening it in earnest will say why
	}
	defer func() { _ = f.Close() }()
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	held := false
	err = raw.Control(func(fd uintptr) {
		n, err := unix.IoctlGetInt(int(fd), unix.TIOCGEXCL)
		held = err == nil && n != 0
	})
	return err == nil && held
}
