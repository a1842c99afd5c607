package match

import (
	"slices"
	"strings"
	"unicode"
)

// trustSign is how surely a sign that is no number was meant: "(!) ОФД".
const trustSign = 0.92

// sign is an article's code of words and marks.
type sign struct {
	key   string // as in the table of codes
	bare  string // without blanks
	shown string
}

// signOf reads a code as a sign. Codes without marks are found as words.
func signOf(value, key string) (sign, bool) {
	bare := unspaced(Fold(value))
	marked := strings.ContainsAny(bare, "!?#*") && strings.IndexFunc(bare, unicode.IsLetter) >= 0
	return sign{key: key, bare: bare, shown: value}, marked
}

func unspaced(s string) string { return strings.Join(strings.Fields(s), "") }

// signs finds the signs that a folded question shows, also turned round. A
// sign with brackets stands anywhere; one without, at a word's beginning, for
// a shout is no sign: «помогите! офд молчит».
func (m *Matcher) signs(text string) []found {
	if !strings.ContainsAny(text, "!?#*") {
		return nil
	}
	var out []found
	whole := strings.ReplaceAll(unspaced(text), "0фд", "офд")
	for _, s := range m.sign {
		seen := strings.HasPrefix(whole, s.bare) || strings.Contains(text, " "+s.bare)
		if strings.ContainsAny(s.bare, "(") {
			mark, word, _ := strings.Cut(s.bare, ")")
			seen = strings.Contains(whole, s.bare) || strings.Contains(whole, word+mark+")")
		}
		if seen && !slices.ContainsFunc(out, func(f found) bool { return f.value == s.key }) {
			out = append(out, found{value: s.key, shown: s.shown, trust: trustSign})
		}
	}
	return out
}
