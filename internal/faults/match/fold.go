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
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold brings a text to the one form in which texts are compared: compatible
// forms united, lower case, German umlauts written out, all dashes a minus.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKC.String(strings.ToValidUTF8(s, " ")) {
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
		return stemBy(sounds(word), cyrillicEndings, 3)
	}
	return stemBy(doubled(word), latinEndings, 4)
}

// Endings, longest first, already in the form that sounds gives them.
var (
	cyrillicEndings = []string{
		"иваться", "иваютс", "ившис", "ироват", "ируетс", "аетс", "иетс", "яетс", "аютс", "яютс", "иваи", "ивае",
		"аться", "итьс", "ами", "ями", "ого", "его", "ому", "ему", "ими", "аем", "ает", "яет", "ают", "яют", "ует", "уют",
		"ила", "ило", "или", "ала", "ало", "али", "яла", "яло", "яли", "ена", "ено", "ени", "итс", "атс", "етс", "алс", "илс", "лас", "лос", "лис",
		"ая", "яя", "ое", "ее", "ие", "ии", "ия", "ую", "юю", "ои", "еи", "ом", "ем", "им", "ам", "ям", "ах", "ях", "их", "ов", "ев", "ат", "ят", "ит", "ет", "ут", "ют", "ал", "ял", "ил", "ен", "ию", "ью", "ка", "ки", "ке", "ку", "ок",
		"а", "я", "о", "е", "и", "у", "ю", "т", "с",
	}
	latinEndings = []string{"ungen", "ung", "ingly", "ing", "lich", "ern", "en", "er", "em", "es", "ed", "ly", "e", "s", "n"}
)

func stemBy(word string, endings []string, least int) string {
	for _, e := range endings {
		if rest, ok := strings.CutSuffix(word, e); ok && utf8.RuneCountInString(rest) >= least {
			return rest
		}
	}
	return word
}

// sounds writes letters alike that are heard or mistyped alike, and drops the
// signs that are left out in haste.
func sounds(word string) string {
	var b strings.Builder
	b.Grow(len(word))
	var last rune
	for _, r := range word {
		switch r {
		case 'ъ', 'ь':
			continue
		case 'й', 'ы':
			r = 'и'
		case 'э':
			r = 'е'
		}
		if r == last && r != 'и' {
			continue
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

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

func isCyrillic(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Cyrillic, r) {
			return true
		}
	}
	return false
}
