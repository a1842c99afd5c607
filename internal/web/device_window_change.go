package web

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// windowOld is the window that a form changes, nil when it plans a new one.
func (w *Web) windowOld(rq *request, id string) (*fleet.Window, error) {
	if id == "" {
		return nil, nil
	}
	all, err := w.Fleet.Windows(rq.sc)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(x fleet.Window) bool { return x.ID == id && changeable(&x) })
	if i < 0 {
		return nil, problem.New(problem.NotFound, "not_found").In("web.window")
	}
	return &all[i], nil
}

// changeable says whether the form can show a window: it knows registers and
// outlets, not what was planned for a whole client or company.
func changeable(x *fleet.Window) bool {
	return x.Scope == fleet.WindowDevice || x.Scope == fleet.WindowOutlet
}

// windowChange is the address of the form that changes a window and then leads
// back.
func windowChange(x *fleet.Window, back string) string {
	return address("/windows/new", url.Values{"replaces": {x.ID}, "back": {back}})
}

// windowDevices is what a window covers.
func (w *Web) windowDevices(rq *request, x *fleet.Window) ([]string, error) {
	if x.Scope == fleet.WindowDevice {
		return []string{x.Target}, nil
	}
	lines, err := w.Fleet.ListDevices(rq.sc, fleet.DeviceFilter{Outlet: x.Target, Limit: windowMost})
	var ids []string
	for i := range lines {
		ids = append(ids, lines[i].Device)
	}
	return ids, err
}

// fill puts a window into the form.
func (v *windowView) fill(x *fleet.Window) {
	loc := zoneNamed(x.Zone, time.UTC)
	v.starts, v.ends = x.Starts.In(loc).Format(wallTime), x.Ends.In(loc).Format(wallTime)
	v.repeat, v.reason, v.whole = x.Repeat, x.Reason, x.Scope
	for _, d := range x.Weekdays {
		v.days = append(v.days, strconv.Itoa((int(d)+6)%7+1))
	}
	if !x.Until.IsZero() {
		v.until = x.Until.In(loc).Add(-time.Second).Format(time.DateOnly)
	}
}

// error is what is wrong with one of the form's fields, "" when nothing is.
func (v *windowView) error(u ui.View, field string) string {
	if v.problem == nil {
		return ""
	}
	for _, f := range v.problem.Fields {
		if f.Name == field {
			return u.Field(f.Code, f.Args)
		}
	}
	return ""
}

// elsewhere says whether what is wrong stands at none of the form's fields.
func (v *windowView) elsewhere(u ui.View) bool {
	return v.problem != nil && !slices.ContainsFunc([]string{"ends", "repeat", "until"}, func(f string) bool { return v.error(u, f) != "" })
}

// title is the form's: of new work or of changed.
func (v *windowView) title(u ui.View) string {
	if v.replaces != "" {
		return u.T("device.window.change_title")
	}
	return u.T("device.window.title")
}
