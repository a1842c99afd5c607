package web

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// mountHelpDesk is the editors' side of the help page: questions, what was not
// found, what articles are worth, and the page's own settings.
func (w *Web) mountHelpDesk(mux Mux) {
	may := scope.AnswerReaders
	mux.Handle("GET /faults/questions", w.page(may, w.questionList))
	mux.Handle("POST /faults/questions/{id}/{act}", w.page(may, w.questionAct))
	mux.Handle("GET /faults/missed", w.page(may, w.missedList))
	mux.Handle("POST /faults/missed/{id}/{act}", w.page(may, w.missedAct))
	mux.Handle("GET /faults/worth", w.page(may, w.worthPage))
	mux.Handle("GET /faults/page", w.page(may, w.helpSettings))
	mux.Handle("POST /faults/page", w.page(scope.EditRules, w.helpSettingsSave))
}

// faultTabs are the parts of the section for who answers readers; nobody else
// sees tabs.
func faultTabs(rq *request, f ui.Frame, on string) []ui.Tab {
	if !help.MayEdit(rq.sc) {
		return nil
	}
	tab := func(name, href string) ui.Tab {
		return ui.Tab{Text: rq.T("helpdesk.tab." + name), Href: href, On: name == on}
	}
	questions := tab("questions", "/faults/questions")
	for _, n := range f.Nav {
		if n.Section == ui.SectionFaults {
			questions = n.Tab(questions)
		}
	}
	return []ui.Tab{
		tab("catalogue", "/faults"), questions, tab("missed", "/faults/missed"), tab("figures", "/faults/worth"), tab("page", "/faults/page"),
	}
}

// titled is an article's name by its id, for lists of the editors.
type titled map[string]string

func (t titled) of(id string) string { return cmp.Or(t[id], id) }

func (w *Web) titles(ctx context.Context, rq *request) (titled, []*catalogue.Article, error) {
	all, err := w.Help.Library().Articles(ctx, rq.sc)
	if err != nil {
		return nil, nil, err
	}
	all = slices.Clone(all)
	out := make(titled, len(all))
	for _, a := range all {
		out[a.ID] = a.Title.In(rq.Lang())
	}
	slices.SortFunc(all, func(a, b *catalogue.Article) int { return strings.Compare(out[a.ID], out[b.ID]) })
	return out, all, nil
}

// questionsView is the readers' questions in one state.
type questionsView struct {
	tabs   []ui.Tab
	state  help.QuestionState
	list   []help.Question
	words  []help.Word
	titles titled
	form   typed // of the question with the id refused
	id     string
}

func (w *Web) questionList(ctx context.Context, rq *request) (answer, error) {
	return w.questionPage(ctx, rq, "", typed{})
}

func (w *Web) questionPage(ctx context.Context, rq *request, id string, form typed) (answer, error) {
	v := questionsView{state: help.QuestionState(rq.FormValue("state")), form: form, id: id}
	if v.state != help.Published && v.state != help.Hidden {
		v.state = help.Waiting
	}
	var err error
	if v.list, err = w.Help.Questions(ctx, rq.sc, v.state); err != nil {
		return answer{}, err
	}
	if v.words, err = w.Help.Words(ctx, rq.sc, ""); err != nil {
		return answer{}, err
	}
	if v.titles, _, err = w.titles(ctx, rq); err != nil {
		return answer{}, err
	}
	f, err := rq.frame(ctx, ui.SectionFaults, rq.T("helpdesk.questions.title"))
	v.tabs = faultTabs(rq, f, "questions")
	return answer{body: questionsPage(f, v), status: form.status()}, err
}

func (w *Web) questionAct(ctx context.Context, rq *request) (answer, error) {
	id, version := rq.PathValue("id"), rq.version()
	var err error
	switch rq.PathValue("act") {
	case "answer":
		_, err = w.Help.Answer(ctx, rq.sc, id, version, rq.FormValue("answer"))
	case "hide":
		_, err = w.Help.Hide(ctx, rq.sc, id, version)
	case "remove":
		err = w.Help.Remove(ctx, rq.sc, id, version)
	default:
		err = problem.New(problem.NotFound, "not_found").In("web.questionAct")
	}
	if err == nil {
		return goTo("/faults/questions?state=" + rq.FormValue("state"))
	}
	again, ok := rq.typed().refused(err)
	if !ok {
		return answer{}, err
	}
	return w.questionPage(ctx, rq, id, again)
}

// missedView is what was searched and not found.
type missedView struct {
	tabs     []ui.Tab
	state    help.MissedState
	newest   bool
	list     []help.Missed
	titles   titled
	articles []*catalogue.Article
}

func (w *Web) missedList(ctx context.Context, rq *request) (answer, error) {
	v := missedView{state: help.MissedState(rq.FormValue("state")), newest: rq.FormValue("sort") == "last"}
	if v.state != help.MissedDismissed && v.state != help.MissedLinked {
		v.state = help.MissedOpen
	}
	var err error
	if v.list, err = w.Help.NotFound(ctx, rq.sc, help.MissedFilter{State: v.state, Newest: v.newest}); err != nil {
		return answer{}, err
	}
	if v.titles, v.articles, err = w.titles(ctx, rq); err != nil {
		return answer{}, err
	}
	f, err := rq.frame(ctx, ui.SectionFaults, rq.T("helpdesk.missed.title"))
	v.tabs = faultTabs(rq, f, "missed")
	return answer{body: missedPage(f, v)}, err
}

