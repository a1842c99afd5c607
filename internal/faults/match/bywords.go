package match

import (
	"cmp"
	"slices"
)

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
		f := fit(precision, recall)
		if m.index.asking[p] {
			w.ask[entry] = max(w.ask[entry], f)
		}
		if f > w.best[entry] {
			w.best[entry], w.next[entry] = f, w.best[entry]
		} else {
			w.next[entry] = max(w.next[entry], f)
		}
	}
	m.beside(q, w)
	top := make([]score, 0, boardMost+1)
	for _, entry := range w.entry.touched {
		cover := w.entry.sum[entry] / q.sum
		words := pairShare*min(w.pair.sum[entry], 1) + passageShare*m.index.twoPhrases(entry, w.best[entry], w.next[entry]) + coverShare*cover*min(1, q.sum/(2*m.index.unknown))
		how := q.tone.unasked(m.howTo[entry], w.ask[entry])
		w.best[entry], w.next[entry], w.ask[entry] = 0, 0, 0
		if words >= floor {
			s := m.wordScore(q, entry, words, w.entry.words[entry])
			s.words *= how
			s.cover = cover
			top = keep(top, s)
		}
	}
	w.pass.clear()
	w.entry.clear()
	w.pair.clear()
	for i := range top {
		board[top[i].entry] = &top[i]
	}
	return board
}

// boardMost is how many entries are thought of at once: of a word that
// thousands of a company's articles share, thousands are scored.
const boardMost = 96

// keep puts a score into its place among the best.
func keep(top []score, s score) []score {
	if len(top) == boardMost && ranked(top[boardMost-1], s) <= 0 {
		return top
	}
	at, _ := slices.BinarySearchFunc(top, s, ranked)
	top = slices.Insert(top, at, s)
	return top[:min(len(top), boardMost)]
}

// ranked orders scores by their words, then by their entry.
func ranked(a, b score) int {
	return cmp.Or(cmp.Compare(b.words, a.words), cmp.Compare(a.entry, b.entry))
}

// twoPhrases unites how well an entry's best and second best phrase are met.
// An entry with few phrases is not asked for a second one.
func (x *index) twoPhrases(entry int32, best, next float64) float64 {
	k := x.second[entry]
	return (best + k*next) / (1 + secondNorm*k)
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
	if q.alien {
		words *= alienCost
	}
	words = min(words, 0.97)
	words *= q.tone.left(words)
	return score{entry: int(entry), words: words}
}

// fit is high only when most of the question is in the phrase and most of the
// phrase in the question.
func fit(precision, recall float64) float64 {
	if precision == 0 || recall == 0 {
		return 0
	}
	return 1 / (0.5/precision + 0.5/recall)
}
