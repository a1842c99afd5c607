package match_test

import (
	"testing"

	"github.com/tillwright/tillwright/internal/faults/match"
)

// printing has articles whose words stand on every receipt.
func printing() *match.Matcher {
	return match.New([]match.Entry{
		{ID: "expired", Passages: []string{"отчет о закрытии смены, срок накопителя истек", "срок накопителя истек"}, Codes: []match.Code{{Value: "234"}}},
		{ID: "zeroed", Passages: []string{"отчет о закрытии смены обнулился, наличные по нулям", "totals of the report are zero"}},
		{ID: "open", Passages: []string{"чек открыт, операция невозможна", "receipt is open"}, Codes: []match.Code{{Value: "-3801"}}},
		{ID: "marks", Passages: []string{"накладная принята полностью, нужен ли помарочный учет", "накладная принята"}, HowTo: true},
		{ID: "tse", Passages: []string{"TSE fehlt, keine Signatur", "die TSE ist ausgefallen", "darf ich ohne TSE kassieren"}},
		{ID: "tax", Passages: []string{"работаем без ндс, налог больше чека", "сумма налога больше чека"}},
	})
}

func TestAPrintedPaperIsNoComplaint(t *testing.T) {
	t.Parallel()
	m := printing()
	for question, want := range map[string]bool{
		"Отчет о закрытии смены 234 кассир Петрова приход 1 200.00 возврат 0.00 наличными 800.00":    false,
		"КАССОВЫЙ ЧЕК приход хлеб 56.00 итог 56.00 наличными 100.00 сдача 44.00 фд 3801":             false,
		"TSE-Signatur: MEUC TSE-Transaktion 4711 Signaturzähler 9921 Summe 12,40":                    false,
		"ЧЕК приход итог 56.00 наличными 100.00 сдача 44.00 ОШИБКА 3801":                             true,
		"Отчет о закрытии смены 12 кассир Петрова приход 0.00 наличными 0.00 срок накопителя истек!": true,
		"Bon 12 Summe 9,90 bar gegeben 10,00 zurück 0,10 TSE ausgefallen":                            true,
		"отчет о закрытии смены обнулился, наличные по нулям":                                        true,
	} {
		if r := m.Match(question, nil, nil); r.Confident != want {
			t.Errorf("%q: %+v", question, r)
		}
	}
}

func TestAPaperOfTradeNamedByItsNumberIsNoFault(t *testing.T) {
	t.Parallel()
	m := printing()
	for question, want := range map[string]bool{
		"накладная № 3801, принята":                   false, // and № is no English "no"
		"акт 234 за срок накопителя":                  false,
		"Rechnung 3801 für die TSE":                   false,
		"invoice no 3801 for the report":              false,
		"накладная принята, ошибка 3801":              true,
		"счет 12 оплатили, срок накопителя истек":     true,
		"no totals, the report is zero":               true,
		"накладная принята полностью помарочный учет": true,
	} {
		if r := m.Match(question, nil, nil); r.Confident != want {
			t.Errorf("%q: %+v", question, r)
		}
	}
}

func TestWhoAsksWhatOneHasToHaveHasNoFault(t *testing.T) {
	t.Parallel()
	m := printing()
	for question, want := range map[string]bool{
		"нужна ли накладная":             false,
		"muss jede Kasse eine TSE haben": false,
		"do I need a TSE":                false,
		"darf ich ohne TSE kassieren":    true,
		"нужен ли помарочный учет, накладная принята полностью": true,
		"muss die TSE ersetzt werden, keine Signatur":           true,
	} {
		if r := m.Match(question, nil, nil); r.Confident != want {
			t.Errorf("%q: %+v", question, r)
		}
	}
}

func TestWithoutVATIsNoTrouble(t *testing.T) {
	t.Parallel()
	m := printing()
	calm := m.Match("сколько стоит, работаем без ндс", nil, nil)
	if calm.Confident {
		t.Errorf("who asks for a price was answered: %+v", calm)
	}
	if r := m.Match("работаем без ндс, сумма налога больше чека", nil, nil); !r.Confident || r.Matches[0].ID != "tax" {
		t.Errorf("the complaint was not found: %+v", r)
	}
}

func TestAStrangersShortQuestionIsBelievedLess(t *testing.T) {
	t.Parallel()
	m := match.New([]match.Entry{{ID: "dark", Passages: []string{"экран черный, не держит заряд"}}, {ID: "other", Passages: []string{"лента замялась"}}})
	known, alien := m.Match("экран черный, касса не держит заряд", nil, nil), m.Match("экран черный, мопедик не держит заряд", nil, nil)
	if len(known.Matches) == 0 || len(alien.Matches) == 0 || alien.Matches[0].Score >= known.Matches[0].Score {
		t.Errorf("beside a stranger's word %+v, beside ours %+v", alien, known)
	}
}
