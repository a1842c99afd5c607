// Package match finds the faults that words, codes and a device's state speak
// for. It is pure: an index is built once from entries and then only read.
//
// Words are folded so that spelling does not matter (case, ё and е, umlauts
// written out, soft signs, doubled letters), looked up through small spelling
// mistakes, a wrong keyboard layout, transliteration and look-alike letters,
// and weighed by how rare they are. Codes are found beside words and numbers
// that are amounts, addresses or phones are left alone. What fits nothing is
// said to fit nothing: a wrong guess costs a shop more than a question.
package match

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold brings a text to the one form in which texts are compared: compatible
// forms united, lower case, German umlauts written out, all dashes a minus. The
// sign № would become the English "no" and is written as "nr" instead.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKC.String(strings.ReplaceAll(strings.ToValidUTF8(s, " "), "№", "nr ")) {
		r = unicode.ToLower(r)
		switch r {
		case 'ä':
			b.WriteString("ae")
		case 'ö':
			b.WriteString("oe")
		case 'ü':
			b.WriteString("ue")
		case 'ß':
			b.WriteString("ss")
		case 'ё':
			b.WriteRune('е')
		case '−', '–', '—', '‑', '‐', '‒', '﹣':
			b.WriteByte('-')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Stem is the key under which a folded word is kept: its sounds without the
// endings that grammar puts on it.
func Stem(word string) string {
	if isCyrillic(word) {
		return sounds(stemRu(word))
	}
	return stemLatin(word)
}

func isCyrillic(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Cyrillic, r) {
			return true
		}
	}
	return false
}
