package match

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	// spacedDigits is a code spelled digit by digit: 3 9 7 9, 2-3-5.
	spacedDigits = regexp.MustCompile(`(^|[^0-9.,:/+-])[ \t]*(\d(?:[ \t]*[ \t.-][ \t]*\d){1,3})($|[^0-9.,:/]|[.,][^0-9]|[.,]$)`)
	// brokenCode is a code of four digits with the mark of thousands in it,
	// behind a minus or a word that announces it.
	brokenCode = regexp.MustCompile(`(-|ошибк[а-я]*|код[а-я]*|error|code|fehler[a-z]*)([ \t№#:(-]*)([1-9](?:\d[ .,-]|[ .,]\d))(\d{2})($|[^0-9])`)
	// hyphened is a code joined to the word before it, with letters for digits:
	// фн-2з5.
	hyphened = regexp.MustCompile(`([a-zа-я]{2,})[-.:№#_=]+([0-9oозбвlibszч|]{3,4})($|[^0-9a-zа-я])`)
)

// plainCodes writes codes in their usual form, whatever stands between their
// digits, and letters that are spaced out as a word.
func (m *Matcher) plainCodes(text string) string {
	text = m.joinLetters(text)
	text = spacedDigits.ReplaceAllStringFunc(text, func(s string) string {
		sub := spacedDigits.FindStringSubmatch(s)
		digits := betweenBytes.Replace(sub[2])
		if len(digits) < 3 || len(m.code[digits]) == 0 {
			return s
		}
		return sub[1] + " " + digits + sub[3]
	})
	text = hyphened.ReplaceAllStringFunc(text, func(s string) string {
		sub := hyphened.FindStringSubmatch(s)
		if n, ok := m.digitsOf(sub[2], false); ok && len(m.code[n]) > 0 {
			return sub[1] + " " + n + sub[3]
		}
		return s
	})
	return brokenCode.ReplaceAllStringFunc(text, func(s string) string {
		sub := brokenCode.FindStringSubmatch(s)
		digits := betweenBytes.Replace(sub[3]) + sub[4]
		if len(m.code[digits]) == 0 {
			return s
		}
		return sub[1] + sub[2] + digits + sub[5]
	})
}

// joinLetters joins letters that stand alone, one after another, where
// together they are a word that the index knows: ф н, о ш и б к а.
func (m *Matcher) joinLetters(text string) string {
	words := strings.Fields(text)
	var out []string
	for i := 0; i < len(words); {
		end := i
		for end < len(words) && oneLetter(words[end]) {
			end++
		}
		joined := strings.Join(words[i:end], "")
		if _, known := m.index.terms[m.lex.key(joined)]; end-i < 2 || !known {
			end = i + 1
			joined = words[i]
		}
		out = append(out, joined)
		i = end
	}
	if len(out) == len(words) {
		return text
	}
	return strings.Join(out, " ")
}

func oneLetter(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n == len(s) && classOf(r) == 1
}
