package match_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/faults/match"
)

// bench is a matcher with codes of every form.
func bench() *match.Matcher {
	return match.New([]match.Entry{
		{ID: "unsent", Passages: []string{"чеки не отправлены в офд", "ошибка фн", "ungesendete Dokumente"}, Codes: []match.Code{{Value: "235"}, {Value: "-3979"}}},
		{ID: "state", Passages: []string{"неверное состояние фн"}, Codes: []match.Code{{Value: "212"}}},
		{ID: "mode", Passages: []string{"вход в режим заблокирован"}, Codes: []match.Code{{Value: "-3933"}, {Value: "-16"}}},
		{ID: "channel", Passages: []string{"канал связи дто"}, Codes: []match.Code{{Value: "82 01 06 00"}}},
		{ID: "agent", Passages: []string{"не задан реквизит агента"}, Codes: []match.Code{{Value: "1057"}, {Value: "E8 00 01 00 21 04 01 00 00"}}},
		{ID: "sign", Passages: []string{"нет обмена с офд"}, Codes: []match.Code{{Value: "(!) ОФД"}}},
		{ID: "hung", Passages: []string{"касса зависла", "ошибка при работе с кассой", "Kasse hängt"}},
		{ID: "server", Passages: []string{"Kassenserver nicht erreichbar", "Verbindung verloren"}},
	})
}

func TestCodesHoweverTheyAreBroken(t *testing.T) {
	t.Parallel()
	m := bench()
	for question, want := range map[string]string{
		"команда 82.01.06.00": "channel", "82-01-06-00": "channel", "82:01:06:00": "channel", "8201 0600": "channel", "в2 01 06 00": "", "82 01 06": "channel", "82 О1 О6 ОО": "channel",
		"E8 00 01 00 21 04 06 00 11": "agent", "е8 00 01 00 21 04": "agent", "E8 01 01 00 FD 03 06 00": "",
		"код 3 9 7 9": "unsent", "Ф Н - 2 3 5": "unsent", "ошибка 39 79": "unsent", "ошибка 3 979": "unsent", "39-79": "", "итого 3 979 руб": "", "ФН-2З5": "unsent", "0шибка ФH 2З5": "unsent",
		"-З9ЗЗ": "mode", "-I6": "mode", "ошибка 39ЗЗ": "mode", "3B33": "", "на ленте двести двенадцатая": "state", "минус шестнадцать": "mode", "ошибка тридцать девять тридцать три": "mode",
		"error two three five": "unsent", "двести двенадцать рублей": "", "тридцать три коровы": "", "212 на чеке": "state", "касса пишет 212": "state", "чек на 212 рублей": "", "накладная 212": "",
		"вверху (!) офд": "sign", "горит ОФД (!)": "sign", "помогите! офд молчит": "", "ошибка при работе с кассой 3933": "mode", "ИНН 820106001": "", "16": "", "касса 16": "",
	} {
		r := m.Match(question, nil, nil)
		switch got := len(r.Matches) > 0 && strings.HasPrefix(r.Matches[0].Evidence[0].String(), "code "); {
		case want == "" && got && r.Confident:
			t.Errorf("%q is no code, got %+v", question, r)
		case want != "" && (!got || !r.Confident || r.Matches[0].ID != want):
			t.Errorf("%q wants %s, got %+v", question, want, r)
		}
	}
}

func TestWordsThatRunTogetherOrApart(t *testing.T) {
	t.Parallel()
	m := bench()
	for question, want := range map[string]string{
		"кассазависла": "hung", "вход врежим заблокирован": "mode", "о ф д нет обмена": "sign", "Kassenserververbindung verloren": "server", "Kasse haengtnicht": "hung",
		"незадан реквизит": "agent", "ne zadan rekvizit agenta": "agent", "yt pflfy htrdbpbn": "agent",
	} {
		if r := m.Match(question, nil, nil); len(r.Matches) == 0 || r.Matches[0].ID != want {
			t.Errorf("%q wants %s, got %+v", question, want, r)
		}
	}
}

// What stands around a message does not change what it is about.
func TestALongMessageIsAboutItsPassage(t *testing.T) {
	t.Parallel()
	m := bench()
	heads := []string{"Здравствуйте! Магазин «Ромашка», г. Тверь, ул. Ленина 12. ", "Добрый день, меня зовут Светлана, павильон у вокзала, второй этаж. ", "Алло, это опять мы с Мира 3! "}
	tails := []string{" Очередь до дверей, люди уходят к соседям.", " Перезвоните на 8 912 345 67 89, спросить Ольгу. Заранее благодарны!", " Утром всё было хорошо, обновлений не ставили, никто ничего не трогал."}
	for _, about := range []struct{ words, want string }{
		{"Вход в режим заблокирован.", "mode"},
		{"Чеки не отправлены в офд.", "unsent"},
		{"Пишет что не задан реквизит агента.", "agent"},
	} {
		for _, head := range heads {
			for _, tail := range tails {
				if r := m.Match(head+about.words+tail, nil, nil); !r.Confident || r.Matches[0].ID != about.want {
					t.Errorf("%q: %+v", head+about.words+tail, r)
				}
			}
		}
	}
}

func TestToneLowersWhatWordsSay(t *testing.T) {
	t.Parallel()
	m := match.New([]match.Entry{
		{ID: "scanner", Passages: []string{"сканер штрихкодов", "новый сканер не работает", "scanner does not work", "Scanner geht nicht"}},
		{ID: "register", Passages: []string{"касса не работает", "register does not work", "Kasse läuft nicht"}},
		{ID: "drive", Passages: []string{"замена фн", "фискальный накопитель не виден"}, Codes: []match.Code{{Value: "210"}}},
	})
	for _, question := range []string{
		"сколько стоит сканер штрихкодов", "есть ли скидка на сканер штрихкодов", "какой сканер штрихкодов посоветуете", "новый сканер работает, довольны", "касса заработала, спасибо",
		"the scanner works perfectly", "Danke, Kasse läuft wieder", "was kostet ein Scanner", "how much is a scanner", "почём замена фн", "спасибо за замену фн",
	} {
		if r := m.Match(question, nil, nil); r.Confident {
			t.Errorf("%q: %+v", question, r)
		}
	}
	for question, want := range map[string]string{
		"новый сканер не работает": "scanner", "касса не работает, сколько стоит ремонт?": "register", "почём замена фн, ошибка 210": "drive", "Спасибо, но касса не работает": "register",
	} {
		if r := m.Match(question, nil, nil); len(r.Matches) == 0 || r.Matches[0].ID != want {
			t.Errorf("%q wants %s, got %+v", question, want, r)
		}
	}
}

// Names, streets and numbers of phones around a code neither hide nor make one.
func TestACodeIsFoundInAnyFrame(t *testing.T) {
	t.Parallel()
	m := bench()
	rapid.Check(t, func(t *rapid.T) {
		head := rapid.SampledFrom([]string{"", "Здравствуйте! ", "Магазин на Садовой 5. ", "Hallo, hier Café Lindner. ", "это касса 2, "}).Draw(t, "head")
		code := rapid.SampledFrom([]string{"ошибка 235", "-3979", "фн235", "error 235", "Fehler 3979", "код: 3 9 7 9"}).Draw(t, "code")
		tail := rapid.SampledFrom([]string{"", ". Спасибо!", ", тел. 8 912 345 67 89", ". Danke!", ", что делать?"}).Draw(t, "tail")
		if r := m.Match(head+code+tail, nil, nil); !r.Confident || r.Matches[0].ID != "unsent" {
			t.Fatalf("%q: %+v", head+code+tail, r)
		}
	})
}
