package api_test

import (
	"strings"
	"testing"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
)

// TestACompanyWritesItsArticles goes the whole way by the public client: an
// engineer drafts, a manager publishes, readers find it, and back again.
func TestACompanyWritesItsArticles(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const fault = "kkt-clock-drift"
	engineer, manager := h.as(t, "engineer"), h.as(t, "manager")
	was, err := engineer.OwnArticle(t.Context(), fault)
	must(t, err)
	text, _ := catalogue.ShippedText(fault)
	if was.Version != 0 || was.Shipped != text || was.Own {
		t.Fatalf("an article nobody overrode: %+v", was.OwnArticle)
	}
	broken, err := engineer.DraftArticle(t.Context(), fault, client.ArticleDraft{Text: strings.Replace(text, `to = "later"`, `to = "never"`, 1)})
	must(t, err)
	if len(broken.Flaws) == 0 || broken.Flaws[0].Code != "article_leads_nowhere" || broken.Flaws[0].Line == 0 || broken.Flaws[0].Place != "step[1].branch[2].to" || !strings.Contains(broken.Flaws[0].Detail, "never") {
		t.Errorf("flaws %+v", broken.Flaws)
	}
	_, err = engineer.PublishArticle(t.Context(), fault, client.ArticleMove{Version: broken.Version})
	wantCode(t, err, "forbidden")
	_, err = manager.PublishArticle(t.Context(), fault, client.ArticleMove{Version: broken.Version})
	wantCode(t, err, "article_invalid")
	good, err := engineer.DraftArticle(t.Context(), fault, client.ArticleDraft{Version: broken.Version, Text: strings.Replace(text, "Часы кассы и планшета расходятся", "Часы убежали", 1)})
	must(t, err)
	_, err = engineer.DraftArticle(t.Context(), fault, client.ArticleDraft{Version: broken.Version, Text: text})
	wantCode(t, err, "article_changed")
	held, err := manager.PublishArticle(t.Context(), fault, client.ArticleMove{Version: good.Version, Note: "проще"})
	must(t, err)
	h.reads(t, fault, "Часы убежали", "Часы кассы и планшета расходятся")
	history, err := engineer.ArticleHistory(t.Context(), fault)
	must(t, err)
	if len(history) != 1 || history[0].Note != "проще" || history[0].By.Name != "manager" {
		t.Errorf("history %+v", history)
	}
	if v, err := engineer.ArticleText(t.Context(), fault, 1); err != nil || !strings.Contains(v.Text, "Часы убежали") {
		t.Errorf("the version's text: %v", err)
	}
	held, err = manager.RestoreArticle(t.Context(), fault, client.ArticleMove{Version: held.Version})
	must(t, err)
	h.reads(t, fault, "Часы кассы и планшета расходятся", "Часы убежали")
	held, err = manager.RollBackArticle(t.Context(), fault, client.ArticleMove{Version: held.Version, Number: 1})
	must(t, err)
	h.reads(t, fault, "Часы убежали", "Часы кассы и планшета расходятся")
	_, err = manager.SwitchArticle(t.Context(), fault, client.ArticleMove{Version: held.Version, Off: true})
	must(t, err)
	scenario{name: "switched off", who: "owner", path: "/faults/" + fault, status: 404}.run(t, h)
	scenario{name: "others have it still", who: "stranger", path: "/faults/" + fault + "?lang=ru", status: 200, has: []string{"Часы кассы и планшета расходятся"}}.run(t, h)
}

// reads asks the catalogue and the matcher as a shop's owner.
func (h *house) reads(t *testing.T, fault, title, not string) {
	t.Helper()
	scenario{name: title + ": article", who: "owner", path: "/faults/" + fault + "?lang=ru", status: 200, has: []string{title}, not: []string{not}}.run(t, h)
	scenario{name: title + ": answer", who: "owner", path: "/diagnose", body: `{"text": "часы кассы спешат", "lang": "ru"}`, status: 200, has: []string{title}, not: []string{not}}.run(t, h)
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if client.Code(err) != code {
		t.Errorf("got %v, want %s", err, code)
	}
}
