package match

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Entry is one fault as the matcher sees it.
type Entry struct {
	ID       string
	Passages []string // phrases in any language, each as somebody may ask it
	Body     []string // other texts whose words belong to the fault
	Codes    []Code
	HowTo    bool // it tells how something is done, not what is wrong
}

// Code is one code of an entry.
type Code struct {
	Value  string
	Shared bool // other faults show it as well
}

// Evidence is one reason why a fault is thought of.
type Evidence struct {
	Kind  string // "code", "words" or "state"
	Value string
}

// String is the form that the API gives: "code 235".
func (e Evidence) String() string { return e.Kind + " " + e.Value }

// MarshalText writes evidence as String does.
func (e Evidence) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// Match is one fault that fits, with a score of 0…1.
type Match struct {
	ID       string
	Score    float64
	Evidence []Evidence
}

// Result is what a question comes to.
type Result struct {
	Confident bool
	Matches   []Match  // best first, at most MaxMatches
	Codes     []string // the codes that the question names, known or not
}

// MaxMatches is how many faults an answer names at most.
const MaxMatches = 5

// Confidence is the score from which an answer is stood by when it leads the
// next one by Lead; from Sure on it is stood by in any case. Mention is the
// score from which a fault is named at all. All were set on the questions in
// testdata that may be looked at.
const (
	Confidence = 0.48
	Sure       = 0.60
	Lead       = 1.15
	Mention    = 0.12
)

// bodyShare is what a word of an entry's other texts counts beside one of its
// phrases.
const bodyShare = 0.5

// notHex are letters that no byte is written with.
const notHex = "ghijklmnopqrstuvwxyz"

// Matcher answers questions about a fixed list of entries. It is safe for
// concurrent use.
type Matcher struct {
	lex     *lexicon
	index   *index
	entries []string
	howTo   []bool // by entry
	code    map[string][]codeOf
	bytes   map[string]bool // those codes that are commands, written as bytes
	sign    []sign          // those that are words with marks
	scratch sync.Pool
}

type codeOf struct {
	entry  int
	shared bool
}

// New builds a matcher.
func New(entries []Entry) *Matcher {
	lex := newLexicon()
	m := &Matcher{lex: lex, index: newIndex(lex.key), code: make(map[string][]codeOf), bytes: make(map[string]bool)}
	for i, e := range entries {
		runtime.Gosched() // thousands of articles are indexed while others ask the index before this one
		m.entries, m.howTo = append(m.entries, e.ID), append(m.howTo, e.HowTo)
		for _, p := range e.Passages {
			m.index.add(i, m.keys(p), m.asksHow(p))
			m.index.addPairs(i, m.pairKeys(p))
		}
		for _, b := range e.Body {
			m.index.addBody(i, m.keys(b), bodyShare)
		}
		for _, c := range e.Codes {
			k := codeKey(c.Value)
			m.code[k] = append(m.code[k], codeOf{entry: i, shared: c.Shared})
			if s, ok := signOf(c.Value, k); ok {
				m.sign = append(m.sign, s)
			}
			if len(k) >= 8 && !strings.ContainsAny(k, notHex) || strings.Contains(c.Value, " ") && !strings.ContainsAny(k, notHex) {
				m.bytes[k] = true
			}
		}
	}
	for _, k := range m.lex.keys() {
		m.index.term(k)
	}
	m.index.close(len(entries))
	m.scratch.New = func() any { return newScratch(len(m.index.passages), len(entries)) }
	return m
}

// keys are the words of a text of ours, without stop words and numbers.
func (m *Matcher) keys(text string) []string {
	var out []string
	for _, chunk := range split(Fold(text)) {
		if k, ok := model(strings.Trim(chunk, edge)); ok {
			out = append(out, k)
			continue
		}
		for _, p := range pieces(chunk) {
			if !isNumber(p) && !m.lex.stop[p] && utf8.RuneCountInString(p) > 1 {
				out = append(out, m.lex.key(p))
			}
		}
	}
	return out
}

// pairKeys are the neighbouring words of a text of ours, little words too:
// "geht nicht an" is told from "geht nicht" by nothing else.
func (m *Matcher) pairKeys(text string) []string {
	var words []string
	for _, chunk := range split(Fold(text)) {
		for _, p := range pieces(chunk) {
			words = append(words, m.lex.key(p))
		}
	}
	return pairsOf(words)
}

func pairsOf(words []string) []string {
	var out []string
	for i := 1; i < len(words); i++ {
		out = append(out, words[i-1]+" "+words[i])
	}
	return out
}

// Match answers a question. state is how strongly the device's own state
// speaks for entries, by id, 0…1; nil when no device is known.
func (m *Matcher) Match(text string, state map[string]Evidence, weight map[string]float64) Result {
	ts, codes := m.read(text)
	q := m.question(ts)
	q.tone = m.listen(ts, q.pairs)
	q.tone.trouble = q.tone.trouble || m.named(codes)
	board := m.byWords(q)
	m.byPassages(board, q, ts)
	res := Result{Codes: m.byCodes(board, codes, q)}
	m.byState(board, state, weight, q)
	for _, s := range m.best(board) {
		res.Matches = append(res.Matches, Match{ID: m.entries[s.entry], Score: round(s.total()), Evidence: m.reasons(s, q)})
	}
	res.Confident = stoodBy(res.Matches)
	return res
}

// read takes a text apart into words and codes.
func (m *Matcher) read(text string) ([]token, []found) {
	commands, folded := m.commands(Fold(m.withoutNames(clip(text))))
	ts := m.unprinted(folded, m.spoken(m.tokens(withoutNumbers(m.plainCodes(folded)))))
	return ts, m.codes(append(commands, m.signs(folded)...), ts)
}

// best are the entries worth naming, in order. Of a word that thousands of a
// company's articles share, thousands are scored and these few kept.
func (m *Matcher) best(board map[int]*score) []*score {
	top := make([]*score, 0, MaxMatches+1)
	for _, s := range board {
		if s.total() < Mention || len(top) == MaxMatches && m.ahead(top[MaxMatches-1], s) < 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, s, m.ahead)
		top = slices.Insert(top, at, s)
		top = top[:min(len(top), MaxMatches)]
	}
	return top
}

// ahead orders two entries by what is shown of their scores, then by name.
func (m *Matcher) ahead(a, b *score) int {
	return cmp.Or(cmp.Compare(b.shown(), a.shown()), cmp.Compare(m.entries[a.entry], m.entries[b.entry]))
}

// shown is the score in thousandths.
func (s *score) shown() int { return int(math.Round(min(s.total(), 0.99) * 1000)) }

// stoodBy says whether the best of the matches, which are in order, is good
// enough and far enough ahead to be given as the answer.
func stoodBy(ms []Match) bool {
	switch {
	case len(ms) == 0 || ms[0].Score < Confidence:
		return false
	case len(ms) == 1 || ms[0].Score >= Sure:
		return true
	default:
		return ms[0].Score >= Lead*ms[1].Score
	}
}

func clip(text string) string {
	if len(text) > maxText {
		return text[:maxText]
	}
	return text
}

func round(f float64) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(min(f, 0.99), 'f', 3, 64), 64)
	return r
}
