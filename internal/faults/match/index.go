package match

import (
	"math"
	"slices"
	"unicode/utf8"
)

// index is the words of all entries: which passage and which entry hold each
// term, and how rare it is.
type index struct {
	terms    map[string]int
	keyOf    func(word string) string // a folded word's key
	keys     []string                 // by term
	idf      []float64                // by term
	inPass   [][]int32                // passages by term
	inEntry  [][]int32                // entries by term, words of its body too
	often    [][]float64              // by term and place in inEntry: in how many texts of the entry it stands
	passOf   []int32                  // entry of each passage
	passSum  []float64                // idf of all of a passage's terms
	second   []float64                // by entry: what its second best phrase counts
	near     map[string][]int32
	ear      map[string][]int32 // terms by how they sound
	within   map[int32][]int32  // German compounds by their parts
	pair     map[string][]int32 // entries by two neighbouring words
	unknown  float64            // idf that a word nobody wrote counts with
	passages [][]int32
	asking   []bool // passages that ask how something is done
}

// A word that an entry says once speaks for it less than one it repeats. What
// counts as often grows with the entry: of a company's article of three
// phrases each word counts in full.
const (
	seldomShare = 0.4
	oftenMost   = 8.0
	oftenPer    = 5.0 // phrases for each time that a word must stand there
)

func newIndex(keyOf func(string) string) *index {
	return &index{keyOf: keyOf, terms: make(map[string]int), near: make(map[string][]int32), ear: make(map[string][]int32), within: make(map[int32][]int32), pair: make(map[string][]int32)}
}

func (x *index) term(key string) int {
	if t, ok := x.terms[key]; ok {
		return t
	}
	t := len(x.keys)
	x.terms[key] = t
	x.keys = append(x.keys, key)
	x.inPass = append(x.inPass, nil)
	x.inEntry = append(x.inEntry, nil)
	x.often = append(x.often, nil)
	for _, d := range deletes(key) {
		x.near[d] = append(x.near[d], int32(t))
	}
	if heard(key) {
		x.ear[byEar(key)] = append(x.ear[byEar(key)], int32(t))
	}
	return t
}

// add takes one passage of an entry: a phrase that may be asked as a whole,
// and whether it asks how something is done.
func (x *index) add(entry int, keys []string, asking bool) {
	p := int32(len(x.passages))
	var set []int32
	for _, k := range keys {
		t := int32(x.term(k))
		if slices.Contains(set, t) {
			continue
		}
		set = append(set, t)
		x.inPass[t] = append(x.inPass[t], p)
	}
	x.passages, x.asking = append(x.passages, set), append(x.asking, asking)
	x.passOf = append(x.passOf, int32(entry))
	x.addBody(entry, keys, 1)
}

// addBody takes words that belong to an entry without being a phrase.
func (x *index) addBody(entry int, keys []string, by float64) {
	for _, k := range keys {
		t := x.term(k)
		if in := x.inEntry[t]; len(in) == 0 || in[len(in)-1] != int32(entry) {
			x.inEntry[t] = append(in, int32(entry))
			x.often[t] = append(x.often[t], 0)
		}
		x.often[t][len(x.often[t])-1] += by
	}
}

// addPairs notes which words stand side by side in an entry's phrases.
func (x *index) addPairs(entry int, pairs []string) {
	for _, p := range pairs {
		if in := x.pair[p]; len(in) == 0 || in[len(in)-1] != int32(entry) {
			x.pair[p] = append(in, int32(entry))
		}
	}
}

// close weighs the terms by how few entries have them.
func (x *index) close(entries int) {
	x.idf = make([]float64, len(x.keys))
	for t := range x.keys {
		held := 1.0
		for _, n := range x.often[t] {
			held += min(n, 1)
		}
		x.idf[t] = math.Log(1 + float64(max(entries, 1))/held)
	}
	x.unknown = math.Log(1+float64(max(entries, 1))/2) * 0.8
	phrases := make([]float64, entries)
	for _, e := range x.passOf {
		phrases[e]++
	}
	for t, counts := range x.often {
		for i, n := range counts {
			enough := min(max(phrases[x.inEntry[t][i]]/oftenPer, 1), oftenMost)
			counts[i] = seldomShare + (1-seldomShare)*min(n, enough)/enough
		}
	}
	x.second = make([]float64, entries)
	for e, n := range phrases {
		x.second[e] = secondShare * min(max(n-1, 0)/secondPer, 1)
	}
	x.passSum = make([]float64, len(x.passages))
	for p, set := range x.passages {
		for _, t := range set {
			x.passSum[p] += x.idf[t]
		}
	}
	x.compounds()
}

// deletes is a key and all of it with one letter left out: two keys that are
// one mistake apart share one of these.
func deletes(key string) []string {
	n := utf8.RuneCountInString(key)
	if n < 4 || n > 24 {
		return []string{key}
	}
	out := make([]string, 0, n+1)
	out = append(out, key)
	for i, r := range key {
		out = append(out, key[:i]+key[i+utf8.RuneLen(r):])
	}
	return out
}

// nearness is how likely b was meant by a: one mistake in five letters (four
// in Cyrillic, whose stems are shorter), two in seven; 0 when not.
func nearness(a, b string) float64 {
	ra, rb := []rune(a), []rune(b)
	n, least := min(len(ra), len(rb)), 5
	if isCyrillic(a) {
		least = 4
	}
	if n == 4 && len(ra) == len(rb) && ra[3] != rb[3] && ra[2] == rb[2] {
		least = 5 // верх is no misspelt верс: the end of a short stem makes it another word
	}
	switch d := distance(ra, rb, 2); {
	case d == 1 && n >= least:
		return 0.9 - 0.4/float64(n)
	case d == 2 && n >= 7:
		return 0.75
	default:
		return 0
	}
}

// distance counts insertions, deletions, changes and swaps of neighbours, up
// to limit+1.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var rows [3][32]int
	if len(b) >= 32 || len(a) >= 32 {
		return limit + 1
	}
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur, up, up2 := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(up[j]+1, cur[j-1]+1, up[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], up2[j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}
