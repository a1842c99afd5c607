package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

func (a *API) mountWatch() {
	handle(a, operation{
		id: "overview", method: http.MethodGet, path: "/overview", tag: "watch", right: scope.SeeFleet,
		summary: "How everything is now, in numbers",
	}, func(ctx context.Context, w who, _ *struct{}) (*answer[client.Overview], error) {
		return said(a.overview(ctx, w))
	})
	handle(a, operation{
		id: "listAlerts", method: http.MethodGet, path: "/alerts", tag: "watch", right: scope.SeeFleet,
		summary: "Alerts, the newest first",
	}, func(ctx context.Context, w who, in *alertsIn) (*answer[client.List[client.Alert]], error) {
		return said(a.alerts(ctx, w, in))
	})
	handle(a, operation{
		id: "listIncidents", method: http.MethodGet, path: "/incidents", tag: "watch", right: scope.SeeFleet,
		summary: "Incidents, the newest first: one cause of the troubles of many",
		about:   "They reach over many clients, so a client's own people see none. There is one page.",
	}, func(ctx context.Context, w who, in *incidentsIn) (*answer[client.List[client.Incident]], error) {
		list, err := a.Fleet.ListIncidents(ctx, w.sc, in.Open, in.Limit)
		return said(listed(list, "", incidentOf), err)
	})
	handle(a, operation{
		id: "forecast", method: http.MethodGet, path: "/forecast", tag: "watch", right: scope.SeeFleet,
		summary: "How many registers will stop by law in the next 30 days",
	}, func(_ context.Context, w who, in *ForecastZone) (*answer[client.Forecast], error) {
		return said(a.forecast(w, in))
	})
	handle(a, operation{
		id: "forecastDay", method: http.MethodGet, path: "/forecast/{day}", tag: "watch", right: scope.SeeFleet,
		summary: "Which registers will stop on a day, the soonest first",
	}, func(_ context.Context, w who, in *forecastDayIn) (*answer[client.List[client.DeviceStop]], error) {
		return said(a.forecastDay(w, in))
	})
}

func (a *API) overview(ctx context.Context, w who) (client.Overview, error) {
	o, err := a.Fleet.Overview(w.sc)
	if err != nil {
		return client.Overview{}, err
	}
	out := client.Overview{Devices: o.Devices, States: o.States, Alerts: map[string]int{}, Faults: o.Faults, Incidents: o.Incidents, Agents: o.Agents}
	for s, n := range o.Alerts {
		out.Alerts[s.String()] = n
	}
	if !w.sc.Can(scope.SeeCases) {
		return out, nil
	}
	n, err := a.Desk.Count(ctx, w.sc, w.id.Person.ID)
	if err != nil {
		return out, err
	}
	out.Cases = &client.CaseCounts{
		Active: n.Active, New: n.New, Waiting: n.Waiting, Broken: n.Broken, Mine: n.Mine, Unowned: n.Unowned, BySeverity: map[string]int{},
	}
	for _, s := range calendar.Severities() {
		out.Cases.BySeverity[string(s)] = n.BySeverity[s]
	}
	return out, nil
}

type alertsIn struct {
	Paging
	Open     bool   `query:"open" doc:"Only open ones."`
	Device   string `query:"device"`
	Outlet   string `query:"outlet"`
	Client   string `query:"client"`
	Fault    string `query:"fault"`
	Incident string `query:"incident"`
}

func (a *API) alerts(ctx context.Context, w who, in *alertsIn) (client.List[client.Alert], error) {
	f := fleet.AlertFilter{
		Open: in.Open, Device: in.Device, Outlet: in.Outlet, Client: in.Client, Fault: in.Fault, Incident: in.Incident, Limit: in.Limit + 1,
	}
	after, err := unkey(in.After, 2)
	if err != nil {
		return client.List[client.Alert]{}, err
	}
	if after[1] != "" {
		ms, err := strconv.ParseInt(after[0], 10, 64)
		if err != nil {
			return client.List[client.Alert]{}, badKey()
		}
		f.BeforeAt, f.BeforeID = time.UnixMilli(ms), after[1]
	}
	list, err := a.Fleet.ListAlerts(ctx, w.sc, f)
	list, more := cut(list, in.Limit)
	next := nextIf(list, more, func(al fleet.Alert) string { return key(strconv.FormatInt(al.OpenedAt.UnixMilli(), 10), al.ID) })
	return listed(list, next, func(al fleet.Alert) client.Alert { return a.alertOf(w, al) }), err
}

