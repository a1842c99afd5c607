package calendar

import "time"

// What says what a stretch of time was for a clock. Its text is "promise.<what>".
type What string

// The kinds of lines. Closed wins over paused: a pause outside hours costs
// nothing and is not told.
const (
	WhatOpen    What = "open"
	WhatClosed  What = "closed"
	WhatPaused  What = "paused"
	WhatStopped What = "stopped" // between a stop and the reopening
)

// Line explains one stretch [From, To). Only open lines use up the target;
// Minutes is the length of the stretch whatever it was, a fraction when it is
// not whole minutes, and Seconds the same exactly.
type Line struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Minutes float64   `json:"minutes"`
	Seconds int64     `json:"seconds"`
	What    What      `json:"what"`
	Reason  Reason    `json:"reason,omitempty"`
}

// line is a Line before its instants get a zone.
type line struct {
	from, to int64
	what     What
	reason   Reason
}

// lay puts the spans, which follow each other in time, over their calendars.
func lay(spans []span) []line {
	if len(spans) == 0 {
		return nil
	}
	l := layer{lines: make([]line, 0, 4*len(spans)), end: spans[len(spans)-1].to}
	for i := range spans {
		l.span(&spans[i])
	}
	return l.lines
}

// layer keeps one walk going over spans that follow each other under one
// schedule.
type layer struct {
	lines  []line
	end    int64 // of the last span
	sched  *Schedule
	walker walker
	piece  piece // the piece that the last span ended before or in
	ok     bool  // whether there is such a piece
}

func (l *layer) span(s *span) {
	if s.state == Stopped {
		l.add(s.from, s.to, WhatStopped, "")
		return
	}
	l.follow(s)
	what := WhatOpen
	if s.state == Paused {
		what = WhatPaused
	}
	from := s.from
	for l.ok && l.piece.from < s.to {
		l.add(from, l.piece.from, WhatClosed, "")
		from = max(from, l.piece.from)
		to := min(l.piece.to, s.to)
		l.add(from, to, what, s.reason)
		from = max(from, to)
		if l.piece.to > s.to {
			break
		}
		l.piece, l.ok = l.walker.next()
	}
	l.add(from, s.to, WhatClosed, "")
}

// follow starts a walk when the schedule changes.
func (l *layer) follow(s *span) {
	if l.sched == s.sched {
		return
	}
	l.sched = s.sched
	l.walker = s.sched.walk(s.from, l.end)
	l.piece, l.ok = l.walker.next()
}

// add appends a stretch, joined to the last if that is of the same kind.
func (l *layer) add(from, to int64, what What, reason Reason) {
	if from >= to {
		return
	}
	if n := len(l.lines); n > 0 {
		if last := &l.lines[n-1]; last.to == from && last.what == what && last.reason == reason {
			last.to = to
			return
		}
	}
	l.lines = append(l.lines, line{from, to, what, reason})
}

func usedOf(lines []line) (sum int64) {
	for _, l := range lines {
		if l.what == WhatOpen {
			sum += l.to - l.from
		}
	}
	return sum
}

// reached is the instant at which the open lines come to a total. A total of
// 0 is reached at the start.
func reached(lines []line, start, total int64) (int64, bool) {
	if total <= 0 {
		return start, true
	}
	for _, l := range lines {
		if l.what != WhatOpen {
			continue
		}
		if n := l.to - l.from; n < total {
			total -= n
			continue
		}
		return l.from + total, true
	}
	return 0, false
}

func (s *Schedule) told(lines []line) []Line {
	out := make([]Line, len(lines))
	for i, l := range lines {
		n := l.to - l.from
		out[i] = Line{
			From: s.time(l.from), To: s.time(l.to), Minutes: float64(n) / 60,
			Seconds: n, What: l.what, Reason: l.reason,
		}
	}
	return out
}
