package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// Cookies that a person's choice is kept in before she is known.
const (
	langCookie  = "lang"
	themeCookie = "theme"
)

// language is the person's own, or else what the address asks for, what was
// chosen before, what the browser prefers.
func language(r *http.Request, id access.Identity) i18n.Lang {
	if l, ok := i18n.Parse(r.URL.Query().Get("lang")); ok {
		return l
	}
	if id.Person.ID != "" {
		return id.Person.Lang
	}
	if c, err := r.Cookie(langCookie); err == nil {
		if l, ok := i18n.Parse(c.Value); ok {
			return l
		}
	}
	return i18n.FromAccept(r.Header.Get("Accept-Language"))
}

// theme is what the switch on the page wrote into its cookie, which is this
// browser's choice, and otherwise the person's own.
func (w *Web) theme(r *http.Request, id access.Identity) ui.Theme {
	if c, err := r.Cookie(themeCookie); err == nil {
		return ui.ParseTheme(c.Value)
	}
	return ui.ParseTheme(string(id.Person.Theme))
}

// frame is the desk's page around a section's content.
func (rq *request) frame(ctx context.Context, section ui.NavKey, title string) (ui.Frame, error) {
	f := rq.slim(title)
	f.Section = section
	nav, err := rq.nav(ctx)
	f.Nav = nav
	if rq.id.Person.ID == "" {
		return f, err
	}
	f.Person, f.LogoutURL, f.Events = rq.id.Person.Name, "/logout", "/events"
	if roles := rq.sc.Roles(); len(roles) > 0 {
		f.Role = rq.T("role." + string(roles[len(roles)-1]))
	}
	f.Links = []ui.MenuLink{{Icon: ui.IconPerson, Text: rq.T("web.me"), Href: "/me"}}
	return f, err
}

// slim is the frame of pages outside the desk: login, a cashier's fix.
func (rq *request) slim(title string) ui.Frame {
	return ui.Frame{View: rq.View, Asset: rq.web.Static.URL, Title: title, Theme: rq.theme, LangURL: rq.langURL, Since: rq.since}
}

// langURL is this page in another language: the switch is a link, so that it
// works without scripts and can be opened in another tab.
func (rq *request) langURL(l i18n.Lang) string {
	back := *rq.URL
	q := back.Query()
	q.Del("lang")
	back.RawQuery = q.Encode()
	return "/lang/" + string(l) + "?back=" + url.QueryEscape(back.RequestURI())
}

// nav is the sections that the person may see, with what waits in each:
// three questions at most, one of them to the memory.
func (rq *request) nav(ctx context.Context) ([]ui.NavItem, error) {
	var items []ui.NavItem
	if rq.sc.Can(scope.SeeFleet) {
		items = append(items, ui.NavItem{Section: ui.SectionWatch, Href: "/"}, ui.NavItem{Section: ui.SectionFleet, Href: "/fleet"})
	}
	if rq.sc.Can(scope.SeeCases) {
		n, err := rq.web.Desk.Count(ctx, rq.sc, rq.id.Person.ID)
		if err != nil {
			return nil, err
		}
		item := ui.NavItem{Section: ui.SectionCases, Href: "/cases", Count: n.Active, Topics: "case"}
		if n.Broken > 0 {
			item.Severity = ui.Blocking
		}
		questions, err := rq.web.Help.CountWaiting(ctx, rq.sc)
		if err != nil {
			return nil, err
		}
		items = append(items, item, ui.NavItem{Section: ui.SectionFaults, Href: "/faults", Count: questions, Topics: help.Topic})
	} else if rq.id.Person.ID != "" {
		items = append(items, ui.NavItem{Section: ui.SectionFaults, Href: "/faults"})
	}
	if rq.sc.Can(scope.KeepJournal) && !rq.sc.Can(scope.SeeFleet) {
		items = append(items, ui.NavItem{Section: ui.SectionJournal, Href: "/powercut"})
	}
	if slices.ContainsFunc(rq.web.adminTabs(), func(t adminTab) bool { return rq.sc.Can(t.right) }) {
		items = append(items, ui.NavItem{Section: ui.SectionAdmin, Href: "/admin"})
	}
	return items, nil
}

func (w *Web) mountNav(mux Mux) {
	mux.Handle("GET "+ui.NavURL, w.page(scope.SeeCases, fragment(w.navCounts)))
}

// navCounts is what waits in each section, for a page that is open.
func (w *Web) navCounts(ctx context.Context, rq *request) (templ.Component, error) {
	items, err := rq.nav(ctx)
	return ui.NavCounts(rq.View, items), err
}

// logged is a request's path for the log. The address of a guest or of a
// stranger's request opens it: there the pattern has to do.
func logged(r *http.Request) string {
	if strings.Contains(r.Pattern, "{token}") || strings.Contains(r.Pattern, "{once}") {
		return r.Pattern
	}
	return r.URL.Path
}

// fail shows what went wrong in the person's language. What is not a problem
// is logged with its cause and shown as ours.
func (w *Web) fail(rq *request, err error) {
	p := problem.Of(err)
	if p.Kind == problem.Internal {
		w.Log.Error("web: a page failed", "path", logged(rq.Request), "method", rq.Method, "error", err)
	}
	if p.Kind == problem.Unauthenticated && rq.Method == http.MethodGet && !rq.live {
		http.Redirect(rq.w, rq.Request, "/login?back="+url.QueryEscape(rq.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	notice := ui.Notice(rq.View, ui.NoticeProps{Tone: ui.ToneProblem, Title: rq.Problem(err)})
	if rq.live {
		rq.send(answer{body: notice, status: p.Status()})
		return
	}
	f, ferr := rq.frame(rq.Context(), ui.SectionNone, rq.T("web.problem"))
	if ferr != nil {
		f = rq.slim(rq.T("web.problem"))
	}
	rq.send(answer{body: problemPage(f, ferr == nil, p.Status(), rq.Problem(err)), status: p.Status()})
}

// Refuse is what the guard answers with when somebody is not let through.
func (w *Web) Refuse(rw http.ResponseWriter, r *http.Request, err error) {
	w.fail(w.request(rw, r), err)
}
