package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/tillwright/tillwright/internal/document"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func (w *Web) mountPowerCut(mux Mux) {
	keep, correct := scope.KeepJournal, scope.MakeCorrections
	mux.Handle("GET /powercut", w.page(keep, w.journals))
	mux.Handle("GET /powercut/new", w.page(keep, w.journalForm))
	mux.Handle("POST /powercut", w.page(keep, w.journalStart))
	for _, ending := range []string{csvFile, xlsxFile} {
		mux.Handle("GET /powercut/template"+ending, w.file(keep, w.journalTemplate))
		mux.Handle("GET /powercut/{id}/journal"+ending, w.file(keep, w.journalExport))
		mux.Handle("GET /powercut/{id}/corrections"+ending, w.file(keep, w.correctionsExport))
	}
	mux.Handle("GET /powercut/{id}", w.page(keep, w.journalPage))
	mux.Handle("GET /powercut/{id}/print", w.page(keep, w.journalPrint))
	mux.Handle("POST /powercut/{id}/about", w.page(keep, w.journalEdit))
	mux.Handle("POST /powercut/{id}/settlements", w.page(keep, w.entrySave))
	mux.Handle("POST /powercut/{id}/total", w.page(keep, w.entryTotal))
	mux.Handle("POST /powercut/{id}/table", taking(document.MaxTable+64<<10, w.page(keep, w.journalUpload)))
	mux.Handle("GET /powercut/{id}/settlements/{settlement}", w.page(keep, w.entryPage))
	mux.Handle("POST /powercut/{id}/settlements/{settlement}", w.page(keep, w.entryChange))
	mux.Handle("POST /powercut/{id}/settlements/{settlement}/remove", w.page(keep, w.entryRemove))
	mux.Handle("GET /powercut/{id}/drafts/{draft}", w.page(keep, w.correctionPage))
	mux.Handle("POST /powercut/{id}/drafts/{draft}/copy", w.page(correct, w.correctionCopy))
	mux.Handle("POST /powercut/{id}/drafts/{draft}/again", w.page(correct, w.correctionAgain))
	mux.Handle("POST /powercut/{id}/prepare", w.page(correct, w.journalPrepare))
	mux.Handle("POST /powercut/{id}/send", w.page(correct, w.journalSend))
	mux.Handle("POST /powercut/{id}/pause", w.page(correct, w.journalPause))
	mux.Handle("POST /powercut/{id}/close", w.page(correct, w.journalClose))
}

// file makes a handler that writes a file by itself.
func (w *Web) file(right scope.Right, write func(ctx context.Context, rq *request) error) http.Handler {
	inner := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rq := w.request(rw, r)
		if err := write(r.Context(), rq); err != nil {
			w.fail(rq, err)
		}
	})
	return w.Guard.SignedIn(w.Guard.Require(right)(inner))
}

// journalView is a journal as its page shows it.
type journalView struct {
	powercut.View
	d          registry.Device
	zone       *time.Location // the shop's, by whose clock everything is written down
	mayCorrect bool
	slim       bool // a cashier's page
	mine       bool // the reader may open the device and the case
	entry      entryView
	plan       cutPlan
	bad        []powercut.BadLine // of a table that was sent
	sentence   string             // what was wrong with the last press
	status     int
}

func (x *journalView) url(move string) string { return "/powercut/" + x.ID + "/" + move }

// shown is the journal for its page, out of what the area gives.
func (w *Web) shown(ctx context.Context, rq *request, v powercut.View) (*journalView, error) {
	x := &journalView{View: v, mayCorrect: rq.sc.Can(scope.MakeCorrections), slim: !rq.sc.Can(scope.SeeFleet)}
	x.mine = !x.slim
	var err error
	if x.d, err = w.Registry.Device(ctx, rq.sc, v.Device); err != nil {
		return nil, err
	}
	x.zone = zoneNamed(x.d.Place.Zone, rq.Zone)
	x.plan = cutPlan{Plan: v.Suggested}
	x.entry = nextEntry(x)
	return x, nil
}

// journalFrame is the desk's frame, and for a cashier the slim one.
func (w *Web) journalFrame(ctx context.Context, rq *request, title string) (ui.Frame, error) {
	if rq.sc.Can(scope.SeeFleet) {
		return rq.frame(ctx, ui.SectionFleet, title)
	}
	f := rq.slim(title)
	f.Wide, f.Brand, f.Home, f.Events = true, rq.T("powercut.short"), "/powercut", "/events"
	return f, nil
}

