package match

import (
	"slices"
	"strings"
)

// How the parts of a score weigh; set on the questions in testdata.
const (
	passageShare = 0.5  // of the words' score: how well one phrase is met
	strangerMost = 0.3  // how much words that no entry holds weigh together, of what the others do
	waySim       = 0.85 // the least that a way of reading is trusted
	secondShare  = 0.5  // what a second phrase counts beside the best, of an entry with many
	secondNorm   = 0.6  // how much of it is taken for granted
	secondPer    = 12.0 // phrases from which an entry has many
	coverShare   = 0.5  // how much of the question the whole article speaks of
	stateTrust   = 0.85 // a state that holds is not yet what the question is about
	pairShare    = 0.12 // added when the words stand in the same order, side by side
	outsideCost  = 0.45 // what is left of the words' score beside words of other matters
	alienCost    = 0.9  // what is left of it beside a word that nobody knows, when none is ours
	alienMost    = 5    // words of a question up to which such a word is what it speaks of
	plainSim     = 0.95 // where all others are written as they should be, so that it is none of ours misspelt
	singleCost   = 0.7  // what is left of it when one word alone is known
	floor        = 0.06 // below it an entry is not thought of at all
	strangeCost  = 0.6  // what is left of it beside a code that no fault has
	strangeCode  = 0.38 // what is left of a code beside words of other matters
	frameCost    = 0.7  // what is left of the words of others beside a code that is surely some fault's
	weakCode     = 0.6  // what a bare number counts when words speak for its fault too
	weakWords    = 0.2  // how much they must say
)

// score is what speaks for one entry.
type score struct {
	entry    int
	code     float64
	words    float64
	cover    float64 // how much of the question the article speaks of
	state    float64
	evidence []Evidence
}

// total unites the parts as independent witnesses.
func (s *score) total() float64 { return 1 - (1-s.code)*(1-s.words)*(1-s.state) }

// question is the weighed words of a text.
type question struct {
	tokens  []token
	weights []float64
	sum     float64
	outside []int    // places of words of other matters
	pairs   []string // neighbouring words, as keys
	apart   bool     // two words together are of another matter: opening hours
	alien   bool     // short, with a word that nobody knows and none of ours
	tone    tone
}

func (m *Matcher) question(ts []token) question {
	var q question
	q.pairs = m.pairsIn(ts)
	others := !m.ofUs(ts)
	q.apart = slices.ContainsFunc(q.pairs, func(p string) bool { return m.lex.apart[p] || others && m.lex.brands.pairs[p] })
	seen, strangers, plain := make(map[string]bool), 0.0, true
	for _, t := range ts {
		if t.key == "" || seen[t.key] {
			continue
		}
		seen[t.key] = true
		if m.isOutside(t) || others && m.lex.brands.holds(m, t) {
			q.outside = append(q.outside, len(q.tokens))
		}
		q.tokens = append(q.tokens, t)
		w, known := m.weight(t)
		q.weights = append(q.weights, w)
		if known {
			plain = plain && t.reads[0].sim >= plainSim
			q.sum += w * max(t.sim, waySim) // how a whole question is typed takes nothing off its words
		} else {
			strangers += w
		}
	}
	q.sum += min(strangers, q.sum*strangerMost+m.index.unknown)
	q.alien = others && strangers > 0 && len(q.tokens) <= alienMost && plain
	return q
}

// ofUs says whether a question names what this is about, or one of a
// register's codes.
func (m *Matcher) ofUs(ts []token) bool {
	return slices.ContainsFunc(ts, func(t token) bool {
		return m.lex.ours.holds(m, t) || t.number != "" && codeForm(t.number)
	})
}

// isOutside says whether a word, itself and not its kin, is of another matter.
func (m *Matcher) isOutside(t token) bool {
	return m.lex.outside[t.key] || len(t.reads) > 0 && t.reads[0].sim > kinSim && m.lex.outside[m.index.keys[t.reads[0].term]]
}

// weight is what a word counts, and whether some entry holds it.
func (m *Matcher) weight(t token) (w float64, known bool) {
	if len(t.reads) == 0 || len(m.index.inEntry[t.reads[0].term]) == 0 {
		return m.index.unknown, false // nobody's word, or one of our lists that no entry holds
	}
	return m.index.idf[t.reads[0].term], true
}

// pairsIn are the neighbouring words of a question in their best reading.
func (m *Matcher) pairsIn(ts []token) []string {
	words := make([]string, len(ts))
	for i, t := range ts {
		switch {
		case len(t.reads) > 0:
			words[i] = m.index.keys[t.reads[0].term]
		case t.number != "":
			words[i] = t.number
		default:
			words[i] = m.lex.key(t.raw)
		}
	}
	return pairsOf(words)
}

