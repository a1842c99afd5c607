package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// sounds writes letters alike that are heard or mistyped alike, and drops the
// signs that are left out in haste. Keys of the index are in this form.
func sounds(word string) string {
	var b strings.Builder
	b.Grow(len(word))
	var last rune
	for _, r := range alike.Replace(word) {
		switch r {
		case 'ъ', 'ь':
			continue
		case 'й', 'ы':
			r = 'и'
		case 'э':
			r = 'е'
		case 'щ':
			r = 'ш'
		}
		if r == last && r != 'и' {
			continue
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// alike are letters that together make one sound.
var alike = strings.NewReplacer("тьс", "ц", "тс", "ц", "сч", "ш", "зч", "ш", "жч", "ш", "стн", "сн", "здн", "зн")

// doubled drops the second of two equal letters.
func doubled(word string) string {
	var b strings.Builder
	b.Grow(len(word))
	var last rune
	for _, r := range word {
		if r != last || !unicode.IsLetter(r) {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// Letters that people who write by ear put for each other.
var (
	earCyrillic = map[rune]rune{
		'о': 'а', 'я': 'и', 'е': 'и', 'ю': 'у', 'б': 'п', 'д': 'т', 'г': 'к', 'з': 'с', 'ж': 'ш', 'в': 'ф', 'ц': 'с', 'ч': 'ш',
	}
	earLatin = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "ie", "i", "ph", "f", "th", "t", "ck", "k", "dt", "t", "tz", "z", "sch", "s", "sh", "s",
		"y", "i", "v", "f", "w", "f", "c", "k", "z", "s", "d", "t", "b", "p", "g", "k", "q", "k", "j", "i")
)

// byEar is a coarse form of a key: two words that sound alike share it.
func byEar(key string) string {
	if !isCyrillic(key) {
		return doubled(earLatin.Replace(key))
	}
	return sounds(strings.Map(func(r rune) rune {
		if to, ok := earCyrillic[r]; ok {
			return to
		}
		return r
	}, key))
}

// heard says whether a key is long enough to be found by ear: of short words
// too many sound alike.
func heard(key string) bool { return utf8.RuneCountInString(key) >= 5 }
