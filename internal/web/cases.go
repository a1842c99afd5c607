package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// casePages are the desk's pages, with who looks at which case just now.
type casePages struct {
	*Web
	here *presence
}

func (w *Web) mountCases(mux Mux) {
	p := &casePages{Web: w, here: newPresence(w.Clock)}
	mux.Handle("GET /cases", w.page(scope.SeeCases, p.list))
	for _, ending := range []string{csvFile, xlsxFile} {
		mux.Handle("GET /cases"+ending, w.Guard.SignedIn(w.Guard.Require(scope.SeeCases)(http.HandlerFunc(p.export))))
	}
	mux.Handle("GET /cases/new", w.page("", p.newCase))
	mux.Handle("POST /cases", w.page("", p.openCase))
	mux.Handle("GET /cases/number/{n}", w.page("", p.byNumber))
	mux.Handle("GET /cases/{id}", w.page("", p.show))
	mux.Handle("POST /cases/{id}/here", w.page("", p.present))
	mux.Handle("POST /cases/{id}/note", w.page(scope.WorkCases, p.note))
	for name, do := range p.acts() {
		mux.Handle("POST /cases/{id}/"+name, w.page(scope.WorkCases, p.act(name, do)))
	}
}

// pageOfCases is how many cases a page of the queue holds.
const pageOfCases = 50

// The views of the queue, in the order of its tabs.
const (
	viewActive  = "active"
	viewMine    = "mine"
	viewNobody  = "nobody"
	viewWaiting = "waiting"
	viewBroken  = "broken"
	viewEnded   = "ended"
)

func caseViews() []string {
	return []string{viewActive, viewMine, viewNobody, viewWaiting, viewBroken, viewEnded}
}

// caseFilter reads the queue's address. An unknown view is the active one: an
// old link still shows something.
func caseFilter(q url.Values, person string) (view string, f desk.Filter) {
	f = desk.Filter{
		Severity: calendar.Severity(q.Get("severity")), Client: q.Get("client"), Outlet: q.Get("outlet"), Device: q.Get("device"),
		Fault: q.Get("fault"), Text: q.Get("q"), After: q.Get("after"), Limit: pageOfCases,
	}
	if !f.Severity.Valid() {
		f.Severity = ""
	}
	view = q.Get("view")
	switch view {
	case viewMine:
		f.Owner = person
	case viewNobody:
		f.Owner = "-"
	case viewWaiting:
		f.States = []desk.State{desk.Waiting}
	case viewBroken:
		f.Broken = true
	case viewEnded:
		f.States = []desk.State{desk.Resolved, desk.Closed}
	default:
		view = viewActive
	}
	return view, f
}

// caseRow is a case as a list shows it.
type caseRow struct {
	desk.Case
	title     string
	faultName string
	place     casePlace
	promise   ui.PromiseProps
}

// deskView is the queue's page.
type deskView struct {
	view   string
	filter desk.Filter
	rows   []caseRow
	counts desk.Counts
	next   string
	query  url.Values
	here   map[string][]string // who looks at which case
}

func (p *casePages) list(ctx context.Context, rq *request) (answer, error) {
	v := deskView{query: rq.URL.Query()}
	v.view, v.filter = caseFilter(v.query, rq.id.Person.ID)
	if err := p.nameWords(ctx, rq, &v.filter); err != nil {
		return answer{}, err
	}
	page, err := p.Desk.List(ctx, rq.sc, v.filter)
	if err != nil {
		return answer{}, err
	}
	if v.rows, err = p.caseRows(ctx, rq, page.Cases); err != nil {
		return answer{}, err
	}
	if page.Next != "" {
		v.next = v.with("after", page.Next)
	}
	v.here = p.here.inCases(rq.sc.Tenant(), rq.id.Person.ID)
	if v.counts, err = p.Desk.Count(ctx, rq.sc, rq.id.Person.ID); err != nil {
		return answer{}, err
	}
	if rq.live {
		return show(deskLive(rq.View, v))
	}
	f, err := rq.frame(ctx, ui.SectionCases, rq.T("case.list.title"))
	return answer{body: deskPage(f, v, rq.mayAsk())}, err
}

