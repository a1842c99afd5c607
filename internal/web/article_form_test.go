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
