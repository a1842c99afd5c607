package match

// A long message says in one place what is wrong, and around it who asks, from
// where, since when and how much it hurries. Its passages are asked as well as
// the whole: a window of neighbouring clauses that an entry fits well speaks
// for it, more where the rest of the message speaks for it too.
const (
	longFrom   = 9 // words with weight from which passages are looked at
	shortFrom  = 4 // the same for a message of several sentences
	windowMost = 9 // words with weight in one passage
	windowStep = 5 // how far windows move within a clause that is longer
	// How much of the say passages have grows with the words of a message.
	passageLeast = 0.3
	passageFew   = 4
	passagePer   = 6.0
	passageOnly  = 0.3 // what a passage counts where the rest says nothing
)

// passages are the windows of a text, as from and to of its tokens.
func passages(ts []token) [][2]int {
	var out [][2]int
	clauses := clausesOf(ts)
	for i, c := range clauses {
		weight := weighty(ts[c[0]:c[1]])
		if weight > 0 {
			out = append(out, c)
		}
		for _, next := range clauses[i+1:] {
			more := weighty(ts[next[0]:next[1]])
			if weight+more > windowMost {
				break
			}
			weight += more
			if more > 0 && weight > more {
				out = append(out, [2]int{c[0], next[1]})
			}
		}
	}
	return out
}

// clausesOf cuts at stops, and what is longer than a window into windows.
func clausesOf(ts []token) [][2]int {
	var out [][2]int
	start := 0
	for i, t := range ts {
		if t.ends != goesOn || i+1 == len(ts) {
			out = append(out, windows(ts, start, i+1)...)
			start = i + 1
		}
	}
	return out
}

// windows cuts a clause into overlapping windows where it is too long for one.
func windows(ts []token, from, to int) [][2]int {
	var at []int
	for i := from; i < to; i++ {
		if weighs(ts[i]) {
			at = append(at, i)
		}
	}
	if len(at) <= windowMost {
		return [][2]int{{from, to}}
	}
	var out [][2]int
	for k := 0; ; k += windowStep {
		if k+windowMost >= len(at) {
			return append(out, [2]int{from, to})
		}
		end := at[k+windowMost]
		out = append(out, [2]int{from, end})
		from = at[k+windowStep]
	}
}

// weighs says whether a token is a word or a number to reckon with.
func weighs(t token) bool { return t.key != "" || t.number != "" }

func weighty(ts []token) int {
	n := 0
	for _, t := range ts {
		if weighs(t) {
			n++
		}
	}
	return n
}

// byPassages raises what the words of a long message say to what its best
// passage says.
func (m *Matcher) byPassages(board map[int]*score, q question, ts []token) {
	say := passageSay(q, ts)
	if say == 0 {
		return
	}
	best := make(map[int]score)
	for _, at := range passages(ts) {
		part := m.question(ts[at[0]:at[1]])
		part.tone, part.alien = q.tone, q.alien
		for e, s := range m.byWords(part) {
			if s.words > best[e].words {
				best[e] = *s
			}
		}
	}
	most := 0.0
	for _, s := range board {
		most = max(most, s.cover)
	}
	for e, p := range best {
		s := board[e]
		if s == nil {
			p.cover = 0
			s = &p
			board[e] = s
		}
		if v := p.words * (passageOnly + (1-passageOnly)*s.cover/max(most, 0.01)); v > s.words {
			s.words += (v - s.words) * say
		}
	}
}

// passageSay is how much of the say passages have beside the whole, 0…1: all
// where there are several sentences, else more the longer the message is.
func passageSay(q question, ts []token) float64 {
	several := goesOn
	for _, t := range ts[:max(len(ts)-1, 0)] {
		several = max(several, t.ends)
	}
	switch {
	case len(q.tokens) < shortFrom || several == goesOn && len(q.tokens) < longFrom:
		return 0
	case several == sentence:
		return 1
	default:
		return min(max(float64(len(q.tokens)-passageFew)/passagePer, passageLeast), 1)
	}
}
