package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

func (a *API) mountDevices() {
	handle(a, operation{
		id: "listDevices", method: http.MethodGet, path: "/devices", tag: "devices", right: scope.SeeFleet,
		summary: "Devices with how they are",
		about:   "By name; with state, severity or fault by id, and then only those that an agent watches.",
	}, func(ctx context.Context, w who, in *devicesIn) (*answer[client.List[client.Device]], error) {
		return said(a.devices(ctx, w, in))
	})
	handle(a, operation{
		id: "getDevice", method: http.MethodGet, path: "/devices/{id}", tag: "devices", right: scope.SeeFleet,
		summary: "One device with its passport data, live values, stops ahead and open alerts",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.DeviceDetail], error) {
		return said(a.device(ctx, w, in.ID))
	})
	handle(a, operation{
		id: "listChanges", method: http.MethodGet, path: "/devices/{id}/changes", tag: "devices", right: scope.SeeFleet,
		summary: "What changed in a device's values, the newest first",
	}, func(ctx context.Context, w who, in *pageOf) (*answer[client.List[client.Change]], error) {
		return said(a.changes(ctx, w, in))
	})
	handle(a, operation{
		id: "timeline", method: http.MethodGet, path: "/devices/{id}/timeline", tag: "devices", right: scope.SeeFleet,
		summary: "A device's newest happenings: changes, alerts and commands", about: "There is one page.",
	}, func(ctx context.Context, w who, in *timelineIn) (*answer[client.List[client.Happening]], error) {
		list, err := a.Fleet.Timeline(ctx, w.sc, in.ID, in.Limit)
		return said(listed(list, "", func(h fleet.Happening) client.Happening { return a.happeningOf(w, h) }), err)
	})
}

type pageOf struct {
	ByID
	Paging
}

type timelineIn struct {
	ByID
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type devicesIn struct {
	Paging
	State    []string `query:"state" enum:"ok,ill,silent,noreply,unknown"`
	Severity string   `query:"severity" enum:"minor,important,critical,blocking" doc:"At least."`
	Fault    string   `query:"fault" doc:"Has an open alert of this fault."`
	Client   string   `query:"client"`
	Outlet   string   `query:"outlet"`
	Agent    string   `query:"agent"`
	Kind     string   `query:"kind"`
	Query    string   `query:"q" maxLength:"200" doc:"Words of name or model, part of a serial, РНМ or FN number."`
	Retired  bool     `query:"retired" doc:"Also those out of service."`
}

// live says whether the filter asks for what only the fleet knows.
func (in *devicesIn) live() bool { return len(in.State) > 0 || in.Severity != "" || in.Fault != "" }

// named says whether it asks for what only the registry knows.
func (in *devicesIn) named() bool { return in.Query != "" || in.Kind != "" || in.Agent != "" }

func (in *devicesIn) registry(p registry.Page) registry.DeviceFilter {
	return registry.DeviceFilter{
		Client: in.Client, Outlet: in.Outlet, Agent: in.Agent, Kind: registry.DeviceKind(in.Kind), Query: in.Query, Retired: in.Retired, Page: p,
	}
}

func (a *API) devices(ctx context.Context, w who, in *devicesIn) (client.List[client.Device], error) {
	if in.live() {
		return a.devicesByState(ctx, w, in)
	}
	list, more, err := a.Registry.Devices(ctx, w.sc, in.registry(registry.Page{After: in.After, Limit: in.Limit}))
	if err != nil {
		return client.List[client.Device]{}, err
	}
	lines, err := a.Fleet.ListDevices(w.sc, fleet.DeviceFilter{IDs: each(list, func(d registry.Device) string { return d.ID }), Limit: in.Limit})
	if err != nil {
		return client.List[client.Device]{}, err
	}
	live := make(map[string]fleet.Line, len(lines))
	for _, l := range lines {
		live[l.Device] = l
	}
	next := nextIf(list, more, func(d registry.Device) string { return d.ID })
	return listed(list, next, func(d registry.Device) client.Device {
		if l, ok := live[d.ID]; ok {
			return deviceOf(w, d, &l)
		}
		return deviceOf(w, d, nil)
	}), nil
}

// devicesByState lets the fleet choose and the registry tell who they are.
func (a *API) devicesByState(ctx context.Context, w who, in *devicesIn) (client.List[client.Device], error) {
	var none client.List[client.Device]
	f := fleet.DeviceFilter{States: in.State, Fault: in.Fault, Client: in.Client, Outlet: in.Outlet, After: in.After, Limit: in.Limit + 1}
	f.Severity, _ = fleet.ParseSeverity(in.Severity)
	if in.named() {
		ids, err := a.deviceIDs(ctx, w, in)
		if err != nil {
			return none, err
		}
		f.IDs = ids
	}
	lines, err := a.Fleet.ListDevices(w.sc, f)
	if err != nil {
		return none, err
	}
	lines, more := cut(lines, in.Limit)
	known, err := a.Registry.DevicesByIDs(ctx, w.sc, each(lines, func(l fleet.Line) string { return l.Device }))
	out := client.List[client.Device]{Items: []client.Device{}, Next: nextIf(lines, more, func(l fleet.Line) string { return l.Device })}
	for _, l := range lines {
		if d, ok := known[l.Device]; ok {
			out.Items = append(out.Items, deviceOf(w, d, &l))
		}
	}
	return out, err
}

// maxNamed is how many devices words may find before a state is asked for
// beside them; whoever finds more has not said what they look for.
const maxNamed = 5000

func (a *API) deviceIDs(ctx context.Context, w who, in *devicesIn) ([]string, error) {
	ids := []string{}
	p := registry.Page{Limit: 500}
	for len(ids) < maxNamed {
		list, more, err := a.Registry.Devices(ctx, w.sc, in.registry(p))
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			ids = append(ids, d.ID)
		}
		if !more {
			break
		}
		p.After = list[len(list)-1].ID
	}
	return ids, nil
}

