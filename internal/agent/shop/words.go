package shop

import (
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

var errNumber = problem.New(problem.Invalid, "powercut_number")

// decimal reads a number with so many places as a whole number of its smallest
// part: "1 234,5" with two places is 123450. It takes comma or point, and
// blanks between thousands. It fails with powercut_number.
func decimal(text string, places int) (int64, error) {
	text = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".").Replace(strings.TrimSpace(text))
	whole, rest, _ := strings.Cut(text, ".")
	rest = strings.TrimRight(rest, "0")
	if whole == "" && rest == "" || len(whole) > 12 || len(rest) > places {
		return 0, errNumber
	}
	digits := whole + rest + strings.Repeat("0", places-len(rest))
	if strings.Trim(digits, "0123456789") != "" {
		return 0, errNumber
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, errNumber.Because(err)
	}
	return n, nil
}

// plainSum is a sum as a field takes it: "150", "119,90".
func plainSum(kopecks int64) string {
	s := strconv.FormatInt(kopecks/100, 10)
	if k := kopecks % 100; k != 0 {
		s += "," + strconv.Itoa(int(k/10)) + strconv.Itoa(int(k%10))
	}
	return s
}

// thousandths is a quantity as people write it: "2", "0,455".
func thousandths(n int64) string {
	s := strconv.FormatInt(n/1000, 10)
	if rest := n % 1000; rest != 0 {
		s += "," + strings.TrimRight(strconv.FormatInt(1000+rest, 10)[1:], "0")
	}
	return s
}

// money says a sum in rubles.
func money(v i18n.Voice, kopecks int64) string {
	mark, sign := ",", ""
	if v.Lang() == i18n.EN {
		mark = "."
	}
	if kopecks < 0 {
		sign, kopecks = "−", -kopecks
	}
	return sign + v.Int(kopecks/100) + mark + strconv.FormatInt(100+kopecks%100, 10)[1:] + "\u00a0₽"
}

// signed is what a settlement brought; money that went out has a minus.
func signed(v i18n.Voice, s *wire.Sale) string { return money(v, s.Signed()) }

// tidy makes a typed text one line of whole characters.
func tidy(s string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
}

// wallMinute is how a browser's field takes a time by the clock on the wall.
const wallMinute = "2006-01-02T15:04"

func wall(ms int64, zone *time.Location) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(zone).Format(wallMinute)
}

// moment reads such a field; zero for nonsense.
func moment(text string, zone *time.Location) time.Time {
	t, err := time.ParseInLocation(wallMinute, strings.TrimSpace(text), zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// itemsText is what was sold, in one line.
func itemsText(v i18n.Voice, items []wire.SoldItem) string {
	out := make([]string, 0, len(items))
	for _, it := range items {
		s := it.Name
		switch {
		case it.Unit != 0:
			s += " " + thousandths(it.Quantity) + " " + v.Or("powercut.unit."+strconv.Itoa(it.Unit), "")
		case it.Quantity != 1000:
			s += " × " + thousandths(it.Quantity)
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// paidText is how a sale was paid; the sums only where there are two.
func paidText(v i18n.Voice, s *wire.Sale) string {
	switch {
	case s.Card == 0:
		return v.T("powercut.paid.cash")
	case s.Cash == 0:
		return v.T("powercut.paid.electronically")
	default:
		return v.T("powercut.paid.cash") + " " + money(v, s.Cash) + ", " + v.T("powercut.paid.electronically") + " " + money(v, s.Card)
	}
}

// refusal is why the company does not take an entry, one sentence for each
// thing at fault.
func refusal(v i18n.Voice, a *wire.SoldAnswer) (list []string) {
	for _, f := range a.Fields {
		args := map[string]any{}
		for k, one := range f.Args {
			args[k] = one
		}
		if v.Or("problem."+f.Code, "") != "" {
			list = append(list, v.Field(f.Code, args))
		}
	}
	if len(list) > 0 {
		return list
	}
	switch a.Code {
	case codeNotFound:
		return []string{v.T("shop.why.not_found")}
	default:
		return []string{v.Or("shop.why."+a.Code, v.Or("problem."+a.Code, v.T("shop.why.other", "code", a.Code)))}
	}
}
