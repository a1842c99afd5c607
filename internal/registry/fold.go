package registry

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/tillwright/tillwright/internal/db"
)

// The databases do not fold Cyrillic (SQLite) or fold it by the server's
// locale (PostgreSQL), so texts are folded here and kept in a column of their
// own: small letters without marks, words between single spaces, one space
// before the first, so that LIKE '% word%' is "a word begins with".

// alike maps letters that people type for each other. Kazakh letters fall
// together with the Russian ones on a keyboard without them.
var alike = strings.NewReplacer(
	"ё", "е", "ә", "а", "ғ", "г", "қ", "к", "ң", "н", "ө", "о", "ұ", "у", "ү", "у", "һ", "х", "і", "и",
	"ß", "ss", "ø", "o", "ł", "l", "æ", "a", "œ", "o",
)

// umlauts makes "Müller", "Mueller" and "Muller" one word. It runs over both
// the text and the question, so "Bauer" still finds "Bauer".
var umlauts = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")

// fold is the searchable form of a text without the leading space; "" when it
// holds neither letters nor digits.
func fold(s string) string {
	s = alike.Replace(strings.ToLower(norm.NFC.String(s)))
	var b strings.Builder
	latin, space := false, false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
			if !latin { // й is и with a mark, and a letter of its own
				b.WriteRune(r)
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteRune(r)
			latin, space = unicode.Is(unicode.Latin, r), false
		default:
			space = true
		}
	}
	return umlauts.Replace(norm.NFC.String(b.String()))
}

// foldWords is what is stored for several texts. A text with digits is there
// a second time without its separators, so that a serial number is found
// however it is grouped.
func foldWords(texts ...string) string {
	var b strings.Builder
	for _, t := range texts {
		f := fold(t)
		if f == "" {
			continue
		}
		b.WriteString(" " + f)
		if joined := strings.ReplaceAll(f, " ", ""); joined != f && len(joined) <= 40 && hasDigit(joined) {
			b.WriteString(" " + joined)
		}
	}
	return b.String()
}

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// maxWords bounds a question; more words than that are not looked at.
const maxWords = 8

// patterns turns a question into LIKE patterns that must all fit: a word
// begins so, and a longer run with digits may also stand inside (the last
// digits of a serial are what people read out).
func patterns(question string) []string {
	words := strings.Fields(fold(question))
	if len(words) > maxWords {
		words = words[:maxWords]
	}
	out := make([]string, len(words))
	for i, w := range words {
		w = db.EscapeLike(w)
		if hasDigit(w) && len(w) >= 3 {
			out[i] = "%" + w + "%"
		} else {
			out[i] = "% " + w + "%"
		}
	}
	return out
}
