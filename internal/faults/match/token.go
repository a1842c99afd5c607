package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of one question: a screenful of text is enough to know.
const (
	maxText   = 4000 // bytes read
	maxTokens = 120
)

// token is one word or number of a question.
type token struct {
	raw    string // folded, as written
	key    string // place in the index; "" for a number and a stop word
	number string // digits, when it is one
	signed bool   // a minus stands before it
	sim    float64
	reads  []reading // keys it may stand for, best first
}

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
// or by look-alike letters.
func (m *Matcher) tokens(text string) []token {
	var out []token
	for _, chunk := range split(text) {
		out = append(out, m.chunk(chunk)...)
		if len(out) >= maxTokens {
			return out[:maxTokens]
		}
	}
	return out
}

// edge is what stands around a word without being part of it.
const edge = "()[]{}«»\"'.,:;!?№#-"

func (m *Matcher) chunk(chunk string) []token {
	bare := strings.Trim(chunk, edge)
	if key, ok := model(bare); ok {
		return []token{{raw: bare, key: key, sim: 1, reads: m.index.lookup(key, 1)}}
	}
	if n, ok := digitsOf(bare); ok && len(n) >= 3 && !allDigits(chunk) {
		return []token{{raw: chunk, number: n, signed: strings.HasPrefix(strings.TrimLeft(chunk, "([«\""), "-")}}
	}
	plain := m.words(pieces(chunk), 1)
	best, score := plain, worth(plain)
	try := func(s string, sim float64) {
		if s == chunk {
			return
		}
		alt := m.words(pieces(s), sim)
		if w := worth(alt); w > score+0.05 {
			best, score = alt, w
		}
	}
	try(otherLayout(chunk), 0.95)
	try(otherLayout(bare), 0.95)
	if !isCyrillic(chunk) {
		try(fromLatin(chunk), 0.9)
		try(fromLatinHard(chunk), 0.88)
	}
	if mixed(chunk) {
		try(lookalike(chunk, looksCyrillic), 0.9)
		try(lookalike(chunk, looksLatin), 0.88)
	}
	return best
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
	letter, known := map[rune]string{'d': "d", 'д': "d", 'i': "i", 'и': "i", 'h': "h", 'ч': "h"}[r[len(r)-1]]
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
	for _, p := range parts {
		digits := strings.TrimPrefix(p, "-")
		if digits != "" && digits[0] >= '0' && digits[0] <= '9' {
			out = append(out, token{raw: p, number: digits, signed: p != digits})
			continue
		}
		t := token{raw: p, sim: sim}
		if !m.lex.stop[p] {
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
			continue
		}
		all += n
		if t.key == "" { // a stop word is a word all the same
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
