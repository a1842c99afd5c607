package match_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/faults/match"
)

func TestFormsOfAWordShareAKey(t *testing.T) {
	t.Parallel()
	for _, forms := range [][]string{
		{"касса", "кассы", "кассу", "кассой", "кассе"},
		{"свет", "света", "светом"},
		{"отключили", "отключение", "отключения"},
		{"загрузка", "загрузки", "загрузить"},
		{"печатает", "печатается", "печатаем"},
		{"завис", "зависла", "зависает"},
		{"включается", "включаеться", "включаеца", "включает"},
		{"накладная", "накладные", "накладную"},
		{"терминал", "терминала", "терминалы", "терминалами"},
		{"щётка", "щетка"},
		{"drucken", "druckt", "gedruckt"},
		{"haengt", "haengen"},
		{"print", "prints", "printing", "printed"},
		{"scanner", "scannern", "scanners"},
		{"kasse", "kassen"},
		{"receipt", "receipts"},
	} {
		want := match.Stem(match.Fold(forms[0]))
		for _, f := range forms[1:] {
			if got := match.Stem(match.Fold(f)); got != want {
				t.Errorf("%s is %q, %s is %q", forms[0], want, f, got)
			}
		}
	}
}

func TestDifferentWordsStayApart(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"свет", "светофор"}, {"смена", "смета"}, {"касса", "каска"}, {"сканер", "скатерть"}, {"Strom", "Storm"}, {"Bon", "Bonus"}, {"tax", "taxi"},
	} {
		if a, b := match.Stem(match.Fold(pair[0])), match.Stem(match.Fold(pair[1])); a == b {
			t.Errorf("%s and %s are both %q", pair[0], pair[1], a)
		}
	}
}

// TestAStemIsNeverEmpty: a word of letters keeps a key, or it would match
// every other word without one.
func TestAStemIsNeverEmpty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[а-яё]{3,14}|[a-z]{3,14}`).Draw(t, "word")
		if match.Stem(match.Fold(word)) == "" && word != "ььь" {
			for _, r := range word {
				if r != 'ь' && r != 'ъ' {
					t.Fatalf("%q has no key", word)
				}
			}
		}
	})
}

func TestAQuestionIsReadAsAWhole(t *testing.T) {
	t.Parallel()
	m := match.New([]match.Entry{
		{ID: "beer", Passages: []string{"пиво не списывается", "остатки пива"}},
		{ID: "server", Passages: []string{"Kassenserver nicht erreichbar"}},
		{ID: "light", Passages: []string{"отключили свет в магазине", "нет электричества"}},
		{ID: "pay", Passages: []string{"оплата картой не прошла на 5i"}},
		{ID: "scheme", Passages: []string{"агентская схема, чек аннулируется"}},
		{ID: "lan", Passages: []string{"нет интернета", "Server gemietet", "Kassen gezählt"}},
	})
	for question, want := range map[string]string{
		"pivo ne spisyvaetsya":          "beer",   // tsya is тся
		"gbdj yt cgbcsdftncz":           "beer",   // the other keyboard
		"пиво не списываеца":            "beer",   // by ear
		"agentskaya shema":              "scheme", // sh is сх here
		"Server nicht erreichbar":       "server", // a part of a compound
		"вырубили электроэнергию":       "light",  // other words for the same
		"атключили свет":                "light",
		"картой на 5и никак":            "pay", // 5и is 5i
		"3@пл@тить картой не прошла 5i": "pay",
	} {
		r := m.Match(question, nil, nil)
		if len(r.Matches) == 0 || r.Matches[0].ID != want {
			t.Errorf("%q: %+v, want %s", question, r.Matches, want)
		}
	}
}

func TestWordsOfOtherMattersCostConfidence(t *testing.T) {
	t.Parallel()
	m := match.New([]match.Entry{
		{ID: "agent", Passages: []string{"адрес офд не задан"}, Codes: []match.Code{{Value: "210"}, {Value: "401"}}},
		{ID: "dead", Passages: []string{"касса не включается", "ошибка загрузки данных"}},
	})
	for _, question := range []string{"кофемашина не включается", "washing machine error 210", "сколько стоит касса", "wie teuer ist eine Kasse", "тел. +7 916 234 39 78"} {
		if r := m.Match(question, nil, nil); r.Confident {
			t.Errorf("%q is answered: %+v", question, r)
		}
	}
	if r := m.Match("адрес офд не задан", nil, nil); !r.Confident {
		t.Errorf("a word of another matter that the entry itself uses is held against it: %+v", r)
	}
	if r := m.Match("ошибка загрузки данных 401", nil, nil); len(r.Codes) != 1 || r.Codes[0] != "401" {
		t.Errorf("a known code three words behind is not seen: %+v", r)
	}
}
