package shtrih

import "time"

// settings are the commands about tables and the clock.
func settings(code uint16) (command, bool) {
	switch code {
	case 0x1E:
		return command{who: administrator, min: 4, max: 4 + 200, run: (*Register).writeTable}, true
	case 0x1F:
		return command{who: administrator, min: 4, max: 4, reads: true, run: (*Register).readTable}, true
	case 0x2D:
		return command{who: administrator, min: 1, max: 1, reads: true, run: (*Register).tableShape}, true
	case 0x2E:
		return command{who: administrator, min: 2, max: 2, reads: true, run: (*Register).fieldShape}, true
	case 0x14:
		return command{who: administrator, min: 3, max: 3, run: (*Register).setExchange}, true
	case 0x15:
		return command{who: administrator, min: 1, max: 1, reads: true, run: (*Register).exchangeOf}, true
	case 0x21:
		return command{who: administrator, min: 3, max: 3, run: (*Register).cmdTime}, true
	case 0x22:
		return command{who: administrator, min: 3, max: 3, run: (*Register).cmdDate}, true
	case 0x23:
		return command{who: administrator, min: 3, max: 3, run: (*Register).cmdConfirm}, true
	default:
		return command{}, false
	}
}

// cmdTime sets the time of the day that the register's clock is in.
func (r *Register) cmdTime(c call) ([]byte, byte) {
	a := c.args
	switch {
	case a[0] > 23 || a[1] > 59 || a[2] > 59:
		return nil, codeParameters
	case r.receipt.open:
		return nil, codeMode
	}
	t := r.own()
	r.turnClock(time.Date(t.Year(), t.Month(), t.Day(), int(a[0]), int(a[1]), int(a[2]), 0, t.Location()))
	return nil, 0
}

// cmdDate notes a date with the shift closed; until it is confirmed the
// register does nothing else.
func (r *Register) cmdDate(c call) ([]byte, byte) {
	next, ok := r.date(c.args)
	switch {
	case !ok:
		return nil, codeParameters
	case r.receipt.open || r.shift.Open:
		return nil, codeMode
	}
	r.newDate = next
	return nil, 0
}

func (r *Register) cmdConfirm(c call) ([]byte, byte) {
	next, ok := r.date(c.args)
	switch {
	case r.newDate.IsZero():
		return nil, codeMode
	case !ok || next.Format(time.DateOnly) != r.newDate.Format(time.DateOnly):
		return nil, codeDateDiffers
	}
	r.newDate = time.Time{}
	r.turnClock(next)
	return nil, 0
}

// date is the register's time of day on another day.
func (r *Register) date(b []byte) (time.Time, bool) {
	t := r.own()
	next := time.Date(2000+int(b[2]), time.Month(b[1]), int(b[0]), t.Hour(), t.Minute(), t.Second(), 0, t.Location())
	return next, int(b[0]) == next.Day() && int(b[1]) == int(next.Month()) && b[2] < 100
}

func (r *Register) turnClock(t time.Time) {
	if r.watch.Turn(t) {
		r.cured(FaultClock)
	}
}
