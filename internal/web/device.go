package web

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func (w *Web) mountDevice(mux Mux) {
	mux.Handle("GET /devices/{id}", w.page(scope.SeeFleet, w.devicePage))
	mux.Handle("GET /devices/{id}/now", w.page(scope.SeeFleet, fragment(w.deviceNow)))
	mux.Handle("GET /devices/{id}/commands", w.page(scope.SeeFleet, fragment(w.deviceCommands)))
	mux.Handle("GET /devices/{id}/history", w.page(scope.SeeFleet, w.deviceHistory))
	mux.Handle("GET /devices/{id}/warranty", w.page(scope.SeeFleet, w.deviceWarranty))
	mux.Handle("GET /devices/{id}/plan", w.page(scope.RunCommands, w.commandPlan))
	mux.Handle("POST /devices/{id}/commands", w.page(scope.RunCommands, w.commandAsk))
	mux.Handle("POST /devices/{id}/commands/{command}/cancel", w.page(scope.RunCommands, w.commandCancel))
}

// deviceView is a device's page put together of its parts.
type deviceView struct {
	d             registry.Device
	address       string
	now, history  templ.Component
	commands      templ.Component // the ones that were run
	plan          templ.Component // a dry run that is waiting, nil for none
	offers        []offer
	raw           *rawView // nil = the reader may not send bytes by hand
	cases         []caseRow
	entries       []registry.PassportEntry
	windows       []fleet.Window
	warranty      *warrantyView // nil: no rule speaks of it
	mayPlan, open bool
	mayDrive      bool // the reader may replace the fiscal drive, and there is one
	mayJournal    bool // the reader may write down what was sold without it
}

// devicePage answers what a device is, how it is, and what happened to it.
func (w *Web) devicePage(ctx context.Context, rq *request) (answer, error) {
	v := deviceView{mayPlan: rq.sc.Can(scope.EditRules) && rq.sc.Client() == "", open: rq.mayAsk()}
	var err error
	if v.d, err = w.Registry.Device(ctx, rq.sc, rq.PathValue("id")); err != nil {
		return answer{}, err
	}
	for _, load := range []func(context.Context, *request, *deviceView) error{w.loadNow, w.loadCases, w.loadPlace, w.loadCommands} {
		if err := load(ctx, rq, &v); err != nil {
			return answer{}, err
		}
	}
	v.mayDrive = rq.sc.Can(scope.RunDangerous) && v.d.FNSerial != "" && !v.d.Retired()
	v.mayJournal = rq.sc.Can(scope.KeepJournal) && v.d.Kind == registry.FiscalPrinter && !v.d.Retired()
	if v.warranty = warrantyOf(rq, v.d); v.warranty != nil {
		v.warranty.mayEdit = rq.sc.Can(scope.EditRegistry) && rq.sc.Client() == ""
	}
	f, err := rq.frame(ctx, ui.SectionFleet, v.d.Name)
	return answer{body: deviceFrame(f, v)}, err
}

func (w *Web) loadNow(ctx context.Context, rq *request, v *deviceView) (err error) {
	if v.now, err = w.nowOf(ctx, rq, v.d); err != nil {
		return err
	}
	v.history, err = w.historyOf(ctx, rq, v.d.ID)
	return err
}

// loadCases reads the cases that the device has or had.
func (w *Web) loadCases(ctx context.Context, rq *request, v *deviceView) error {
	if !rq.sc.Can(scope.SeeCases) {
		return nil
	}
	const enough = 10
	page, err := w.Desk.List(ctx, rq.sc, desk.Filter{Device: v.d.ID, States: desk.States(), Limit: enough})
	if err != nil {
		return err
	}
	for _, c := range page.Cases {
		v.cases = append(v.cases, caseRow{Case: c, title: w.caseTitle(rq.sc, rq.Lang(), &c), place: placeOfDevice(v.d), promise: listPromise(c, rq.Now)})
	}
	return nil
}

