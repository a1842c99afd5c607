package catalogue_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/i18n"
)

const ownText = `
id = "own-label-printer"
family = "peripheral"
kind = "fault"
severity = "minor"

title.ru = "Принтер этикеток молчит"
gist.ru = "Принтер этикеток не печатает."
symptoms.ru = ["этикетки не печатаются", "принтер этикеток молчит", "нет ценников"]

[proof]
told = true

[[cause]]
name.ru = "Кончилась лента"
tell.ru = "Горит красная лампа."

[[step]]
id = "tape"
who = "cashier"
kind = "do"
title.ru = "Замените ленту"
do.ru = "Откройте крышку и вставьте новую."
[[step.branch]]
text.ru = "Печатает"
to = "well"
[[step.branch]]
text.ru = "Молчит"
to = "engineer"

[[step]]
id = "engineer"
who = "cashier"
kind = "hand_over"
title.ru = "Нужен инженер"
do.ru = "Мы перезвоним."

[[step]]
id = "well"
who = "cashier"
kind = "mended"
title.ru = "Готово"
do.ru = "Можно работать."
`

func TestACompanyMayWriteInOneLanguage(t *testing.T) {
	t.Parallel()
	a, err := catalogue.ParseOwn([]byte(ownText), i18n.RU)
	if err != nil {
		t.Fatal(err)
	}
	if a.Title.DE != a.Title.RU || a.Steps[0].Branches[1].Text.EN != "Молчит" || len(a.Symptoms.DE) != 0 {
		t.Errorf("a missing language is not stood in for: %+v, %v", a.Title, a.Symptoms.DE)
	}
	if _, err := catalogue.Parse([]byte(ownText)); err == nil {
		t.Error("it passed as an article of the catalogue")
	}
}

func TestFlawsPointToTheirLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, place, code string }{
		"id of nobody":        {`own-label-printer`, `label-printer`, "id", "id_own"},
		"id of a bad form":    {`own-label-printer`, `own-Label`, "id", "id_own"},
		"family of nobody":    {`"peripheral"`, `"printers"`, "family", "family_unknown"},
		"no title":            {`title.ru = "Принтер`, `title.xx = "Принтер`, "title.xx", "field_unknown"},
		"no gist":             {`gist.ru = "Принтер этикеток не печатает."`, "", "gist", "text_empty"},
		"two symptoms":        {`, "нет ценников"]`, `]`, "symptoms", "symptoms_few"},
		"no cause":            {"[[cause]]\nname.ru = \"Кончилась лента\"\ntell.ru = \"Горит красная лампа.\"", "", "cause", "no_cause"},
		"a branch to nowhere": {`to = "engineer"`, `to = "nobody"`, "step[0].branch[1].to", "leads_nowhere"},
		"a step of no kind":   {`kind = "hand_over"`, `kind = "hand_under"`, "step[1].kind", "step_kind"},
		"an endless walk":     {"kind = \"mended\"\n", "kind = \"do\"\nsee.ru = \"а\"\n[[step.branch]]\ntext.ru = \"Дальше\"\nto = \"well\"\n#", "step[2].title", "text_empty"},
		"no TOML":             {`severity = "minor"`, `severity = minor`, "severity", "toml"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(ownText, c.old, c.new, 1)
			if text == ownText {
				t.Fatalf("%q is not in the text", c.old)
			}
			_, err := catalogue.ParseOwn([]byte(text), i18n.RU)
			flaws := catalogue.FlawsOf(err)
			for _, f := range flaws {
				if f.Place == c.place && f.Code == c.code {
					if at := strings.Count(text[:max(strings.Index(text, c.new), 0)], "\n") + 1; c.new != "" && f.Line != at && f.Code != "text_empty" && f.Code != "symptoms_few" {
						t.Errorf("%v stands in line %d, told of line %d", f, at, f.Line)
					}
					return
				}
			}
			t.Errorf("got %v, want %s at %s", err, c.code, c.place)
		})
	}
}

func TestLinesOfTablesInTables(t *testing.T) {
	t.Parallel()
	text := strings.Replace(ownText, `text.ru = "Молчит"`, `text.ru = " Молчит"`, 1)
	_, err := catalogue.ParseOwn([]byte(text), i18n.RU)
	flaws := catalogue.FlawsOf(err)
	want := strings.Count(text[:strings.Index(text, `" Молчит"`)], "\n") + 1
	if len(flaws) == 0 || flaws[0].Place != "step[0].branch[1].text.ru" || flaws[0].Line != want {
		t.Errorf("got %v, want line %d", err, want)
	}
}

