package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of one question: a screenful of text is enough to know.
const (
	maxText   = 16000 // bytes read: the 4,000 characters that may be asked, in any script
	maxTokens = 240
)

// token is one word or number of a question.
type token struct {
	raw    string // folded, as written
	key    string // place in the index; "" for a number and a stop word
	number string // digits, when it is one
	signed bool   // a minus stands before it
	named  bool   // a number said as an ordinal
	ends   stop   // what ends behind it
	idle   bool   // a word without weight
	unit   bool   // a word of amounts, known whether or not an entry holds it
	sim    float64
	reads  []reading // keys it may stand for, best first
}

// stop is what ends behind a word.
type stop int

const (
	goesOn stop = iota
	clause
	sentence
)

// reading is one term that a word may stand for, and how well.
type reading struct {
	term int
	sim  float64
}

// split cuts a folded text into chunks at blanks.
func split(text string) []string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	return strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '/' || r == '|' || r == '\\' })
}

// pieces cuts a chunk into runs of letters and runs of digits; a minus right
// before digits stays with them.
func pieces(chunk string) []string {
	var out []string
	start, class := 0, 0
	flush := func(end int) {
		if class != 0 && end > start {
			out = append(out, chunk[start:end])
		}
	}
	prev := ' '
	for i, r := range chunk {
		c := classOf(r)
		if r == '-' && !unicode.IsLetter(prev) && !unicode.IsDigit(prev) && nextIsDigit(chunk[i+1:]) {
			c = 2
		}
		if c != class || r == '-' {
			flush(i)
			start, class = i, c
		}
		prev = r
	}
	flush(len(chunk))
	return out
}

func nextIsDigit(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsDigit(r)
}

func classOf(r rune) int {
	switch {
	case unicode.IsLetter(r):
		return 1
	case unicode.IsDigit(r):
		return 2
	default:
		return 0
	}
}

// tokens reads a folded question. Each chunk is read in the way that the
// index knows best: as written, on the other keyboard, from transliteration,
// or by look-alike letters. Where most of a question is plainly written in
// one of these ways, what is in doubt is read so too.
func (m *Matcher) tokens(text string) []token {
	chunks := split(strings.ReplaceAll(text, "\n", " . "))
	chunks = chunks[:min(len(chunks), maxTokens)]
	reads := make([]chunkRead, len(chunks))
	var votes [ways]float64
	for i, c := range chunks {
		reads[i] = m.chunk(c)
		votes[reads[i].way] += float64(len(c)) * reads[i].worth
	}
	m.sober(chunks, reads)
	var out []token
	for i, c := range chunks {
		if w := leading(votes); w != asWritten && reads[i].way != w && reads[i].way != lookedLike && couldBeWord(c) {
			if again, ok := m.readAs(c, w); ok && again.worth > min(reads[i].worth-0.2, surelyWorth) && (reads[i].worth < 0.95 || again.worth >= surelyWorth) {
				reads[i] = again
			}
		}
		out = append(out, reads[i].tokens...)
		if len(out) > 0 && reads[i].way != otherKeys {
			out[len(out)-1].ends = max(out[len(out)-1].ends, stopAt(c))
		}
	}
	return out[:min(len(out), maxTokens)]
}

// stopAt says what ends behind a chunk.
func stopAt(chunk string) stop {
	chunk = strings.TrimRight(chunk, "»\"')")
	switch r, _ := utf8.DecodeLastRuneInString(chunk); r {
	case '.', '!', '?', '…', ';':
		return sentence
	case ',', ':', '-':
		return clause
	default:
		return goesOn
	}
}

// way is how a chunk is read.
type way int

const (
	asWritten way = iota
	otherKeys
	latinised
	lookedLike
	ways
)

// otherLeast is what a chunk is worth as written when no other way to read it
// can be worth more.
const otherLeast = 0.9

// surelyWorth is what a chunk is worth in the way that the question is typed
// in when it is read so although it is a word as it stands: set, сет.
const surelyWorth = 0.85

// chunkRead is a chunk in one reading and how much of it the index knows.
type chunkRead struct {
	tokens []token
	way    way
	worth  float64
}

// leading is the way of reading that most of a question asks for; look-alikes
// are a matter of single words.
func leading(votes [ways]float64) way {
	best := asWritten
	for _, w := range []way{otherKeys, latinised} {
		if votes[w] > votes[best] {
			best = w
		}
	}
	return best
}

// readAs reads a chunk in one given way.
func (m *Matcher) readAs(chunk string, w way) (chunkRead, bool) {
	s, sim := otherLayout(chunk), 0.95
	if w == latinised {
		s, sim = fromLatin(chunk), 0.9
	}
	if w == latinised && isCyrillic(chunk) {
		return chunkRead{}, false
	}
	ts := m.words(pieces(s), sim)
	return chunkRead{tokens: ts, way: w, worth: worth(ts)}, true
}

// edge is what stands around a word without being part of it.
const edge = "()[]{}«»\"'.,:;!?№#-"

