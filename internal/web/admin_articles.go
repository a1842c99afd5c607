package web

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/shelf"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

func (w *Web) mountAdminArticles(mux Mux) {
	const drafts, holds = scope.DraftArticles, scope.PublishArticles
	mux.Handle("GET /admin/articles", w.page(drafts, w.articleList))
	mux.Handle("POST /admin/articles", w.page(drafts, w.articleNew))
	mux.Handle("GET /admin/articles/{id}", w.page(drafts, w.articleEditor))
	mux.Handle("POST /admin/articles/{id}", w.page(drafts, w.articleSave))
	mux.Handle("GET /admin/articles/{id}/preview", w.page(drafts, w.articlePreview))
	mux.Handle("GET /admin/articles/{id}/history", w.page(drafts, w.articleHistory))
	mux.Handle("POST /admin/articles/{id}/drop", w.page(drafts, w.articleMove(func(ctx context.Context, rq *request, m articleMove) (shelf.Article, error) {
		return w.Faults.Shelf().DropDraft(ctx, rq.sc, m.fault, m.version)
	})))
	mux.Handle("POST /admin/articles/{id}/acknowledge", w.page(drafts, w.articleMove(func(ctx context.Context, rq *request, m articleMove) (shelf.Article, error) {
		return w.Faults.Shelf().Acknowledge(ctx, rq.sc, m.fault, m.version)
	})))
	mux.Handle("POST /admin/articles/{id}/publish", w.page(holds, w.articleMove(func(ctx context.Context, rq *request, m articleMove) (shelf.Article, error) {
		return w.Faults.Shelf().Publish(ctx, rq.sc, m.fault, m.version, rq.Lang(), m.note)
	})))
	mux.Handle("POST /admin/articles/{id}/restore", w.page(holds, w.articleMove(func(ctx context.Context, rq *request, m articleMove) (shelf.Article, error) {
		return w.Faults.Shelf().Restore(ctx, rq.sc, m.fault, m.version, m.note)
	})))
	mux.Handle("POST /admin/articles/{id}/switch", w.page(holds, w.articleMove(func(ctx context.Context, rq *request, m articleMove) (shelf.Article, error) {
		return w.Faults.Shelf().Switch(ctx, rq.sc, m.fault, m.version, rq.FormValue("off") == "1", m.note)
	})))
	mux.Handle("POST /admin/articles/{id}/rollback", w.page(holds, w.articleMove(func(ctx context.Context, rq *request, m articleMove) (shelf.Article, error) {
		return w.Faults.Shelf().Rollback(ctx, rq.sc, m.fault, m.version, numberOf(rq.FormValue("number")), m.note)
	})))
}

// articleMove is what a button that changes what holds sends.
type articleMove struct {
	fault, note string
	version     int64
}

// articleMove does one of the moves and shows the article again, or what
// speaks against it.
func (w *Web) articleMove(do func(ctx context.Context, rq *request, m articleMove) (shelf.Article, error)) handler {
	return func(ctx context.Context, rq *request) (answer, error) {
		t := rq.typed()
		m := articleMove{fault: rq.PathValue("id"), note: strings.TrimSpace(t.Get("note")), version: t.version()}
		a, err := do(ctx, rq, m)
		if again, ok := t.refused(err); err != nil && ok {
			return w.articleEditorWith(ctx, rq, again, "")
		}
		if err != nil {
			return answer{}, err
		}
		if a.Version > 0 && a.Published == "" && a.Draft == "" && a.Shipped == "" {
			return goTo("/admin/articles")
		}
		return goTo("/admin/articles/" + url.PathEscape(a.Fault) + "?done=" + rq.URL.Path[strings.LastIndexByte(rq.URL.Path, '/')+1:])
	}
}

// articlesView is the list of what the company wrote and of what is shipped.
type articlesView struct {
	own      []articleLine
	families []faultFamily
	form     typed
}

// articleLine is one of the company's articles in the list.
type articleLine struct {
	shelf.Article
	title  string
	broken bool
}

func (w *Web) articleList(ctx context.Context, rq *request) (answer, error) {
	return w.articleListWith(ctx, rq, typed{Values: url.Values{}})
}

func (w *Web) articleListWith(ctx context.Context, rq *request, t typed) (answer, error) {
	list, err := w.Faults.Shelf().List(ctx, rq.sc)
	if err != nil {
		return answer{}, err
	}
	v := articlesView{form: t}
	mine := map[string]bool{}
	for _, a := range list {
		if !a.Own() && a.Published == "" && a.Draft == "" && !a.Off {
			continue // it was the company's once and is as shipped again
		}
		mine[a.Fault] = true
		v.own = append(v.own, articleLine{a, w.faultName(rq.sc, rq.Lang(), a.Fault), len(w.Faults.Shelf().Broken(rq.sc, a.Fault)) > 0})
	}
	var rest []*catalogue.Article
	for _, a := range w.Faults.Articles(rq.sc) {
		if !mine[a.ID] {
			rest = append(rest, a)
		}
	}
	v.families = families(rest, rq.Lang())
	f, err := rq.admin(ctx, "articles", rq.T("article.title"))
	return answer{body: articlesPage(f, v), status: t.status()}, err
}

// articleNew leads to the form of a new article of the company's own.
func (w *Web) articleNew(ctx context.Context, rq *request) (answer, error) {
	t := rq.typed()
	id := strings.ToLower(strings.TrimSpace(t.Get("id")))
	p := problem.New(problem.Invalid, "invalid").In("web.articleNew")
	if !catalogue.IsOwnID(id) {
		again, _ := t.refused(p.Field("id", "article_id_form"))
		return w.articleListWith(ctx, rq, again)
	}
	if _, err := w.Faults.Shelf().Get(ctx, rq.sc, id); err == nil {
		again, _ := t.refused(p.Field("id", "article_id_taken"))
		return w.articleListWith(ctx, rq, again)
	}
	_, err := w.Faults.Shelf().SaveDraft(ctx, rq.sc, id, 0, shelf.Blank(id))
	if again, ok := t.refused(err); err != nil && ok {
		return w.articleListWith(ctx, rq, again)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo("/admin/articles/" + id)
}

// articleStates are the words of an article's state.
func articleStates(v i18n.Voice, a articleLine) []string {
	var out []string
	add := func(when bool, key string) {
		if when {
			out = append(out, v.T("article.state."+key))
		}
	}
	add(a.Published != "" && a.Own(), "own")
	add(a.Published != "" && !a.Own(), "override")
	add(a.Published == "" && a.Own(), "withdrawn")
	add(a.Published == "" && !a.Own(), "shipped")
	add(a.Draft != "", "draft")
	add(a.Off, "off")
	add(a.Renewed() && a.Published != "", "renewed")
	add(a.broken, "broken")
	return out
}

// numberOf is a number as a form sends it; -1 fits nothing.
func numberOf(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return n
}
