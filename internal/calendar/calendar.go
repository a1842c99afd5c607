package calendar

import "encoding/json"

// Calendar says on which days and at what wall-clock times work is done. It
// does not change after [New] and may be shared between goroutines. It has no
// zone: see [Schedule].
//
// Opening is inclusive and closing exclusive. A day's windows are those of its
// override if it has one, none if it is a holiday, otherwise those of its
// weekday. A window belongs to the day it begins on: closing a Tuesday leaves
// the part of Monday's night shift that falls into Tuesday.
type Calendar struct {
	always  bool
	week    [7][]window // by time.Weekday
	days    map[Date][]window
	nominal int
	spec    Spec
}

// Always is the calendar that is open round the clock.
func Always() *Calendar {
	return &Calendar{always: true, nominal: minutesPerDay, spec: Spec{Always: true}}
}

// Spec is the written form the calendar was made from. It must not be changed.
func (c *Calendar) Spec() Spec { return c.spec }

// MarshalJSON writes the form that [Parse] reads.
func (c *Calendar) MarshalJSON() ([]byte, error) { return json.Marshal(c.spec) }

// NominalMinutes is the length in minutes of one working day when a target is
// counted in days of work: Spec.NominalMinutes if it was given, otherwise the
// most common length among the open weekdays, the longer one when two lengths
// are equally common. With no open weekday the open overrides are asked in the
// same way. A shortened day does not change it. It is 1440 round the clock and
// 0 when nothing ever opens.
func (c *Calendar) NominalMinutes() int { return c.nominal }

func (c *Calendar) nominalMinutes() int {
	switch {
	case c.spec.NominalMinutes > 0:
		return c.spec.NominalMinutes
	case c.always:
		return minutesPerDay
	}
	if n := mostCommonLength(c.week[:]); n > 0 {
		return n
	}
	single := make([][]window, 0, len(c.days))
	for _, ws := range c.days {
		single = append(single, ws)
	}
	return mostCommonLength(single)
}

// mostCommonLength is in minutes, at most a whole day; 0 if all are closed.
func mostCommonLength(days [][]window) (best int) {
	count := make(map[int]int)
	for _, ws := range days {
		if n := min(int(length(ws)/60), minutesPerDay); n > 0 {
			count[n]++
		}
	}
	for n, times := range count {
		if times > count[best] || (times == count[best] && n > best) {
			best = n
		}
	}
	return best
}

// wholeDay is shared by all days that are open round the clock; nobody writes
// to it.
var wholeDay = []window{{0, secondsPerDay}}

// windows are those of one day, sorted and apart from each other.
func (c *Calendar) windows(d Date) []window {
	if c.always {
		return wholeDay
	}
	if ws, ok := c.days[d]; ok {
		return ws
	}
	return c.week[d.Weekday()]
}
