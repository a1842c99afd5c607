package match_test

import (
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/faults/match"
)

func TestWhoAsksHowHasNoFault(t *testing.T) {
	t.Parallel()
	m := match.New([]match.Entry{
		{ID: "tax", Passages: []string{"поменяли ставку ндс в карточке товара", "VAT rate of a product was changed"}},
		{ID: "code", Passages: []string{"где взять код защиты", "код защиты не подходит"}},
		{ID: "backup", Passages: []string{"резервная копия на флешку", "backup to a stick"}, HowTo: true},
	})
	for question, want := range map[string]bool{
		"как поменять ставку ндс в карточке товара":         false,
		"change the VAT rate of a product":                  false,
		"добрый день, подскажите как поменять ставку ндс":   false,
		"не могу поменять ставку ндс в карточке товара":     true,
		"поменяли ставку ндс в карточке товара, чек отказ":  true,
		"can't change the VAT rate of a product":            true,
		"где взять код защиты":                              true,
		"как сделать резервную копию на флешку":             true,
		"how do I make a backup to a stick":                 true,
		"rfr gjvtyznm cnfdre ylc d rfhnjxrt njdfhf":         false,
		"kak pomenyat stavku nds v kartochke tovara":        false,
		"как поменять ставку ндс, выходит ошибка на каждой": true,
	} {
		if r := m.Match(question, nil, nil); r.Confident != want {
			t.Errorf("%q: %+v", question, r)
		}
	}
}

func TestAnotherCompanysNameCostsOnlyWhereNothingIsOurs(t *testing.T) {
	t.Parallel()
	m := small()
	for question, want := range map[string]bool{
		"WhatsApp: unsent documents":                          false,
		"в телеграме ungesendete dokumente":                   false,
		"чеки не отправлены в офд, фото пришлю в ватсап":      true,
		"ошибка 235, могу скинуть фото в телеграм":            false, // 235 may be anybody's
		"касса пишет ошибка 235, могу скинуть фото в ватсап":  true,
		"-3979, скрин отправил в телеграм":                    true,
		"Kasse hängt, Foto kommt per WhatsApp":                true,
		"register is frozen, call me on my iPhone if you can": true,
	} {
		if r := m.Match(question, nil, nil); r.Confident != want {
			t.Errorf("%q: %+v", question, r)
		}
	}
}

func TestNumbersOfOtherThings(t *testing.T) {
	t.Parallel()
	m := small()
	for question, want := range map[string]bool{
		"customer number 3979": false,
		"номер карты заканчивается на 3979": false,
		"Kundennummer ist 3979": false,
		"модель 3979":           false,
		"ошибка номер 3979":     true,
		"Fehlernummer 3979":     true,
	} {
		if r := m.Match(question, nil, nil); r.Confident != want {
			t.Errorf("%q: %+v", question, r)
		}
	}
}

func TestALongMessageIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ждём покупатели стоят ", 40) + "на ленте ошибка фн 235"
	if r := small().Match(long, nil, nil); len(r.Matches) == 0 || r.Matches[0].ID != "unsent" {
		t.Errorf("%+v", r)
	}
}
