package match

import (
	"regexp"
	"slices"
)

// What makes a text a printed paper: a receipt, a slip, a report of a shift.
const (
	paperLabels  = 3    // different labels at least
	paperShare   = 0.4  // of the words with weight
	paperNumbers = 3    // numbers at least
	paperSure    = 0.88 // how near a misspelt word of trouble is
)

// number is a run of digits anywhere in a text.
var number = regexp.MustCompile(`\d+`)

// unprinted takes the labels and numbers out of a text that is nothing but a
// printed paper: they tell what was sold, and not that something is wrong. What
// names a trouble is left as it is: a register prints its errors as well.
func (m *Matcher) unprinted(text string, ts []token) []token {
	if !m.isPaper(text, ts) {
		return ts
	}
	out := slices.Clone(ts)
	for i, t := range out {
		switch {
		case m.isLabel(t):
			out[i].key, out[i].reads, out[i].idle = "", nil, true
		case t.number != "" && !t.signed:
			out[i].number = ""
		}
	}
	return out
}

func (m *Matcher) isPaper(text string, ts []token) bool {
	if len(number.FindAllStringIndex(text, paperNumbers)) < paperNumbers || m.troubled(ts) {
		return false
	}
	labels, words := make(map[string]bool), make(map[string]bool)
	for _, t := range ts {
		if m.isLabel(t) {
			labels[t.raw] = true
		}
		if t.key != "" {
			words[t.key] = true
		}
	}
	return len(labels) >= paperLabels && float64(len(labels)) >= paperShare*float64(len(words))
}

// isLabel says whether a word is printed on papers, as written or in its best
// reading.
func (m *Matcher) isLabel(t token) bool { return m.lex.paper.holds(m, t) }

// troubled says whether a word of trouble stands in a text, nearly as it is
// written in the list: on a paper every other word is a name of goods.
func (m *Matcher) troubled(ts []token) bool {
	pairs := m.pairsIn(ts)
	for i, t := range ts {
		if m.isTrouble(ts, i, pairs) && (len(t.reads) == 0 || t.reads[0].sim >= paperSure) {
			return true
		}
	}
	return m.lex.trouble.inPairs(pairs)
}

// deedAway is how far behind the name of a paper its number stands.
const deedAway = 3

// namesDeed says whether a text names a paper of trade by its number: an
// invoice, a contract, a waybill.
func (m *Matcher) namesDeed(ts []token) bool {
	for i, t := range ts {
		if t.number != "" && !t.signed && m.isDeed(ts, i) {
			return true
		}
	}
	return false
}
