package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// How far a word is trusted to mean a term that is not it.
const (
	maxReads = 10   // terms one word may stand for
	longWord = 14   // letters from which a compound is rather split than misspelt
	earSim   = 0.86 // sounds the same
	partSim  = 0.85 // part of a compound that was asked
	wholeSim = 0.6  // a compound of which a part was asked
	kinSim   = 0.7  // another word for the same matter
)

// lookup finds the terms that a key may stand for: itself, one that sounds
// like it, a near spelling, or the parts of a compound.
func (x *index) lookup(key string, sim float64) []reading {
	if t, ok := x.terms[key]; ok {
		rs := x.withWholes([]reading{{term: t, sim: sim}}, sim)
		if l, r, ok := x.split(key); ok {
			rs = addReading(addReading(rs, reading{term: int(l), sim: wholeSim * sim}), reading{term: int(r), sim: wholeSim * sim})
		}
		return rs
	}
	if utf8.RuneCountInString(key) < 4 {
		return nil
	}
	out := x.misspelt(key, sim)
	if len(out) == 0 || utf8.RuneCountInString(key) >= longWord {
		out = append(out, x.parts(key, sim)...)
	}
	slices.SortFunc(out, func(a, b reading) int { return cmp.Or(cmp.Compare(b.sim, a.sim), cmp.Compare(a.term, b.term)) })
	return out[:min(len(out), maxReads)]
}

// misspelt are the terms that sound like a key or are spelt nearly so.
func (x *index) misspelt(key string, sim float64) []reading {
	out := x.byEar(key, sim)
	for _, d := range deletes(key) {
		for _, t := range x.near[d] {
			if s := nearness(key, x.keys[t]); s > 0 {
				out = addReading(out, reading{term: int(t), sim: s * sim})
			}
		}
	}
	return out
}

func (x *index) byEar(key string, sim float64) []reading {
	if !heard(key) {
		return nil
	}
	var out []reading
	for _, t := range x.ear[byEar(key)] {
		out = addReading(out, reading{term: int(t), sim: earSim * sim})
	}
	return out
}

// addReading keeps the better of two readings as the same term.
func addReading(rs []reading, r reading) []reading {
	for i := range rs {
		if rs[i].term == r.term {
			rs[i].sim = max(rs[i].sim, r.sim)
			return rs
		}
	}
	return append(rs, r)
}

// parts reads a German compound as the words of it that the index knows, with
// or without the letters that join them.
func (x *index) parts(key string, sim float64) []reading {
	var out []reading
	for _, t := range x.partsOf(key) {
		out = addReading(out, reading{term: int(t), sim: partSim * sim})
	}
	return x.withWholes(out, sim)
}

// partsOf are two or three known words that make a compound, or the one that
// it begins or ends with when it is most of it.
func (x *index) partsOf(key string) []int32 {
	if l, r, ok := x.split(key); ok {
		return []int32{l, r}
	}
	if len(key) < 8 || isCyrillic(key) {
		return nil
	}
	for i := len(key) - 4; i >= 4; i-- {
		if l, ok := x.part(key[:i]); ok {
			if a, b, ok := x.split(key[i:]); ok {
				return []int32{l, a, b}
			}
			if 2*i >= len(key) {
				return []int32{l}
			}
		}
	}
	for i := 4; 2*i <= len(key); i++ {
		if r, ok := x.terms[x.keyOf(key[i:])]; ok {
			return []int32{int32(r)}
		}
	}
	return nil
}

// joiners are the letters that join the parts of a German compound.
var joiners = []string{"", "s", "n", "en", "es", "er"}

// part looks up the first part of a compound.
func (x *index) part(s string) (int32, bool) {
	for _, j := range joiners {
		rest, ok := strings.CutSuffix(s, j)
		if !ok || len(rest) < 4 {
			continue
		}
		if t, ok := x.terms[x.keyOf(rest)]; ok {
			return int32(t), true
		}
	}
	return 0, false
}

// split finds the two known words of a compound. The right one may be short
// (Agenten-bon); the left one is more than a prefix.
func (x *index) split(key string) (left, right int32, ok bool) {
	if len(key) < 8 || isCyrillic(key) {
		return 0, 0, false
	}
	for i := len(key) - 3; i >= 4; i-- {
		r, okR := x.terms[x.keyOf(key[i:])]
		if !okR {
			continue
		}
		if l, okL := x.part(key[:i]); okL {
			return l, int32(r), true
		}
	}
	return 0, 0, false
}

// compounds notes for each word the compounds of the index that it is in.
func (x *index) compounds() {
	for t, key := range x.keys {
		l, r, ok := x.split(key)
		if !ok || l == int32(t) || r == int32(t) {
			continue
		}
		x.within[l] = append(x.within[l], int32(t))
		x.within[r] = append(x.within[r], int32(t))
	}
}

// withWholes adds the compounds that hold what was asked: Server asks for
// Kassenserver too.
func (x *index) withWholes(rs []reading, sim float64) []reading {
	for _, r := range rs[:len(rs):len(rs)] {
		for _, t := range x.within[int32(r.term)] {
			if len(rs) >= maxReads {
				return rs
			}
			rs = addReading(rs, reading{term: int(t), sim: wholeSim * sim})
		}
	}
	return rs
}
