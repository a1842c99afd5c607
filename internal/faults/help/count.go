package help

import (
	"cmp"
	"slices"
	"time"
)

// How an article's worth is measured. See docs/guides/manager.md for the same
// in words.
const (
	// ReadingSpan is how long one reading lasts: what a visitor does with an
	// article within it belongs together.
	ReadingSpan = 24 * time.Hour
	// Patience is how long after "it helped" no case may come.
	Patience = 7 * 24 * time.Hour
)

// Kind is what a visitor did.
type Kind string

// The kinds, in their order. An article that was opened has been shown, and
// one that helped has been opened, whatever was kept of it.
const (
	Shown  Kind = "shown"  // its title stood in an answer
	Opened Kind = "opened" // its page or its walk was opened
	Solved Kind = "solved" // "it helped", or the walk ended mended or told
)

// Trace is one thing that a visitor did.
type Trace struct {
	Visitor Visitor
	Kind    Kind
	Fault   string
	At      time.Time
}

// Call is a case that a visitor, or the outlet where the visitor stands, came
// with.
type Call struct {
	Visitor Visitor
	At      time.Time
}

// Funnel is how many readings came how far. Each number is part of the one
// before; Solved is the sum of Spared, Waiting and Called.
type Funnel struct {
	Shown, Opened, Solved int
	Spared                int // helped, and no case came within Patience
	Waiting               int // helped, and Patience is not over
	Called                int // helped, and yet a case came
}

// Report is the funnel of a period: of visits as a whole, of each article, and
// of each day in which a visit began.
type Report struct {
	All     Funnel
	ByFault map[string]Funnel
	ByDay   map[string]Funnel // 2026-11-21, in the period's zone
}

// Period is a half-open span of time in the zone that its days are told in.
type Period struct {
	From, To time.Time
	Zone     *time.Location
}

// reading is what one visitor did within ReadingSpan, with one article or, for
// a visit, with any.
type reading struct {
	visitor Visitor
	fault   string // "" for a visit
	start   time.Time
	solved  time.Time // the first "it helped"; zero = none
	opened  bool
}

// Count judges what was done as it stands at now. Readings count by their
// beginning; traces up to ReadingSpan after the period belong to readings that
// began in it. The order of traces and calls does not matter.
func Count(traces []Trace, calls []Call, p Period, now time.Time) Report {
	byVisitor := make(map[Visitor][]time.Time)
	for _, c := range calls {
		byVisitor[c.Visitor] = append(byVisitor[c.Visitor], c.At)
	}
	r := Report{ByFault: map[string]Funnel{}, ByDay: map[string]Funnel{}}
	for _, one := range readings(traces, func(t Trace) string { return t.Fault }) {
		if p.holds(one.start) {
			f := r.ByFault[one.fault]
			f.add(one, byVisitor[one.visitor], now)
			r.ByFault[one.fault] = f
		}
	}
	for _, visit := range readings(traces, func(Trace) string { return "" }) {
		if p.holds(visit.start) {
			r.All.add(visit, byVisitor[visit.visitor], now)
			day := visit.start.In(p.Zone).Format(time.DateOnly)
			f := r.ByDay[day]
			f.add(visit, byVisitor[visit.visitor], now)
			r.ByDay[day] = f
		}
	}
	return r
}

func (p Period) holds(t time.Time) bool { return !t.Before(p.From) && t.Before(p.To) }

// readings cuts what was done into readings: the first trace begins one, and
// the first that comes ReadingSpan later begins the next.
func readings(traces []Trace, key func(Trace) string) []reading {
	sorted := slices.Clone(traces)
	slices.SortFunc(sorted, func(a, b Trace) int {
		return cmp.Or(cmp.Compare(a.Visitor, b.Visitor), cmp.Compare(key(a), key(b)), a.At.Compare(b.At))
	})
	var out []reading
	for _, t := range sorted {
		last := len(out) - 1
		if last < 0 || out[last].visitor != t.Visitor || out[last].fault != key(t) || t.At.Sub(out[last].start) >= ReadingSpan {
			out = append(out, reading{visitor: t.Visitor, fault: key(t), start: t.At})
			last++
		}
		out[last].take(t)
	}
	return out
}

func (r *reading) take(t Trace) {
	switch t.Kind {
	case Opened:
		r.opened = true
	case Solved:
		r.opened = true
		if r.solved.IsZero() {
			r.solved = t.At
		}
	case Shown:
	}
}

// add counts one reading. A case that came between its beginning and the end
// of Patience was not spared.
func (f *Funnel) add(r reading, calls []time.Time, now time.Time) {
	f.Shown++
	if r.opened {
		f.Opened++
	}
	if r.solved.IsZero() {
		return
	}
	f.Solved++
	until := r.solved.Add(Patience)
	switch {
	case slices.ContainsFunc(calls, func(at time.Time) bool { return !at.Before(r.start) && at.Before(until) }):
		f.Called++
	case now.Before(until):
		f.Waiting++
	default:
		f.Spared++
	}
}

// Rate is the share of judged "it helped" that spared a case, in percent; ok is
// false while none has been judged.
func (f Funnel) Rate() (percent int, ok bool) {
	judged := f.Spared + f.Called
	if judged == 0 {
		return 0, false
	}
	return (200*f.Spared + judged) / (2 * judged), true
}
