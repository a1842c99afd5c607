package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func (w *Web) mountPalette(mux Mux) {
	mux.Handle("GET /palette", w.Guard.SignedIn(http.HandlerFunc(w.palette)))
	mux.Handle("GET /search", w.page("", w.searchPage))
}

// hit is one thing found, as the command bar shows it.
type hit struct {
	Title string `json:"title"`
	Hint  string `json:"hint,omitempty"`
	Href  string `json:"href"`
}

// hits are those of one kind.
type hits struct {
	kind string
	list []hit
}

// palette answers the command bar: places for an empty question, else what is
// found, cases first because people type their numbers.
func (w *Web) palette(rw http.ResponseWriter, r *http.Request) {
	const each = 6
	rq := w.request(rw, r)
	out := []hit{}
	groups, err := w.search(r.Context(), rq, strings.TrimSpace(r.FormValue("q")), each)
	if err != nil {
		w.fail(rq, err)
		return
	}
	for _, g := range groups {
		out = append(out, g.list...)
	}
	h := rw.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if err := json.NewEncoder(rw).Encode(out); err != nil {
		w.Log.Debug("web: the browser went away", "path", r.URL.Path, "error", err)
	}
}

// searchPage shows the same, more of it, for who pressed Enter in the bar's
// field.
func (w *Web) searchPage(ctx context.Context, rq *request) (answer, error) {
	const each = 20
	question := strings.TrimSpace(rq.FormValue("q"))
	groups, err := w.search(ctx, rq, question, each)
	if err != nil {
		return answer{}, err
	}
	f, err := rq.frame(ctx, ui.SectionNone, rq.T("ui.find.label"))
	f.Search = question
	return answer{body: searchFrame(f, groups)}, err
}

// search asks at most seven questions: three of the registry, twice, because a
// case is found by its place too, and one of the desk. Places and faults are known without.
func (w *Web) search(ctx context.Context, rq *request, question string, each int) ([]hits, error) {
	groups := []hits{{kind: "place", list: w.places(rq, question)}}
	if question == "" {
		return groups, nil
	}
	cases, err := w.findCases(ctx, rq, question, each)
	if err != nil {
		return nil, err
	}
	groups = append(groups, hits{kind: "case", list: cases})
	if rq.sc.Can(scope.SeeFleet) {
		found, err := w.Registry.Search(ctx, rq.sc, question, each)
		if err != nil {
			return nil, err
		}
		for _, kind := range []registry.HitKind{registry.HitDevice, registry.HitOutlet, registry.HitClient} {
			groups = append(groups, hits{kind: string(kind), list: registryHits(found, kind)})
		}
	}
	groups = append(groups, hits{kind: "fault", list: findFaults(w.Faults.Articles(rq.sc), rq.Lang(), question, each)})
	return slices.DeleteFunc(groups, func(g hits) bool { return len(g.list) == 0 }), nil
}

// places are the parts of the house whose names begin with the question; for
// an empty one the main ones alone.
func (w *Web) places(rq *request, question string) []hit {
	var out []hit
	add := func(right scope.Right, hint, href string, keys ...string) {
		words := make([]string, len(keys))
		for i, key := range keys {
			words[i] = rq.T(key)
		}
		if title := strings.Join(words, " › "); rq.sc.Can(right) && begins(title, question) {
			out = append(out, hit{Title: title, Hint: rq.T(hint), Href: href})
		}
	}
	const page, action = "palette.page", "palette.do"
	add(scope.SeeFleet, page, "/", "ui.nav.watch")
	add(scope.SeeFleet, page, "/fleet", "ui.nav.fleet")
	add(scope.SeeCases, page, "/cases", "ui.nav.cases")
	add(scope.WorkCases, page, "/cases?view=mine", "ui.nav.cases", "case.view.mine")
	add(scope.WorkCases, action, "/cases/new", "watch.new_case")
	add(scope.SeeCases, page, "/faults", "ui.nav.faults")
	add(scope.KeepJournal, page, "/powercut", "ui.nav.powercut")
	if question == "" {
		add(scope.ManagePeople, page, "/admin", "ui.nav.admin")
		return out
	}
	for _, view := range []string{viewNobody, viewWaiting, viewBroken, viewEnded} {
		add(scope.WorkCases, page, "/cases?view="+view, "ui.nav.cases", "case.view."+view)
	}
	for _, t := range w.adminTabs() {
		add(t.right, page, t.href, "ui.nav.admin", "admin.tab."+t.name)
	}
	add(scope.RunDangerous, action, "/fnchange/new", "device.fn_change")
	return out
}

// begins says whether any word of the title begins with the question.
func begins(title, question string) bool {
	title, question = desk.Fold(title), desk.Fold(question)
	if strings.HasPrefix(title, question) {
		return true
	}
	for word := range strings.FieldsSeq(title) {
		if strings.HasPrefix(word, question) {
			return true
		}
	}
	return false
}

func (w *Web) findCases(ctx context.Context, rq *request, question string, each int) ([]hit, error) {
	if !rq.sc.Can(scope.SeeCases) {
		return nil, nil
	}
	f := desk.Filter{Text: question, States: desk.States(), Limit: each}
	if err := w.nameWords(ctx, rq, &f); err != nil {
		return nil, err
	}
	page, err := w.Desk.List(ctx, rq.sc, f)
	if err != nil {
		return nil, err
	}
	out := make([]hit, len(page.Cases))
	for i, c := range page.Cases {
		out[i] = hit{
			Title: rq.T("watch.no", "n", c.Number) + " " + w.caseTitle(rq.sc, rq.Lang(), &c), Hint: rq.T("desk.state." + string(c.State)), Href: "/cases/" + c.ID,
		}
	}
	return out, nil
}

func registryHits(found []registry.Hit, kind registry.HitKind) []hit {
	var out []hit
	for _, h := range found {
		if h.Kind != kind {
			continue
		}
		href := "/devices/" + h.ID
		if kind != registry.HitDevice {
			href = "/fleet?" + string(kind) + "=" + h.ID
		}
		out = append(out, hit{Title: h.Title, Hint: joined(h.Detail...), Href: href})
	}
	return out
}

// findFaults finds articles by all the words of their titles, or by a code as
// the register shows it.
func findFaults(articles []*catalogue.Article, l i18n.Lang, question string, each int) []hit {
	var out []hit
	words := strings.Fields(desk.Fold(question))
	for _, a := range articles {
		if len(out) == each {
			break
		}
		if title := a.Title.In(l); holdsAll(desk.Fold(title), words) || hasCode(a, question) {
			out = append(out, hit{Title: title, Hint: strings.Join(paletteCodes(a), ", "), Href: "/faults/" + a.ID})
		}
	}
	return out
}

func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return len(words) > 0
}

func hasCode(a *catalogue.Article, question string) bool {
	return slices.ContainsFunc(a.Codes, func(c catalogue.Code) bool {
		return strings.EqualFold(c.Value, question) || slices.ContainsFunc(c.Aliases, func(s string) bool { return strings.EqualFold(s, question) })
	})
}

func paletteCodes(a *catalogue.Article) (codes []string) {
	const most = 4
	for _, c := range a.Codes[:min(len(a.Codes), most)] {
		codes = append(codes, c.Value)
	}
	return codes
}
