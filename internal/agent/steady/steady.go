// Package steady is the agent's clock: the machine's time at the start of
// the program, moved on by the count since the machine was switched on.
//
// The clock of a till with a flat battery starts years ago and jumps when the
// network tells it the time. The server corrects a report's instant by the
// difference of the two clocks at sending, which is right only when the agent's
// clock did not jump between seeing and sending. The count goes on while the
// machine sleeps, so a night's sleep is not taken for no time at all.
package steady

import "time"

// Clock does not jump. Make it with New.
type Clock struct {
	start time.Time
	since time.Duration
	count func() time.Duration
}

// New starts at the machine's time.
func New() *Clock { return start(time.Now().UTC(), sinceBoot) }

func start(at time.Time, count func() time.Duration) *Clock {
	return &Clock{start: at.Round(0), since: count(), count: count}
}

// Now is the steady time in UTC.
func (c *Clock) Now() time.Time { return c.start.Add(c.count() - c.since) }