// device is one device. One that no agent watches has no live part.
func (a *API) device(ctx context.Context, w who, id string) (client.DeviceDetail, error) {
	d, err := a.Registry.Device(ctx, w.sc, id)
	if err != nil {
		return client.DeviceDetail{}, err
	}
	out := client.DeviceDetail{Values: map[string]any{}, Stops: []client.Stop{}, Alerts: []client.Alert{}}
	l, err := a.Fleet.Device(w.sc, id)
	if problem.Of(err) != nil && problem.Of(err).Kind == problem.NotFound {
		out.Device = deviceOf(w, d, nil)
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Device = deviceOf(w, d, &l.Line)
	out.Values, out.ValuesAt, out.AgentSeen, out.AgentSkewMs = valuesOf(l.Values), l.LastNews, l.AgentSeen, l.AgentSkew
	out.Stops = each(l.Stops, stopOf)
	out.Alerts = each(l.Alerts, func(al fleet.Alert) client.Alert { return a.alertOf(w, al) })
	if l.AgentAlert != nil {
		al := a.alertOf(w, *l.AgentAlert)
		out.AgentAlert = &al
	}
	return out, nil
}

func (a *API) changes(ctx context.Context, w who, in *pageOf) (client.List[client.Change], error) {
	var none client.List[client.Change]
	before, err := beforeOf(in.After)
	if err != nil {
		return none, err
	}
	list, err := a.Fleet.Changes(ctx, w.sc, in.ID, before, in.Limit+1)
	if err != nil {
		return none, err
	}
	list, more := cut(list, in.Limit)
	next := nextIf(list, more, func(c fleet.Change) string { return strconv.FormatInt(c.Seq, 10) })
	return listed(list, next, changeOf), nil
}

// beforeOf reads a key that is a number.
func beforeOf(after string) (int64, error) {
	if after == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(after, 10, 64)
	if err != nil || n < 0 {
		return 0, badKey()
	}
	return n, nil
}