// nameWords adds to a filter by words the faults and places of those names: the
// words that its reader sees in the list.
func (w *Web) nameWords(ctx context.Context, rq *request, f *desk.Filter) error {
	const most = 20 // places of each kind; whoever means more has to say more
	text := strings.TrimSpace(f.Text)
	if text == "" {
		return nil
	}
	for _, a := range w.Faults.Articles(rq.sc) {
		if holdsAll(desk.Fold(a.Title.In(rq.Lang())), strings.Fields(desk.Fold(text))) {
			f.Named.Faults = append(f.Named.Faults, a.ID)
		}
	}
	if !rq.sc.Can(scope.SeeFleet) {
		return nil
	}
	found, err := w.Registry.Search(ctx, rq.sc, text, most)
	if err != nil {
		return err
	}
	for _, h := range found {
		switch h.Kind {
		case registry.HitClient:
			f.Named.Clients = append(f.Named.Clients, h.ID)
		case registry.HitOutlet:
			f.Named.Outlets = append(f.Named.Outlets, h.ID)
		case registry.HitDevice:
			f.Named.Devices = append(f.Named.Devices, h.ID)
		}
	}
	return nil
}

// caseRows gives the cases their words: one query for the names of all.
func (w *Web) caseRows(ctx context.Context, rq *request, cases []desk.Case) ([]caseRow, error) {
	places, err := w.placesOf(ctx, rq, cases)
	if err != nil {
		return nil, err
	}
	rows := make([]caseRow, len(cases))
	for i, c := range cases {
		rows[i] = caseRow{Case: c, faultName: w.faultName(rq.sc, rq.Lang(), c.Fault), title: w.caseTitle(rq.sc, rq.Lang(), &c), place: places(c), promise: listPromise(c, rq.Now)}
	}
	return rows, nil
}

// listPromise is a case's promise as its row alone tells it: by the calendar's
// instants, which is what a person in a queue asks for. The case's own page
// counts in working time.
func listPromise(c desk.Case, now time.Time) ui.PromiseProps {
	switch {
	case !c.State.Active() && c.BrokenAt.IsZero():
		return ui.PromiseProps{State: ui.PromiseMet, Used: 1, Target: 1}
	case !c.State.Active():
		return ui.PromiseProps{State: ui.PromiseMissed, Used: 1, Target: 1, Left: c.BrokenAt.Sub(c.ClosedAt)}
	case c.DueAt.IsZero():
		return ui.PromiseProps{State: ui.PromisePaused}
	}
	p := ui.PromiseProps{State: ui.PromiseRunning, Used: max(now.Sub(c.OpenedAt), 0), Target: c.DueAt.Sub(c.OpenedAt), Due: c.DueAt, Left: c.DueAt.Sub(now)}
	if !now.After(c.DueAt) {
		return p
	}
	p.State = ui.PromiseOverdue
	if c.LimitAt.IsZero() {
		return p
	}
	p.Limit, p.Left, p.Due = c.LimitAt.Sub(c.OpenedAt), c.LimitAt.Sub(now), c.LimitAt
	if !now.After(c.LimitAt) {
		p.State = ui.PromiseLate
	}
	return p
}

// with is the queue's address with one question answered otherwise. Another
// answer begins at the first page.
func (v deskView) with(key, value string) string {
	q := url.Values{}
	for k, s := range v.query {
		if k != "after" && k != "lang" && len(s) > 0 && s[0] != "" {
			q.Set(k, s[0])
		}
	}
	q.Del(key)
	if value != "" {
		q.Set(key, value)
	}
	if len(q) == 0 {
		return "/cases"
	}
	return "/cases?" + q.Encode()
}

// exports are the addresses of the list as files.
func (v deskView) exports() map[string]string {
	q := strings.TrimPrefix(v.with("after", ""), "/cases")
	return map[string]string{csvFile: "/cases" + csvFile + q, xlsxFile: "/cases" + xlsxFile + q}
}

func (v deskView) selfURL() string { return v.with("after", v.query.Get("after")) }

// keep is what the search field sends along.
func (v deskView) keep() map[string]string {
	keep := map[string]string{}
	for _, k := range []string{"view", "severity", "client", "outlet", "device", "fault"} {
		if s := v.query.Get(k); s != "" {
			keep[k] = s
		}
	}
	return keep
}

func (v deskView) tabs(voice ui.View) []ui.Tab {
	counts := map[string]int{
		viewActive: v.counts.Active, viewMine: v.counts.Mine, viewNobody: v.counts.Unowned,
		viewWaiting: v.counts.Waiting, viewBroken: v.counts.Broken,
	}
	var tabs []ui.Tab
	for _, name := range caseViews() {
		value := name
		if name == viewActive {
			value = ""
		}
		t := ui.Tab{Text: voice.T("case.view." + name), Href: v.with("view", value), On: v.view == name, Count: counts[name]}
		if name == viewBroken {
			t.Severity = ui.Blocking
		}
		tabs = append(tabs, t)
	}
	return tabs
}

