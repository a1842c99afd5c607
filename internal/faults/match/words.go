package match

import (
	_ "embed"
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
)

// lexicon is what is known of words apart from any fault.
type lexicon struct {
	stop     map[string]bool // folded words
	context  map[string]bool // keys
	quantity map[string]bool // folded words
	outside  map[string]bool // keys
	same     map[string]string
}

func newLexicon() *lexicon {
	l := &lexicon{same: make(map[string]string)}
	for _, line := range wordLines(sameFile) {
		for _, w := range line[1:] {
			l.same[Stem(w)] = Stem(line[0])
		}
	}
	l.stop = folded(stopFile, func(w string) string { return w })
	l.quantity = folded(quantityFile, func(w string) string { return w })
	l.context = folded(contextFile, l.key)
	l.outside = folded(outsideFile, l.key)
	return l
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
