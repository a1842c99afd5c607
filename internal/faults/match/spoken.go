package match

import (
	"strconv"
	"strings"
)

// spokenNumber is a word for a number. Beginnings are enough: endings and
// ordinals differ.
type spokenNumber struct {
	begins string
	value  int
}

// spokenNumbers are the number words of the three languages, longer ones
// before those that they begin with.
var spokenNumbers = []spokenNumber{
	{"одиннадцат", 11},
	{"двенадцат", 12},
	{"тринадцат", 13},
	{"четырнадцат", 14},
	{"пятнадцат", 15},
	{"шестнадцат", 16},
	{"семнадцат", 17},
	{"восемнадцат", 18},
	{"девятнадцат", 19},
	{"двадцат", 20},
	{"тридцат", 30},
	{"сорок", 40},
	{"пятьдесят", 50},
	{"пятидесят", 50},
	{"шестьдесят", 60},
	{"шестидесят", 60},
	{"семьдесят", 70},
	{"семидесят", 70},
	{"восемьдесят", 80},
	{"восьмидесят", 80},
	{"девяност", 90},
	{"двести", 200},
	{"двухсот", 200},
	{"триста", 300},
	{"трехсот", 300},
	{"четыреста", 400},
	{"четырехсот", 400},
	{"пятьсот", 500},
	{"шестьсот", 600},
	{"семьсот", 700},
	{"восемьсот", 800},
	{"девятьсот", 900},
	{"сто", 100},
	{"один", 1},
	{"перва", 1},
	{"два", 2},
	{"две", 2},
	{"втора", 2},
	{"три", 3},
	{"трет", 3},
	{"четыр", 4},
	{"четверт", 4},
	{"пять", 5},
	{"пята", 5},
	{"шесть", 6},
	{"шеста", 6},
	{"семь", 7},
	{"седьма", 7},
	{"восемь", 8},
	{"восьма", 8},
	{"девять", 9},
	{"девята", 9},
	{"десят", 10},
	{"ноль", 0},
	{"нуль", 0},
	{"eins", 1},
	{"zwei", 2},
	{"drei", 3},
	{"vier", 4},
	{"fuenf", 5},
	{"sechs", 6},
	{"sieben", 7},
	{"acht", 8},
	{"neun", 9},
	{"null", 0},
	{"sechzehn", 16},
	{"eleven", 11},
	{"twelve", 12},
	{"thirteen", 13},
	{"fourteen", 14},
	{"fifteen", 15},
	{"sixteen", 16},
	{"seventeen", 17},
	{"eighteen", 18},
	{"nineteen", 19},
	{"twenty", 20},
	{"thirty", 30},
	{"forty", 40},
	{"fifty", 50},
	{"sixty", 60},
	{"seventy", 70},
	{"eighty", 80},
	{"ninety", 90},
	{"one", 1},
	{"two", 2},
	{"three", 3},
	{"four", 4},
	{"five", 5},
	{"six", 6},
	{"seven", 7},
	{"eight", 8},
	{"nine", 9},
	{"zero", 0},
	{"ten", 10},
}

// exactly are the number words that other words begin with.
var exactly = map[string]bool{
	"сто": true, "два": true, "две": true, "три": true, "один": true, "one": true, "two": true, "ten": true, "six": true,
	"eins": true, "zwei": true, "drei": true, "vier": true, "fuenf": true, "sechs": true, "sieben": true, "acht": true, "neun": true, "null": true,
}

// sayable says whether a word is one for a number.
func sayable(word string) (int, bool) {
	for _, n := range spokenNumbers {
		if word == n.begins || !exactly[n.begins] && strings.HasPrefix(word, n.begins) && len(word) <= len(n.begins)+8 {
			return n.value, true
		}
	}
	return 0, false
}

// spoken reads numbers said in words as codes: «двести двенадцатая», "two
// three five". What is no article's code stays words. A number that is said
// as an ordinal is a name, not an amount.
func (m *Matcher) spoken(ts []token) []token {
	out := ts[:0:0]
	for i := 0; i < len(ts); {
		digits, end := digitsSaid(ts, i)
		if end == i || len(digits) < 3 && !minusBefore(ts, i) || len(m.code[digits]) == 0 {
			out = append(out, ts[i])
			i++
			continue
		}
		last := ts[end-1].raw
		out = append(out, token{raw: last, number: digits, signed: minusBefore(ts, i), named: strings.HasSuffix(last, "ая") || strings.HasSuffix(last, "ую"), ends: ts[end-1].ends})
		i = end
	}
	return out
}

// digitsSaid reads the number words from place i on: what can be added is
// (two hundred, thirty, five), the rest is put behind (thirty nine, seventy
// nine). The little words between hundreds and tens are passed over.
func digitsSaid(ts []token, i int) (digits string, end int) {
	sum, room := -1, 0
	for end = i; end < len(ts); end++ {
		v, ok := sayable(ts[end].raw)
		switch {
		case (ts[end].raw == "hundred" || ts[end].raw == "сотни") && sum > 0 && sum < 10:
			sum, room = sum*100, 100
			continue
		case strings.HasPrefix(ts[end].raw, "тысяч") && sum > 0 && sum < 10:
			sum, room = sum*1000, 1000
			continue
		case ts[end].raw == "and" && sum >= 100:
			continue
		case !ok || ts[end].number != "":
			return digits + said(sum), end
		}
		if sum > 0 && v > 0 && v < room {
			sum += v
		} else {
			digits += said(sum)
			sum = v
		}
		room = roomBelow(v)
	}
	return digits + said(sum), end
}

// roomBelow is under what a number must be to be added to v.
func roomBelow(v int) int {
	switch {
	case v >= 100:
		return 100
	case v >= 20:
		return 10
	default:
		return 0
	}
}

func said(sum int) string {
	if sum < 0 {
		return ""
	}
	return strconv.Itoa(sum)
}

// minusBefore says whether a minus is said or stands alone before place i.
func minusBefore(ts []token, i int) bool {
	return i > 0 && (ts[i-1].raw == "минус" || ts[i-1].raw == "minus")
}
