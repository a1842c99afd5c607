package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/fnchange"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func (w *Web) mountFNChange(mux Mux) {
	mux.Handle("GET /fnchange/new", w.page(scope.RunDangerous, w.driveForm))
	mux.Handle("POST /fnchange", w.page(scope.RunDangerous, w.driveStart))
	mux.Handle("GET /fnchange/{id}", w.page(scope.SeeFleet, w.drivePage))
	mux.Handle("POST /fnchange/{id}/run", w.page(scope.RunDangerous, w.driveRun))
	mux.Handle("POST /fnchange/{id}/say", w.page(scope.RunDangerous, w.driveSay))
	mux.Handle("POST /fnchange/{id}/support", w.page(scope.RunDangerous, w.driveMove(func(ctx context.Context, sc scope.Scope, id string, _ int64) (fnchange.View, error) {
		return w.FNChange.PassOn(ctx, sc, id, "asked")
	})))
	mux.Handle("POST /fnchange/{id}/resume", w.page(scope.RunDangerous, w.driveMove(w.FNChange.Resume)))
	mux.Handle("POST /fnchange/{id}/stop", w.page(scope.RunDangerous, w.driveMove(w.FNChange.Stop)))
}

// driveView is a replacement as its page shows it.
type driveView struct {
	fnchange.View
	d        registry.Device
	zone     *time.Location
	may      bool   // the reader may do something
	sentence string // what was wrong with the last press
	status   int
}

func (x *driveView) url(move string) string { return "/fnchange/" + x.ID + "/" + move }

// driveFormView is the form that begins one.
type driveFormView struct {
	d          registry.Device
	caseID     string
	drive      string
	hindrances []fnchange.Hindrance
	sentence   string
	reason     fnchange.Reason // that was chosen before
}

// driveForm begins a replacement, or leads to the one that goes on.
func (w *Web) driveForm(ctx context.Context, rq *request) (answer, error) {
	open, err := w.FNChange.List(ctx, rq.sc, fnchange.Filter{Device: rq.FormValue("device"), Open: true, Limit: 1})
	if err != nil {
		return answer{}, err
	}
	if len(open) > 0 && rq.FormValue("device") != "" {
		return goTo("/fnchange/" + open[0].ID)
	}
	return w.driveFormAnswer(ctx, rq, rq.FormValue("device"), "", 0)
}

func (w *Web) driveFormAnswer(ctx context.Context, rq *request, device, sentence string, status int) (answer, error) {
	d, err := w.Registry.Device(ctx, rq.sc, device)
	if err != nil {
		return answer{}, err
	}
	live, err := w.Fleet.Device(rq.sc, device)
	if err != nil {
		return answer{}, err
	}
	v := driveFormView{
		d: d, caseID: rq.FormValue("case"), drive: d.FNSerial, sentence: sentence, reason: fnchange.Reason(rq.FormValue("reason")),
		hindrances: fnchange.Hindrances(fnchange.Term, live.Values, rq.Now),
	}
	f, err := rq.frame(ctx, ui.SectionFleet, rq.T("fnchange.title"))
	return answer{body: driveFormPage(f, v), status: status}, err
}

