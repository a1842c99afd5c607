package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// tallyText is what settlements come to: one sum, or sales and returns apart
// where there are some.
func tallyText(v ui.View, t powercut.Tally) string {
	if t.Returned == 0 {
		return money(v, t.Net())
	}
	return v.T("powercut.tally", "sold", money(v, t.Income), "back", money(v, t.Returned), "net", money(v, t.Net()))
}

// money says a sum of kopecks: "1 234,50 ₽".
func money(v ui.View, kopecks int64) string {
	sign := ""
	if kopecks < 0 {
		sign, kopecks = "−", -kopecks
	}
	mark := ","
	if v.Lang() == i18n.EN {
		mark = "."
	}
	rest := strconv.FormatInt(kopecks%100, 10)
	if len(rest) == 1 {
		rest = "0" + rest
	}
	return sign + v.Int(kopecks/100) + mark + rest + "\u00a0₽"
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

func operationText(v ui.View, op fptr.Operation) string {
	return v.Or(powercut.OperationKey(op), strconv.Itoa(int(op)))
}

func operationOptions(v ui.View, chosen string) []ui.Option {
	var list []ui.Option
	for _, op := range powercut.Operations() {
		value := strconv.Itoa(int(op))
		list = append(list, ui.Option{Value: value, Text: operationText(v, op), On: value == chosen})
	}
	return list
}

func vatText(v ui.View, r fptr.VAT) string { return v.Or(powercut.VATKey(r), strconv.Itoa(int(r))) }

// rateOptions are the rates of the day, and the one that was chosen even where
// it does not hold: the error beside it says so.
func rateOptions(v ui.View, rates []fptr.VAT, chosen string) []ui.Option {
	list := []ui.Option{}
	if n, err := strconv.Atoi(chosen); err == nil && n > 0 && !slices.Contains(rates, fptr.VAT(n)) {
		rates = append([]fptr.VAT{fptr.VAT(n)}, rates...)
	}
	for _, r := range rates {
		value := strconv.Itoa(int(r))
		list = append(list, ui.Option{Value: value, Text: vatText(v, r), On: value == chosen})
	}
	return list
}

// units and objects are those that a shop meets; a register knows more.
func unitOptions(v ui.View, chosen string) []ui.Option {
	return coded(v, "powercut.unit.", chosen, []string{"0", "11", "10", "41", "40", "22", "32", "42", "71", "255"})
}

func objectOptions(v ui.View, chosen string) []ui.Option {
	return coded(v, "powercut.object.", chosen, []string{"1", "4", "3", "2", "10", "13"})
}

// coded are options by their codes; a chosen one that is not among them joins.
func coded(v ui.View, head, chosen string, codes []string) []ui.Option {
	var list []ui.Option
	if chosen != "" && !slices.Contains(codes, chosen) {
		codes = append(codes, chosen)
	}
	for _, c := range codes {
		list = append(list, ui.Option{Value: c, Text: v.Or(head+c, c), On: c == chosen})
	}
	return list
}

func taxationOptions(v ui.View, place powercut.Place, chosen fptr.Taxation) []ui.Option {
	list := powercut.Taxations()
	if len(place.Taxations) > 0 {
		list = place.Taxations
	}
	options := []ui.Option{}
	if chosen == "" || !slices.Contains(list, chosen) {
		options = append(options, ui.Option{Value: string(chosen), Text: v.Or("powercut.taxation."+string(chosen), "—"), On: true})
	}
	for _, t := range list {
		options = append(options, ui.Option{Value: string(t), Text: v.T("powercut.taxation." + string(t)), On: t == chosen})
	}
	return options
}

// itemsText is a settlement in a line: "Кофе ×2, Яблоки 0,455 кг".
func itemsText(v ui.View, list []powercut.Item) string {
	var out []string
	for _, it := range list {
		s := it.Name
		switch {
		case it.Unit != 0:
			s += " " + thousandths(it.Quantity) + " " + v.Or("powercut.unit."+strconv.Itoa(int(it.Unit)), "")
		case it.Quantity != 1000:
			s += " ×" + thousandths(it.Quantity)
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// paidText is how a total was paid; the sums only where there are several.
func paidText(v ui.View, list []fptr.Payment) string {
	var out []string
	for _, p := range list {
		s := v.T("powercut.paid." + string(p.Kind))
		if len(list) > 1 {
			s += " " + money(v, p.Sum)
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// checkOf is what the register found about an item's marking code; nil when it
// was not checked.
func checkOf(d *powercut.DraftView, item int) *fptr.MarkCheck {
	n := 0
	for _, it := range d.Correction.Items[:item] {
		if it.Mark != "" {
			n++
		}
	}
	if n >= len(d.Marks) {
		return nil
	}
	return &d.Marks[n]
}

// markText says what was found about a code, the first thing that is wrong.
func markText(v ui.View, m fptr.MarkCheck) string {
	switch {
	case m.Code != 0:
		return v.Or(fptr.ErrorKey(m.Code), m.Text) + " (" + strconv.Itoa(m.Code) + ")"
	case m.Good():
		return v.T("powercut.mark.good")
	case !m.Checked:
		return v.T("powercut.mark.not_checked")
	case !m.Genuine:
		return v.T("powercut.mark.not_genuine")
	case !m.Answered:
		return v.T("powercut.mark.no_answer")
	default:
		return v.T("powercut.mark.not_allowed")
	}
}

// whyText is why a sending stands, or a correction is not made.
func whyText(v ui.View, code string, refusal int) string {
	if refusal != 0 {
		text := v.Or(fptr.ErrorKey(refusal), "")
		if text == "" || strings.Contains(text, "{") {
			text = v.T("powercut.refusal")
		}
		return text + " (" + strconv.Itoa(refusal) + ")"
	}
	return v.Or("powercut.stop."+code, v.Or("kkt.failure."+code, v.Or("problem."+code, code)))
}

// findingText is what forbids a correction to go.
func findingText(v ui.View, f powercut.Finding) string {
	if f.Field != nil {
		return v.Field(f.Field.Code, f.Field.Args)
	}
	pairs := []any{"tag", strconv.Itoa(int(f.FFD.Tag))}
	for k, s := range f.FFD.Args {
		pairs = append(pairs, k, s)
	}
	return v.T(f.FFD.Key(), pairs...)
}

// badLineText is what is wrong with a line of a table.
func badLineText(v ui.View, b powercut.BadLine) string {
	text := v.Field(b.Code, b.Args)
	if b.Column != "" {
		text = v.T(powercut.ColumnKey(b.Column)) + ": " + text
	}
	return text
}

// correctionTone is the colour of a correction's state; the word stands beside.
func correctionTone(d *powercut.DraftView) string {
	switch {
	case d.State.Made():
		return "tone-ok"
	case d.State == powercut.Refused, d.State == powercut.Unknown, len(d.Findings) > 0:
		return "tone-critical"
	default:
		return "tone-work"
	}
}
