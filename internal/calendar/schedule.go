package calendar

import (
	"slices"
	"time"
)

// Horizon is how far a deadline may lie in the future, and how far the next
// opening is looked for: ten years.
const Horizon = 3653 * 24 * time.Hour

const horizonSeconds = int64(Horizon / time.Second)

// Schedule is a calendar read in the zone of the site it is kept for. Both
// fields must be set. Days are as long as the zone makes them: 23 hours when
// the clock jumps ahead, 25 when it is set back.
type Schedule struct {
	Calendar *Calendar
	Zone     *time.Location
}

// Interval is a stretch of time, From inclusive and To exclusive.
type Interval struct{ From, To time.Time }

// Open lists the open intervals between two instants, cut to them, in order;
// intervals that touch are joined. It is empty when to is not after from.
func (s Schedule) Open(from, to time.Time) []Interval {
	var out []Interval
	s.each(from.Unix(), to.Unix(), func(p piece) bool {
		iv := Interval{s.time(p.from), s.time(p.to)}
		if n := len(out); n > 0 && out[n-1].To.Equal(iv.From) {
			out[n-1].To = iv.To
		} else {
			out = append(out, iv)
		}
		return true
	})
	return out
}

// WorkingTime is how much of [from, to) is open; 0 when to is not after from.
func (s Schedule) WorkingTime(from, to time.Time) time.Duration {
	return seconds(s.working(from.Unix(), to.Unix()))
}

// Add is the first instant by which d of working time has passed since from.
// Time used up exactly at a closing ends at that closing, not at the next
// opening. Add of 0 is from itself; a negative d goes back, see [Schedule.Sub].
// The errors are [ErrNeverOpens] and [ErrBeyondHorizon].
func (s Schedule) Add(from time.Time, d time.Duration) (time.Time, error) {
	if d < 0 {
		return s.Sub(from, -d)
	}
	u, err := s.add(from.Unix(), int64(d/time.Second))
	if err != nil {
		return time.Time{}, err
	}
	return s.time(u), nil
}

// Sub is the last instant from which d of working time remains until to: the
// moment to warn d before a deadline. For a d above 0 it lies in open time, so
// a reminder never falls into a night or a holiday. The errors are those of
// [Schedule.Add].
func (s Schedule) Sub(to time.Time, d time.Duration) (time.Time, error) {
	if d < 0 {
		return s.Add(to, -d)
	}
	u, err := s.sub(to.Unix(), int64(d/time.Second))
	if err != nil {
		return time.Time{}, err
	}
	return s.time(u), nil
}

// IsOpen says whether an instant is in open time.
func (s Schedule) IsOpen(t time.Time) bool {
	return s.working(t.Unix(), t.Unix()+1) > 0
}

// NextOpen is t itself if it is open, otherwise the next opening. The error is
// [ErrNeverOpens].
func (s Schedule) NextOpen(t time.Time) (time.Time, error) {
	p, err := s.nextPiece(t.Unix())
	if err != nil {
		return time.Time{}, err
	}
	return s.time(p.from), nil
}

func (s Schedule) time(u int64) time.Time { return time.Unix(u, 0).In(s.Zone) }

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

// each calls f with the open pieces of [from, to), cut to it, until f says no.
func (s Schedule) each(from, to int64, f func(piece) bool) {
	for w := s.walk(from, to); ; {
		p, ok := w.next()
		if !ok || p.from >= to {
			return
		}
		p.to = min(p.to, to)
		if !f(p) {
			return
		}
	}
}

func (s Schedule) working(from, to int64) (sum int64) {
	s.each(from, to, func(p piece) bool {
		sum += p.to - p.from
		return true
	})
	return sum
}

func (s Schedule) add(from, left int64) (int64, error) {
	if left == 0 {
		return from, nil
	}
	opened, due := false, int64(0)
	s.each(from, from+horizonSeconds, func(p piece) bool {
		opened, due = true, p.from+left
		left -= min(left, p.to-p.from)
		return left > 0
	})
	switch {
	case !opened:
		return 0, ErrNeverOpens
	case left > 0:
		return 0, ErrBeyondHorizon
	}
	return due, nil
}

// sub looks back over twice as many days each time until enough is found.
func (s Schedule) sub(to, left int64) (int64, error) {
	if left == 0 {
		return to, nil
	}
	back := int64(2 * secondsPerDay)
	for s.working(to-back, to) < left {
		if back >= horizonSeconds {
			if s.working(to-back, to) == 0 {
				return 0, ErrNeverOpens
			}
			return 0, ErrBeyondHorizon
		}
		back = min(back*2, horizonSeconds)
	}
	var pieces []piece
	s.each(to-back, to, func(p piece) bool {
		pieces = append(pieces, p)
		return true
	})
	for _, p := range slices.Backward(pieces) {
		if n := p.to - p.from; n < left {
			left -= n
			continue
		}
		return p.to - left, nil
	}
	return 0, ErrBeyondHorizon
}

// nextPiece is what is open at an instant, cut to begin there, or the next
// that opens.
func (s Schedule) nextPiece(from int64) (piece, error) {
	w := s.walk(from, from+horizonSeconds)
	p, ok := w.next()
	if !ok || p.from > from+horizonSeconds {
		return piece{}, ErrNeverOpens
	}
	return p, nil
}
