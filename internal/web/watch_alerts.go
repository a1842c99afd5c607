package web

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

const (
	watchGroups = 20 // outlets shown
	groupLines  = 4  // alerts shown of each
)

// alertGroup is the open alerts of one outlet.
type alertGroup struct {
	outlet                 string // id
	outletName, clientName string
	incident               string // of one cause, "" for none
	alerts                 []fleet.Alert
}

// worst is the worst severity among them.
func (g *alertGroup) worst() (s fleet.Severity) {
	for i := range g.alerts {
		s = max(s, g.alerts[i].Severity)
	}
	return s
}

// newest is when the last of them began.
func (g *alertGroup) newest() (t time.Time) {
	for i := range g.alerts {
		if g.alerts[i].OpenedAt.After(t) {
			t = g.alerts[i].OpenedAt
		}
	}
	return t
}

// alertsView is the alerts that nobody has a case for, and the incidents.
type alertsView struct {
	incidents []incidentLine
	groups    []alertGroup
	more      int // groups that are not shown
	names     *names
	title     func(fault string) string
}

// incidentLine is one cause of many troubles.
type incidentLine struct {
	fleet.Incident
	place string // the outlet's name or the operator's host
}

// href leads to the registers that an incident is about, "" when it is about
// this server itself.
func (i *incidentLine) href() string {
	switch i.Kind {
	case fleet.IncidentOutlet:
		return fleetQuery{}.href("outlet", i.About)
	case fleet.IncidentOFD:
		return fleetQuery{}.href("fault", ofdSilent) // also those that are ill of something worse
	case fleet.IncidentSilence:
		return fleetQuery{}.href("state", string(ui.StateSilent))
	default:
		return ""
	}
}

func (w *Web) watchAlerts(ctx context.Context, rq *request) (templ.Component, error) {
	const enough = 500
	alerts, err := w.Fleet.ListAlerts(ctx, rq.sc, fleet.AlertFilter{Open: true, Limit: enough})
	if err != nil {
		return nil, err
	}
	known, err := w.casesOf(ctx, rq, alerts)
	if err != nil {
		return nil, err
	}
	incidents, err := w.Fleet.ListIncidents(ctx, rq.sc, true, watchGroups)
	if err != nil {
		return nil, err
	}
	v := alertsView{names: &names{}, title: func(fault string) string { return w.faultName(rq.sc, rq.Lang(), fault) }}
	v.groups = groupAlerts(alerts, known)
	if len(v.groups) > watchGroups {
		v.more, v.groups = len(v.groups)-watchGroups, v.groups[:watchGroups]
	}
	if err := w.nameAlerts(ctx, rq, &v, incidents); err != nil {
		return nil, err
	}
	return alertsPart(rq.View, v), nil
}

// nameAlerts puts names to what is shown with one question.
func (w *Web) nameAlerts(ctx context.Context, rq *request, v *alertsView, incidents []fleet.Incident) error {
	for _, g := range v.groups {
		if err := v.names.outlet(w.Fleet, rq.sc, g.outlet); err != nil {
			return err
		}
		for i := range g.alerts[:min(len(g.alerts), groupLines)] {
			v.names.device(g.alerts[i].Device)
		}
	}
	for _, i := range incidents {
		if i.Kind == fleet.IncidentOutlet {
			if err := v.names.outlet(w.Fleet, rq.sc, i.About); err != nil {
				return err
			}
		}
	}
	if err := v.names.ask(ctx, w.Registry, rq.sc); err != nil {
		return err
	}
	for i := range v.groups {
		place := v.names.of("", v.groups[i].outlet).Place
		v.groups[i].outletName, v.groups[i].clientName = place.OutletName, place.ClientName
	}
	for _, i := range incidents {
		line := incidentLine{Incident: i, place: i.About}
		if i.Kind == fleet.IncidentOutlet {
			line.place = v.names.of("", i.About).Place.OutletName
		}
		v.incidents = append(v.incidents, line)
	}
	return nil
}

// casesOf says which alerts somebody has a case for: by the alert itself, or
// because its device has a case in work.
func (w *Web) casesOf(ctx context.Context, rq *request, alerts []fleet.Alert) (func(*fleet.Alert) bool, error) {
	if !rq.sc.Can(scope.SeeCases) {
		return func(*fleet.Alert) bool { return false }, nil
	}
	var devices []string
	for i := range alerts {
		if alerts[i].Device != "" {
			devices = append(devices, alerts[i].Device)
		}
	}
	slices.Sort(devices)
	byDevice, err := w.Desk.ActiveOf(ctx, rq.sc, slices.Compact(devices))
	if err != nil {
		return nil, err
	}
	silent, err := w.Desk.List(ctx, rq.sc, desk.Filter{Fault: fleet.FaultAgentSilent, Limit: desk.MaxPage})
	if err != nil {
		return nil, err
	}
	byAlert := map[string]bool{}
	for _, c := range silent.Cases {
		byAlert[c.Alert] = true
	}
	return func(a *fleet.Alert) bool {
		_, has := byDevice[a.Device]
		return has || byAlert[a.ID]
	}, nil
}

// groupAlerts groups by outlet what has no case; the worst come first, of equals the newest. What planned work holds back
// needs nobody.
func groupAlerts(alerts []fleet.Alert, hasCase func(*fleet.Alert) bool) []alertGroup {
	at := map[string]int{}
	var groups []alertGroup
	for i := range alerts {
		a := &alerts[i]
		if a.Suppressed != "" || hasCase(a) {
			continue
		}
		k, ok := at[a.Outlet]
		if !ok {
			k = len(groups)
			at[a.Outlet] = k
			groups = append(groups, alertGroup{outlet: a.Outlet})
		}
		groups[k].alerts = append(groups[k].alerts, *a)
		groups[k].incident = cmp.Or(groups[k].incident, a.Incident)
	}
	for _, g := range groups {
		slices.SortStableFunc(g.alerts, func(a, b fleet.Alert) int { return cmp.Compare(b.Severity, a.Severity) })
	}
	slices.SortStableFunc(groups, func(a, b alertGroup) int {
		return cmp.Or(cmp.Compare(b.worst(), a.worst()), b.newest().Compare(a.newest()))
	})
	return groups
}

// alertMark is an alert's shape: that of its severity, or of the way in which
// nothing is heard.
func alertMark(a *fleet.Alert) (ui.State, ui.Severity) {
	switch {
	case a.Fault == fleet.FaultAgentSilent:
		return ui.StateSilent, ""
	case a.Group == fleet.GroupLink:
		return ui.StateNoAnswer, ""
	default:
		return ui.StateIll, severityOf(a.Severity)
	}
}
