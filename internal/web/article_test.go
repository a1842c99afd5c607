package web_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/shelf"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/scope"
)

const driftFault = "kkt-clock-drift"

// editors adds a manager to the house, who may publish.
func (h *house) editors(t *testing.T) (manager, engineer *browser) {
	t.Helper()
	_, err := h.Access.CreatePerson(t.Context(), scope.System(h.tenant.ID, "setup"), access.NewPerson{
		Email: "manager@example.org", Name: "manager", Lang: i18n.RU, Roles: []scope.Role{scope.Manager}, Password: "четыре слова подряд 8",
	})
	must(t, err)
	manager, engineer = h.browser(t), h.browser(t)
	manager.signIn(t, "manager")
	engineer.signIn(t, "engineer")
	return manager, engineer
}

func (h *house) article(t *testing.T, fault string) shelf.Article {
	t.Helper()
	a, err := h.Faults.Shelf().Get(t.Context(), scope.System(h.tenant.ID, "test"), fault)
	must(t, err)
	return a
}

func version(a shelf.Article) string { return strconv.FormatInt(a.Version, 10) }

// TestAnArticleIsWrittenByItsForm goes from an empty form to an article that
// shops read: a person who does not know TOML writes it.
func TestAnArticleIsWrittenByItsForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	manager, engineer := h.editors(t)
	const id = "own-label-printer"
	engineer.send(t, "POST", "/admin/articles", url.Values{"id": {"Etikett Drucker"}}).wants(t, 422, "own-label-printer")
	engineer.send(t, "POST", "/admin/articles", url.Values{"id": {id}}).wants(t, 200, "Signs", "Step 1")
	a := h.article(t, id)
	form := url.Values{
		"mode": {"form"}, "texts": {"ru"}, "version": {version(a)}, "base": {a.Draft}, "family": {"peripheral"}, "kind": {"fault"}, "severity": {"minor"},
		"title": {"Принтер этикеток молчит"}, "gist": {" Этикетки не печатаются. "}, "symptoms": {"этикеточник молчит\r\n\r\nнет ценников\r\nэтикетки не выходят"},
		"codes": {"L-7, L7\nL-8"}, "notes": {""}, "cause-0-name": {"Кончилась лента"}, "cause-0-tell": {"Горит лампа"},
		"step-0-kind": {"do"}, "step-0-who": {"cashier"}, "step-0-title": {"Замените ленту"}, "step-0-do": {"Откройте крышку."}, "step-0-minutes": {"3"},
		"step-0-branch-0-text": {"Печатает"}, "step-0-branch-0-to": {"well"}, "step-0-branch-1-text": {"Молчит"}, "step-0-branch-1-to": {"engineer"},
		"step-1-kind": {"hand_over"}, "step-1-who": {"cashier"}, "step-1-title": {"Нужен инженер"}, "step-1-do": {"Мы перезвоним."},
		"step-2-kind": {"mended"}, "step-2-who": {"cashier"}, "step-2-title": {""}, "step-2-do": {"Можно работать."},
	}
	engineer.send(t, "POST", "/admin/articles/"+id, form).wants(t, 200, "The draft is saved", "A text is needed here", `href="#step-2"`, "step 3")
	manager.get(t, "/admin/articles/"+id+"/preview").wants(t, 200, "Сначала исправьте текст")
	a = h.article(t, id)
	form.Set("version", version(a))
	form.Set("step-2-title", "Готово")
	engineer.send(t, "POST", "/admin/articles/"+id, form).wants(t, 200, "No mistakes")
	engineer.send(t, "POST", "/admin/articles/"+id+"/publish", url.Values{"version": {version(h.article(t, id))}}).wants(t, 403)
	manager.get(t, "/admin/articles/"+id+"/preview?walk=1").wants(t, 200, "Принтер этикеток молчит", "Нужен инженер", "конец: передать человеку")
	manager.send(t, "POST", "/admin/articles/"+id+"/publish", url.Values{"version": {version(h.article(t, id))}, "note": {"первая"}}).wants(t, 200, "Опубликовано")
	manager.get(t, "/faults?q=этикеточник+молчит").wants(t, 200, "Принтер этикеток молчит")
	manager.get(t, "/admin/articles/"+id+"/history?version=1").wants(t, 200, "первая", "<ins>")
	h.browser(t).get(t, "/help?q=этикеточник+молчит").wants(t, 200, "Принтер этикеток молчит")
	h.browser(t).get(t, "/help/zweite?q=этикеточник+молчит").lacks(t, "Принтер этикеток молчит")
	if got, _ := h.Faults.Article(scope.System(h.tenant.ID, "test"), id); got == nil || len(got.Codes) != 2 || got.Codes[0].Aliases[0] != "L7" || got.Steps[0].Minutes != 3 || got.Gist.RU != "Этикетки не печатаются." {
		t.Errorf("the article that holds is %+v", got)
	}
}

