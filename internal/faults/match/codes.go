package match

import (
	"regexp"
	"slices"
	"strings"
)

// found is one code that a question names.
type found struct {
	value  string  // digits, or hex bytes without blanks
	shown  string  // as people write it
	trust  float64 // how surely it is a code and not just a number
	signed bool    // a minus stood before it
}

var (
	// phone is a run of nine or more digits with what stands between them in
	// a phone number, or six or seven of a local one.
	phone = regexp.MustCompile(`\+?\d(?:[ ()/\t-]{0,3}\d){8,}|\b\d{2,3}-\d{2}-\d{2}\b`)
	// decimal is an amount, a date, a time or an address of a network.
	decimal = regexp.MustCompile(`\d+(?:[.,:]\d+)+`)
	// amount is a number with a sign of money, share or degree.
	amount = regexp.MustCompile(`\d+[ \t]*[₽€$£%°]|[€$£][ \t]*\d+`)
)

// codes finds what a question names as a code, besides the commands that were
// found in it already.
func (m *Matcher) codes(out []found, ts []token) []found {
	for i := range ts {
		if f, ok := m.codeAt(ts, i); ok {
			out = append(out, f)
		}
	}
	return out
}

// How surely a number is a code, by what stands around it.
const (
	trustBeside   = 0.96 // beside a word such as error
	trustSigned   = 0.94 // with a minus
	trustLong     = 0.9  // eight digits or more that an article knows
	trustForm     = 0.85 // of the form 38xx, 39xx, or alone
	trustShown    = 0.8  // where a register shows its codes: on the receipt
	trustGuess    = 0.25 // a bare number that some article knows
	trustQuantity = 0.1  // beside a unit
)

// codeAt judges the number at place i by what stands around it.
func (m *Matcher) codeAt(ts []token, i int) (found, bool) {
	t := ts[i]
	if t.number == "" || len(t.number) > 12 || len(t.number) < 2 {
		return found{}, false
	}
	f := found{value: strings.TrimLeft(t.number, "0"), shown: t.number, signed: t.signed}
	if f.value == "" {
		return found{}, false
	}
	f.trust = m.trustAt(ts, i, f.value)
	return f, true
}

// trustAt is how surely the number at place i is a code.
func (m *Matcher) trustAt(ts []token, i int, value string) float64 {
	t, near := ts[i], m.besideContext(ts, i)
	switch {
	case m.isQuantity(ts, i-1) && !near || t.ends == goesOn && m.isQuantity(ts, i+1) && !m.isContext(ts, i-1):
		return trustQuantity
	case near:
		return trustBeside
	case t.signed, t.named, minusBefore(ts, i):
		return trustSigned
	case len(value) >= 8 && len(m.code[value]) > 0:
		return trustLong
	case m.isDeed(ts, i):
		return trustQuantity
	case m.isNamed(ts, i) && !m.isShown(ts, i):
		return trustGuess
	case codeForm(value), len(ts) == 1 && len(value) >= 3:
		return trustForm
	case len(value) >= 3 && len(m.code[value]) > 0 && m.isShown(ts, i):
		return trustShown
	default:
		return trustGuess
	}
}

// isShown says whether a word up to three places away tells where a register
// shows its codes.
func (m *Matcher) isShown(ts []token, i int) bool {
	for j := max(i-3, 0); j < min(i+4, len(ts)); j++ {
		if m.lex.shown[ts[j].raw] || len(ts[j].reads) > 0 && m.lex.shown[m.index.keys[ts[j].reads[0].term]] {
			return true
		}
	}
	return false
}

// isNamed says whether a word up to three places before a number tells that it
// numbers something else: a card, a customer, an order.
func (m *Matcher) isNamed(ts []token, i int) bool {
	for j := max(i-3, 0); j < i; j++ {
		if m.lex.numbered[ts[j].raw] {
			return true
		}
	}
	return false
}

// isDeed says whether a number is that of an invoice, a contract or a waybill.
func (m *Matcher) isDeed(ts []token, i int) bool {
	for j := max(i-deedAway, 0); j < i; j++ {
		if m.lex.deed[ts[j].raw] {
			return true
		}
	}
	return false
}

// named says whether some article's code is surely among those found.
func (m *Matcher) named(codes []found) bool {
	return slices.ContainsFunc(codes, func(c found) bool { return c.trust >= 0.5 && len(m.code[c.value]) > 0 })
}

// codeForm says whether digits look like a register's code even with nothing
// beside them.
func codeForm(v string) bool {
	return len(v) == 4 && (v[:2] == "38" || v[:2] == "39" || v == "1057")
}

// besideContext looks for a word such as error up to two places away; a code
// that an article knows may stand up to four behind it ("ошибка загрузки
// данных 401").
func (m *Matcher) besideContext(ts []token, i int) bool {
	if m.isContext(ts, i-1) || m.isContext(ts, i-2) || m.isContext(ts, i+1) {
		return true
	}
	if known := strings.TrimLeft(ts[i].number, "0"); len(known) < 3 || len(m.code[known]) == 0 {
		return false
	}
	for back := 3; back <= 4 && i-back >= 0 && ts[i-back+1].number == ""; back++ {
		if m.isContext(ts, i-back) {
			return true
		}
	}
	return false
}

func (m *Matcher) isContext(ts []token, i int) bool {
	if i < 0 || i >= len(ts) || ts[i].key == "" {
		return false
	}
	if m.lex.context[ts[i].key] || strings.Contains(ts[i].raw, "fehler") || strings.Contains(ts[i].raw, "error") || strings.Contains(ts[i].raw, "ошибк") {
		return true // Ladefehler, errorcode
	}
	return len(ts[i].reads) > 0 && m.lex.context[m.index.keys[ts[i].reads[0].term]]
}

func (m *Matcher) isQuantity(ts []token, i int) bool {
	return i >= 0 && i < len(ts) && (m.lex.quantity[ts[i].raw] || m.lex.quantity[strings.Trim(ts[i].raw, ".")])
}

// withoutNumbers blanks phones, amounts, dates and addresses, so that a 235
// inside one is no code.
func withoutNumbers(text string) string {
	text = phone.ReplaceAllStringFunc(text, func(s string) string {
		if pairs(s) {
			return s // bytes of a command
		}
		return " "
	})
	return amount.ReplaceAllString(decimal.ReplaceAllString(text, " "), " ")
}

// pairs says whether a text is nothing but two digits at a time with blanks
// between, as bytes are written and phone numbers are not.
func pairs(s string) bool {
	for _, f := range strings.Fields(s) {
		if len(f) != 2 {
			return false
		}
	}
	return true
}

func spaced(hex string) string {
	var b strings.Builder
	for i := 0; i+1 < len(hex); i += 2 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(hex[i : i+2])
	}
	return b.String()
}

// codeKey is the form under which an article's code is kept: a number without
// sign and leading zeros, bytes without blanks, words in one key.
func codeKey(value string) string {
	v := Fold(value)
	bytes := strings.Fields(v)
	for _, b := range bytes {
		if len(b) != 2 {
			return strings.TrimLeft(strings.Trim(v, "-"), "0")
		}
	}
	if len(bytes) > 1 {
		return strings.Join(bytes, "")
	}
	return strings.TrimLeft(strings.Trim(v, "-"), "0")
}
