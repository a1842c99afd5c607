package client

import (
	"context"
	"iter"
	"net/http"
)

// Me is whom the token opens.
func (a *API) Me(ctx context.Context) (Me, error) { return get[Me](ctx, a, "/me") }

// Overview is how everything is now, in numbers.
func (a *API) Overview(ctx context.Context) (Overview, error) {
	return get[Overview](ctx, a, "/overview")
}

// AlertFilter narrows a list of alerts; empty fields do not.
type AlertFilter struct {
	Open     bool
	Device   string
	Outlet   string
	Client   string
	Fault    string
	Incident string
	PageSize int // of one request, 0 = 100
}

// Alerts walks the alerts, the newest first.
func (a *API) Alerts(ctx context.Context, f AlertFilter) iter.Seq2[Alert, error] {
	q := query{}.flag("open", f.Open).text("device", f.Device).text("outlet", f.Outlet).text("client", f.Client).
		text("fault", f.Fault).text("incident", f.Incident)
	return all[Alert](ctx, a, "/alerts", q, f.PageSize)
}

// Incidents are the newest incidents, at most 200; open leaves out those that
// are over.
func (a *API) Incidents(ctx context.Context, open bool) ([]Incident, error) {
	return one[Incident](ctx, a, query{}.flag("open", open).number("limit", 200).on("/incidents"))
}

// Forecast is how many registers will stop by law in the next 30 days, by the
// days of a zone; "" is the company's.
func (a *API) Forecast(ctx context.Context, zone string) (Forecast, error) {
	return get[Forecast](ctx, a, query{}.text("zone", zone).on("/forecast"))
}

// StopsOn are the registers that will stop on a day ("2026-03-10").
func (a *API) StopsOn(ctx context.Context, zone, day string) ([]DeviceStop, error) {
	return one[DeviceStop](ctx, a, query{}.text("zone", zone).number("limit", 200).on("/forecast/"+id(day)))
}

// Diagnose asks what is wrong. It needs no token unless a device is named.
func (a *API) Diagnose(ctx context.Context, q Question) (Diagnosis, error) {
	return send[Diagnosis](ctx, a, http.MethodPost, "/diagnose", q)
}

// Windows are the maintenance windows that are not over.
func (a *API) Windows(ctx context.Context) ([]Window, error) {
	return one[Window](ctx, a, "/maintenance-windows")
}

// PlanWindow plans a maintenance window.
func (a *API) PlanWindow(ctx context.Context, w NewWindow) (Window, error) {
	return send[Window](ctx, a, http.MethodPost, "/maintenance-windows", w)
}

// RemoveWindow ends a maintenance window for good.
func (a *API) RemoveWindow(ctx context.Context, window string) error {
	return a.call(ctx, http.MethodDelete, "/maintenance-windows/"+id(window), nil, nil)
}

// Rules are the built-in rules and the company's own.
func (a *API) Rules(ctx context.Context) (Rules, error) { return get[Rules](ctx, a, "/rules") }

// SetRule adds or replaces a rule of the company's own.
func (a *API) SetRule(ctx context.Context, rule string, f RuleForm) (Rule, error) {
	return send[Rule](ctx, a, http.MethodPut, "/rules/"+id(rule), f)
}

// RemoveRule takes a rule of the company's own away.
func (a *API) RemoveRule(ctx context.Context, rule string) error {
	return a.call(ctx, http.MethodDelete, "/rules/"+id(rule), nil, nil)
}

// Limits are the numbers that rules use.
func (a *API) Limits(ctx context.Context) ([]Limit, error) { return one[Limit](ctx, a, "/limits") }

// SetLimit changes a limit.
func (a *API) SetLimit(ctx context.Context, name string, value int64) error {
	return a.call(ctx, http.MethodPut, "/limits/"+id(name), map[string]int64{"value": value}, nil)
}