// cut takes the one row away that only says that more follows.
func cut[R any](rows []R, limit int) ([]R, bool) {
	if len(rows) <= limit {
		return rows, false
	}
	return rows[:limit], true
}

func (a *API) alertOf(w who, al fleet.Alert) client.Alert {
	return client.Alert{
		ID: al.ID, Client: al.Client, Outlet: al.Outlet, Agent: al.Agent, Device: al.Device, Fault: al.Fault, Title: a.title(w, al.Fault),
		Rule: al.Rule, Severity: al.Severity.String(), OpenedAt: al.OpenedAt, NoticedAt: al.Noticed, ClosedAt: al.ClosedAt, ClosedWhy: al.Why,
		Late: al.Late, Flapping: al.Flapping, Announced: al.Announced, Suppressed: al.Suppressed, Incident: al.Incident,
		Evidence: evidenceOf(al.Evidence),
	}
}

// title is the fault's name, "" for one that the catalogue does not tell of.
func (a *API) title(w who, fault string) string {
	title, _ := a.Faults.Title(w.sc, fault, w.voice.Lang())
	return title
}

type incidentsIn struct {
	Open  bool `query:"open" doc:"Only open ones."`
	Limit int  `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func incidentOf(i fleet.Incident) client.Incident {
	return client.Incident{ID: i.ID, Kind: i.Kind, About: i.About, OpenedAt: i.OpenedAt, ClosedAt: i.ClosedAt, Outlets: i.Outlets, Devices: i.Devices}
}

// ForecastZone says whose days are counted.
type ForecastZone struct {
	Zone string `query:"zone" example:"Europe/Moscow" doc:"Whose days; left out: the company's."`
}

type forecastDayIn struct {
	ForecastZone
	Day    string `path:"day" format:"date"`
	Reason string `query:"reason" enum:"fn_expiry,unsent_30_days,shift_24_h"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (in ForecastZone) location(w who) (*time.Location, error) {
	name := in.Zone
	if name == "" {
		name = w.id.Zone
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, problem.New(problem.Invalid, "invalid").Field("zone", "zone_unknown").In("api.zone")
	}
	return zone, nil
}

func (a *API) forecast(w who, in *ForecastZone) (client.Forecast, error) {
	zone, err := in.location(w)
	if err != nil {
		return client.Forecast{}, err
	}
	f, err := a.Fleet.Forecast(w.sc, zone)
	out := client.Forecast{From: f.From, Zone: zone.String(), Days: make([]client.ForecastDay, 0, len(f.Days))}
	for _, d := range f.Days {
		day := client.ForecastDay{Day: d.Day, Stops: map[string]int{}}
		for reason, n := range d.Stops {
			day.Stops[string(reason)] = n
		}
		out.Days = append(out.Days, day)
	}
	return out, err
}

func (a *API) forecastDay(w who, in *forecastDayIn) (client.List[client.DeviceStop], error) {
	zone, err := in.location(w)
	if err != nil {
		return client.List[client.DeviceStop]{}, err
	}
	list, err := a.Fleet.StopsOn(w.sc, zone, in.Day, fleet.StopReason(in.Reason), in.Limit)
	return listed(list, "", func(s fleet.DeviceStop) client.DeviceStop {
		return client.DeviceStop{Device: s.Device, Stop: stopOf(s.Stop)}
	}), err
}

func stopOf(s fleet.Stop) client.Stop { return client.Stop{At: s.At, Reason: string(s.Reason)} }
