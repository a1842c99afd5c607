package calendar

// State is what a promise's clock does at the moment it is looked at.
type State string

// The states of a clock. It is running outside hours as well, only no time is
// used then.
const (
	NotStarted State = "not_started"
	Running    State = "running"
	Paused     State = "paused"
	Stopped    State = "stopped"
)

// span is a stretch of a clock's history in one state under one schedule.
type span struct {
	from, to int64
	state    State
	reason   Reason
	sched    *Schedule
}

// regime says which schedule is in force from an instant on.
type regime struct {
	from  int64
	sched *Schedule
}

// hold is a pause that has not ended.
type hold struct {
	key    string
	reason Reason
}

// timeline is what a list of events comes to, before any calendar is asked.
type timeline struct {
	state   State
	started int64
	since   int64 // the begin of the span that is still open
	ended   int64 // the last stop, if state is Stopped
	holds   []hold
	spans   []span
	regimes []regime
	marks   *Marks
	setAt   int64     // when marks were set
	priced  *Schedule // whose nominal day the marks count in
	waiting []*Event  // changes that came while stopped
}

// newTimeline replays events that are in order.
func newTimeline(events []*Event) *timeline {
	t := &timeline{state: NotStarted, spans: make([]span, 0, len(events)+1)}
	for _, e := range events {
		t.apply(e, e.At.Unix())
	}
	return t
}

func (t *timeline) apply(e *Event, at int64) {
	switch e.Kind {
	case Start:
		t.start(e, at)
	case Pause, Resume:
		t.pauseOrResume(e, at)
	case Stop:
		t.stop(at)
	case Reopen:
		t.reopen(at)
	case Retarget, Recalendar:
		t.change(e, at)
	}
}

func (t *timeline) start(e *Event, at int64) {
	if t.state != NotStarted {
		return
	}
	t.started, t.since = at, at
	t.marks, t.setAt, t.priced = e.Marks, at, e.Schedule
	t.regimes = append(t.regimes, regime{at, e.Schedule})
	t.settle()
}

func (t *timeline) pauseOrResume(e *Event, at int64) {
	if t.state != Stopped {
		t.cut(at)
	}
	if e.Kind == Pause {
		t.lift(e.key())
		t.holds = append(t.holds, hold{e.key(), e.Reason})
	} else if e.key() == "" {
		t.holds = nil
	} else {
		t.lift(e.key())
	}
	t.settle()
}

// lift takes one pause away.
func (t *timeline) lift(key string) {
	for i, h := range t.holds {
		if h.key == key {
			t.holds = append(t.holds[:i], t.holds[i+1:]...)
			return
		}
	}
}

// settle sets the state of a clock that is not stopped by its pauses.
func (t *timeline) settle() {
	switch {
	case t.state == Stopped || t.marks == nil:
	case len(t.holds) > 0:
		t.state = Paused
	default:
		t.state = Running
	}
}

func (t *timeline) stop(at int64) {
	if t.state != Running && t.state != Paused {
		return
	}
	t.cut(at)
	t.state, t.ended, t.holds = Stopped, at, nil
}

func (t *timeline) reopen(at int64) {
	if t.state != Stopped {
		return
	}
	t.cut(at)
	t.state = Running
	t.settle()
	for _, e := range t.waiting {
		t.change(e, at)
	}
	t.waiting = nil
}

func (t *timeline) change(e *Event, at int64) {
	switch {
	case t.state == NotStarted:
		return
	case t.state == Stopped:
		t.waiting = append(t.waiting, e)
		return
	}
	t.cut(at)
	if e.Kind == Retarget {
		t.marks, t.setAt, t.priced = e.Marks, at, t.schedule()
		return
	}
	t.recalendar(e, at)
}

func (t *timeline) recalendar(e *Event, at int64) {
	if e.Keep == KeepUsed {
		t.regimes = append(t.regimes, regime{at, e.Schedule})
		return
	}
	t.priced = e.Schedule
	t.regimes = append(t.regimes[:0], regime{t.started, e.Schedule})
	for i := range t.spans {
		t.spans[i].sched = e.Schedule
	}
}

// cut closes the open span at an instant and begins the next there.
func (t *timeline) cut(at int64) {
	if t.state == NotStarted {
		return
	}
	if at > t.since {
		s := span{from: t.since, to: at, state: t.state, sched: t.schedule()}
		if t.state == Paused {
			s.reason = t.holds[0].reason
		}
		t.spans = append(t.spans, s)
	}
	t.since = at
}

// schedule is the one in force.
func (t *timeline) schedule() *Schedule { return t.regimes[len(t.regimes)-1].sched }

// end closes the timeline: at the last stop if it is stopped, otherwise at now.
func (t *timeline) end(now int64) int64 {
	if t.state == Stopped {
		return t.ended
	}
	t.cut(now)
	return now
}

// opened is all open time of [start, to), paused or not, each stretch by the
// schedule that was in force.
func (t *timeline) opened(to int64) (sum int64) {
	for i, r := range t.regimes {
		until := to
		if i+1 < len(t.regimes) {
			until = min(to, t.regimes[i+1].from)
		}
		if r.from < until {
			sum += r.sched.working(r.from, until)
		}
	}
	return sum
}