func (w *Web) missedAct(ctx context.Context, rq *request) (answer, error) {
	id, version := rq.PathValue("id"), rq.version()
	var err error
	switch rq.PathValue("act") {
	case "dismiss":
		_, err = w.Help.Dismiss(ctx, rq.sc, id, version)
	case "link":
		_, err = w.Help.Link(ctx, rq.sc, id, version, rq.FormValue("fault"))
	case "open":
		_, err = w.Help.Reopen(ctx, rq.sc, id, version)
	default:
		err = problem.New(problem.NotFound, "not_found").In("web.missedAct")
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/faults/missed?state=" + rq.FormValue("state") + "&sort=" + rq.FormValue("sort"))
}

// worthView is what articles are worth over a period.
type worthView struct {
	tabs   []ui.Tab
	days   int
	period help.Period
	report help.Report
	lines  []worthLine
	shown  int // articles that only stood in an answer
	titles titled
}

// worthLine is one article's row.
type worthLine struct {
	id string
	help.Funnel
	standing help.Standing
}

// worthDays are the periods offered.
func worthDays() []int { return []int{7, 30, 90, 365} }

func (w *Web) worthPage(ctx context.Context, rq *request) (answer, error) {
	v := worthView{days: 30}
	if n, err := strconv.Atoi(rq.FormValue("days")); err == nil && slices.Contains(worthDays(), n) {
		v.days = n
	}
	var err error
	if v.period, err = help.LastDays(v.days, rq.Now, zoneOf(rq.View)); err != nil {
		return answer{}, err
	}
	if v.report, err = w.Help.Report(ctx, rq.sc, v.period); err != nil {
		return answer{}, err
	}
	standings, err := w.Help.Standings(ctx, rq.sc)
	if err != nil {
		return answer{}, err
	}
	if v.titles, _, err = w.titles(ctx, rq); err != nil {
		return answer{}, err
	}
	v.lines = worthLines(v.report, standings)
	v.shown = len(v.report.ByFault) - len(v.lines)
	f, err := rq.frame(ctx, ui.SectionFaults, rq.T("helpdesk.figures.title"))
	v.tabs = faultTabs(rq, f, "figures")
	return answer{body: worthBody(f, v)}, err
}

// worthLines are the articles that were opened, by what they spared, then by how often they were
// opened.
func worthLines(r help.Report, standings map[string]help.Standing) []worthLine {
	out := make([]worthLine, 0, len(r.ByFault))
	for id, f := range r.ByFault {
		if f.Opened > 0 {
			out = append(out, worthLine{id, f, standings[id]})
		}
	}
	slices.SortFunc(out, func(a, b worthLine) int {
		return cmp.Or(cmp.Compare(b.Spared, a.Spared), cmp.Compare(b.Opened, a.Opened), cmp.Compare(b.Shown, a.Shown), cmp.Compare(a.id, b.id))
	})
	return out
}

// settingsView is the help page's own settings.
type settingsView struct {
	tabs  []ui.Tab
	page  help.Page
	at    string // full address, "" = none
	form  typed
	saved bool
	may   bool // change them
}

func (w *Web) helpSettings(ctx context.Context, rq *request) (answer, error) {
	return w.settingsPage(ctx, rq, typed{})
}

func (w *Web) settingsPage(ctx context.Context, rq *request, form typed) (answer, error) {
	v := settingsView{form: form, saved: rq.FormValue("saved") != "", may: rq.sc.Can(scope.EditRules)}
	var err error
	if v.page, err = w.Help.PageOf(ctx, rq.sc); err != nil {
		return answer{}, err
	}
	c, err := w.Help.CompanyOf(ctx, rq.sc)
	if pr := problem.Of(err); pr != nil && pr.Kind != problem.NotFound {
		return answer{}, err
	}
	if path := c.Path(); err == nil && path != "" {
		v.at = origin(rq.Request) + path
	}
	f, err := rq.frame(ctx, ui.SectionFaults, rq.T("helpdesk.page.title"))
	v.tabs = faultTabs(rq, f, "page")
	return answer{body: settingsBody(f, v), status: form.status()}, err
}

func (w *Web) helpSettingsSave(ctx context.Context, rq *request) (answer, error) {
	t := rq.typed()
	version, err := strconv.ParseInt(t.Get("v"), 10, 64)
	if err != nil {
		return answer{}, problem.New(problem.Malformed, "malformed").In("web.helpSettings")
	}
	_, err = w.Help.SavePage(ctx, rq.sc, help.Page{
		Slug: t.Get("slug"), Phone: t.Get("phone"), Hours: t.Get("hours"), Closed: t.Get("closed") != "", Version: version,
	})
	if err == nil {
		return goTo("/faults/page?saved=1")
	}
	again, ok := t.refused(err)
	if !ok {
		return answer{}, err
	}
	return w.settingsPage(ctx, rq, again)
}
