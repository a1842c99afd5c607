package calendar

import (
	"fmt"
	"slices"
	"time"
)

// Kind is what an event does to a promise's clock.
type Kind string

// The kinds of events.
const (
	// Start sets the clock going with Marks and Schedule, both required. Only
	// the first start counts.
	Start Kind = "start"
	// Pause holds the clock for a Reason until the Resume with the same Key.
	// A pause from before the start holds the clock from the start.
	Pause Kind = "pause"
	// Resume ends the pause with its Key, or all pauses if it names neither
	// Key nor Reason. The clock runs again when no pause is left.
	Resume Kind = "resume"
	// Retarget puts new Marks on the clock. The time used and the pauses stay.
	Retarget Kind = "retarget"
	// Recalendar puts another Schedule under the clock; Keep says what becomes
	// of the time before.
	Recalendar Kind = "recalendar"
	// Stop ends the clock and every pause. Whatever follows changes nothing
	// unless the clock is reopened: a closed case is not recounted.
	Stop Kind = "stop"
	// Reopen lets a stopped clock go on with the time it had used, running
	// unless a Pause came since the Stop. The time between is not counted,
	// neither as used nor as paused. A Retarget or Recalendar from between
	// takes effect now.
	Reopen Kind = "reopen"
)

// Keep is the choice that a change of calendar asks for.
type Keep string

// The two choices; there is no default.
const (
	// KeepUsed leaves the time before the change as it was counted. Only what
	// is left of the target is measured by the new calendar.
	KeepUsed Keep = "keep_used"
	// Recompute counts the whole clock from its start by the new calendar.
	Recompute Keep = "recompute"
)

// Reason is why a clock is paused. Its text is "pause.<reason>".
type Reason string

// The reasons that the product knows; others may be stored.
const (
	WaitingClient  Reason = "waiting_client"
	NoRemoteAccess Reason = "no_remote_access"
	Vendor         Reason = "vendor"
	Part           Reason = "part"
	OFD            Reason = "ofd"
	Power          Reason = "power"
)

// Event is one entry in the history of a promise's clock. Only the fields
// named at its Kind are read.
type Event struct {
	At       time.Time
	Kind     Kind
	Reason   Reason
	Key      string // tells pauses with one reason apart; empty means the reason
	Marks    *Marks
	Schedule *Schedule
	Keep     Keep
}

func (e *Event) key() string {
	if e.Key != "" {
		return e.Key
	}
	return string(e.Reason)
}

// check names the first thing that an event lacks.
func (e *Event) check(path string) error {
	var f faults
	switch e.Kind {
	case Pause, Resume, Stop, Reopen:
		return nil
	case Start:
		f.need(e.Marks != nil, path+".marks")
		f.need(e.Schedule.ready(), path+".schedule")
	case Retarget:
		f.need(e.Marks != nil, path+".marks")
	case Recalendar:
		f.need(e.Schedule.ready(), path+".schedule")
		f.need(e.Keep == KeepUsed || e.Keep == Recompute, path+".keep")
	default:
		f.add(path+".kind", codeEventUnknown)
	}
	if err := f.err(); err != nil || e.Marks == nil {
		return err
	}
	return e.Marks.Validate(path + ".marks")
}

func (f *faults) need(ok bool, path string) {
	if !ok {
		f.add(path, codeEventIncomplete)
	}
}

func (s *Schedule) ready() bool { return s != nil && s.Calendar != nil && s.Zone != nil }

// inOrder checks the events and gives those up to now by time, equal seconds
// in the order they came in. It does not touch the caller's slice.
func inOrder(events []Event, now int64) ([]*Event, error) {
	out := make([]*Event, 0, len(events))
	for i := range events {
		e := &events[i]
		if e.At.Unix() > now {
			continue
		}
		if err := e.check(""); err != nil {
			return nil, e.recheck(i)
		}
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(a, b *Event) int {
		return int(min(1, max(-1, a.At.Unix()-b.At.Unix())))
	})
	return out, nil
}

// recheck repeats a failed check with the place of the event in its paths,
// which a good event need not pay for.
func (e *Event) recheck(i int) error { return e.check(fmt.Sprintf("events[%d]", i)) }
