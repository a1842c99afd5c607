package match

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
)

// The word lists are data, one file each; see the first line of each file.
var (
	//go:embed words/stop.txt
	stopFile string
	//go:embed words/context.txt
	contextFile string
	//go:embed words/shown.txt
	shownFile string
	//go:embed words/quantity.txt
	quantityFile string
	//go:embed words/numbered.txt
	numberedFile string
	//go:embed words/outside.txt
	outsideFile string
	//go:embed words/brands.txt
	brandsFile string
	//go:embed words/ours.txt
	oursFile string
	//go:embed words/intent.txt
	intentFile string
	//go:embed words/settled.txt
	settledFile string
	//go:embed words/trouble.txt
	troubleFile string
	//go:embed words/asks.txt
	asksFile string
	//go:embed words/how.txt
	howFile string
	//go:embed words/thanks.txt
	thanksFile string
	//go:embed words/paper.txt
	paperFile string
	//go:embed words/deed.txt
	deedFile string
	//go:embed words/duty.txt
	dutyFile string
	//go:embed words/calm.txt
	calmFile string
	//go:embed words/same.txt
	sameFile string
	//go:embed words/kin.txt
	kinFile string
)

// lexicon is what is known of words apart from any fault.
type lexicon struct {
	stop     map[string]bool // folded words
	context  map[string]bool // keys
	shown    map[string]bool // folded words
	quantity map[string]bool // folded words
	numbered map[string]bool // folded words
	how      map[string]bool // folded words
	outside  map[string]bool // keys
	brands   wordSet
	ours     wordSet
	apart    map[string]bool // two keys with a blank: pairs of words of other matters
	wants    wordSet
	settled  wordSet
	trouble  wordSet
	asks     wordSet
	thanks   wordSet
	duty     wordSet
	duties   [][]string // phrases of it, as folded
	calm     wordSet
	paper    wordSet
	deed     map[string]bool // folded words
	same     map[string]string
	kin      map[string][]string // keys of words for nearly the same
}

func newLexicon() *lexicon {
	l := &lexicon{same: make(map[string]string), kin: make(map[string][]string)}
	for _, line := range wordLines(sameFile) {
		for _, w := range line[1:] {
			l.same[Stem(w)] = Stem(line[0])
		}
	}
	l.readKin()
	l.stop = folded(stopFile, func(w string) string { return w })
	l.shown = folded(shownFile, func(w string) string { return w })
	l.quantity = folded(quantityFile, func(w string) string { return w })
	l.numbered = folded(numberedFile, func(w string) string { return w })
	l.how = folded(howFile, func(w string) string { return w })
	l.deed = folded(deedFile, func(w string) string { return w })
	l.context = folded(contextFile, l.key)
	other := l.set(outsideFile)
	l.outside, l.apart = other.keys, other.pairs
	l.brands, l.ours = l.set(brandsFile), l.set(oursFile)
	l.wants, l.settled = l.set(intentFile), l.set(settledFile)
	l.trouble, l.asks, l.thanks = l.set(troubleFile), l.set(asksFile), l.set(thanksFile)
	l.duties = phrasesOf(dutyFile)
	l.duty, l.paper, l.calm = l.set(dutyFile), l.set(paperFile), l.set(calmFile)
	l.trouble.least = 0.7 // a sign of trouble is rather seen than missed
	return l
}

// keys are all keys that the lists name, so that a question's word is read as
// one of them, however it is typed.
func (l *lexicon) keys() []string {
	all := make(map[string]bool)
	for _, set := range []map[string]bool{l.context, l.outside, l.brands.keys, l.wants.keys, l.settled.keys, l.trouble.keys, l.duty.keys, l.paper.keys} {
		maps.Copy(all, set)
	}
	for _, pairs := range []map[string]bool{l.apart, l.brands.pairs, l.wants.pairs, l.settled.pairs, l.trouble.pairs, l.duty.pairs, l.calm.pairs} {
		for pair := range pairs {
			for _, k := range strings.Fields(pair) {
				all[k] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// readKin takes the lines of related words; a word may stand in several.
func (l *lexicon) readKin() {
	for _, line := range wordLines(kinFile) {
		var keys []string
		for _, w := range line {
			if k := l.key(w); !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
		for _, k := range keys {
			for _, other := range keys {
				if other != k && !slices.Contains(l.kin[k], other) {
					l.kin[k] = append(l.kin[k], other)
				}
			}
		}
	}
}

// key is a folded word's place in the index.
func (l *lexicon) key(word string) string {
	k := Stem(word)
	if to, ok := l.same[k]; ok {
		return to
	}
	return k
}

// set reads a list of words and pairs.
func (l *lexicon) set(file string) wordSet {
	s := wordSet{raw: make(map[string]bool), keys: make(map[string]bool), pairs: make(map[string]bool), least: 0.88}
	for _, line := range wordLines(file) {
		for _, w := range line {
			switch a, b, pair := strings.Cut(w, "_"); {
			case pair && strings.Contains(b, "_"): // see phrasesOf
			case pair:
				s.pairs[l.key(a)+" "+l.key(b)] = true
			case l.stop[w]:
				s.raw[w] = true
			default:
				s.keys[l.key(w)] = true
			}
		}
	}
	return s
}

// phrasesOf are the entries of a list that are three words or more.
func phrasesOf(file string) [][]string {
	var out [][]string
	for _, line := range wordLines(file) {
		for _, w := range line {
			if words := strings.Split(w, "_"); len(words) > 2 {
				out = append(out, words)
			}
		}
	}
	return out
}

func wordLines(file string) [][]string {
	var out [][]string
	for line := range strings.Lines(file) {
		if f := strings.Fields(Fold(line)); len(f) > 0 && f[0] != "#" {
			out = append(out, f)
		}
	}
	return out
}

func folded(file string, form func(string) string) map[string]bool {
	out := make(map[string]bool)
	for _, line := range wordLines(file) {
		for _, w := range line {
			out[form(w)] = true
		}
	}
	return out
}
