package web

import (
	"context"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// figure is one number of the head: how many devices stand so.
type figure struct {
	state ui.State
	sev   ui.Severity
	n     int
	href  string
}

// figuresView is the head of the watch page.
type figuresView struct {
	figures []figure
	devices int
	silent  int // agents that say nothing
	agents  int
}

func (w *Web) watchFigures(_ context.Context, rq *request) (templ.Component, error) {
	o, err := w.Fleet.Overview(rq.sc)
	if err != nil {
		return nil, err
	}
	s, err := w.standing(rq)
	if err != nil {
		return nil, err
	}
	n, err := s.count(o)
	if err != nil {
		return nil, err
	}
	v := figuresView{devices: o.Devices, silent: o.Agents[fleet.StateSilent]}
	for _, k := range o.Agents {
		v.agents += k
	}
	for _, st := range ui.States() {
		f := figure{state: st, n: n[st], href: "/fleet?state=" + url.QueryEscape(string(st))}
		if st == ui.StateIll {
			f.sev = worstOf(o)
		}
		v.figures = append(v.figures, f)
	}
	return figuresPart(rq.View, v), nil
}

// worstOf is the worst severity that any open alert has.
func worstOf(o fleet.Overview) ui.Severity {
	for _, s := range []fleet.Severity{fleet.Blocking, fleet.Critical, fleet.Important, fleet.Minor} {
		if o.Alerts[s] > 0 {
			return severityOf(s)
		}
	}
	return ""
}

func (w *Web) watchForecast(_ context.Context, rq *request) (templ.Component, error) {
	f, err := w.Fleet.Forecast(rq.sc, rq.Zone)
	if err != nil {
		return nil, err
	}
	return forecastPart(rq.View, forecastDays(f)), nil
}

// forecastDays are the fleet's days as the strip draws them, each with the
// list that it counts.
func forecastDays(f fleet.Forecast) []ui.ForecastDay {
	days := make([]ui.ForecastDay, len(f.Days))
	for i, d := range f.Days {
		counts := map[ui.Reason]int{}
		for reason, n := range d.Stops {
			counts[reasonOf(reason)] += n
		}
		// Noon is inside the day whatever the clocks do that night.
		days[i] = ui.ForecastDay{Date: f.From.AddDate(0, 0, i).Add(12 * time.Hour), Href: "/fleet?stop=" + d.Day, Counts: counts}
	}
	return days
}

// reasonOf is why a register stops, as the strip names it.
func reasonOf(r fleet.StopReason) ui.Reason {
	switch r {
	case fleet.StopUnsent:
		return ui.ReasonUnsent
	case fleet.StopShift:
		return ui.ReasonShift
	default:
		return ui.ReasonFN
	}
}

// stopped is how many registers the strip counts in all.
func stopped(days []ui.ForecastDay) (n int) {
	for _, d := range days {
		for _, k := range d.Counts {
			n += k
		}
	}
	return n
}

// nextStop is a register that will stop soon.
type nextStop struct {
	fleet.DeviceStop
	d registry.Device
}

// watchNext names the registers that stop first, those that have stopped
// already before all.
func (w *Web) watchNext(ctx context.Context, rq *request) (templ.Component, error) {
	const enough = 6
	f, err := w.Fleet.Forecast(rq.sc, rq.Zone)
	if err != nil {
		return nil, err
	}
	var stops []fleet.DeviceStop
	for _, day := range f.Days {
		if len(day.Stops) == 0 || len(stops) >= enough {
			continue
		}
		more, err := w.Fleet.StopsOn(rq.sc, rq.Zone, day.Day, "", enough-len(stops))
		if err != nil {
			return nil, err
		}
		stops = append(stops, more...)
	}
	ids := make([]string, len(stops))
	for i := range stops {
		ids[i] = stops[i].Device
	}
	found, err := w.Registry.DevicesByIDs(ctx, rq.sc, ids)
	if err != nil {
		return nil, err
	}
	list := make([]nextStop, len(stops))
	for i, s := range stops {
		list[i] = nextStop{DeviceStop: s, d: found[s.Device]}
	}
	return nextPart(rq.View, list), nil
}