func (m *Matcher) chunk(chunk string) chunkRead {
	bare := strings.Trim(chunk, edge)
	if key, ok := model(bare); ok {
		return chunkRead{tokens: []token{{raw: bare, key: key, sim: 1, reads: m.index.lookup(key, 1)}}, worth: 1}
	}
	signed := strings.HasPrefix(strings.TrimLeft(chunk, "([«\""), "-")
	if n, ok := m.digitsOf(bare, signed); ok && !allDigits(chunk) {
		return chunkRead{tokens: []token{{raw: chunk, number: n, signed: signed}}, worth: 1}
	}
	plain := m.words(pieces(chunk), 1)
	best := chunkRead{tokens: plain, worth: worth(plain)}
	if !couldBeWord(chunk) || best.worth >= otherLeast && !strings.ContainsAny(bare, "@$|") {
		return best
	}
	if strings.ContainsAny(bare, "@$|") {
		best.worth *= 0.75 // letters are hidden behind these signs
	}
	plainWorth := best.worth
	try := func(s string, w way, sim float64) {
		if s == chunk {
			return
		}
		alt := m.words(pieces(s), sim)
		if v := worth(alt); v > max(plainWorth+0.05, best.worth) {
			best = chunkRead{tokens: alt, way: w, worth: v}
		}
	}
	try(otherLayout(chunk), otherKeys, 0.95)
	try(otherLayout(bare), otherKeys, 0.95)
	if !isCyrillic(chunk) {
		try(fromLatin(chunk), latinised, 0.9)
		try(fromLatinHard(chunk), latinised, 0.88)
	}
	if mixed(chunk) {
		try(lookalike(chunk, looksCyrillic), lookedLike, 0.9)
		try(lookalike(chunk, looksLatin), lookedLike, 0.88)
	}
	return best
}

// couldBeWord is false for what is no word on any keyboard.
func couldBeWord(chunk string) bool {
	return strings.IndexFunc(chunk, unicode.IsLetter) >= 0 || strings.ContainsAny(chunk, "[]{};'`")
}

// model reads what is named by digits and a letter: 5i, 2d, 24h; а Russian
// letter stands for the Latin one that it is spoken or drawn as.
func model(s string) (key string, ok bool) {
	r := []rune(s)
	if len(r) < 2 || len(r) > 3 || !unicode.IsLetter(r[len(r)-1]) {
		return "", false
	}
	for _, d := range r[:len(r)-1] {
		if d < '0' || d > '9' {
			return "", false
		}
	}
	letter, known := map[rune]string{'d': "d", 'д': "d", 'i': "i", 'и': "i", 'h': "h", 'ч': "h", 'g': "g", 'г': "g", 'c': "c", 'с': "c"}[r[len(r)-1]]
	if !known {
		return "", false
	}
	return string(r[:len(r)-1]) + letter, true
}

func allDigits(s string) bool {
	return strings.IndexFunc(strings.Trim(s, edge), func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// words looks each piece up. sim is how far the whole reading is trusted.
func (m *Matcher) words(parts []string, sim float64) []token {
	out := make([]token, 0, len(parts))
	for _, p := range m.unglued(parts) {
		digits := strings.TrimPrefix(p, "-")
		if digits != "" && digits[0] >= '0' && digits[0] <= '9' {
			out = append(out, token{raw: p, number: digits, signed: p != digits})
			continue
		}
		if parts := m.compound(p); len(parts) > 1 {
			for _, k := range parts {
				out = append(out, token{raw: p, key: k, sim: sim, reads: m.withKin(k, m.index.lookup(k, sim*partSim), sim)})
			}
			continue
		}
		t := token{raw: p, sim: sim, idle: m.lex.stop[p], unit: m.lex.quantity[p]}
		if !t.idle && utf8.RuneCountInString(p) > 1 {
			t.key = m.lex.key(p)
			t.reads = m.withKin(t.key, m.index.lookup(t.key, sim), sim)
		}
		out = append(out, t)
	}
	return out
}

// withKin adds the words that mean nearly the same. Of a misspelt word only
// its best reading has kin.
func (m *Matcher) withKin(key string, rs []reading, sim float64) []reading {
	kin := m.lex.kin[key]
	if len(kin) == 0 && len(rs) > 0 && rs[0].sim >= 0.7*sim {
		kin = m.lex.kin[m.index.keys[rs[0].term]]
		sim = rs[0].sim
	}
	for _, k := range kin {
		if t, ok := m.index.terms[k]; ok {
			rs = addReading(rs, reading{term: t, sim: kinSim * sim})
		}
	}
	return rs
}

func isNumber(p string) bool { return p != "" && (p[0] == '-' || p[0] >= '0' && p[0] <= '9') }

// worth is how much of a chunk's letters the index knows, 0…1.
func worth(ts []token) float64 {
	var known, all float64
	for _, t := range ts {
		n := float64(utf8.RuneCountInString(t.raw))
		if t.number != "" {
			if n <= 2 && len(ts) > 1 {
				all += n // a digit inside a word is a letter misread
			}
			continue
		}
		all += n
		if t.idle || t.unit { // a word all the same
			known += n * t.sim * 0.98
		} else if len(t.reads) > 0 {
			known += n * t.reads[0].sim
		}
	}
	if all == 0 {
		return 0
	}
	return known / all
}
