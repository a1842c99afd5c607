package match

// sums adds weights up by place and remembers which places were touched, so
// that thousands of entries need no clearing between two questions.
type sums struct {
	sum     []float64
	last    []float64 // what the word in turn has given this place
	turn    []int32   // which word that was
	words   []int32   // how many words have given this place something
	touched []int32
}

func newSums(n int) sums {
	return sums{sum: make([]float64, n), last: make([]float64, n), turn: make([]int32, n), words: make([]int32, n)}
}

// add gives a place the value of one word; of several terms that the word may
// stand for, the best counts.
func (s *sums) add(place, word int32, v float64) {
	if s.turn[place] == 0 {
		s.touched = append(s.touched, place)
	}
	if s.turn[place] != word {
		s.turn[place], s.last[place] = word, 0
		s.words[place]++
	}
	if v > s.last[place] {
		s.sum[place] += v - s.last[place]
		s.last[place] = v
	}
}

func (s *sums) clear() {
	for _, p := range s.touched {
		s.sum[p], s.last[p], s.turn[p], s.words[p] = 0, 0, 0, 0
	}
	s.touched = s.touched[:0]
}

// scratch is the room that one question needs; it is used again.
type scratch struct {
	pass, entry, pair sums
	next, best, ask   []float64 // by entry; zero between questions
}

func newScratch(passages, entries int) *scratch {
	return &scratch{pass: newSums(passages), entry: newSums(entries), pair: newSums(entries), next: make([]float64, entries), best: make([]float64, entries), ask: make([]float64, entries)}
}

// weigh sums the question's weights by passage and by entry.
func (x *index) weigh(q question, w *scratch) {
	for i, t := range q.tokens {
		word := int32(i + 1)
		for _, r := range t.reads {
			v := q.weights[i] * r.sim
			for _, p := range x.inPass[r.term] {
				w.pass.add(p, word, v)
			}
			for i, e := range x.inEntry[r.term] {
				w.entry.add(e, word, v*x.often[r.term][i])
			}
		}
	}
}
