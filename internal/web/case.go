package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// caseView is everything that a case's page shows.
type caseView struct {
	desk.View
	sc               scope.Scope // of the reader
	title, faultName string
	place            casePlace
	device           *registry.Device // nil = it is about no device, or none that the reader may see
	live             *fleet.Live      // nil = the fleet does not watch it
	state            ui.State
	stateSeverity    ui.Severity
	team             []access.Colleague
	fix              *fixView         // the running guided fix, nil = none
	sessions         []faults.Session // newest first
	commands         []fleet.Command  // carried out for this case
	here             []string
	me               string
	mayWork          bool
	mayMend          bool              // the catalogue has steps against the fault
	names            map[string]string // titles of the open alerts' faults
	kept             kept
}

// kept is what a person sent and what was not taken: nothing she wrote is
// lost.
type kept struct {
	act      string // the form it came from
	text     string
	fields   map[string]string
	sentence string
	field    string // what is wrong with a field, in words
	conflict bool
}

// caseParts are the pieces that keep themselves up to date.
const (
	partHead     = "head"
	partPromise  = "promise"
	partSide     = "side"
	partTimeline = "timeline"
)

func (p *casePages) show(ctx context.Context, rq *request) (answer, error) {
	return p.casePage(ctx, rq, kept{}, 0)
}

