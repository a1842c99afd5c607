package sim

import (
	"time"

	"github.com/tillwright/tillwright/internal/clock"
)

// Watch is a register's own clock: the bench's time, which may be moved to make
// the register age, and what the register's clock differs from it. Its register
// keeps the lock.
type Watch struct {
	clock  clock.Clock
	zone   *time.Location
	offset time.Duration // bench time minus the clock's
	drift  time.Duration // the register's own clock minus bench time
}

// NewWatch is a watch that goes right, in the register's own zone. A nil clock
// is the machine's.
func NewWatch(c clock.Clock, zone *time.Location) Watch {
	if c == nil {
		c = clock.System{}
	}
	return Watch{clock: c, zone: zone}
}

// Bench is the bench's time.
func (w *Watch) Bench() time.Time { return w.clock.Now().Add(w.offset) }

// Own is what the register's clock shows.
func (w *Watch) Own() time.Time { return w.Bench().Add(w.drift).In(w.zone) }

// Move sets the bench's time; the register's own clock moves along and keeps
// its drift.
func (w *Watch) Move(t time.Time) { w.offset += t.Sub(w.Bench()) }

// Turn sets the register's own clock, and says whether it then goes right to
// the minute.
func (w *Watch) Turn(t time.Time) (right bool) {
	w.drift = t.Sub(w.Bench())
	return w.drift.Abs() < time.Minute
}
