package calendar

import "time"

// Mark is how a clock stands to one of its targets.
type Mark struct {
	Target Target
	// Deadline is when the target is used up; the zero time while the clock
	// is paused before that, because nobody can say.
	Deadline time.Time
	// Projected is the deadline if a paused clock were resumed at once;
	// otherwise it equals Deadline.
	Projected time.Time
	// Total is the working time that the target allows.
	Total time.Duration
	// Left is Total less the time used, Overrun the time used beyond Total,
	// both in working time and never below 0.
	Left, Overrun time.Duration
	// Breached says that the clock was running after Deadline, in or out of
	// hours; a clock stopped or paused at the very second is in time.
	// BreachedAt is that moment, but not before the target was set.
	Breached   bool
	BreachedAt time.Time
}

// Result is what a clock shows.
type Result struct {
	State State
	// Used is the working time that passed while the clock was running.
	Used time.Duration
	// The mark of the promise.
	Mark
	// Limit is the second mark, nil if the clock has none.
	Limit *Mark
	// Explanation covers the time from the start to now, or to the stop,
	// without gaps. Its open lines come to Used.
	Explanation []Line
}

// Evaluate says how a promise's clock stands at now. Events may come in any
// order and may overlap; those after now are not looked at, so that any moment
// of the past can be asked for. While stopped the result is that of the stop.
// A list without a start is a clock that has not started.
//
// The errors are problems: a wrong event (events[3].marks), or [ErrNeverOpens]
// and [ErrBeyondHorizon] of a calendar that does not open long enough for the
// target. With these two the State, Used and Explanation are told all the same.
func Evaluate(events []Event, now time.Time) (Result, error) {
	ordered, err := inOrder(events, now.Unix())
	if err != nil {
		return Result{}, err
	}
	t := newTimeline(ordered)
	if t.state == NotStarted {
		return Result{State: NotStarted}, nil
	}
	r := reading{timeline: t, end: t.end(now.Unix())}
	r.lines = lay(t.spans)
	r.used = usedOf(r.lines)
	return r.result()
}

// reading is a timeline that ends at the moment it is looked at, laid over
// its calendars.
type reading struct {
	*timeline
	end   int64
	lines []line
	used  int64
}

func (r *reading) result() (Result, error) {
	out := Result{State: r.state, Used: seconds(r.used)}
	out.Explanation = r.schedule().told(r.lines)
	var err error
	if out.Mark, err = r.mark(r.marks.Promise); err != nil || r.marks.Limit == nil {
		return out, err
	}
	limit, err := r.mark(*r.marks.Limit)
	if err != nil {
		return out, err
	}
	out.Limit = &limit
	return out, nil
}

// goal is what a target asks of a clock: the deadline is where the used time
// comes to total, but not before floor.
type goal struct{ total, floor int64 }

// goal resolves a target. A rule that names a day is worth the open time up to
// the deadline it would have had without any pause; so a pause moves it on by
// the working time it took, never by nights and weekends.
func (r *reading) goal(target Target) (goal, error) {
	if total, ok := target.budget(r.priced.Calendar); ok {
		if total == 0 {
			return goal{}, ErrNeverOpens
		}
		return goal{total: total, floor: r.started}, nil
	}
	due, err := r.schedule().due(r.started, target)
	if err != nil {
		return goal{}, err
	}
	return goal{total: r.opened(due), floor: due}, nil
}

func (r *reading) mark(target Target) (Mark, error) {
	g, err := r.goal(target)
	if err != nil {
		return Mark{}, err
	}
	m := Mark{
		Target: target, Total: seconds(g.total),
		Left: seconds(max(0, g.total-r.used)), Overrun: seconds(max(0, r.used-g.total)),
	}
	due, known := reached(r.lines, r.started, g.total)
	if !known {
		if due, err = r.schedule().add(r.end, g.total-r.used); err != nil {
			return Mark{}, err
		}
	}
	due = max(due, g.floor)
	m.Projected = r.schedule().time(due)
	if known || r.state != Paused {
		m.Deadline = m.Projected
	}
	if breach, ok := r.breach(due); ok {
		m.Breached, m.BreachedAt = true, r.schedule().time(breach)
	}
	return m, nil
}

// breach is the first moment after a deadline at which the clock was running.
func (r *reading) breach(due int64) (int64, bool) {
	for _, s := range r.spans {
		if s.state == Running && s.to > due {
			return max(due, s.from, r.setAt), true
		}
	}
	return 0, false
}

// Superseded is a target that a later one replaced, as it stood at that
// moment: a blocking fault that a workaround made critical was perhaps late
// as a blocking one already.
type Superseded struct {
	Until time.Time
	Result
}

// History gives the marks that a clock had before its present ones, oldest
// first. Its errors are those of [Evaluate].
func History(events []Event, now time.Time) ([]Superseded, error) {
	ordered, err := inOrder(events, now.Unix())
	if err != nil {
		return nil, err
	}
	var out []Superseded
	var before []Event
	for _, e := range ordered {
		if e.Kind == Retarget {
			r, err := Evaluate(before, e.At)
			if err != nil {
				return nil, err
			}
			if r.State == Running || r.State == Paused {
				out = append(out, Superseded{Until: e.At, Result: r})
			}
		}
		before = append(before, *e)
	}
	return out, nil
}
