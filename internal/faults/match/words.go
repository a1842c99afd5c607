package match

import (
	_ "embed"
	"slices"
	"strings"
)

// The word lists are data, one file each; see the first line of each file.
var (
	//go:embed words/stop.txt
	stopFile string
	//go:embed words/context.txt
	contextFile string
	//go:embed words/quantity.txt
	quantityFile string
	//go:embed words/outside.txt
	outsideFile string
	//go:embed words/same.txt
	sameFile string
	//go:embed words/kin.txt
	kinFile string
)

// lexicon is what is known of words apart from any fault.
type lexicon struct {
	stop     map[string]bool // folded words
	context  map[string]bool // keys
	quantity map[string]bool // folded words
	outside  map[string]bool // keys
	apart    map[string]bool // two keys with a blank: pairs of words of other matters
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
	l.quantity = folded(quantityFile, func(w string) string { return w })
	l.context = folded(contextFile, l.key)
	l.outside, l.apart = make(map[string]bool), make(map[string]bool)
	for _, line := range wordLines(outsideFile) {
		for _, w := range line {
			if a, b, pair := strings.Cut(w, "_"); pair {
				l.apart[l.key(a)+" "+l.key(b)] = true
				continue
			}
			l.outside[l.key(w)] = true
		}
	}
	return l
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
