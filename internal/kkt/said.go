package kkt

import (
	"time"

	"github.com/tillwright/tillwright/internal/signal"
)

// Drift is the register's clock minus the true time in whole seconds. The
// register shows no fractions, and the question took from before to after, so
// the truth lies in a span; 0 is said whenever 0 lies in it.
func Drift(shown, before, after time.Time) int64 {
	low, high := shown.Sub(after), shown.Add(time.Second).Sub(before)
	if low <= 0 && high > 0 {
		return 0
	}
	return int64(((low + high) / 2).Round(time.Second) / time.Second)
}

// Text is what a register said in words. An empty text, or one that is longer
// than a report may carry, is not known.
func Text(s string) signal.Value {
	if s == "" || len(s) > signal.MaxText {
		return signal.Value{}
	}
	return signal.TextOf(s)
}