// surely is holds for the word itself, not for its kin.
func (m *Matcher) surely(t token, entry int32) bool {
	if len(t.reads) == 0 {
		return false
	}
	_, found := slices.BinarySearch(m.index.inEntry[t.reads[0].term], entry)
	return found
}

func (m *Matcher) holds(t token, entry int32) bool {
	return slices.ContainsFunc(t.reads, func(r reading) bool {
		_, found := slices.BinarySearch(m.index.inEntry[r.term], entry)
		return found
	})
}

// reasons are what speaks for an entry: codes, then words, then the state.
func (m *Matcher) reasons(s *score, q question) []Evidence {
	if s.words < Mention {
		return s.evidence
	}
	at := slices.IndexFunc(s.evidence, func(e Evidence) bool { return e.Kind != "code" })
	if at < 0 {
		at = len(s.evidence)
	}
	return slices.Insert(slices.Clone(s.evidence), at, Evidence{Kind: "words", Value: m.shared(q, int32(s.entry))})
}

// shared names the question's words that the entry holds, as written.
func (m *Matcher) shared(q question, entry int32) string {
	var words []string
	for _, t := range q.tokens {
		if m.holds(t, entry) {
			words = append(words, t.raw)
		}
	}
	return strings.Join(words[:min(len(words), 6)], " ")
}

// byCodes adds what codes say and returns the codes of the question. A code
// that no entry has makes words less believable: it is another machine's.
func (m *Matcher) byCodes(board map[int]*score, codes []found, q question) []string {
	var names []string
	known, strange, sure := false, false, false
	for _, c := range codes {
		if c.trust < 0.5 {
			m.addWeak(board, c, q)
			continue
		}
		owners := m.code[c.value]
		if !slices.Contains(names, c.shown) {
			names = append(names, c.shown)
		}
		known, strange = known || len(owners) > 0, strange || len(owners) == 0
		sure = sure || c.trust >= trustShown && slices.ContainsFunc(owners, func(o codeOf) bool { return !o.shared })
		for _, o := range owners {
			m.addCode(board, o, c, q)
		}
	}
	for _, s := range board {
		switch {
		case strange && !known:
			s.words *= strangeCost
		case sure && s.code == 0:
			s.words *= frameCost
		}
	}
	return names
}

// addWeak lets a bare number count where words speak for its fault already:
// "401 when loading goods".
func (m *Matcher) addWeak(board map[int]*score, c found, q question) {
	for _, o := range m.code[c.value] {
		if s := board[o.entry]; c.trust >= trustGuess && s != nil && s.words >= weakWords {
			c.trust = weakCode
			m.addCode(board, o, c, q)
		}
	}
}

// strange says whether the question speaks of another matter that the entry
// knows nothing of: a coffee machine, but not the address of an OFD.
func (m *Matcher) strange(q question, entry int32) bool {
	return q.apart || slices.ContainsFunc(q.outside, func(i int) bool { return !m.surely(q.tokens[i], entry) })
}

func (m *Matcher) addCode(board map[int]*score, o codeOf, c found, q question) {
	s := board[o.entry]
	if s == nil {
		s = &score{entry: o.entry}
		board[o.entry] = s
	}
	trust := c.trust
	if o.shared {
		trust *= 0.6
	}
	if m.strange(q, int32(o.entry)) {
		trust *= strangeCode
	}
	s.code = max(s.code, trust)
	e := Evidence{Kind: "code", Value: c.shown}
	if !slices.Contains(s.evidence, e) {
		s.evidence = append([]Evidence{e}, s.evidence...)
	}
}

// byState adds what the device's own state says. A question that is about
// something else keeps most of its say.
func (m *Matcher) byState(board map[int]*score, state map[string]Evidence, weight map[string]float64, q question) {
	if len(weight) == 0 {
		return
	}
	trust := stateTrust
	if len(q.tokens) > 0 && !m.aboutUs(q, board) {
		trust /= 2
	}
	for i, id := range m.entries {
		w := weight[id]
		if w == 0 {
			continue
		}
		s := board[i]
		if s == nil {
			s = &score{entry: i}
			board[i] = s
		}
		s.state = w * trust
		s.evidence = append(s.evidence, state[id])
	}
}

// aboutUs says whether some entry fits the question well, with all of its
// words: "works" belongs to opening hours, but to a dead register too.
func (m *Matcher) aboutUs(q question, board map[int]*score) bool {
	for _, s := range board {
		if (s.code > 0 || s.words >= Mention) && !m.strange(q, int32(s.entry)) {
			return true
		}
	}
	return false
}
