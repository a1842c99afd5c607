package fleet

import (
	"time"

	"github.com/tillwright/tillwright/internal/problem"
)

// What a maintenance window covers.
const (
	WindowAll    = "all"
	WindowClient = "client"
	WindowOutlet = "outlet"
	WindowDevice = "device"
)

// How a maintenance window repeats.
const (
	RepeatNone   = "none"
	RepeatDaily  = "daily"
	RepeatWeekly = "weekly"
)

// Window is a planned time in which alerts are kept and wake nobody. What is
// still true at its end is raised then. A repeated one keeps its hours on the
// wall clock of its zone, also over a change to or from daylight-saving time.
type Window struct {
	ID        string         `json:"id"`
	Tenant    string         `json:"-"`
	Scope     string         `json:"scope"`            // all, client, outlet, device
	Target    string         `json:"target,omitempty"` // id, "" for all
	Starts    time.Time      `json:"starts"`           // of the first occurrence
	Ends      time.Time      `json:"ends"`
	Zone      string         `json:"zone"` // IANA name
	Repeat    string         `json:"repeat"`
	Weekdays  []time.Weekday `json:"weekdays,omitempty"` // weekly; empty = the weekday of Starts
	Until     time.Time      `json:"until"`              // no occurrence begins at or after it; zero = for good
	Reason    string         `json:"reason"`
	CreatedBy string         `json:"createdBy"`
	CreatedAt time.Time      `json:"createdAt"`
	loc       *time.Location
}

// longest is how long one occurrence may be, by repeat: it must not run into
// the next one, and a window that never ends hides a dead register.
var longest = map[string]time.Duration{
	RepeatNone: 90 * 24 * time.Hour, RepeatDaily: 23 * time.Hour, RepeatWeekly: 6 * 24 * time.Hour,
}

// check says what is wrong with a window that is planned at now, and finds its
// zone. One that would never open is refused: it spares nobody and shows
// nowhere.
func (w *Window) check(now time.Time) error {
	bad := func(field, code string) error { return problem.New(problem.Invalid, code).Field(field, code) }
	max, ok := longest[w.Repeat]
	if !ok {
		return bad("repeat", "window_repeat")
	}
	if !w.Starts.Before(w.Ends) || w.Ends.Sub(w.Starts) > max {
		return bad("ends", "window_length")
	}
	if w.Repeat == RepeatNone && w.Over(now) {
		return bad("ends", "window_past")
	}
	if w.Repeat != RepeatNone && !w.Until.IsZero() && (!w.Starts.Before(w.Until) || w.Over(now)) {
		return bad("until", "window_until")
	}
	switch w.Scope {
	case WindowAll:
		w.Target = ""
	case WindowClient, WindowOutlet, WindowDevice:
		if w.Target == "" {
			return bad("target", "required")
		}
	default:
		return bad("scope", "window_scope")
	}
	loc, err := time.LoadLocation(w.Zone)
	if err != nil || w.Zone == "" || w.Zone == "Local" {
		return bad("zone", "window_zone")
	}
	w.loc = loc
	return nil
}

// Over says whether no occurrence is open at now or comes after it.
func (w *Window) Over(now time.Time) bool {
	if w.Repeat == RepeatNone {
		return !now.Before(w.Ends)
	}
	return !w.Until.IsZero() && now.After(w.Until.Add(w.Ends.Sub(w.Starts)))
}

// Covers says whether the instant lies in an occurrence: its beginning is
// inside, its end is not.
func (w *Window) Covers(at time.Time) bool {
	if w.Repeat == RepeatNone {
		return !at.Before(w.Starts) && at.Before(w.Ends)
	}
	loc := w.loc
	if loc == nil {
		loc = time.UTC
	}
	day := at.In(loc)
	for range 8 { // an occurrence that covers at began at most 7 days ago
		if from, to, ok := w.occurrence(day, loc); ok && !at.Before(from) && at.Before(to) {
			return true
		}
		day = day.AddDate(0, 0, -1)
	}
	return false
}

// occurrence is the one that begins on the local day of day.
func (w *Window) occurrence(day time.Time, loc *time.Location) (from, to time.Time, ok bool) {
	first, last := w.Starts.In(loc), w.Ends.In(loc)
	h, m, s := first.Clock()
	y, mo, d := day.Date()
	from = time.Date(y, mo, d, h, m, s, 0, loc)
	to = time.Date(y, mo, d, h, m, s+int(wallSeconds(first, last)), 0, loc)
	if from.Before(w.Starts) || !w.Until.IsZero() && !from.Before(w.Until) {
		return from, to, false
	}
	return from, to, w.Repeat == RepeatDaily || w.onWeekday(time.Date(y, mo, d, 12, 0, 0, 0, time.UTC).Weekday(), first.Weekday())
}

func (w *Window) onWeekday(day, first time.Weekday) bool {
	if len(w.Weekdays) == 0 {
		return day == first
	}
	for _, d := range w.Weekdays {
		if d == day {
			return true
		}
	}
	return false
}

// wallSeconds is the time between two instants as a wall clock shows it.
func wallSeconds(a, b time.Time) int64 {
	wall := func(t time.Time) time.Time {
		y, m, d := t.Date()
		h, mi, s := t.Clock()
		return time.Date(y, m, d, h, mi, s, 0, time.UTC)
	}
	return int64(wall(b).Sub(wall(a)) / time.Second)
}

func (w *Window) includes(a *Alert) bool {
	switch w.Scope {
	case WindowAll:
		return true
	case WindowClient:
		return w.Target == a.Client
	case WindowOutlet:
		return w.Target == a.Outlet
	default:
		return a.Device != "" && w.Target == a.Device
	}
}

// windowFor is the window that covers the alert's subject at that instant, ""
// when none does.
func (t *tenant) windowFor(a *Alert, at time.Time) string {
	for i := range t.windows {
		if w := &t.windows[i]; w.includes(a) && w.Covers(at) {
			return w.ID
		}
	}
	return ""
}
