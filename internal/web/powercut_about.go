package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// cutMinute is how a browser's field takes a time by the clock on the wall.
const cutMinute = "2006-01-02T15:04"

// aboutView is the form that begins a journal, or changes what was said of the
// breakdown.
type aboutView struct {
	devices          []registry.Device // to choose from; none when d is known
	d                registry.Device
	caseID           string
	reason, from, to string
	note             string
	wrong            *problem.Error
	slim             bool
}

// field is the sentence of what is wrong with a field, "" for nothing.
func (x *aboutView) field(v ui.View, name string) string { return wrongField(v, x.wrong, name) }

func wrongField(v ui.View, wrong *problem.Error, name string) string {
	if wrong == nil {
		return ""
	}
	for _, f := range wrong.Fields {
		if f.Name == name {
			return v.Field(f.Code, f.Args)
		}
	}
	return ""
}

func (w *Web) journalForm(ctx context.Context, rq *request) (answer, error) {
	x := aboutView{caseID: rq.FormValue("case"), reason: string(powercut.Power)}
	return w.aboutAnswer(ctx, rq, x, rq.FormValue("device"))
}

// aboutAnswer shows the form for a register, or lets the reader choose one.
func (w *Web) aboutAnswer(ctx context.Context, rq *request, x aboutView, device string) (answer, error) {
	x.slim = !rq.sc.Can(scope.SeeFleet)
	var err error
	status := 0
	if x.wrong != nil {
		status = http.StatusUnprocessableEntity
	}
	if device == "" {
		x.devices, _, err = w.Registry.Devices(ctx, rq.sc, registry.DeviceFilter{Kind: registry.FiscalPrinter, Page: registry.Page{Limit: 200}})
		if len(x.devices) == 1 {
			device = x.devices[0].ID
		}
	}
	if device != "" && err == nil {
		x.d, err = w.Registry.Device(ctx, rq.sc, device)
	}
	if err != nil {
		return answer{}, err
	}
	if x.from == "" && x.d.ID != "" {
		x.from = rq.Now.In(zoneNamed(x.d.Place.Zone, rq.Zone)).Format(cutMinute)
	}
	f, err := w.journalFrame(ctx, rq, rq.T("powercut.begin"))
	return answer{body: journalNewPage(f, x), status: status}, err
}

// aboutOf reads the form by the clock of the shop.
func (rq *request) aboutOf(zone *time.Location) powercut.About {
	return powercut.About{
		Reason: powercut.Reason(rq.FormValue("reason")), Note: rq.FormValue("note"), From: cutTime(rq.FormValue("from"), zone), To: cutTime(rq.FormValue("to"), zone),
	}
}

// cutTime reads a browser's time field; zero for nothing and for nonsense.
func cutTime(s string, zone *time.Location) time.Time {
	for _, layout := range []string{cutMinute, "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(s), zone); err == nil {
			return t
		}
	}
	return time.Time{}
}

// wallOf is a time for a browser's field; "" for none.
func wallOf(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(cutMinute)
}

func (w *Web) journalStart(ctx context.Context, rq *request) (answer, error) {
	device := rq.FormValue("device")
	d, err := w.Registry.Device(ctx, rq.sc, device)
	if err != nil {
		return answer{}, err
	}
	v, err := w.PowerCut.Start(ctx, rq.sc, powercut.StartRequest{Device: device, Case: rq.FormValue("case"), About: rq.aboutOf(zoneNamed(d.Place.Zone, rq.Zone))})
	if p := problem.Of(err); err != nil && p.Kind == problem.Invalid {
		return w.aboutAnswer(ctx, rq, aboutView{
			caseID: rq.FormValue("case"), reason: rq.FormValue("reason"), from: rq.FormValue("from"), to: rq.FormValue("to"), note: rq.FormValue("note"), wrong: p,
		}, device)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/powercut/" + v.ID)
}

func (w *Web) journalEdit(ctx context.Context, rq *request) (answer, error) {
	x, err := w.readJournal(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	_, err = w.PowerCut.Edit(ctx, rq.sc, x.ID, versionOf(rq), rq.aboutOf(x.zone))
	return w.pressed(ctx, rq, err)
}
