package steady

import (
	"time"

	"golang.org/x/sys/windows"
)

// sinceBoot counts sleep and hibernation too.
func sinceBoot() time.Duration { return windows.DurationSinceBoot() }