// loadPlace reads what people know of the device: where it stands, what was
// done to it, what is planned.
func (w *Web) loadPlace(ctx context.Context, rq *request, v *deviceView) error {
	const enough = 12
	o, err := w.Registry.Outlet(ctx, rq.sc, v.d.Outlet)
	if err != nil {
		return err
	}
	v.address = joined(o.City, o.Address)
	if v.entries, _, err = w.Registry.Passport(ctx, rq.sc, v.d.ID, registry.Page{Limit: enough}); err != nil {
		return err
	}
	all, err := w.Fleet.Windows(rq.sc)
	line := fleet.Line{Device: v.d.ID, Outlet: v.d.Outlet, Client: v.d.Client}
	for i := range all {
		if windowHas(&all[i], &line) && !all[i].Over(rq.Now) {
			v.windows = append(v.windows, all[i])
		}
	}
	return err
}

// nowView is how a device is at this moment.
type nowView struct {
	d        registry.Device
	live     fleet.Live
	watched  bool // an agent reads it
	state    ui.State
	sev      ui.Severity
	since    time.Time
	agent    string // its name
	alerts   []alertView
	mayFix   bool
	openCase *desk.Case
}

// alertView is an open alert with what was seen.
type alertView struct {
	fleet.Alert
	title    string
	lines    []ui.KV
	garbage  []byte
	mendable bool
}

func (w *Web) deviceNow(ctx context.Context, rq *request) (templ.Component, error) {
	d, err := w.Registry.Device(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return w.nowOf(ctx, rq, d)
}

func (w *Web) nowOf(ctx context.Context, rq *request, d registry.Device) (templ.Component, error) {
	v := nowView{d: d, state: ui.StateUnknown, mayFix: rq.sc.Can(scope.WorkCases)}
	live, err := w.Fleet.Device(rq.sc, d.ID)
	switch {
	case err == nil:
		v.watched, v.live = true, live
	case problem.Of(err).Kind == problem.NotFound: // known, and nobody reads it
		return nowPart(rq.View, v), nil
	default:
		return nil, err
	}
	s, err := w.standing(rq)
	if err != nil {
		return nil, err
	}
	v.state, v.sev = s.of(&live.Line)
	w.fillAlerts(rq, &v)
	if v.agent, err = w.agentName(ctx, rq, d); err != nil {
		return nil, err
	}
	active, err := w.activeOf(ctx, rq, d.ID)
	v.openCase = active
	return nowPart(rq.View, v), err
}

func (w *Web) activeOf(ctx context.Context, rq *request, device string) (*desk.Case, error) {
	if !rq.sc.Can(scope.SeeCases) {
		return nil, nil
	}
	found, err := w.Desk.ActiveOf(ctx, rq.sc, []string{device})
	if c, ok := found[device]; ok {
		return &c, err
	}
	return nil, err
}

// fillAlerts puts words to the open alerts; the state lasts since the first
// of them.
func (w *Web) fillAlerts(rq *request, v *nowView) {
	open := v.live.Alerts
	if v.live.AgentAlert != nil {
		open = append([]fleet.Alert{*v.live.AgentAlert}, open...)
	}
	for _, a := range open {
		if v.since.IsZero() || a.OpenedAt.Before(v.since) {
			v.since = a.OpenedAt
		}
		view := alertView{Alert: a, title: w.faultName(rq.sc, rq.Lang(), a.Fault), mendable: w.mendable(rq.sc, a.Fault)}
		view.lines, view.garbage = evidence(rq.View, a.Evidence)
		v.alerts = append(v.alerts, view)
	}
}

// agentName is what the agent that reads the device is called.
func (w *Web) agentName(ctx context.Context, rq *request, d registry.Device) (string, error) {
	if rq.sc.Client() != "" {
		return "", nil
	}
	agents, err := w.Agents.ListAgents(ctx, rq.sc, link.AgentFilter{Outlet: d.Outlet, Revoked: true})
	for _, a := range agents {
		if a.ID == d.Agent {
			return a.Name, err
		}
	}
	return "", err
}
