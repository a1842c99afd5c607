package steady

import (
	"time"

	"golang.org/x/sys/unix"
)

// sinceBoot counts sleep too, which Go's own monotonic count leaves out.
func sinceBoot() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return running()
	}
	return time.Duration(t.Nano())
}
