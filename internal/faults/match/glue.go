package match

import (
	"strings"
	"unicode/utf8"
)

// gluedLeast is how many letters each of two words has that were written as
// one, unless it is a word without weight.
const gluedLeast = 4

// unglued takes words apart between which a blank was forgotten: неработает,
// gehtnicht. Only what the index knows as written is taken apart so.
func (m *Matcher) unglued(parts []string) []string {
	for i, p := range parts {
		if a, b, ok := m.glued(p); ok {
			out := append(append([]string{}, parts[:i]...), a, b)
			return append(out, m.unglued(parts[i+1:])...)
		}
	}
	return parts
}

// glued finds the place where two words were written as one.
func (m *Matcher) glued(p string) (a, b string, ok bool) {
	if utf8.RuneCountInString(p) < 6 || isNumber(p) || m.lex.stop[p] || m.knows(p) {
		return "", "", false
	}
	if rest, cut := strings.CutPrefix(p, "не"); cut && utf8.RuneCountInString(rest) >= gluedLeast && m.heardOf(rest) {
		return "не", rest, true
	}
	if rest, cut := strings.CutSuffix(p, "nicht"); cut && (m.lex.stop[rest] || m.heardOf(rest)) {
		return rest, "nicht", true
	}
	if !isCyrillic(p) || utf8.RuneCountInString(p) < 2*gluedLeast || m.near(p) {
		return "", "", false
	}
	for i := range p {
		if rest := p[i:]; i > 0 && m.lex.stop[p[:i]] && utf8.RuneCountInString(rest) > gluedLeast && m.knows(rest) {
			return p[:i], rest, true // потелефону, неавторизуется
		}
	}
	n := 0
	for i := range p {
		if n++; n <= gluedLeast || utf8.RuneCountInString(p[i:]) < gluedLeast {
			continue
		}
		if m.knows(p[:i]) && m.knows(p[i:]) {
			return p[:i], p[i:], true
		}
	}
	return "", "", false
}

// knows says whether some entry holds a word as it is written.
func (m *Matcher) knows(word string) bool {
	t, ok := m.index.terms[m.lex.key(word)]
	return ok && len(m.index.inEntry[t]) > 0
}

// heardOf is knows for a word that may be written by ear.
func (m *Matcher) heardOf(word string) bool {
	return m.knows(word) || len(m.index.byEar(m.lex.key(word), 1)) > 0
}

// near says whether a word is a misspelt one.
func (m *Matcher) near(word string) bool { return len(m.index.misspelt(m.lex.key(word), 1)) > 0 }

// compound are the keys of a German compound's parts where the index does not
// know it as a whole, nor something near it.
func (m *Matcher) compound(word string) []string {
	if len(word) < 8 || isCyrillic(word) || m.lex.stop[word] {
		return nil
	}
	key := m.lex.key(word)
	if _, known := m.index.terms[key]; known || len(key) < longWord && m.near(word) {
		return nil
	}
	parts := m.index.partsOf(key)
	if len(parts) < 2 {
		return nil
	}
	var out []string
	for _, t := range parts {
		out = append(out, m.index.keys[t])
	}
	return out
}
