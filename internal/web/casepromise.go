package web

import (
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// casePromise is a case's clock as the large bar shows it, in counted time.
func casePromise(v ui.View, r calendar.Result, zone *time.Location) ui.PromiseProps {
	p := promiseState(v, r)
	p.There = there(v, p.Due, zone)
	return p
}

// there is an instant by the shop's clock; "" where the reader's shows the same.
func there(v ui.View, t time.Time, zone *time.Location) string {
	here := v.Zone
	if here == nil {
		here = time.UTC
	}
	a, b := t.In(here), t.In(zone)
	switch {
	case t.IsZero() || a.Format(time.DateTime) == b.Format(time.DateTime):
		return ""
	case a.YearDay() == b.YearDay():
		return b.Format("15:04")
	default:
		return v.Moment(t, v.Now, zone)
	}
}

func promiseState(v ui.View, r calendar.Result) ui.PromiseProps {
	p := ui.PromiseProps{State: ui.PromiseRunning, Used: r.Used, Target: r.Total, Left: r.Left, Due: r.Deadline, Pauses: pausePlaces(r.Explanation)}
	if r.Limit != nil {
		p.Limit = r.Limit.Total
	}
	switch {
	case r.State == calendar.Stopped && r.Breached:
		p.State, p.Left, p.Due = ui.PromiseMissed, r.Overrun, time.Time{}
	case r.State == calendar.Stopped:
		p.State, p.Due = ui.PromiseMet, time.Time{}
	case r.State == calendar.Paused:
		p.State, p.Due, p.Reason = ui.PromisePaused, time.Time{}, pauseReason(v, r.Explanation)
		if r.Breached {
			p.Left = -r.Overrun
		}
	case r.Breached && r.Limit != nil && !r.Limit.Breached:
		p.State, p.Left, p.Due = ui.PromiseLate, r.Limit.Left, r.Limit.Deadline
	case r.Breached:
		p.State, p.Left = ui.PromiseOverdue, -r.Overrun
		if r.Limit != nil {
			p.Left, p.Due = -r.Limit.Overrun, r.Limit.Deadline
		}
	}
	return p
}

// pausePlaces is where on the bar the clock stood, in counted time.
func pausePlaces(lines []calendar.Line) []time.Duration {
	var at time.Duration
	var out []time.Duration
	for _, l := range lines {
		switch l.What {
		case calendar.WhatOpen:
			at += time.Duration(l.Seconds) * time.Second
		case calendar.WhatPaused, calendar.WhatStopped:
			if len(out) == 0 || out[len(out)-1] != at {
				out = append(out, at)
			}
		case calendar.WhatClosed:
		}
	}
	return out
}

// pauseReason is why the clock stands now.
func pauseReason(v ui.View, lines []calendar.Line) string {
	for i := len(lines) - 1; i >= 0; i-- {
		if lines[i].Reason != "" {
			return v.Or("pause."+string(lines[i].Reason), string(lines[i].Reason))
		}
	}
	return ""
}

// promiseLine is one line of the reasons in words.
type promiseLine struct {
	when string // "14:05 – 18:00", with the day where it changes
	what string
	span string
	open bool // uses the promise up
}

// promiseLines tells why the clock stands where it stands, in the shop's own
// zone: the promise is counted by the shop's hours.
func promiseLines(v ui.View, lines []calendar.Line, zone *time.Location) []promiseLine {
	out := make([]promiseLine, 0, len(lines))
	for _, l := range lines {
		what := v.Or("promise."+string(l.What), string(l.What))
		if l.Reason != "" {
			what += ": " + v.Or("pause."+string(l.Reason), string(l.Reason))
		}
		line := promiseLine{when: stretch(v, l.From, l.To, zone), what: what, open: l.What == calendar.WhatOpen}
		line.span = v.Span(time.Duration(l.Seconds) * time.Second)
		if line.open {
			line.span = v.Hours(time.Duration(l.Seconds) * time.Second)
		}
		out = append(out, line)
	}
	return out
}

// stretch is a span of the calendar; the day of its end is said only when it
// is another one.
func stretch(v ui.View, from, to time.Time, zone *time.Location) string {
	end := to.In(zone).Format("15:04")
	if from.In(zone).YearDay() != to.In(zone).YearDay() || from.In(zone).Year() != to.In(zone).Year() {
		end = v.Moment(to, v.Now, zone)
	}
	return v.Moment(from, v.Now, zone) + " – " + end
}

// placeZone is a place's zone; one that this machine does not know counts as UTC.
func placeZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" {
		return time.UTC
	}
	return zone
}
