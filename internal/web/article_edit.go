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
	"github.com/tillwright/tillwright/internal/web/ui"
)

// The ways to edit an article.
const (
	modeForm = "form"
	modeText = "text"
)

// editorView is an article as its editor works on it.
type editorView struct {
	shelf.Article
	title   string
	mode    string
	lang    i18n.Lang          // of the form's texts
	text    string             // what stands in the editor
	art     *catalogue.Article // text as the form shows it; nil when it cannot be read
	flaws   catalogue.Flaws    // of text
	broken  catalogue.Flaws    // of what is published
	theirs  []shelf.Line       // how what was saved meanwhile differs from text
	renewed []shelf.Line       // what the release changed in the shipped article
	mine    []shelf.Line       // how the company's differs from the new shipped one
	form    typed
	done    string
	mayHold bool
}

func (w *Web) articleEditor(ctx context.Context, rq *request) (answer, error) {
	return w.articleEditorWith(ctx, rq, typed{Values: url.Values{}}, "")
}

// articleEditorWith shows the editor with a text that was typed and not taken,
// or, with "", with what is kept.
func (w *Web) articleEditorWith(ctx context.Context, rq *request, t typed, text string) (answer, error) {
	a, err := w.Faults.Shelf().Get(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	v := editorView{
		Article: a, title: w.faultName(rq.sc, rq.Lang(), a.Fault), mode: modeOf(rq), lang: langOf(rq), text: text, form: t,
		done: rq.FormValue("done"), mayHold: rq.sc.Can(scope.PublishArticles), broken: w.Faults.Shelf().Broken(rq.sc, a.Fault),
	}
	begin, err := w.Faults.Shelf().Begin(ctx, rq.sc, a)
	if err != nil {
		return answer{}, err
	}
	if v.text == "" {
		v.text = begin
	} else if problem.CodeOf(errOf(t.problem)) == "article_changed" {
		v.theirs = shelf.Around(shelf.Diff(v.text, begin), 2)
	}
	v.art, _ = catalogue.ReadOwn([]byte(v.text))
	if v.art == nil {
		v.mode = modeText
	}
	if v.Draft != "" || text != "" {
		_, err := w.Faults.Shelf().Check(rq.sc, a.Fault, v.text, rq.Lang())
		v.flaws = catalogue.FlawsOf(err)
	}
	if err := w.compareShipped(ctx, rq, &v); err != nil {
		return answer{}, err
	}
	f, err := rq.admin(ctx, "articles", v.title)
	return answer{body: editorPage(f, v), status: t.status()}, err
}

func errOf(p *problem.Error) error {
	if p == nil {
		return nil
	}
	return p
}

// compareShipped shows an editor what a release changed under the company's
// article.
func (w *Web) compareShipped(ctx context.Context, rq *request, v *editorView) error {
	if !v.Renewed() {
		return nil
	}
	t, err := w.Faults.Shelf().TextsOf(ctx, rq.sc, v.Article)
	if err != nil {
		return err
	}
	const near = 2
	v.renewed = shelf.Around(shelf.Diff(t.Base, t.Shipped), near)
	v.mine = shelf.Around(shelf.Diff(t.Shipped, v.text), near)
	return nil
}

func modeOf(rq *request) string {
	if rq.FormValue("mode") == modeText {
		return modeText
	}
	return modeForm
}

// langOf is the language whose texts the form shows.
func langOf(rq *request) i18n.Lang {
	if l, ok := i18n.Parse(rq.FormValue("texts")); ok {
		return l
	}
	return rq.Lang()
}

// articleSave keeps the draft: the text as it was typed, or the form's fields
// put into the text that the form was made of.
func (w *Web) articleSave(ctx context.Context, rq *request) (answer, error) {
	t := rq.typed()
	text, anchor := strings.ReplaceAll(t.Get("text"), "\r\n", "\n"), ""
	if modeOf(rq) == modeForm {
		art, err := catalogue.ReadOwn([]byte(strings.ReplaceAll(t.Get("base"), "\r\n", "\n")))
		if err != nil {
			return answer{}, problem.New(problem.Malformed, "article_text").With("most", catalogue.MaxFile).In("web.articleSave").Because(err)
		}
		fillArticle(art, t, langOf(rq))
		anchor = shapeArticle(art, t.Get("op"))
		text = string(catalogue.Write(art))
	}
	a, err := w.Faults.Shelf().SaveDraft(ctx, rq.sc, rq.PathValue("id"), t.version(), text)
	if again, ok := t.refused(err); err != nil && ok {
		return w.articleEditorWith(ctx, rq, again, text)
	}
	if err != nil {
		return answer{}, err
	}
	q := url.Values{"mode": {modeOf(rq)}, "texts": {string(langOf(rq))}}
	if t.Get("op") == "" {
		q.Set("done", "save")
	}
	return goTo("/admin/articles/" + a.Fault + "?" + q.Encode() + anchor)
}

// href is the editor in another mode or language.
func (v editorView) href(mode string, l i18n.Lang) string {
	return "/admin/articles/" + v.Fault + "?" + url.Values{"mode": {mode}, "texts": {string(l)}}.Encode()
}

func (v editorView) url(move string) string { return "/admin/articles/" + v.Fault + "/" + move }

// flaw is the sentence of what is wrong at a place of the form, in its
// language or in none.
func (v editorView) flaw(u ui.View, place string) string {
	for _, f := range v.flaws {
		if f.Place == place || f.Place == place+"."+string(v.lang) {
			return flawText(u, f)
		}
	}
	return ""
}

func flawText(v ui.View, f catalogue.Flaw) string {
	field := shelf.FieldOf(f)
	return v.Field(field.Code, field.Args)
}

// flawPlace is where a flaw is, in words: step 3, answer 1, title. Lines are
// counted for whoever sees them, or where nothing else is known.
func flawPlace(v ui.View, f catalogue.Flaw, lines bool) string {
	var out []string
	for _, part := range strings.Split(f.Place, ".") {
		name, number, found := strings.Cut(part, "[")
		n, err := strconv.Atoi(strings.TrimSuffix(number, "]"))
		if !found || err != nil {
			continue
		}
		if words := v.Or("article.place."+name, ""); words != "" {
			out = append(out, v.T("article.place."+name, "n", n+1))
		}
	}
	if field := flawField(v, f.Place); field != "" {
		out = append(out, field)
	}
	if f.Line > 0 && (lines || len(out) == 0) {
		out = append(out, v.T("article.line", "line", f.Line))
	}
	return strings.Join(out, ", ")
}

// flawField is what the form calls the field that a flaw is in, "" when the
// flaw is in something as a whole.
func flawField(v ui.View, place string) string {
	parts := strings.Split(place, ".")
	if _, ok := i18n.Parse(parts[len(parts)-1]); ok {
		parts = parts[:len(parts)-1]
	}
	if len(parts) == 0 || strings.HasSuffix(parts[len(parts)-1], "]") {
		return ""
	}
	name := parts[len(parts)-1]
	if len(parts) == 1 {
		return v.Or("article.f."+name, name)
	}
	switch name { // an answer's and a cause's own text have the name of the whole
	case "text", "name":
		return ""
	}
	return v.Or("article.f."+name, v.Or("article.walk."+strings.TrimPrefix(name, "on_"), ""))
}

// lacking is the languages in which nothing stands for the article's name or
// gist although it has them in another: there readers see that one.
func (v editorView) lacking(u ui.View) string {
	var out []string
	if v.art == nil || v.art.Title.Empty() || v.art.Gist.Empty() {
		return ""
	}
	for _, l := range i18n.Langs() {
		if v.art.Title.In(l) == "" || v.art.Gist.In(l) == "" {
			out = append(out, u.T("admin.lang."+string(l)))
		}
	}
	return strings.Join(out, ", ")
}

// doneText says what a button has just done, "" for those that say it
// themselves.
func (v editorView) doneText(u ui.View) string {
	switch key := v.done; {
	case v.form.problem != nil:
		return ""
	case key == "save":
		return u.T("article.saved")
	case key == "publish", key == "rollback":
		return u.T("article.published_now")
	case key == "restore" && v.Own():
		return u.T("article.done.withdrawn")
	case key == "switch" && v.Off:
		return "" // the page says that it is off
	case key == "drop", key == "restore", key == "switch", key == "acknowledge":
		return u.T("article.done." + key)
	}
	return ""
}

// flawAnchor is the form's part that a flaw is in.
func flawAnchor(f catalogue.Flaw) string {
	head, rest, found := strings.Cut(f.Place, "]")
	if found && strings.HasPrefix(head, "step[") {
		_ = rest
		n, _ := strconv.Atoi(strings.TrimPrefix(head, "step["))
		return "#step-" + strconv.Itoa(n)
	}
	return "#f-" + strings.SplitN(f.Place, ".", 2)[0]
}

func mayHold(rq *request) bool { return rq.sc.Can(scope.PublishArticles) }
