package match

import (
	"strings"
	"unicode"
)

// The two keyboards, key by key.
const (
	keysLatin    = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
	keysCyrillic = "ёйцукенгшщзхъфывапролджэячсмитьбю"
)

var toCyrillicKeys, toLatinKeys = keyTables()

func keyTables() (cyrillic, latin map[rune]rune) {
	cyrillic, latin = make(map[rune]rune), make(map[rune]rune)
	ru := []rune(keysCyrillic)
	for i, r := range []rune(keysLatin) {
		cyrillic[r], latin[ru[i]] = ru[i], r
	}
	cyrillic['`'] = 'е' // questions are folded, and ё with them
	return cyrillic, latin
}

// otherLayout is what the same keys write on the other keyboard.
func otherLayout(s string) string {
	table := toCyrillicKeys
	if isCyrillic(s) {
		table = toLatinKeys
	}
	return strings.Map(func(r rune) rune {
		if to, ok := table[r]; ok {
			return to
		}
		return r
	}, s)
}

// translit pairs Latin spellings with Russian letters, longest first.
var translit = strings.NewReplacer(
	"tsya", "тся", "tsja", "тся", "tsia", "тся", "shch", "щ", "sch", "щ", "yo", "е", "zh", "ж", "kh", "х", "ts", "ц", "ch", "ч", "sh", "ш", "yu", "ю", "ju", "ю", "ya", "я", "ja", "я",
	"a", "а", "b", "б", "v", "в", "w", "в", "g", "г", "d", "д", "e", "е", "z", "з", "i", "и", "j", "й", "k", "к", "l", "л", "m", "м",
	"n", "н", "o", "о", "p", "п", "r", "р", "s", "с", "t", "т", "u", "у", "f", "ф", "h", "х", "c", "ц", "y", "ы", "x", "кс", "q", "к", "'", "", "4", "ч", "6", "ш",
)

// fromLatin reads a word as Russian written in Latin letters.
func fromLatin(s string) string { return translit.Replace(s) }

// hardTranslit undoes what the usual reading takes for one letter: shema is
// схема, ts two letters, y and j soft.
var hardTranslit = strings.NewReplacer("sh", "сх", "ts", "тс", "kh", "кх", "ja", "жа", "ju", "жу", "iy", "ий", "yj", "ый", "j", "ж", "c", "к", "h", "г")

// fromLatinHard is the second way to read a transliterated word.
func fromLatinHard(s string) string { return translit.Replace(hardTranslit.Replace(s)) }

// Signs that look like letters of the other alphabet, as a camera or a hasty
// hand mixes them up.
var (
	looksCyrillic = map[rune]rune{
		'a': 'а', 'b': 'в', 'c': 'с', 'e': 'е', 'h': 'н', 'k': 'к', 'm': 'м', 'o': 'о', 'p': 'р', 't': 'т', 'x': 'х', 'y': 'у', 'u': 'и', 'n': 'п', 'r': 'г',
		'0': 'о', '3': 'з', '4': 'ч', '6': 'б', '@': 'а', '1': 'і', '|': 'і',
	}
	looksLatin = map[rune]rune{
		'а': 'a', 'в': 'b', 'с': 'c', 'е': 'e', 'н': 'h', 'к': 'k', 'м': 'm', 'о': 'o', 'р': 'p', 'т': 't', 'х': 'x', 'у': 'y',
		'0': 'o', '1': 'l', '3': 'e', '5': 's', '@': 'a', '|': 'l', '$': 's',
	}
	looksDigit = map[rune]rune{
		'о': '0', 'o': '0', 'з': '3', 'l': '1', 'i': '1', '|': '1', 'б': '6', 'в': '8', 'b': '8', 's': '5', 'ч': '4', 'z': '2',
	}
)

func lookalike(s string, table map[rune]rune) string {
	return strings.Map(func(r rune) rune {
		if to, ok := table[r]; ok {
			return to
		}
		return r
	}, s)
}

// mixed says whether a word holds both alphabets, or digits or signs inside
// letters: then its look-alikes are worth a try.
func mixed(s string) bool {
	var latin, cyrillic, other bool
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic = true
		default:
			other = true
		}
	}
	return latin && cyrillic || other && (latin || cyrillic)
}

// digitsOf reads a word that is mostly digits as a number written with
// look-alikes: "З979", "21O". Of a code that some article has one digit is
// enough ("З9ЗЗ"). ok is false for anything else.
func (m *Matcher) digitsOf(s string, signed bool) (number string, ok bool) {
	digits := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	if digits == 0 {
		return "", false
	}
	n := lookalike(s, looksDigit)
	for _, r := range n {
		if r < '0' || r > '9' {
			return "", false
		}
	}
	if len(m.code[n]) > 0 && (len(n) >= 3 || signed && len(n) == 2) {
		return n, true
	}
	return n, len(n) >= 3 && digits*2 >= len(n)
}