func (p *casePages) casePage(ctx context.Context, rq *request, k kept, status int) (answer, error) {
	v, err := p.load(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	v.kept = k
	if rq.live && rq.Method == http.MethodGet {
		switch rq.FormValue("part") {
		case partHead:
			return show(caseHeadPart(rq.View, v))
		case partPromise:
			return show(casePromisePart(rq.View, v))
		case partSide:
			return show(caseSidePart(rq.View, v))
		case partTimeline:
			return show(caseTimelinePart(rq.View, p.Web, v))
		}
	}
	f, err := rq.frame(ctx, ui.SectionCases, rq.T("watch.no", "n", strconv.FormatInt(v.Number, 10))+" "+v.title)
	return answer{body: caseFullPage(f, p.Web, v), status: status}, err
}

// load asks what the page shows: a constant number of questions, however long
// the case's history is.
func (p *casePages) load(ctx context.Context, rq *request) (v caseView, err error) {
	if v.View, err = p.Desk.View(ctx, rq.sc, rq.PathValue("id")); err != nil {
		return v, err
	}
	v.sc = rq.sc
	v.title, v.faultName, v.me = p.caseTitle(rq.sc, rq.Lang(), &v.Case), p.faultName(rq.sc, rq.Lang(), v.Fault), rq.id.Person.ID
	v.mayWork, v.mayMend = rq.sc.Can(scope.WorkCases), v.Fault != "" && p.mendable(rq.sc, v.Fault)
	if err := p.loadSubject(ctx, rq, &v); err != nil {
		return v, err
	}
	if v.mayWork {
		if v.team, err = p.Access.Colleagues(ctx, rq.sc); err != nil {
			return v, err
		}
		v.here = p.here.inCases(rq.sc.Tenant(), v.me)[v.ID]
	}
	if v.sessions, err = p.Faults.List(ctx, rq.sc, v.ID, ""); err != nil && problem.Of(err).Kind != problem.Forbidden {
		return v, err
	}
	if v.commands, err = p.caseCommands(ctx, rq.sc, v.Case); err != nil {
		return v, err
	}
	return v, p.loadFix(ctx, rq, &v)
}

// loadSubject reads the device with its live state, or the outlet or client.
func (p *casePages) loadSubject(ctx context.Context, rq *request, v *caseView) (err error) {
	if v.Device == "" {
		v.place, err = p.placeOfCase(ctx, rq.sc, v.Case)
		return err
	}
	d, err := p.Registry.Device(ctx, rq.sc, v.Device)
	if pr := problem.Of(err); pr != nil && pr.Kind == problem.NotFound {
		v.place = casePlace{Device: v.Device, Outlet: v.Outlet, Client: v.Client}
		return nil
	}
	if err != nil {
		return err
	}
	v.device, v.place = &d, placeOfDevice(d)
	live, err := p.Fleet.Device(rq.sc, v.Device)
	if err != nil { // not watched, or the reader may not see the fleet
		return nil //nolint:nilerr // the case is readable without
	}
	st, err := p.standing(rq)
	if err != nil {
		return err
	}
	v.live, v.names = &live, map[string]string{}
	for _, a := range live.Alerts {
		v.names[a.Fault] = p.faultName(rq.sc, rq.Lang(), a.Fault)
	}
	v.state, v.stateSeverity = st.of(&live.Line)
	return nil
}

// caseCommands is what was sent to the register for this case, newest first.
func (p *casePages) caseCommands(ctx context.Context, sc scope.Scope, c desk.Case) ([]fleet.Command, error) {
	if c.Device == "" || !sc.Can(scope.RunCommands) {
		return nil, nil
	}
	const enough = 200
	list, err := p.Fleet.Commands(ctx, sc, c.Device, "", enough)
	if pr := problem.Of(err); pr != nil && (pr.Kind == problem.NotFound || pr.Kind == problem.Forbidden) {
		return nil, nil
	}
	return slices.DeleteFunc(list, func(m fleet.Command) bool { return m.Case != c.ID }), err
}

// loadFix takes the newest guided fix of the case that still goes on.
func (p *casePages) loadFix(ctx context.Context, rq *request, v *caseView) error {
	for _, s := range v.sessions {
		if s.State.Over() {
			continue
		}
		room := fixRoom{web: p.Web, sc: rq.sc, ref: faults.Ref{ID: s.ID}, base: "/fix/" + s.ID}
		fv, err := room.look(ctx, rq)
		if err != nil {
			return err
		}
		v.fix = &fv
		return nil
	}
	return nil
}

// present is told every 20 seconds by an open page, and answers who else is
// there.
func (p *casePages) present(ctx context.Context, rq *request) (answer, error) {
	id := rq.PathValue("id")
	if rq.FormValue("left") != "" {
		p.here.leave(rq.sc.Tenant(), id, rq.id.Person.ID)
		return show(ui.Present(rq.View, nil))
	}
	if _, err := p.Desk.Get(ctx, rq.sc, id); err != nil {
		return answer{}, err
	}
	if rq.sc.Client() != "" { // a shop's people do not see who is at work on their case
		return show(ui.Present(rq.View, nil))
	}
	return show(ui.Present(rq.View, p.here.enter(rq.sc.Tenant(), id, rq.id.Person.ID, rq.id.Person.Name)))
}

// note has no version: two people's notes do not stand in each other's way.
func (p *casePages) note(ctx context.Context, rq *request) (answer, error) {
	text := rq.FormValue("text")
	_, err := p.Desk.Note(ctx, rq.sc, rq.PathValue("id"), text)
	return p.acted(ctx, rq, kept{act: "note", text: text}, err)
}

// caseAct is one thing that a person does to a case that she saw.
type caseAct func(ctx context.Context, rq *request, id string, version int64) (desk.Case, error)

func (p *casePages) acts() map[string]caseAct {
	text := func(rq *request) string { return rq.FormValue("text") }
	return map[string]caseAct{
		"take": p.take,
		"wait": func(ctx context.Context, rq *request, id string, n int64) (desk.Case, error) {
			return p.Desk.Wait(ctx, rq.sc, id, n, calendar.Reason(rq.FormValue("reason")), text(rq))
		},
		"resume": func(ctx context.Context, rq *request, id string, n int64) (desk.Case, error) {
			return p.Desk.Resume(ctx, rq.sc, id, n)
		},
		"severity": func(ctx context.Context, rq *request, id string, n int64) (desk.Case, error) {
			return p.Desk.SetSeverity(ctx, rq.sc, id, n, calendar.Severity(rq.FormValue("severity")), text(rq))
		},
		"resolve": func(ctx context.Context, rq *request, id string, n int64) (desk.Case, error) {
			return p.Desk.Resolve(ctx, rq.sc, id, n, text(rq))
		},
		"close": func(ctx context.Context, rq *request, id string, n int64) (desk.Case, error) {
			return p.Desk.Close(ctx, rq.sc, id, n, text(rq))
		},
		"reopen": func(ctx context.Context, rq *request, id string, n int64) (desk.Case, error) {
			return p.Desk.Reopen(ctx, rq.sc, id, n, text(rq))
		},
	}
}

// take gives the case to the person herself, to a colleague, or back to
// everybody ("-").
func (p *casePages) take(ctx context.Context, rq *request, id string, version int64) (desk.Case, error) {
	switch to := rq.FormValue("to"); to {
	case "":
		return p.Desk.Take(ctx, rq.sc, id, version, rq.id.Person.ID, rq.id.Person.Name)
	case "-":
		return p.Desk.Take(ctx, rq.sc, id, version, "", "")
	default:
		team, err := p.Access.Colleagues(ctx, rq.sc)
		if err != nil {
			return desk.Case{}, err
		}
		for _, c := range team {
			if c.ID == to {
				return p.Desk.Take(ctx, rq.sc, id, version, c.ID, c.Name)
			}
		}
		return desk.Case{}, problem.New(problem.NotFound, "not_found").In("web.take")
	}
}

// act makes a handler of one action. The version that the person saw goes
// along; a form without one is refused as out of date rather than let through.
func (p *casePages) act(name string, do caseAct) handler {
	return func(ctx context.Context, rq *request) (answer, error) {
		version, err := strconv.ParseInt(rq.FormValue("version"), 10, 64)
		if err != nil || version <= 0 {
			return answer{}, problem.New(problem.Malformed, "malformed").In("web.case." + name)
		}
		_, err = do(ctx, rq, rq.PathValue("id"), version)
		return p.acted(ctx, rq, kept{act: name, text: rq.FormValue("text"), fields: map[string]string{
			"reason": rq.FormValue("reason"), "severity": rq.FormValue("severity"), "to": rq.FormValue("to"),
		}}, err)
	}
}

// acted goes back to the case, or shows it as it is now with what was not
// taken.
func (p *casePages) acted(ctx context.Context, rq *request, k kept, err error) (answer, error) {
	if err == nil {
		return goTo("/cases/" + rq.PathValue("id"))
	}
	pr := problem.Of(err)
	if pr.Kind != problem.Conflict && pr.Kind != problem.Invalid {
		return answer{}, err
	}
	k.sentence, k.conflict = rq.Problem(err), pr.Kind == problem.Conflict
	if len(pr.Fields) > 0 {
		k.field = rq.Field(pr.Fields[0].Code, pr.Fields[0].Args)
	}
	if rq.live { // a note by htmx: only its form comes back
		return answer{body: noteForm(rq.View, rq.PathValue("id"), k), status: pr.Status()}, nil
	}
	return p.casePage(ctx, rq, k, pr.Status())
}
