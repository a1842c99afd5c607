package web

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/faults/match"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func (w *Web) mountFaults(mux Mux) {
	mux.Handle("GET /faults", w.page("", w.faultList))
	mux.Handle("POST /faults/photo", taking(maxHelpPhoto, w.page("", w.faultPhoto)))
	mux.Handle("GET /faults/{id}", w.page("", w.faultPage))
}

// faultLine is an article in a list.
type faultLine struct {
	*catalogue.Article
	why []string // what of the question speaks for it
}

// faultFamily is what belongs to one kind of trouble.
type faultFamily struct {
	name  string
	lines []faultLine
}

// faultsView is the catalogue, or the answer to a question.
type faultsView struct {
	tabs      []ui.Tab // for who answers readers
	q         string
	found     []faultLine
	confident bool
	families  []faultFamily
	total     int
	mayDraft  bool
	photos    bool // photographs can be read
	read      bool // q was read off one
}

func (w *Web) faultList(ctx context.Context, rq *request) (answer, error) {
	v := faultsView{q: strings.TrimSpace(rq.FormValue("q")), mayDraft: rq.sc.Can(scope.DraftArticles), photos: w.readsPhotos(), read: rq.FormValue("read") != ""}
	if v.q != "" {
		d, err := w.Faults.Diagnose(ctx, rq.sc, faults.Question{Text: v.q, Lang: string(rq.Lang()), Photo: v.read})
		if err != nil {
			return answer{}, err
		}
		if !d.Confident {
			q := help.Search{Text: v.q, Lang: string(rq.Lang()), Source: help.FromDesk}
			if err := w.Help.Miss(ctx, rq.sc, q); err != nil {
				return answer{}, err
			}
		}
		v.confident = d.Confident
		v.found = w.foundFaults(rq, d)
	} else {
		v.families = families(w.Faults.Articles(rq.sc), rq.Lang())
		v.total = len(w.Faults.Articles(rq.sc))
	}
	f, err := rq.frame(ctx, ui.SectionFaults, rq.T("fault.list.title"))
	v.tabs = faultTabs(rq, f, "catalogue")
	return answer{body: faultListPage(f, v)}, err
}

func (w *Web) foundFaults(rq *request, d faults.Diagnosis) []faultLine {
	var out []faultLine
	for _, m := range d.Matches {
		a, err := w.Faults.Article(rq.sc, m.FaultID)
		if err != nil { // known by name, not written about yet
			continue
		}
		l := faultLine{Article: a}
		for _, e := range m.Evidence {
			if text := evidenceText(rq.View, e); text != "" && !slices.Contains(l.why, text) {
				l.why = append(l.why, text)
			}
		}
		out = append(out, l)
	}
	return out
}

func evidenceText(v ui.View, e match.Evidence) string {
	switch e.Kind {
	case "code":
		return v.T("fault.why.code", "code", e.Value)
	case "words":
		return v.T("fault.why.words", "words", e.Value)
	default:
		return ""
	}
}

// families groups the catalogue, each family by title.
func families(all []*catalogue.Article, l i18n.Lang) []faultFamily {
	by := map[string][]faultLine{}
	for _, a := range all {
		by[a.Family] = append(by[a.Family], faultLine{Article: a})
	}
	var out []faultFamily
	for name, lines := range by {
		slices.SortFunc(lines, func(a, b faultLine) int { return strings.Compare(a.Title.In(l), b.Title.In(l)) })
		out = append(out, faultFamily{name, lines})
	}
	slices.SortFunc(out, func(a, b faultFamily) int { return strings.Compare(a.name, b.name) })
	return out
}

// articleView is one article with the bytes of its machine steps.
type articleView struct {
	*catalogue.Article
	related []faultLine
	device  *registry.Device // the register that somebody reads about it for
	caseID  string           // the case it is read for
	plans   map[string][]ui.ByteLine
	mayFix  bool
	// mayDraft says that the reader may write the company's own articles.
	mayDraft bool
}

