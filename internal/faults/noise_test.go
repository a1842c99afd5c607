package faults_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/faults"
)

// noise spoils a question as people, keyboards and cameras do.
type noise struct {
	name  string
	floor float64 // what was reached of right ones in first place, less a little
	spoil func(r *rand.Rand, text string) string
}

const (
	cyrillicKeys = "ёйцукенгшщзхъфывапролджэячсмитьбю"
	latinKeys    = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
)

var (
	latinSpelling = strings.NewReplacer("щ", "sch", "ж", "zh", "ц", "ts", "ч", "ch", "ш", "sh", "ю", "yu", "я", "ya", "х", "h", "й", "y", "ы", "y", "э", "e", "ё", "e", "ъ", "", "ь", "",
		"а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "з", "z", "и", "i", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f")
	cameraSees = map[rune]rune{'о': '0', 'а': '@', 'з': '3', 'е': 'e', 'с': 'c', 'р': 'p', 'н': 'h'}
)

func noises() []noise {
	return []noise{
		{name: "wrong keyboard", floor: 96, spoil: func(_ *rand.Rand, text string) string { return onLatinKeys(text) }},
		{name: "Latin letters", floor: 96, spoil: func(_ *rand.Rand, text string) string { return latinSpelling.Replace(text) }},
		{name: "camera", floor: 97, spoil: throughCamera},
		{name: "slips", floor: 95, spoil: withSlips},
		{name: "lost blanks", floor: 90, spoil: withoutBlanks},
		{name: "framed", floor: 95, spoil: framed},
	}
}

func onLatinKeys(text string) string {
	latin := []rune(latinKeys)
	return strings.Map(func(r rune) rune {
		if i := slices.Index([]rune(cyrillicKeys), r); i >= 0 {
			return latin[i]
		}
		return r
	}, text)
}

// throughCamera takes every third letter that has a double for it.
func throughCamera(r *rand.Rand, text string) string {
	return strings.Map(func(c rune) rune {
		if to, ok := cameraSees[c]; ok && r.IntN(3) == 0 {
			return to
		}
		return c
	}, text)
}

// withSlips spoils one letter in two of five longer words.
func withSlips(r *rand.Rand, text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if x := []rune(w); len(x) >= 5 && r.IntN(5) < 2 {
			words[i] = string(slip(r, x))
		}
	}
	return strings.Join(words, " ")
}

func slip(r *rand.Rand, x []rune) []rune {
	at := 1 + r.IntN(len(x)-2)
	switch r.IntN(4) {
	case 0:
		x[at], x[at+1] = x[at+1], x[at]
		return x
	case 1:
		return slices.Delete(x, at, at+1)
	case 2:
		return slices.Insert(x, at, x[at])
	default:
		x[at] = []rune(cyrillicKeys)[1+r.IntN(32)]
		return x
	}
}

func withoutBlanks(r *rand.Rand, text string) string {
	return strings.Map(func(c rune) rune {
		if c == ' ' && r.IntN(4) == 0 {
			return -1
		}
		return c
	}, text)
}

// framed puts a greeting, an address, a hurry and thanks around a question.
func framed(r *rand.Rand, text string) string {
	heads := []string{
		"Здравствуйте! Магазин «Ромашка», г. Тверь, ул. Ленина 12. ", "Добрый день, меня зовут Светлана, кафе на Советской 5, второй этаж. ", "Алло, это аптека с Мира 3, опять мы. ",
		"Коллеги, доброе утро, пишет Дмитрий с вокзала. ",
	}
	tails := []string{
		". Помогите пожалуйста побыстрее, очередь стоит, люди ругаются. Спасибо!", ". Перезвоните на 8 912 345 67 89, спросить Ольгу.", ". Что нам делать, подскажите. Заранее благодарны, ИП Петрова.",
		". Через час открываемся!",
	}
	return heads[r.IntN(len(heads))] + text + tails[r.IntN(len(tails))]
}

// TestNoise asks the Russian questions in words again, spoiled in each way,
// and prints how many still find their fault (-v). Of the questions only
// figures are printed, for part of them is held.
func TestNoise(t *testing.T) {
	t.Parallel()
	f := ours{faults.NewMatcher(shipped(t))}
	for _, n := range noises() {
		r := rand.New(rand.NewPCG(1, 2)) // the same noise each time
		sum := &figure{}
		for _, q := range questions(t) {
			if q.kind != "words" || q.lang != "ru" {
				continue
			}
			ids, confident := f.find(n.spoil(r, strings.ToLower(q.text)))
			sum.add(slices.Index(ids, q.want), confident)
		}
		t.Logf("%-14s %s", n.name, sum)
		if share(sum.first, sum.all) < n.floor {
			t.Errorf("%s: worse than reached: %s", n.name, sum)
		}
	}
}