func (w *Web) journals(ctx context.Context, rq *request) (answer, error) {
	x := journalsView{slim: !rq.sc.Can(scope.SeeFleet), device: rq.FormValue("device")}
	list, err := w.PowerCut.List(ctx, rq.sc, powercut.Filter{Device: x.device, Open: rq.FormValue("open") != "", Limit: 200})
	if err != nil {
		return answer{}, err
	}
	ids := make([]string, len(list))
	for i, j := range list {
		ids[i] = j.Device
	}
	if x.device != "" {
		ids = append(ids, x.device)
	}
	if x.devices, err = w.Registry.DevicesByIDs(ctx, rq.sc, ids); err != nil {
		return answer{}, err
	}
	x.list = list
	f, err := w.journalFrame(ctx, rq, rq.T("powercut.list"))
	return answer{body: journalsPage(f, x)}, err
}

// journalsView is the list of journals, of all registers or of one.
type journalsView struct {
	slim    bool   // a cashier's page
	device  string // "" = of all
	list    []powercut.Summary
	devices map[string]registry.Device
}

// query keeps the page with its register.
func (x *journalsView) query() string {
	if x.device == "" {
		return ""
	}
	return "?" + url.Values{"device": {x.device}}.Encode()
}

// crumbs lead from a register's journals back to it.
func (x *journalsView) crumbs(v ui.View) []ui.Crumb {
	d, ok := x.devices[x.device]
	if !ok || x.slim {
		return nil
	}
	return deviceCrumbs(v, &d, v.T("powercut.list"))
}

func (w *Web) journalPage(ctx context.Context, rq *request) (answer, error) {
	x, err := w.readJournal(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	if from := x.Settlement(rq.FormValue("copy")); from != nil {
		x.entry = copiedEntry(x, from)
		for i := range x.entry.items {
			x.entry.items[i].mark = "" // a code belongs to one piece
		}
	}
	return w.journalShow(ctx, rq, x)
}

// readJournal is the journal that the address names.
func (w *Web) readJournal(ctx context.Context, rq *request) (*journalView, error) {
	v, err := w.PowerCut.View(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return w.shown(ctx, rq, v)
}

// journalShow answers with the page, or with the part of it that moves.
func (w *Web) journalShow(ctx context.Context, rq *request, x *journalView) (answer, error) {
	if rq.live {
		return answer{body: journalPart(rq.View, x)}, nil
	}
	f, err := w.journalFrame(ctx, rq, rq.T("powercut.title"))
	return answer{body: journalPageFrame(f, x), status: x.status}, err
}

// pressed shows the journal after a press, or what was wrong with it.
func (w *Web) pressed(ctx context.Context, rq *request, err error) (answer, error) {
	if err == nil {
		return goTo("/powercut/" + rq.PathValue("id"))
	}
	wrong := problem.Of(err)
	if wrong.Kind != problem.Conflict && wrong.Kind != problem.Invalid {
		return answer{}, err
	}
	x, err := w.readJournal(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	x.sentence, x.status = rq.Problem(wrong), wrong.Status()
	for _, f := range wrong.Fields {
		if f.Code != wrong.Code {
			x.sentence += " " + rq.Field(f.Code, f.Args)
			break
		}
	}
	return w.journalShow(ctx, rq, x)
}

func (w *Web) journalSend(ctx context.Context, rq *request) (answer, error) {
	consent := rq.FormValue("consent")
	if rq.FormValue("agreed") == "" {
		consent = ""
	}
	_, err := w.PowerCut.Send(ctx, rq.sc, rq.PathValue("id"), versionOf(rq), consent)
	return w.pressed(ctx, rq, err)
}

func (w *Web) journalPause(ctx context.Context, rq *request) (answer, error) {
	_, err := w.PowerCut.Pause(ctx, rq.sc, rq.PathValue("id"))
	return w.pressed(ctx, rq, err)
}

func (w *Web) journalClose(ctx context.Context, rq *request) (answer, error) {
	_, err := w.PowerCut.Close(ctx, rq.sc, rq.PathValue("id"), versionOf(rq), rq.FormValue("verdict"))
	return w.pressed(ctx, rq, err)
}
