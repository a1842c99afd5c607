package match

import "strings"

// Russian endings, by what they are put on; longest first within a list. The
// order of the steps is the usual one for Russian: what a verb's voice adds,
// then adjective, verb or noun, then what makes one word of another.
var (
	ruGerund    = []string{"ившись", "ывшись", "ивши", "ывши", "ив", "ыв"}
	ruGerundA   = []string{"вшись", "вши", "в"} // after а or я
	ruAdjective = []string{
		"ими", "ыми", "его", "ого", "ему", "ому", "ее", "ие", "ые", "ое", "ей", "ий", "ый", "ой", "ем", "им", "ым", "ом",
		"их", "ых", "ую", "юю", "ая", "яя", "ою", "ею",
	}
	ruParticiple  = []string{"ивш", "ывш", "ующ"}
	ruParticipleA = []string{"вш", "ющ", "ем", "нн", "щ"} // after а or я
	ruVerb        = []string{
		"ейте", "уйте", "ила", "ыла", "ена", "ите", "или", "ыли", "ило", "ыло", "ено", "ует", "уют", "ены", "ить", "ыть", "ишь",
		"ей", "уй", "ил", "ыл", "им", "ым", "ен", "ят", "ит", "ыт", "ую", "ю",
	}
	ruChange = []string{"ой", "а", "у", "е", "ы"}
	ruVerbA  = []string{"ете", "йте", "ешь", "нно", "ла", "на", "ли", "ем", "ло", "но", "ет", "ют", "ны", "ть", "й", "л", "н"} // after а or я
	ruNoun   = []string{
		"иями", "ями", "ами", "ией", "иям", "ием", "иях", "ев", "ов", "ие", "ье", "еи", "ии", "ей", "ой", "ий", "ям", "ем", "ам", "ом",
		"ах", "ях", "ию", "ью", "ия", "ья", "а", "е", "и", "й", "о", "у", "ы", "ь", "ю", "я",
	}
	// ruMaking turns verbs and nouns of one root into each other: печать and
	// печатает, загрузка and загрузить.
	ruMaking = []string{"ировани", "ирова", "ывани", "ивани", "овани", "ыва", "ива", "ова", "ост", "ани", "ени", "ан", "ен", "ок", "к", "а", "и", "е", "я"}
)

// Least letters, in runes, that each cut must leave.
const (
	ruLeast       = 2
	ruMakingLeast = 4
)

// stemRu takes the endings off a folded Russian word.
func stemRu(word string) string {
	w := reflexive(word)
	if rest, ok := cutAny(w, ruGerund, ruLeast); ok {
		w = rest
	} else if rest, ok := cutAfterA(w, ruGerundA); ok {
		w = rest
	} else {
		w = ruForm(w)
	}
	w = strings.TrimSuffix(strings.TrimSuffix(w, "ь"), "ъ")
	if rest, ok := strings.CutSuffix(w, "нн"); ok {
		w = rest + "н"
	}
	if rest, ok := cutAny(w, ruMaking, ruMakingLeast); ok {
		w = rest
	}
	return pastL(w)
}

// reflexive takes off -ся and -сь, however -тся is misspelt.
func reflexive(w string) string {
	for _, wrong := range []string{"ться", "тца", "тся", "ца"} {
		if rest, ok := strings.CutSuffix(w, wrong); ok && len([]rune(rest)) >= 4 && endsInVowel(rest) {
			return rest + "т"
		}
	}
	for _, e := range []string{"ся", "сь"} {
		if rest, ok := strings.CutSuffix(w, e); ok && len([]rune(rest)) >= 4 {
			return rest
		}
	}
	return w
}

// ruForm takes off what an adjective, a verb or a noun ends in.
func ruForm(w string) string {
	if rest, ok := cutAny(w, ruChange, 3); ok && strings.HasSuffix(rest, "мен") && !strings.HasSuffix(rest, "времен") {
		return rest // замена and отмена are no participles
	}
	if rest, ok := cutAny(w, ruAdjective, ruLeast); ok {
		if p, ok := cutAny(rest, ruParticiple, ruLeast); ok {
			return p
		}
		if p, ok := cutAfterA(rest, ruParticipleA); ok {
			return p
		}
		return rest
	}
	if rest, ok := cutAny(w, ruVerb, ruLeast); ok {
		return rest
	}
	if rest, ok := cutAfterA(w, ruVerbA); ok {
		return rest
	}
	rest, _ := cutAny(w, ruNoun, ruLeast)
	return rest
}

// pastL takes the л of a past form off a root that ends in a consonant
// (зависла, завис), and -ал, which verbs lose before (терминал, терминалы).
func pastL(w string) string {
	if rest, ok := strings.CutSuffix(w, "ал"); ok && len([]rune(rest)) >= 5 {
		return rest
	}
	rest, ok := strings.CutSuffix(w, "л")
	if !ok || len([]rune(rest)) < 4 || endsInVowel(rest) {
		return w
	}
	return rest
}

// cutAny takes the first ending off that fits and leaves a vowel and at least
// some letters. A verb's ending is no ending when nothing but consonants is
// left: свет, not св.
func cutAny(w string, endings []string, least int) (string, bool) {
	for _, e := range endings {
		rest, ok := strings.CutSuffix(w, e)
		if ok && len([]rune(rest)) >= least && hasVowel(rest) {
			return rest, true
		}
	}
	return w, false
}

// cutAfterA takes an ending off that only counts after а or я.
func cutAfterA(w string, endings []string) (string, bool) {
	for _, e := range endings {
		rest, ok := strings.CutSuffix(w, e)
		if ok && (strings.HasSuffix(rest, "а") || strings.HasSuffix(rest, "я")) && len([]rune(rest)) >= 3 {
			return rest, true
		}
	}
	return w, false
}

const ruVowels = "аеиоуыэюя"

func hasVowel(s string) bool { return strings.ContainsAny(s, ruVowels) }

func endsInVowel(s string) bool {
	r := []rune(s)
	return len(r) > 0 && strings.ContainsRune(ruVowels, r[len(r)-1])
}
