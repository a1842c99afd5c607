//go:build !windows

package steady

import "time"

// loaded is a fixed point to count from; it is never changed.
var loaded = time.Now()

// running is Go's monotonic count: it never jumps, but stands still while
// the machine sleeps.
func running() time.Duration { return time.Since(loaded) }
