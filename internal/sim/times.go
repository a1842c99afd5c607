package sim

import "time"

func two(n int) byte { return byte(n/10%10)<<4 | byte(n%10) }

func ymdBytes(t time.Time) []byte {
	return []byte{two(t.Year() % 100), two(int(t.Month())), two(t.Day())}
}

func dmyBytes(t time.Time) []byte {
	return []byte{two(t.Day()), two(int(t.Month())), two(t.Year() % 100)}
}

func hmsBytes(t time.Time) []byte { return []byte{two(t.Hour()), two(t.Minute()), two(t.Second())} }

// fnTimeBytes is the drive's own writing: YY MM DD hh mm in plain binary.
func fnTimeBytes(t time.Time) []byte {
	if t.IsZero() {
		return make([]byte, 5)
	}
	return []byte{byte(t.Year() % 100), byte(t.Month()), byte(t.Day()), byte(t.Hour()), byte(t.Minute())}
}

// three reads three packed numbers.
func three(c []byte) (v [3]int, ok bool) {
	if len(c) != 3 {
		return v, false
	}
	for i := range v {
		n, good := unbcd(c[i : i+1])
		if !good {
			return v, false
		}
		v[i] = int(n)
	}
	return v, true
}

// cmdSetTime sets the time of the day the register's clock is in. A clock may
// not go back behind the last document.
func (r *Register) cmdSetTime(c []byte) []byte {
	v, ok := three(c)
	if !ok || v[0] > 23 || v[1] > 59 || v[2] > 59 {
		return refuse(codeDateTime)
	}
	if r.mode != 0 {
		return refuse(codeMode)
	}
	t := r.own()
	return r.turnClock(time.Date(t.Year(), t.Month(), t.Day(), v[0], v[1], v[2], 0, t.Location()))
}

// cmdSetDate: only with the shift closed, and a later date must be said twice.
func (r *Register) cmdSetDate(c []byte) []byte {
	v, ok := three(c)
	if !ok || v[0] < 1 || v[0] > 31 || v[1] < 1 || v[1] > 12 {
		return refuse(codeDateTime)
	}
	switch {
	case r.mode != 0:
		return refuse(codeMode)
	case r.shift.Open:
		return refuse(codeShiftOpen)
	}
	t := r.own()
	next := time.Date(2000+v[2], time.Month(v[1]), v[0], t.Hour(), t.Minute(), t.Second(), 0, t.Location())
	day := next.Truncate(time.Minute)
	if next.Sub(t) >= 20*time.Hour && !r.newDate.Equal(day) {
		r.newDate = day
		return refuse(codeConfirmDate)
	}
	r.newDate = time.Time{}
	return r.turnClock(next)
}

func (r *Register) cmdSetBoth(c []byte) []byte {
	if len(c) != 6 {
		return refuse(codeLength)
	}
	d, ok := three(c[:3])
	t, good := three(c[3:])
	switch {
	case !ok || !good || d[1] < 1 || d[1] > 12 || t[0] > 23 || t[1] > 59 || t[2] > 59:
		return refuse(codeDateTime)
	case r.mode != 0:
		return refuse(codeMode)
	case r.shift.Open:
		return refuse(codeShiftOpen)
	}
	return r.turnClock(time.Date(2000+d[2], time.Month(d[1]), d[0], t[0], t[1], t[2], 0, r.opt.Location))
}

func (r *Register) turnClock(t time.Time) []byte {
	if r.drive.Behind(t) {
		return refuse(codeBeforeLast)
	}
	if r.watch.Turn(t) {
		r.cured(FaultClock)
	}
	return done()
}
