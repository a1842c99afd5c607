package match

import "slices"

// tone is how a question speaks, apart from what it speaks of: of trouble, of
// buying and meeting, or of something that is well again.
type tone struct {
	trouble bool
	wants   bool
	settled bool
	asks    bool // how something is done
	how     bool // from its first word on
	duty    bool // what one has to do or to have at all
	thanks  bool
}

// What is left of the words' score by tone, when no code stands there.
const (
	wantsCost   = 0.45 // who wants to buy, order or meet speaks of no fault
	settledCost = 0.45 // who says thanks speaks of one that is over
	calmCost    = 0.8  // nothing is said to be wrong
	calmSure    = 0.8  // unless the words fit so well
	howCost     = 0.45 // who asks how something is done has no fault
	howToCost   = 0.88 // the same of an article that tells such things, but not this
	howFit      = 0.5  // unless the article has a phrase that asks so and fits so well
)

// briefThanks is how many words a message has at most whose thanks are all
// that it brings.
const briefThanks = 8

// listen finds a question's tone.
func (m *Matcher) listen(ts []token, pairs []string) tone {
	t := tone{wants: m.lex.wants.inPairs(pairs), settled: m.lex.settled.inPairs(pairs), trouble: m.lex.trouble.inPairs(pairs)}
	for i, tok := range ts {
		t.wants = t.wants || m.lex.wants.holds(m, tok)
		t.settled = t.settled || m.lex.settled.holds(m, tok)
		t.trouble = t.trouble || m.isTrouble(ts, i, pairs)
		t.thanks = t.thanks || m.lex.thanks.holds(m, tok)
		t.asks = t.asks || m.lex.asks.holds(m, tok)
	}
	t.wants = t.wants || m.namesDeed(ts)
	t.duty = m.asksDuty(ts, pairs)
	t.how = m.beginsHow(ts) || t.duty
	t.thanks = t.thanks && len(ts) <= briefThanks // a long message ends with thanks for help to come
	return t
}

// isTrouble says whether the word at place i is one of trouble, and neither in
// a pair that says nothing of the kind nor the "no" of "invoice no 413".
func (m *Matcher) isTrouble(ts []token, i int, pairs []string) bool {
	switch {
	case !m.lex.trouble.holds(m, ts[i]), ts[i].raw == "no" && i+1 < len(ts) && ts[i+1].number != "":
		return false
	default:
		return i >= len(pairs) || !m.lex.calm.pairs[pairs[i]]
	}
}

// left is what a tone leaves of words that score so much.
func (t tone) left(words float64) float64 {
	switch {
	case t.trouble:
		return 1
	case t.wants:
		return wantsCost
	case t.settled, t.thanks && !t.asks:
		return settledCost
	case !t.asks && words < calmSure:
		return calmCost
	default:
		return 1
	}
}

// unasked is what the question of how something is done leaves of the words of
// an entry: all of one that tells such things, and of a fault's of which people
// ask so. ask is how well the entry's asking phrases are met.
func (t tone) unasked(howTo bool, ask float64) float64 {
	switch {
	case !t.how || t.trouble || ask >= howFit && (howTo || !t.duty):
		return 1
	case howTo:
		return howToCost
	default:
		return howCost
	}
}

// asksDuty says whether a question is what one has to do, or needs to have, at
// all.
func (m *Matcher) asksDuty(ts []token, pairs []string) bool {
	return m.lex.duty.inPairs(pairs) ||
		slices.ContainsFunc(ts, func(t token) bool { return m.lex.duty.holds(m, t) }) ||
		slices.ContainsFunc(m.lex.duties, func(phrase []string) bool { return says(ts, phrase) })
}

// says whether words stand in a question just so, one behind the other.
func says(ts []token, phrase []string) bool {
	for i := 0; i+len(phrase) <= len(ts); i++ {
		if slices.EqualFunc(ts[i:i+len(phrase)], phrase, func(t token, w string) bool { return t.raw == w }) {
			return true
		}
	}
	return false
}

// asksHow says whether a text of ours begins as a question of how something is
// done.
func (m *Matcher) asksHow(text string) bool {
	var ts []token
	for _, chunk := range split(Fold(text)) {
		for _, p := range pieces(chunk) {
			ts = append(ts, token{raw: p, key: m.lex.key(p)})
		}
	}
	return m.beginsHow(ts)
}

// beginsHow says whether the first word that is no greeting or plea asks how
// something is done, or names a thing to be done.
func (m *Matcher) beginsHow(ts []token) bool {
	for _, t := range ts {
		switch {
		case m.lex.how[t.raw]:
			return true
		case !m.lex.stop[t.raw] && (t.key != "" || t.number != ""):
			return false
		}
	}
	return false
}

// wordSet is a list of words, and of two words that stand side by side.
type wordSet struct {
	raw   map[string]bool // as folded: little words have no key
	keys  map[string]bool
	pairs map[string]bool
	least float64 // how near a misspelt word must be
}

// inPairs says whether one of a question's pairs is of the set.
func (s wordSet) inPairs(pairs []string) bool {
	return slices.ContainsFunc(pairs, func(p string) bool { return s.pairs[p] })
}

// holds says whether a token is of the set, as written or in its best reading.
func (s wordSet) holds(m *Matcher, t token) bool {
	switch {
	case s.raw[t.raw]:
		return true
	case t.key == "":
		return false
	case s.keys[t.key]:
		return true
	default:
		return len(t.reads) > 0 && t.reads[0].sim >= s.least && s.keys[m.index.keys[t.reads[0].term]]
	}
}
