package match_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/faults/match"
)

func small() *match.Matcher {
	return match.New([]match.Entry{
		{
			ID: "open", Passages: []string{"чек открыт, операция невозможна", "Beleg noch geöffnet", "receipt left open"},
			Codes: []match.Code{{Value: "-3802"}, {Value: "155"}},
		},
		{ID: "unsent", Passages: []string{"чеки не отправлены в офд", "ungesendete Dokumente", "unsent documents"}, Codes: []match.Code{{Value: "235"}, {Value: "-3979"}, {Value: "-3975", Shared: true}}},
		{ID: "channel", Passages: []string{"канал связи дто"}, Codes: []match.Code{{Value: "82 01 06 00"}}},
		{ID: "hung", Passages: []string{"касса зависла", "Kasse hängt", "register is frozen"}},
	})
}

func TestCodesInAnySpelling(t *testing.T) {
	t.Parallel()
	m := small()
	for question, want := range map[string]string{
		"−3979": "unsent", "-3979": "unsent", "–3979": "unsent", "(-3979)": "unsent", "3979": "unsent", "З979": "unsent",
		"фн235": "unsent", "ФН 235": "unsent", "ошибка 235": "unsent", "Fehlercode: 235": "unsent", "error=235": "unsent", "ошибка №235": "unsent",
		"ошибка (235)": "unsent", "код 0235": "unsent", "82 01 06 00": "channel", "82010600": "channel", "команда 82 01 06 00.": "channel",
		"−3802": "open", "err 155": "open",
	} {
		r := m.Match(question, nil, nil)
		if !r.Confident || r.Matches[0].ID != want || !strings.HasPrefix(r.Matches[0].Evidence[0].String(), "code ") {
			t.Errorf("%q: %+v", question, r)
		}
	}
}

func TestNumbersThatAreNoCodes(t *testing.T) {
	t.Parallel()
	m := small()
	for _, question := range []string{
		"+7 (495) 235-39-79", "8 800 235 3979", "235 руб", "чек на 235,50", "кабинет 235", "235 €", "тел 2353979", "12:35 20.02.235", "192.168.2.235",
		"ошибка 236", "1235", "", "   ", "🙂", "-", "— —",
	} {
		if r := m.Match(question, nil, nil); r.Confident {
			t.Errorf("%q: %+v", question, r)
		}
	}
}

func TestWordsHoweverTheyAreTyped(t *testing.T) {
	t.Parallel()
	m := small()
	for question, want := range map[string]string{
		"ЧЕК ОТКРЫТ": "open", "чек откырт": "open", "xtr jnrhsn": "open", "chek otkryt": "open", "чeк oткpыт": "open", "4ек 0ткрыт": "open",
		"Beleg noch geoeffnet": "open", "Beleg noch geöfnet": "open", "Ungesendete Dokumente": "unsent", "rfccf pfdbckf": "hung",
		"kassa zavisla": "hung", "Kasse haengt": "hung", "касса зависает": "hung", "канал связи ДТ0": "channel",
	} {
		r := m.Match(question, nil, nil)
		if len(r.Matches) == 0 || r.Matches[0].ID != want {
			t.Errorf("%q: %+v", question, r)
		}
	}
}

func TestTheStateSpeaksToo(t *testing.T) {
	t.Parallel()
	m := small()
	state := map[string]match.Evidence{"hung": {Kind: "state", Value: "link == no_answer"}}
	weight := map[string]float64{"hung": 0.8}
	if r := m.Match("", state, weight); !r.Confident || r.Matches[0].ID != "hung" || r.Matches[0].Evidence[0].Kind != "state" {
		t.Errorf("nothing asked, a state known: %+v", r)
	}
	if r := m.Match("чек открыт", state, weight); r.Matches[0].ID != "open" {
		t.Errorf("words about something else: %+v", r)
	}
	if r := m.Match("сколько стоит доставка", state, weight); r.Confident {
		t.Errorf("a price: %+v", r)
	}
}

func TestASharedCodeAloneIsWeakerThanItsOwner(t *testing.T) {
	t.Parallel()
	r := small().Match("-3975", nil, nil)
	if len(r.Matches) != 1 || r.Matches[0].Score >= 0.6 {
		t.Errorf("%+v", r)
	}
}

func TestAnswersAreSoundForAnyText(t *testing.T) {
	t.Parallel()
	m := small()
	rapid.Check(t, func(t *rapid.T) {
		r := m.Match(rapid.String().Draw(t, "text"), nil, nil)
		sound(t, r)
	})
}

func sound(t interface{ Fatalf(string, ...any) }, r match.Result) {
	if len(r.Matches) > match.MaxMatches || r.Confident && len(r.Matches) == 0 {
		t.Fatalf("%+v", r)
	}
	last := 1.0
	for _, m := range r.Matches {
		if m.Score > last || m.Score <= 0 || m.Score >= 1 || len(m.Evidence) == 0 {
			t.Fatalf("score %v after %v, evidence %v", m.Score, last, m.Evidence)
		}
		last = m.Score
	}
}

func FuzzMatch(f *testing.F) {
	m := small()
	for _, s := range []string{"ошибка 235", "jib,rf", "82 01 06 00", "+7 (495) 235-21-10", "\xff\xfe", "чек 0ткрыт", "Ungesendetedokumente"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { sound(t, m.Match(text, nil, nil)) })
}
