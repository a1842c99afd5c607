//go:build !linux && !windows

package steady

import "time"

func sinceBoot() time.Duration { return running() }
