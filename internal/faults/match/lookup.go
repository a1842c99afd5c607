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
	earSim   = 0.86 // sounds the same
	partSim  = 0.85 // part of a compound that was asked
	wholeSim = 0.6  // a compound of which a part was asked
	kinSim   = 0.7  // another word for the same matter
)

// lookup finds the terms that a key may stand for: itself, one that sounds
// like it, a near spelling, or the parts of a compound.
func (x *index) lookup(key string, sim float64) []reading {
	if t, ok := x.terms[key]; ok {
		return x.withWholes([]reading{{term: t, sim: sim}}, sim)
	}
	if utf8.RuneCountInString(key) < 4 {
		return nil
	}
	out := x.byEar(key, sim)
	for _, d := range deletes(key) {
		for _, t := range x.near[d] {
			if s := nearness(key, x.keys[t]); s > 0 {
				out = addReading(out, reading{term: int(t), sim: s * sim})
			}
		}
	}
	if len(out) == 0 {
		out = x.parts(key, sim)
	}
	slices.SortFunc(out, func(a, b reading) int { return cmp.Or(cmp.Compare(b.sim, a.sim), cmp.Compare(a.term, b.term)) })
	return out[:min(len(out), maxReads)]
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

// parts reads a German compound as two words that the index knows, with or
// without the letter that joins them.
func (x *index) parts(key string, sim float64) []reading {
	l, r, ok := x.split(key)
	if !ok {
		return nil
	}
	return x.withWholes([]reading{{term: int(l), sim: partSim * sim}, {term: int(r), sim: partSim * sim}}, sim)
}

// split finds the two known words of a compound. The right one may be short
// (Agenten-bon); the left one is more than a prefix.
func (x *index) split(key string) (left, right int32, ok bool) {
	if len(key) < 8 || isCyrillic(key) {
		return 0, 0, false
	}
	for i := len(key) - 3; i >= 4; i-- {
		l, okL := x.terms[Stem(key[:i])]
		if !okL {
			l, okL = x.terms[Stem(strings.TrimSuffix(key[:i], "s"))]
		}
		if r, okR := x.terms[Stem(key[i:])]; okL && okR {
			return int32(l), int32(r), true
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
