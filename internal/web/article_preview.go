package web

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/shelf"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// previewView is an article as its readers will see it, with a walk through
// its steps that needs no register and leaves nothing behind.
type previewView struct {
	articleView
	shelfed shelf.Article
	as      catalogue.Who // whose eyes: cashier or engineer
	flaws   catalogue.Flaws
	walk    []string // the exits that were taken, as numbers
	step    *catalogue.Step
}

func (w *Web) articlePreview(ctx context.Context, rq *request) (answer, error) {
	a, err := w.Faults.Shelf().Get(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	text, err := w.Faults.Shelf().Begin(ctx, rq.sc, a)
	if err != nil {
		return answer{}, err
	}
	v := previewView{shelfed: a, as: catalogue.Cashier}
	if rq.FormValue("as") == string(catalogue.Engineer) {
		v.as = catalogue.Engineer
	}
	art, err := w.Faults.Shelf().Check(rq.sc, a.Fault, text, rq.Lang())
	title := w.faultName(rq.sc, rq.Lang(), a.Fault)
	if v.flaws = catalogue.FlawsOf(err); len(v.flaws) == 0 && art != nil {
		title = art.Title.In(rq.Lang())
		v.articleView = articleView{Article: art, plans: map[string][]ui.ByteLine{}}
		for _, s := range art.Steps {
			if s.Machine != nil {
				v.plans[s.ID] = w.sampleBytes(nil, s.Machine.Procedure)
			}
		}
		v.walk, v.step = walked(art, rq.FormValue("walk"))
	}
	f, err := rq.admin(ctx, "articles", title)
	return answer{body: previewPage(f, v)}, err
}

// walked follows the exits "0.2.1" from the article's first step; what cannot
// be followed ends the walk there.
func walked(a *catalogue.Article, way string) (taken []string, at *catalogue.Step) {
	at = a.First()
	for part := range strings.SplitSeq(way, ".") {
		n, err := strconv.Atoi(part)
		exits := at.Exits()
		if err != nil || n < 0 || n >= len(exits) || len(taken) > 100 {
			break
		}
		next, ok := a.Step(exits[n].To)
		if !ok {
			break
		}
		taken, at = append(taken, part), next
	}
	return taken, at
}

// href is the preview through somebody's eyes, at a place of the walk.
func (v previewView) href(as catalogue.Who, walk []string) string {
	q := url.Values{"as": {string(as)}}
	if len(walk) > 0 {
		q.Set("walk", strings.Join(walk, "."))
	}
	return "/admin/articles/" + v.shelfed.Fault + "/preview?" + q.Encode()
}

// further is the walk after one more exit.
func (v previewView) further(exit int) string {
	return v.href(v.as, append(v.walk[:len(v.walk):len(v.walk)], strconv.Itoa(exit))) + "#walk"
}

func (v previewView) back() string { return v.href(v.as, v.walk[:max(len(v.walk)-1, 0)]) + "#walk" }

// exitText is what a way out of a step is called.
func exitText(v ui.View, e catalogue.Exit) string {
	if e.Way == catalogue.ByAnswer {
		return e.Text.In(v.Lang())
	}
	return v.T("article.walk." + string(e.Way))
}

// articleHistoryView is what was published of an article, and one comparison.
type articleHistoryView struct {
	shelf.Article
	title   string
	list    []shelf.Version
	number  int64 // of the version that is looked at, 0 = none
	diff    []shelf.Line
	text    string
	mayHold bool
}

// inForce is the number of the version that readers see, 0 for none: what is
// shipped, or nothing. The newest comes first, and a version that was brought
// back is a new one with an old text.
func (v articleHistoryView) inForce() int64 {
	for _, h := range v.list {
		if h.Revision != "" && h.Revision == v.Published && !v.Off {
			return h.Number
		}
	}
	return 0
}

func (w *Web) articleHistory(ctx context.Context, rq *request) (answer, error) {
	a, err := w.Faults.Shelf().Get(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	v := articleHistoryView{Article: a, title: w.faultName(rq.sc, rq.Lang(), a.Fault), mayHold: mayHold(rq)}
	if v.list, err = w.Faults.Shelf().History(ctx, rq.sc, a.Fault); err != nil {
		return answer{}, err
	}
	if n, err := strconv.ParseInt(rq.FormValue("version"), 10, 64); err == nil {
		if err := w.loadVersion(ctx, rq, &v, n); err != nil {
			return answer{}, err
		}
	}
	f, err := rq.admin(ctx, "articles", v.title)
	return answer{body: articleHistoryPage(f, v)}, err
}

// loadVersion compares a version with the one before it; where the shipped
// article held, with that.
func (w *Web) loadVersion(ctx context.Context, rq *request, v *articleHistoryView, number int64) (err error) {
	if v.text, err = w.versionText(ctx, rq, v.Article, number); err != nil {
		return err
	}
	before, _ := catalogue.ShippedText(v.Fault)
	if number > 1 {
		if before, err = w.versionText(ctx, rq, v.Article, number-1); err != nil {
			return err
		}
	}
	v.number, v.diff = number, shelf.Around(shelf.Diff(before, v.text), 3)
	return nil
}

func (w *Web) versionText(ctx context.Context, rq *request, a shelf.Article, number int64) (string, error) {
	text, err := w.Faults.Shelf().Text(ctx, rq.sc, a.Fault, number)
	if err == nil && text == "" {
		text, _ = catalogue.ShippedText(a.Fault)
	}
	return text, err
}

// changedLines says whether a comparison shows any difference.
func changedLines(lines []shelf.Line) bool {
	for _, l := range lines {
		if l.Sign == '+' || l.Sign == '-' {
			return true
		}
	}
	return false
}
