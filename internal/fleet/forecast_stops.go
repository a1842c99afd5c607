package fleet

import (
	"time"

	"github.com/tillwright/tillwright/internal/signal"
)

// StopReason is why a register will have to stop selling.
type StopReason string

// The reasons, each a rule of the law that the FN or the register enforces by
// itself.
const (
	StopFN     StopReason = "fn_expiry"      // the FN's validity ends
	StopUnsent StopReason = "unsent_30_days" // 30 days after the oldest unsent document the FN stops signing
	StopShift  StopReason = "shift_24_h"     // a shift lasts at most 24 h (54-ФЗ, art. 4.3)
)

var stopReasons = [...]StopReason{StopFN, StopUnsent, StopShift}

// unsentLimit is how long the FN waits for the operator (FN code 15h).
const unsentLimit = 30 * 24 * time.Hour

// Stop is one instant at which a register stops, and why.
type Stop struct {
	At     time.Time  `json:"at"`
	Reason StopReason `json:"reason"`
}

// Stops is every stop ahead of, or already behind, a register with these
// values: nothing in it depends on the present. The soonest comes first.
func Stops(set *signal.Set) []Stop { return stopsOf(set).list() }

// stops is the same in 12 bytes: Unix seconds by reason, 0 = none. It is kept
// with each device so that a forecast over all of them reads nothing else.
type stops [len(stopReasons)]uint32

func stopsOf(set *signal.Set) (s stops) {
	put := func(i int, sec int64) {
		if sec > 0 && sec <= 1<<32-1 {
			s[i] = uint32(sec)
		}
	}
	put(0, set.Get(signal.FNValidTill).Int())
	if first := set.Get(signal.FirstUnsentAt); first.Known() && set.Get(signal.Unsent).Int() > 0 {
		put(1, first.Int()+int64(unsentLimit/time.Second))
	}
	if state := set.Get(signal.Shift).Text(); state == "open" || state == "expired" {
		put(2, set.Get(signal.ShiftEndsAt).Int())
		if s[2] == 0 && state == "expired" {
			// Registers of Shtrih-M do not say when the shift was opened. Its 24 h
			// are over all the same, and nothing is sold after the last document.
			put(2, set.Get(signal.LastDocAt).Int())
		}
	}
	return s
}

func (s stops) list() []Stop {
	var out []Stop
	for {
		i := s.soonest(len(stopReasons))
		if i < 0 {
			return out
		}
		out = append(out, Stop{At: time.Unix(int64(s[i]), 0).UTC(), Reason: stopReasons[i]})
		s[i] = 0
	}
}

// soonest is the place of the first stop among the first n reasons, -1 when
// there is none.
func (s stops) soonest(n int) int {
	best := -1
	for i, at := range s[:n] {
		if at != 0 && (best < 0 || at < s[best]) {
			best = i
		}
	}
	return best
}
