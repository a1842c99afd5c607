package match

import (
	"slices"
	"strings"
)

// How the parts of a score weigh; set on the questions in testdata.
const (
	passageShare = 0.5  // of the words' score: how well one phrase is met
	coverShare   = 0.5  // how much of the question the whole article speaks of
	stateTrust   = 0.85 // a state that holds is not yet what the question is about
	pairShare    = 0.12 // added when the words stand in the same order, side by side
	outsideCost  = 0.45 // what is left of the words' score beside words of other matters
	singleCost   = 0.7  // what is left of it when one word alone is known
	floor        = 0.15 // below it an entry is not thought of at all
	strangeCost  = 0.6  // what is left of it beside a code that no fault has
	strangeCode  = 0.38 // what is left of a code beside words of other matters
	weakCode     = 0.6  // what a bare number counts when words speak for its fault too
	weakWords    = 0.2  // how much they must say
)

// score is what speaks for one entry.
type score struct {
	entry    int
	code     float64
	words    float64
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
	apart   bool     // two words together are of another matter: how much
}

func (m *Matcher) question(ts []token) question {
	var q question
	q.pairs = m.pairsIn(ts)
	q.apart = slices.ContainsFunc(q.pairs, func(p string) bool { return m.lex.apart[p] })
	seen := make(map[string]bool)
	for _, t := range ts {
		if t.key == "" || seen[t.key] {
			continue
		}
		seen[t.key] = true
		if m.lex.outside[t.key] || len(t.reads) > 0 && m.lex.outside[m.index.keys[t.reads[0].term]] {
			q.outside = append(q.outside, len(q.tokens))
		}
		q.tokens = append(q.tokens, t)
		w := m.index.unknown
		if len(t.reads) > 0 {
			w = m.index.idf[t.reads[0].term]
			if len(m.index.inEntry[t.reads[0].term]) == 0 {
				w = m.index.unknown // a word of ours that no entry holds
			}
		}
		q.weights = append(q.weights, w)
		q.sum += w
	}
	return q
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

// byWords scores every entry that shares enough with the question.
func (m *Matcher) byWords(q question) map[int]*score {
	board := make(map[int]*score)
	if q.sum == 0 {
		return board
	}
	w := m.scratch.Get().(*scratch)
	defer m.scratch.Put(w)
	m.index.weigh(q, w)
	for _, p := range w.pass.touched {
		entry := m.index.passOf[p]
		precision, recall := w.pass.sum[p]/q.sum, min(w.pass.sum[p]/m.index.passSum[p], 1)
		w.best[entry] = max(w.best[entry], fit(precision, recall))
	}
	m.beside(q, w)
	slab := make([]score, 0, len(w.entry.touched)) // one piece of memory: thousands may be touched
	for _, entry := range w.entry.touched {
		words := pairShare*min(w.pair.sum[entry], 1) + passageShare*w.best[entry] + coverShare*w.entry.sum[entry]/q.sum*min(1, q.sum/(2*m.index.unknown))
		w.best[entry] = 0
		if words < floor {
			continue
		}
		slab = append(slab, m.wordScore(q, entry, words, w.entry.words[entry]))
		board[int(entry)] = &slab[len(slab)-1]
	}
	w.pass.clear()
	w.entry.clear()
	w.pair.clear()
	return board
}

// beside adds up, by entry, the share of the question's pairs that it holds;
// of a long question four are enough.
func (m *Matcher) beside(q question, w *scratch) {
	for i, p := range q.pairs {
		for _, e := range m.index.pair[p] {
			w.pair.add(e, int32(i+1), 1/float64(min(len(q.pairs), 4)))
		}
	}
}

// wordScore takes off what a single known word and words of other matters
// cost. known is how many of the question's words the entry holds.
func (m *Matcher) wordScore(q question, entry int32, words float64, known int32) score {
	if known == 1 {
		words *= singleCost
	}
	if m.strange(q, entry) {
		words *= outsideCost
	}
	return score{entry: int(entry), words: min(words, 0.97)}
}

// fit is high only when most of the question is in the phrase and most of the
// phrase in the question.
func fit(precision, recall float64) float64 {
	if precision == 0 || recall == 0 {
		return 0
	}
	return 1 / (0.5/precision + 0.5/recall)
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
	known, strange := false, false
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
		for _, o := range owners {
			m.addCode(board, o, c, q)
		}
	}
	if strange && !known {
		for _, s := range board {
			s.words *= strangeCost
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