func (w *Web) driveStart(ctx context.Context, rq *request) (answer, error) {
	if err := rq.ParseForm(); err != nil {
		return answer{}, problem.New(problem.Malformed, "malformed").In("web.fnchange").Because(err)
	}
	device := rq.FormValue("device")
	v, err := w.FNChange.Start(ctx, rq.sc, fnchange.StartRequest{
		Device: device, Case: rq.FormValue("case"), Reason: fnchange.Reason(rq.FormValue("reason")),
	})
	if problem.CodeOf(err) == "fnchange_exists" {
		open, err := w.FNChange.List(ctx, rq.sc, fnchange.Filter{Device: device, Open: true})
		if err == nil && len(open) > 0 {
			return goTo("/fnchange/" + open[0].ID)
		}
	}
	if p := problem.Of(err); err != nil && (p.Kind == problem.Conflict || p.Kind == problem.Invalid) {
		return w.driveFormAnswer(ctx, rq, device, rq.Problem(p), http.StatusUnprocessableEntity)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/fnchange/" + v.ID)
}

func (w *Web) drivePage(ctx context.Context, rq *request) (answer, error) {
	v, err := w.FNChange.Advance(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	return w.driveShow(ctx, rq, v, nil)
}

// driveShow answers with the page, or with the part of it that moves.
func (w *Web) driveShow(ctx context.Context, rq *request, v fnchange.View, wrong *problem.Error) (answer, error) {
	x := driveView{View: v, may: rq.sc.Can(scope.RunDangerous), zone: rq.Zone}
	var err error
	if x.d, err = w.Registry.Device(ctx, rq.sc, v.Device); err != nil {
		return answer{}, err
	}
	x.zone = zoneNamed(x.d.Place.Zone, rq.Zone) // terms run by the shop's clock
	if wrong != nil {
		x.sentence, x.status = rq.Problem(wrong), http.StatusConflict
	}
	if rq.live {
		return answer{body: drivePart(rq.View, &x)}, nil // a sentence in the part: htmx shows no error answers
	}
	f, err := rq.frame(ctx, ui.SectionFleet, rq.T("fnchange.title"))
	return answer{body: drivePageFrame(f, &x), status: x.status}, err
}

// drivePress shows the procedure after a press, or what was wrong with it.
func (w *Web) drivePress(ctx context.Context, rq *request, v fnchange.View, err error) (answer, error) {
	id := rq.PathValue("id")
	if err == nil && !rq.live {
		return goTo("/fnchange/" + id)
	}
	var wrong *problem.Error
	if err != nil {
		if wrong = problem.Of(err); wrong.Kind != problem.Conflict && wrong.Kind != problem.Invalid {
			return answer{}, err
		}
		if v, err = w.FNChange.View(ctx, rq.sc, id); err != nil {
			return answer{}, err
		}
	}
	return w.driveShow(ctx, rq, v, wrong)
}

func (w *Web) driveRun(ctx context.Context, rq *request) (answer, error) {
	id, step := rq.PathValue("id"), fnchange.StepID(rq.FormValue("step"))
	if forGood(step) {
		if err := w.driveConfirmed(ctx, rq, id); err != nil {
			return w.drivePress(ctx, rq, fnchange.View{}, err)
		}
	}
	v, err := w.FNChange.Run(ctx, rq.sc, id, step, versionOf(rq), rq.FormValue("consent") != "")
	return w.drivePress(ctx, rq, v, err)
}

// forGood says whether a step's command ends something that nothing brings
// back: a closed drive never signs again.
func forGood(step fnchange.StepID) bool { return step == fnchange.StepArchive }

// driveConfirmed asks for the end of the register's serial number, as for any
// dangerous command: whoever typed it has looked which register it is.
func (w *Web) driveConfirmed(ctx context.Context, rq *request, id string) error {
	v, err := w.FNChange.View(ctx, rq.sc, id)
	if err != nil {
		return err
	}
	d, err := w.Registry.Device(ctx, rq.sc, v.Device)
	if err != nil {
		return err
	}
	if !strings.EqualFold(strings.TrimSpace(rq.FormValue("confirm")), confirmWord(&d)) {
		return problem.New(problem.Invalid, "confirm_word")
	}
	return nil
}

func (w *Web) driveSay(ctx context.Context, rq *request) (answer, error) {
	v, err := w.FNChange.Say(ctx, rq.sc, rq.PathValue("id"), fnchange.Said{
		Step: fnchange.StepID(rq.FormValue("step")), Version: versionOf(rq), Note: rq.FormValue("note"),
	})
	return w.drivePress(ctx, rq, v, err)
}

func (w *Web) driveMove(do func(context.Context, scope.Scope, string, int64) (fnchange.View, error)) handler {
	return func(ctx context.Context, rq *request) (answer, error) {
		v, err := do(ctx, rq.sc, rq.PathValue("id"), versionOf(rq))
		return w.drivePress(ctx, rq, v, err)
	}
}

// versionOf is the version that the page showed; nonsense matches none.
func versionOf(rq *request) int64 {
	n, err := strconv.ParseInt(rq.FormValue("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// driveProof is what a reading proved, in words.
func driveProof(v ui.View, x *driveView, s *fnchange.Step) []ui.KV {
	p := s.Proof
	if p == nil {
		return nil
	}
	var list []ui.KV
	switch s.ID {
	case fnchange.StepArchive, fnchange.StepRegister:
		list = append(list, ui.Line(v.T("fnchange.document"), v.Int(p.Document)))
		if !p.Made.IsZero() {
			list = append(list, ui.Line(v.T("fnchange.made"), v.Instant(p.Made, x.zone)), ui.LineOf(v.T("fnchange.sign"), ui.Mono(p.Sign)))
		}
	case fnchange.StepSwap:
		list = append(list, ui.LineOf(v.T("fnchange.drive"), ui.Mono(p.Drive)))
	}
	return list
}

// drivePapers is what the tax office's form asks for, out of the proofs.
func drivePapers(v ui.View, x *driveView) []ui.KV {
	var list []ui.KV
	for _, id := range []fnchange.StepID{fnchange.StepArchive, fnchange.StepRegister} {
		s := x.Step(id)
		if s == nil || s.Proof == nil {
			continue
		}
		for _, kv := range driveProof(v, x, s) {
			kv.Key = v.T("fnchange.step."+string(id)+".report") + ": " + kv.Key
			list = append(list, kv)
		}
	}
	if x.NewDrive != "" {
		list = append(list, ui.LineOf(v.T("fnchange.new_drive"), ui.Mono(x.NewDrive)))
	}
	return list
}

// driveEvent tells a step of a replacement in a case's timeline; false: the
// entry is of a guided fix.
func driveEvent(v ui.View, ev *caseEvent, e desk.Entry) bool {
	step, _ := e.Data["step"].(string)
	switch e.Data["what"] {
	case "fnchange_step":
		ev.Kind, ev.Title = ui.EventPart, v.T("case.entry.fnchange", "step", v.Or("fnchange.step."+step, step))
		ev.note, _ = e.Data["note"].(string)
	case "fnchange_support":
		reason, _ := e.Data["reason"].(string)
		ev.Kind, ev.Title, ev.note = ui.EventPerson, v.T("case.entry.fnchange_support"), v.Or("fnchange.hindrance."+reason, "")
	default:
		return false
	}
	return true
}