// TestWhatIsWrittenIsReadTheSame writes every shipped article anew.
func TestWhatIsWrittenIsReadTheSame(t *testing.T) {
	t.Parallel()
	for _, a := range shipped(t).Articles() {
		b, err := catalogue.Parse(catalogue.Write(a))
		if err != nil {
			t.Fatalf("%s: %v", a.ID, err)
		}
		if string(catalogue.Write(b)) != string(catalogue.Write(a)) {
			t.Errorf("%s reads differently the second time", a.ID)
		}
		if !reflect.DeepEqual(plain(a), plain(b)) {
			t.Errorf("%s was changed by writing it", a.ID)
		}
	}
}

// plain is an article without what is compiled from it.
func plain(a *catalogue.Article) any {
	type step struct {
		catalogue.Step
		machine catalogue.MachineStep
	}
	out := []any{a.ID, a.Family, a.Kind, a.Severity, a.Documents, a.Reviewed, a.Title, a.Gist, a.Symptoms, a.Codes, a.Causes, a.Proof.Any, a.Proof.Told, a.Related, a.Links, a.Notes}
	for _, s := range a.State {
		out = append(out, s.When, s.Weight)
	}
	for _, s := range a.Steps {
		p := step{Step: s}
		p.Machine = nil
		if m := s.Machine; m != nil {
			p.machine = catalogue.MachineStep{
				Procedure: m.Procedure, Risk: m.Risk, Success: m.Success, OnSuccess: m.OnSuccess, OnFailure: m.OnFailure, OnUnknown: m.OnUnknown, ByHand: m.ByHand, Shows: m.Shows, Timeout: m.Timeout,
			}
		}
		out = append(out, p)
	}
	return out
}

func TestAnyTextSurvivesWriting(t *testing.T) {
	t.Parallel()
	a, err := catalogue.ParseOwn([]byte(ownText), i18n.RU)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		b := *a
		b.Gist.RU = rapid.String().Draw(t, "text")
		got, err := catalogue.ReadOwn(catalogue.Write(&b))
		if err != nil || got.Gist.RU != strings.ToValidUTF8(b.Gist.RU, "\uFFFD") {
			t.Fatalf("%q came back as %q: %v", b.Gist.RU, got.Gist.RU, err)
		}
	})
}

func TestWithPutsOver(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	own, err := catalogue.ParseOwn([]byte(ownText), i18n.RU)
	if err != nil {
		t.Fatal(err)
	}
	got := c.With([]*catalogue.Article{own}, map[string]bool{"kkt-clock-drift": true})
	if _, ok := got.Get("kkt-clock-drift"); ok {
		t.Error("what was left out is still there")
	}
	if a, ok := got.Get(own.ID); !ok || a != own || len(got.Articles()) != len(c.Articles()) {
		t.Error("the company's own article is not there")
	}
	if _, ok := c.Get("kkt-clock-drift"); !ok {
		t.Error("the shipped catalogue was changed")
	}
	own.Related = []string{"fn-210-interface", "own-nothing"}
	if err := got.CheckRelated(own, ownText); len(catalogue.FlawsOf(err)) != 1 {
		t.Errorf("related: %v", err)
	}
}

func TestShippedTextIsTheFile(t *testing.T) {
	t.Parallel()
	text, ok := catalogue.ShippedText("kkt-clock-drift")
	a, _ := shipped(t).Get("kkt-clock-drift")
	if !ok || catalogue.RevisionOf([]byte(text)) != a.Revision {
		t.Error("the text is not the article's")
	}
	if _, ok := catalogue.ShippedText("../load"); ok {
		t.Error("a file outside was read")
	}
}

func FuzzReadOwn(f *testing.F) {
	f.Add([]byte(ownText))
	f.Add([]byte("[[step]]\n[[step.branch]]\nto = '''\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := catalogue.ReadOwn(data)
		if err != nil {
			if len(catalogue.FlawsOf(err)) == 0 {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		if _, err := catalogue.ReadOwn(catalogue.Write(a)); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		_, err = catalogue.ParseOwn(data, i18n.DE)
		var flaws catalogue.Flaws
		if err != nil && !errors.As(err, &flaws) {
			t.Fatalf("%v", err)
		}
	})
}
