package web

import (
	"net/url"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/i18n"
)

// TestAnyFormMakesAnArticle sends buttons and fields that no page has: what
// comes out is always an article that can be read again, and never a crash.
func TestAnyFormMakesAnArticle(t *testing.T) {
	t.Parallel()
	text, _ := catalogue.ShippedText("kkt-clock-drift")
	names := []string{"title", "symptoms", "codes", "cause-0-name", "step-0-kind", "step-2-kind", "step-2-procedure", "step-1-branch-2-to", "step-0-minutes", "family", "step-99-kind"}
	rapid.Check(t, func(t *rapid.T) {
		a, err := catalogue.ReadOwn([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{}
		for _, n := range rapid.SliceOfN(rapid.SampledFrom(names), 0, 6).Draw(t, "fields") {
			form.Set(n, rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"machine", "do", "ask", "mended", "hand_over", "-1", "235, 3979\n"})).Draw(t, n))
		}
		fillArticle(a, typed{Values: form}, rapid.SampledFrom(i18n.Langs()).Draw(t, "lang"))
		for range 3 {
			shapeArticle(a, rapid.OneOf(rapid.String(), rapid.StringMatching(`(step|cause|branch)\.(add|del|up|down)(\.-?[0-9]{1,2}){0,2}`)).Draw(t, "op"))
		}
		if len(a.Steps) == 0 {
			t.Fatal("the last step was removed")
		}
		if _, err := catalogue.ReadOwn(catalogue.Write(a)); err != nil {
			t.Fatalf("it cannot be read again: %v", err)
		}
	})
}

// TestWhatTheFormDoesNotAskForStays fills in nothing.
func TestWhatTheFormDoesNotAskForStays(t *testing.T) {
	t.Parallel()
	text, _ := catalogue.ShippedText("kkt-clock-drift")
	a, err := catalogue.ReadOwn([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	before := string(catalogue.Write(a))
	fillArticle(a, typed{Values: url.Values{"codes": {codeLines(a.Codes)}}}, i18n.RU)
	if after := string(catalogue.Write(a)); after != before {
		t.Errorf("an empty form changed the article:\n%s", after)
	}
}

func TestAWalkStopsWhereItCannotGoOn(t *testing.T) {
	t.Parallel()
	text, _ := catalogue.ShippedText("kkt-clock-drift")
	a, err := catalogue.ReadOwn([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for way, want := range map[string]string{"": "tablet", "0": "shift", "0.1": "close", "0.1.3": "close-by-hand", "0.9": "shift", "x": "tablet", "0.-1": "shift", "0.2.0": "later"} {
		if _, at := walked(a, way); at.ID != want {
			t.Errorf("%q leads to %s, want %s", way, at.ID, want)
		}
	}
}

// TestAFlawSaysWhichFieldItIsIn: a step has many fields, and three lines of
// "step 1: a text is needed here" lead to none of them.
func TestAFlawSaysWhichFieldItIsIn(t *testing.T) {
	t.Parallel()
	v := english(t)
	for _, c := range []struct {
		place string
		line  int
		lines bool
		want  string
	}{
		{"title.ru", 0, true, v.T("article.f.title")},
		{"step[0].do.de", 12, false, v.T("article.place.step", "n", 1) + ", " + v.T("article.f.do")},
		{"step[0].do", 12, true, v.T("article.place.step", "n", 1) + ", " + v.T("article.f.do") + ", " + v.T("article.line", "line", 12)},
		{"step[1].branch[2].text", 16, false, v.T("article.place.step", "n", 2) + ", " + v.T("article.place.branch", "n", 3)},
		{"step[1].branch[0].to", 16, false, v.T("article.place.step", "n", 2) + ", " + v.T("article.place.branch", "n", 1) + ", " + v.T("article.f.to")},
		{"cause[0].tell.ru", 9, false, v.T("article.place.cause", "n", 1) + ", " + v.T("article.f.tell")},
		{"", 4, false, v.T("article.line", "line", 4)},
	} {
		if got := flawPlace(v, catalogue.Flaw{Place: c.place, Line: c.line}, c.lines); got != c.want {
			t.Errorf("%q is told as %q, not %q", c.place, got, c.want)
		}
	}
}

// TestALanguageWithoutAName: an article that lost its name in one language is
// shown in another there; its editor is told before it is published.
func TestALanguageWithoutAName(t *testing.T) {
	t.Parallel()
	v := english(t)
	text, _ := catalogue.ShippedText("kkt-clock-drift")
	art, err := catalogue.ReadOwn([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := (editorView{art: art}).lacking(v); got != "" {
		t.Errorf("a whole article lacks %q", got)
	}
	art.Title.Set(i18n.RU, "")
	if got := (editorView{art: art}).lacking(v); got != v.T("admin.lang.ru") {
		t.Errorf("lacks %q", got)
	}
	if got := (editorView{art: &catalogue.Article{}}).lacking(v); got != "" {
		t.Errorf("an empty article lacks %q: its flaws say so already", got)
	}
}
