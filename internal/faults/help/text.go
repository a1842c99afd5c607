package help

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillwright/tillwright/internal/faults/match"
	"github.com/tillwright/tillwright/internal/problem"
)

// Limits of what a stranger may write, in characters.
const (
	MaxName     = 80
	MaxWords    = 600
	MaxQuestion = 1200
	MaxAnswer   = 4000
	MaxSubject  = 160
	MaxAbout    = 4000
	MaxContact  = 120
	MaxMissed   = 160
)

// clean makes a stranger's text fit to be stored and shown: PostgreSQL refuses
// a zero byte and broken UTF-8, and marks that turn the direction of writing
// around have no place in a line of ours.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(s)
}

// line is clean on one line.
func line(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// form collects what is wrong with a stranger's form.
type form struct{ bad *problem.Error }

func newForm(op string) *form { return &form{problem.New(problem.Invalid, "invalid").In(op)} }

func (f *form) when(bad bool, field, code string) {
	if bad {
		f.bad = f.bad.Field(field, code)
	}
}

// text bounds a field; a needed one must hold something.
func (f *form) text(field, value string, limit int, needed bool) {
	f.when(needed && value == "", field, "required")
	f.when(utf8.RuneCountInString(value) > limit, field, "help_too_long")
}

func (f *form) err() error {
	if len(f.bad.Fields) == 0 {
		return nil
	}
	return f.bad
}

// How many digits are somebody's number. A code has at most six; a phone, a
// card, an INN or a serial has more. Written with blanks between, nine are
// needed: two codes side by side have seven.
const (
	maskedDigits = 6
	phoneDigits  = 9
)

// mask stands for a number that was taken out, mailMask for an address.
const (
	mask     = "#"
	mailMask = "@"
)

// What may stand between the digits of one number, as phones are written.
const (
	glue  = "-.()"
	loose = glue + "+ "
)

// Masked is a search as it is kept: folded, on one line, cut to MaxMissed, with
// every e-mail address and every number of a person or a machine taken out.
func Masked(text string) string {
	words := strings.Fields(match.Fold(clean(text)))
	for i, w := range words {
		if strings.Contains(w, "@") && len(w) > 1 {
			words[i] = mailMask
		}
	}
	s := maskNumbers(strings.Join(words, " "))
	if r := []rune(s); len(r) > MaxMissed {
		s = string(r[:MaxMissed])
	}
	return strings.TrimSpace(s)
}

func maskNumbers(s string) string {
	var out strings.Builder
	runes := []rune(s)
	for i := 0; i < len(runes); {
		if !unicode.IsDigit(runes[i]) {
			out.WriteRune(runes[i])
			i++
			continue
		}
		end, masked := numberAt(runes, i)
		if masked {
			out.WriteString(mask)
		} else {
			out.WriteString(string(runes[i:end]))
		}
		i = end
	}
	return out.String()
}

// numberAt is where the number that begins at i ends and whether it is
// somebody's. One that is not ends before its first blank.
func numberAt(runes []rune, i int) (end int, masked bool) {
	if end, digits := runOf(runes, i, loose); digits >= phoneDigits {
		return end, true
	}
	end, digits := runOf(runes, i, glue)
	return end, digits > maskedDigits
}

// runOf is the run of digits from i with what may stand between them.
func runOf(runes []rune, i int, between string) (end, digits int) {
	for ; i < len(runes); i++ {
		switch {
		case unicode.IsDigit(runes[i]):
			digits++
			end = i + 1
		case !strings.ContainsRune(between, runes[i]):
			return end, digits
		}
	}
	return end, digits
}