func (v deskView) chips(voice ui.View) []ui.Chip {
	var chips []ui.Chip
	for _, s := range calendar.Severities() {
		on := v.filter.Severity == s
		href := v.with("severity", string(s))
		if on {
			href = v.with("severity", "")
		}
		chips = append(chips, ui.Chip{
			Label: ui.SeverityText(voice, ui.Severity(s)), Href: href, On: on, Severity: ui.Severity(s),
			Count: v.counts.BySeverity[s], HasCount: v.view == viewActive,
		})
	}
	return chips
}

// narrowed is the filters that a link brought and that no chip shows.
func (v deskView) narrowed(voice ui.View) []ui.Chip {
	var chips []ui.Chip
	for _, k := range []string{"device", "outlet", "client", "fault"} {
		if v.query.Get(k) != "" {
			chips = append(chips, ui.Chip{Label: voice.T("case.filter." + k), Href: v.with(k, ""), On: true})
		}
	}
	return chips
}

func (p *casePages) byNumber(ctx context.Context, rq *request) (answer, error) {
	n, err := strconv.ParseInt(rq.PathValue("n"), 10, 64)
	if err != nil {
		return answer{}, problem.New(problem.NotFound, "case_not_found").In("web.byNumber")
	}
	c, err := p.Desk.ByNumber(ctx, rq.sc, n)
	if err != nil {
		return answer{}, err
	}
	return goTo("/cases/" + c.ID)
}

// newView is the form of a new case as it stands.
type newView struct {
	device, outlet, client string
	place                  casePlace
	q                      string
	hits                   []registry.Hit
	asked                  bool
	subject, note          string
	severity               calendar.Severity
	problem                *problem.Error
	own                    bool // a shop's person asks for herself
}

// whose ends the keys of the hints: a client is not told what clients do not see.
func (v newView) whose() string {
	if v.own {
		return "own"
	}
	return "desk"
}

func (v newView) placed() bool { return v.device != "" || v.outlet != "" || v.client != "" }

// mayAsk says whether the reader may open cases: the company's people, and an
// owner for the shops of her own.
func (rq *request) mayAsk() bool {
	return rq.sc.Can(scope.WorkCases) || rq.sc.Client() != "" && rq.sc.Can(scope.SeeCases)
}

func (p *casePages) newCase(ctx context.Context, rq *request) (answer, error) {
	v := newView{
		device: rq.FormValue("device"), outlet: rq.FormValue("outlet"), client: rq.FormValue("client"),
		q: rq.FormValue("q"), subject: rq.FormValue("subject"), note: rq.FormValue("note"), severity: calendar.Severity(rq.FormValue("severity")),
	}
	return p.newPage(ctx, rq, v, 0)
}

func (p *casePages) newPage(ctx context.Context, rq *request, v newView, status int) (answer, error) {
	v.own = rq.sc.Client() != ""
	var err error
	if v.placed() {
		v.place, err = p.placeOf(ctx, rq.sc, v.device, v.outlet, v.client)
	} else if v.q != "" {
		v.asked = true
		v.hits, err = p.Registry.Search(ctx, rq.sc, v.q, 8)
	}
	if err != nil {
		return answer{}, err
	}
	f, err := rq.frame(ctx, ui.SectionCases, rq.T("case.new.title"))
	return answer{body: newCasePage(f, v), status: status}, err
}

func (p *casePages) openCase(ctx context.Context, rq *request) (answer, error) {
	v := newView{
		device: rq.FormValue("device"), outlet: rq.FormValue("outlet"), client: rq.FormValue("client"),
		subject: rq.FormValue("subject"), note: rq.FormValue("note"), severity: calendar.Severity(rq.FormValue("severity")),
	}
	c, err := p.Desk.Open(ctx, rq.sc, desk.Draft{
		Client: v.client, Outlet: v.outlet, Device: v.device, Subject: v.subject, Note: v.note, Severity: v.severity, Source: desk.FromHand,
	})
	if pr := problem.Of(err); pr != nil && pr.Kind != problem.Internal {
		v.problem = pr
		return p.newPage(ctx, rq, v, pr.Status())
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/cases/" + c.ID)
}

// fieldError is the sentence of what is wrong with one field, "" for nothing.
func fieldError(v ui.View, p *problem.Error, name string) string {
	if p == nil {
		return ""
	}
	for _, f := range p.Fields {
		if f.Name == name {
			return v.Field(f.Code, f.Args)
		}
	}
	return ""
}