func (w *Web) faultPage(ctx context.Context, rq *request) (answer, error) {
	a, err := w.Faults.Article(rq.sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	v := articleView{Article: a, mayFix: rq.sc.Can(scope.WorkCases), mayDraft: rq.sc.Can(scope.DraftArticles), caseID: rq.FormValue("case"), plans: map[string][]ui.ByteLine{}}
	for _, id := range a.Related {
		if r, err := w.Faults.Article(rq.sc, id); err == nil {
			v.related = append(v.related, faultLine{Article: r})
		}
	}
	if id := rq.FormValue("device"); id != "" {
		d, err := w.Registry.Device(ctx, rq.sc, id)
		if pr := problem.Of(err); pr != nil && pr.Kind != problem.NotFound {
			return answer{}, err
		}
		if err == nil {
			v.device = &d
		}
	}
	for _, s := range a.Steps {
		if s.Machine != nil {
			v.plans[s.ID] = w.sampleBytes(v.device, s.Machine.Procedure)
		}
	}
	f, err := rq.frame(ctx, ui.SectionFaults, a.Title.In(rq.Lang()))
	return answer{body: articlePage(f, v)}, err
}

// sampleBytes is what the procedure sends to a register of the device's
// protocol, or of the first one that the program speaks.
func (w *Web) sampleBytes(d *registry.Device, procedure string) []ui.ByteLine {
	name := "atol"
	if d != nil && d.Endpoint != nil {
		name = d.Endpoint.Protocol
	}
	protocol := w.Protocols[name]
	if protocol == nil {
		return nil
	}
	plan, err := protocol.Plan(kkt.Procedure{Name: procedure})
	if err != nil { // this kind of register cannot do it
		return nil
	}
	lines := make([]ui.ByteLine, len(plan))
	for i, b := range plan {
		lines[i] = ui.ByteLine{Out: true, Bytes: b}
	}
	return lines
}

// machineText says what a machine step risks, or that the register of the
// article's reader has no command for it.
func machineText(v ui.View, x articleView, s catalogue.Step) string {
	if x.device != nil && len(x.plans[s.ID]) == 0 {
		return v.T("problem." + faults.CannotCode)
	}
	return riskText(v, s.Machine.Risk)
}

// codesOf are a code's ways of being written, as one line.
func codesOf(c catalogue.Code) string {
	return strings.Join(append([]string{c.Value}, c.Aliases...), ", ")
}

// allCodes are an article's codes for its row.
func allCodes(a *catalogue.Article) string {
	var out []string
	for _, c := range a.Codes {
		out = append(out, c.Value)
	}
	const enough = 4
	if len(out) > enough {
		return strings.Join(out[:enough], ", ") + " …"
	}
	return strings.Join(out, ", ")
}

// stepNumber is a step's place in the article, by which branches point to it.
func stepNumber(a *catalogue.Article, id string) string {
	for i, s := range a.Steps {
		if s.ID == id {
			return strconv.Itoa(i + 1)
		}
	}
	return "?"
}

// reviewedDay is the day of the last review, as a day of the reader's language.
func reviewedDay(v ui.View, a *catalogue.Article) string {
	t, err := time.Parse("2006-01-02", a.Reviewed)
	if err != nil {
		return a.Reviewed
	}
	return v.Date(t, time.UTC)
}

// machineWays are where a machine step leads, in words.
func machineWays(v ui.View, a *catalogue.Article, m *catalogue.MachineStep) []ui.KV {
	var out []ui.KV
	for _, way := range []struct{ key, to string }{
		{"success", m.OnSuccess}, {"failure", m.OnFailure}, {"unknown", m.OnUnknown}, {"by_hand", m.ByHand},
	} {
		if s, ok := a.Step(way.to); ok {
			out = append(out, ui.Line(v.T("fault.way."+way.key), stepNumber(a, way.to)+". "+s.Title.In(v.Lang())))
		}
	}
	return out
}
