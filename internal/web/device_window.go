package web

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// windowMost is how many devices one form plans for.
const windowMost = 100

// wallTime is how a browser writes a date and a time.
const wallTime = "2006-01-02T15:04"

// windowView is the form in which planned work is written down.
type windowView struct {
	devices      []registry.Device
	whole        string // "device" or "outlet"
	starts, ends string
	repeat       string
	days         []string // of the week, "1" Monday … "7" Sunday
	until        string
	reason       string
	zone         string
	replaces     string // the window that this one is put in the place of, "" for none
	back         string // where to after it, "" for where it shows
	problem      *problem.Error
}

// outlets is how many outlets the chosen devices stand in.
func (v *windowView) outlets() int {
	seen := map[string]bool{}
	for i := range v.devices {
		seen[v.devices[i].Outlet] = true
	}
	return len(seen)
}

func (w *Web) windowForm(ctx context.Context, rq *request) (answer, error) {
	v, old, err := w.windowRead(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	if old != nil {
		v.fill(old)
		return w.windowShow(ctx, rq, v, 0)
	}
	loc := zoneNamed(v.zone, rq.Zone)
	next := rq.Now.In(loc).Truncate(time.Hour).Add(time.Hour)
	v.starts, v.ends, v.repeat, v.whole = next.Format(wallTime), next.Add(2*time.Hour).Format(wallTime), fleet.RepeatNone, fleet.WindowDevice
	return w.windowShow(ctx, rq, v, 0)
}

// windowRead reads the form, with the window that it changes, if any; what the
// reader may not see is not in it.
func (w *Web) windowRead(ctx context.Context, rq *request) (windowView, *fleet.Window, error) {
	if err := rq.ParseForm(); err != nil {
		return windowView{}, nil, problem.New(problem.Malformed, "malformed").In("web.window").Because(err)
	}
	v := windowView{
		whole: rq.FormValue("whole"), starts: rq.FormValue("starts"), ends: rq.FormValue("ends"), repeat: rq.FormValue("repeat"),
		days: rq.Form["day"], until: rq.FormValue("until"), reason: strings.TrimSpace(rq.FormValue("reason")),
		replaces: rq.FormValue("replaces"), back: rq.FormValue("back"),
	}
	ids := rq.Form["device"]
	old, err := w.windowOld(rq, v.replaces)
	if err == nil && old != nil && len(ids) == 0 {
		ids, err = w.windowDevices(rq, old)
	}
	if err != nil {
		return v, nil, err
	}
	found, err := w.Registry.DevicesByIDs(ctx, rq.sc, ids[:min(len(ids), windowMost)])
	if err != nil {
		return v, nil, err
	}
	for _, d := range found {
		v.devices = append(v.devices, d)
	}
	if len(v.devices) == 0 {
		return v, nil, problem.New(problem.NotFound, "not_found").In("web.window")
	}
	slices.SortFunc(v.devices, func(a, b registry.Device) int { return strings.Compare(a.ID, b.ID) })
	v.zone = v.devices[0].Place.Zone // work is planned by the shop's clock
	if old != nil {
		v.zone = old.Zone
	}
	return v, old, nil
}

func zoneNamed(name string, otherwise *time.Location) *time.Location {
	if loc, err := time.LoadLocation(name); err == nil && name != "" {
		return loc
	}
	return otherwise
}

func (w *Web) windowShow(ctx context.Context, rq *request, v windowView, status int) (answer, error) {
	f, err := rq.frame(ctx, ui.SectionFleet, v.title(rq.View))
	return answer{body: windowFrame(f, v), status: status}, err
}

// windowPlan plans the same work for each chosen device or its outlet, each a
// window of its own, in the place of the one that the form changes: all of it
// or nothing.
func (w *Web) windowPlan(ctx context.Context, rq *request) (answer, error) {
	v, old, err := w.windowRead(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	windows, err := v.windows()
	if err == nil {
		replaces := ""
		if old != nil {
			replaces = old.ID
		}
		_, err = w.Fleet.PlanWindows(ctx, rq.sc, replaces, windows...)
	}
	if p := problem.Of(err); p != nil && p.Kind == problem.Invalid {
		v.problem = p
		return w.windowShow(ctx, rq, v, p.Status())
	}
	if err != nil {
		return answer{}, err
	}
	if v.back != "" && local(v.back) {
		return goTo(v.back)
	}
	if len(v.devices) == 1 {
		return goTo("/devices/" + v.devices[0].ID + "#windows")
	}
	return goTo(address("/fleet", url.Values{"planned": {strconv.Itoa(len(v.devices))}}))
}

// windows is what the form asks for. Times are read by the shop's clock; what
// cannot be read is zero, which the fleet refuses by its field.
func (v *windowView) windows() ([]fleet.Window, error) {
	loc := zoneNamed(v.zone, time.UTC)
	read := func(layout, s string) time.Time {
		t, err := time.ParseInLocation(layout, s, loc)
		if err != nil {
			return time.Time{}
		}
		return t
	}
	pattern := fleet.Window{
		Starts: read(wallTime, v.starts), Ends: read(wallTime, v.ends), Zone: loc.String(), Repeat: v.repeat, Reason: v.reason, Weekdays: weekdays(v.days),
	}
	if v.repeat != fleet.RepeatNone && v.until != "" {
		last := read(time.DateOnly, v.until)
		if last.IsZero() {
			return nil, problem.New(problem.Invalid, "window_until").In("web.window").Field("until", "window_until")
		}
		pattern.Until = last.AddDate(0, 0, 1) // the day named is the last one
	}
	if v.repeat != fleet.RepeatWeekly {
		pattern.Weekdays = nil
	}
	var out []fleet.Window
	seen := map[string]bool{}
	for i := range v.devices {
		w := pattern
		w.Scope, w.Target = fleet.WindowDevice, v.devices[i].ID
		if v.whole == fleet.WindowOutlet {
			w.Scope, w.Target = fleet.WindowOutlet, v.devices[i].Outlet
		}
		if !seen[w.Target] {
			seen[w.Target] = true
			out = append(out, w)
		}
	}
	return out, nil
}

// weekdays reads days written from 1, Monday, to 7, Sunday.
func weekdays(days []string) (out []time.Weekday) {
	for _, d := range days {
		if n, err := strconv.Atoi(d); err == nil && n >= 1 && n <= 7 {
			out = append(out, time.Weekday(n%7))
		}
	}
	return out
}

func (w *Web) windowRemove(ctx context.Context, rq *request) (answer, error) {
	if err := w.Fleet.RemoveWindow(ctx, rq.sc, rq.PathValue("id")); err != nil {
		return answer{}, err
	}
	back := rq.FormValue("back")
	if !local(back) {
		back = "/fleet"
	}
	return goTo(back)
}

// windowTimes says when planned work takes place, by its own zone's clock.
func windowTimes(v ui.View, w *fleet.Window) string {
	loc := zoneNamed(w.Zone, time.UTC)
	from, to := w.Starts.In(loc), w.Ends.In(loc)
	hours := from.Format("15:04") + "–" + to.Format("15:04")
	switch w.Repeat {
	case fleet.RepeatDaily:
		return windowDays(v, w, v.T("device.window.daily", "hours", hours))
	case fleet.RepeatWeekly:
		return windowDays(v, w, v.T("device.window.weekly", "days", dayNames(v, w, from.Weekday()), "hours", hours))
	}
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		return v.Date(from, loc) + ", " + hours
	}
	return v.Moment(from, v.Now, loc) + " – " + v.Moment(to, v.Now, loc)
}

// windowDays adds to the hours of repeated work the first day, while that is
// to come, and the last one.
func windowDays(v ui.View, w *fleet.Window, hours string) string {
	loc := zoneNamed(w.Zone, time.UTC)
	if v.Now.Before(w.Starts) {
		hours = v.T("device.window.from", "times", hours, "day", v.Date(w.Starts, loc))
	}
	if !w.Until.IsZero() {
		hours = v.T("device.window.last", "times", hours, "day", v.Date(w.Until.Add(-time.Second), loc))
	}
	return hours
}

func dayNames(v ui.View, w *fleet.Window, first time.Weekday) string {
	days := slices.Clone(w.Weekdays)
	if len(days) == 0 {
		days = []time.Weekday{first}
	}
	slices.SortFunc(days, func(a, b time.Weekday) int { return (int(a)+6)%7 - (int(b)+6)%7 }) // a week begins on Monday
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = v.T("ui.weekday." + strconv.Itoa((int(d)+6)%7+1))
	}
	return strings.Join(words, ", ")
}