// TestTheFormShapesSteps presses the buttons that add, move and remove.
func TestTheFormShapesSteps(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, engineer := h.editors(t)
	const id = "own-shape"
	engineer.send(t, "POST", "/admin/articles", url.Values{"id": {id}})
	for _, c := range []struct{ op, want string }{
		{"step.add", "look engineer well step-4"},
		{"step.up.3", "look engineer step-4 well"},
		{"step.del.1", "look step-4 well"},
		{"step.down.0", "step-4 look well"},
		{"step.del.9", "step-4 look well"},
		{"step.up.0", "step-4 look well"},
		{"nonsense", "step-4 look well"},
	} {
		a := h.article(t, id)
		engineer.send(t, "POST", "/admin/articles/"+id, url.Values{"mode": {"form"}, "texts": {"ru"}, "version": {version(a)}, "base": {a.Draft}, "op": {c.op}}).wants(t, 200)
		got, err := catalogue.ReadOwn([]byte(h.article(t, id).Draft))
		must(t, err)
		var ids []string
		for _, s := range got.Steps {
			ids = append(ids, s.ID)
		}
		if strings.Join(ids, " ") != c.want {
			t.Fatalf("after %s: %v, want %s", c.op, ids, c.want)
		}
	}
	a := h.article(t, id)
	turned := url.Values{"mode": {"form"}, "texts": {"ru"}, "version": {version(a)}, "base": {a.Draft}, "step-0-kind": {"machine"}, "step-0-who": {"engineer"}}
	engineer.send(t, "POST", "/admin/articles/"+id, turned).wants(t, 200, "What the register does")
}

// TestNothingTypedIsLost lets two editors save over each other.
func TestNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	manager, engineer := h.editors(t)
	text, _ := catalogue.ShippedText(driftFault)
	mine := strings.Replace(text, "Часы кассы и планшета расходятся", "Часы врут", 1)
	theirs := strings.Replace(text, "Часы кассы и планшета расходятся", "Часы убежали", 1)
	engineer.send(t, "POST", "/admin/articles/"+driftFault, url.Values{"mode": {"text"}, "version": {"0"}, "text": {theirs}}).wants(t, 200, "The draft is saved")
	late := manager.send(t, "POST", "/admin/articles/"+driftFault, url.Values{"mode": {"text"}, "version": {"0"}, "text": {mine}})
	late.wants(t, 409, "Ваш текст не потерян", "Часы врут", "Часы убежали")
	if a := h.article(t, driftFault); !strings.Contains(a.Draft, "Часы убежали") {
		t.Error("the first editor's text was overwritten")
	}
	broken := manager.send(t, "POST", "/admin/articles/"+driftFault, url.Values{"mode": {"text"}, "version": {"1"}, "text": {"title.ru = \"Часы врут"}})
	broken.wants(t, 200, "строка 1", "не читается как TOML", "Форма не открывается")
	manager.send(t, "POST", "/admin/articles/"+driftFault+"/publish", url.Values{"version": {"2"}}).wants(t, 422, "нельзя опубликовать", "Часы врут")
	manager.get(t, "/faults/"+driftFault).wants(t, 200, "Часы кассы и планшета расходятся")
}

func TestOthersDoNotEdit(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.browser(t).get(t, "/admin/articles").lacks(t, "own-label-printer")
	b := h.browser(t)
	b.signIn(t, "dispatcher")
	b.get(t, "/admin/articles").wants(t, 403)
	b.send(t, "POST", "/admin/articles/"+driftFault, url.Values{"mode": {"text"}, "version": {"0"}, "text": {"x"}}).wants(t, 403)
	b.get(t, "/faults/"+driftFault).lacks(t, "/admin/articles/")
}
