package web

import (
	"context"
	"net/url"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// mountAdmin puts what a company is set up with on mux. Each page asks for its
// own right; the services ask again.
func (w *Web) mountAdmin(mux Mux) {
	mux.Handle("GET /admin", w.page("", w.adminHome))
	w.mountAdminPeople(mux)
	w.mountAdminAgents(mux)
	w.mountAdminPlaces(mux)
	w.mountAdminRules(mux)
	w.mountAdminCalendars(mux)
	w.mountAdminArticles(mux)
	if w.Audit != nil {
		mux.Handle("GET /admin/audit", w.page(scope.SeeAudit, w.auditPage))
	}
}

// adminTab is a page of the section and the right that it needs.
type adminTab struct {
	name, href string
	right      scope.Right
}

func (w *Web) adminTabs() []adminTab {
	tabs := []adminTab{
		{"places", "/admin/clients", scope.EditRegistry},
		{"agents", "/admin/agents", scope.ManageAgents},
		{"people", "/admin/people", scope.ManagePeople},
		{"rules", "/admin/rules", scope.EditRules},
		{"windows", "/admin/windows", scope.EditRules},
		{"calendars", calendarsPath, scope.EditRules},
		{"articles", "/admin/articles", scope.DraftArticles},
	}
	if w.Audit != nil {
		tabs = append(tabs, adminTab{"audit", "/admin/audit", scope.SeeAudit})
	}
	return tabs
}

// adminHome leads to the first page that the person may see.
func (w *Web) adminHome(_ context.Context, rq *request) (answer, error) {
	for _, t := range w.adminTabs() {
		if rq.sc.Can(t.right) {
			return goTo(t.href)
		}
	}
	return answer{}, problem.New(problem.Forbidden, "forbidden").In("web.admin")
}

// adminFrame is a page's frame with the section's sub-navigation.
type adminFrame struct {
	ui.Frame
	tabs []ui.Tab
}

func (rq *request) admin(ctx context.Context, tab, title string) (adminFrame, error) {
	f, err := rq.frame(ctx, ui.SectionAdmin, title)
	a := adminFrame{Frame: f}
	for _, t := range rq.web.adminTabs() {
		if rq.sc.Can(t.right) {
			a.tabs = append(a.tabs, ui.Tab{Text: rq.T("admin.tab." + t.name), Href: t.href, On: t.name == tab})
		}
	}
	return a, err
}

// typed is a form as it was sent: when it is not taken it comes back with
// everything that was typed and with what is wrong beside each field.
type typed struct {
	url.Values
	problem *problem.Error
}

// typed reads the request's form.
func (rq *request) typed() typed {
	if err := rq.ParseForm(); err != nil {
		return typed{Values: url.Values{}}
	}
	return typed{Values: rq.Form}
}

// refused is the form again after err; ok is false for an error that the
// person can do nothing about.
func (t typed) refused(err error) (again typed, ok bool) {
	p := problem.Of(err)
	if p == nil || p.Kind == problem.Internal || p.Kind == problem.NotFound || p.Kind == problem.Forbidden {
		return t, false
	}
	t.problem = p
	return t, true
}

// status is what the form's page is answered with.
func (t typed) status() int {
	if t.problem == nil {
		return 0
	}
	return t.problem.Status()
}

// or is what was typed, or the value that the field began with.
func (t typed) or(name, first string) string {
	if t.Has(name) {
		return t.Get(name)
	}
	return first
}

// error is the sentence of what is wrong with a field.
func (t typed) error(v ui.View, name string) string { return fieldError(v, t.problem, name) }
