package powercut

import (
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/signal"
)

// Finding is one thing that forbids a draft to go, found by the driver's rules
// (Field) or by the format's (FFD); one of the two is set.
type Finding struct {
	Field *problem.Field
	FFD   *ffd.Finding
}

// Item is the line of the receipt that it is about, from 1; 0 = the receipt.
func (f Finding) Item() int {
	if f.FFD != nil {
		return f.FFD.Item
	}
	return 0
}

// Code is the finding's stable code.
func (f Finding) Code() string {
	if f.FFD != nil {
		return f.FFD.Code
	}
	return f.Field.Code
}

// Inspect checks a correction by both sets of rules. What the register last
// said fills the requisites that it writes by itself; now is the true time.
func Inspect(c fptr.Correction, read signal.Set, place Place, now time.Time) []Finding {
	var list []Finding
	if err := c.Check(now); err != nil {
		for _, f := range problem.Of(err).Fields {
			list = append(list, Finding{Field: &f})
		}
	}
	if said := read.Get(signal.FFD); said.Known() && said.Text() != string(c.FFD) {
		list = append(list, Finding{Field: &problem.Field{Name: "ffd", Code: "powercut_ffd", Args: map[string]any{"ffd": said.Text()}}})
	}
	v := versionOf(c.FFD)
	for _, f := range ffd.Check(ffd.ReceiptCorrection, v, fields(c, v, read, place, now)) {
		if f.Code == "missing" && slices.Contains(ownTags(), f.Tag) || repeats(f, list) {
			continue
		}
		list = append(list, Finding{FFD: &f})
	}
	return list
}

// ownTags are the requisites that a register writes by itself: user, its own
// registration, drive, numbers, and its registered address and place.
func ownTags() []uint16 { return []uint16{1009, 1012, 1018, 1037, 1038, 1040, 1041, 1187} }

// repeats says whether the driver's rules have said the same already.
func repeats(f ffd.Finding, list []Finding) bool {
	same := map[string][]string{
		"sum_payments": {"kkt_payments"}, "sum_items": {"kkt_total"}, "too_early": {"kkt_vat_since"}, "missing 1179": {"required"},
	}
	codes := append(same[f.Code], same[f.Code+" "+ffd.Key(f.Tag)[len("ffd.tag."):]]...)
	return slices.ContainsFunc(list, func(x Finding) bool { return slices.Contains(codes, x.Code()) })
}

func versionOf(f fptr.FFD) ffd.Version {
	switch f {
	case fptr.FFD105:
		return ffd.V105
	case fptr.FFD11:
		return ffd.V110
	default:
		return ffd.V120
	}
}

// fields is the correction as the format writes it.
func fields(c fptr.Correction, v ffd.Version, read signal.Set, place Place, now time.Time) []ffd.Field {
	list := []ffd.Field{
		{Tag: 1012, Num: wall(now.In(place.Zone))},
		{Tag: 1020, Num: sum(c.Total)},
		{Tag: 1054, Num: uint64(c.Operation)},
		{Tag: 1055, Num: taxationBit(c.Taxation)},
		{Tag: 1209, Num: uint64(v)},
		{Tag: 1173, Num: uint64(c.Basis)},
		ground(c),
	}
	for tag, s := range map[uint16]signal.Def{1018: signal.INN, 1037: signal.RegNumber, 1041: signal.FNSerial} {
		if value := read.Get(s); value.Known() {
			list = append(list, ffd.Field{Tag: tag, Text: value.Text()})
		}
	}
	for tag, kind := range map[uint16]fptr.PaymentKind{
		1031: fptr.PaidCash, 1081: fptr.PaidElectronically, 1215: fptr.PaidPrepaid, 1216: fptr.PaidCredit, 1217: fptr.PaidOther,
	} {
		f := ffd.Field{Tag: tag}
		for _, p := range c.Payments {
			if p.Kind == kind {
				f.Num += sum(p.Sum)
			}
		}
		list = append(list, f)
	}
	for _, it := range c.Items {
		list = append(list, itemField(it, v))
	}
	return append(list, taxFields(c)...)
}

// ground is 1174: the day and, of an order, its number.
func ground(c fptr.Correction) ffd.Field {
	g := ffd.Field{Tag: 1174, Fields: []ffd.Field{{Tag: 1178, Num: wall(dateOf(c.Date))}}}
	if c.Number != "" {
		g.Fields = append(g.Fields, ffd.Field{Tag: 1179, Text: c.Number})
	}
	return g
}

func itemField(it fptr.Item, v ffd.Version) ffd.Field {
	list := []ffd.Field{
		{Tag: 1023, Num: uint64(max(it.Quantity, 0)), Places: 3},
		{Tag: 1030, Text: it.Name},
		{Tag: 1043, Num: sum(it.Amount)},
		{Tag: 1079, Num: sum(it.Price)},
		{Tag: 1199, Num: uint64(max(it.VAT, 0))},
		{Tag: 1214, Num: uint64(max(it.Method, 0))},
		{Tag: 1212, Num: uint64(max(it.Object, 0))},
	}
	if rate, known := ffd.VATOf(uint64(max(it.VAT, 0))); known && rate.Percent > 0 {
		list = append(list, ffd.Field{Tag: 1200, Num: sum(rate.In(it.Amount))})
	}
	if v == ffd.V120 {
		list = append(list, ffd.Field{Tag: 2108, Num: uint64(max(it.Unit, 0))})
		list = marked(list, it)
	}
	return ffd.Field{Tag: 1059, Fields: list}
}

// marked makes an item one of marked goods: 31 or 33 for what it is (1212), and
// its code (1163).
func marked(list []ffd.Field, it fptr.Item) []ffd.Field {
	if it.Mark == "" {
		return list
	}
	if object := ffd.Find(list, 1212); object != nil {
		object.Num = 33
		if it.Object == objectExcise {
			object.Num = 31
		}
	}
	return append(list, ffd.Field{Tag: 1163, Fields: []ffd.Field{{Tag: ffd.MarkTag(it.Mark), Text: ffd.MarkID(it.Mark)}}})
}

// taxFields are the receipt's sums by rate: a tag each for the old rates, rows
// of 1115 for the new.
func taxFields(c fptr.Correction) []ffd.Field {
	var list, rows []ffd.Field
	for _, rate := range ffd.VATs() {
		var n int64
		there := false
		for _, it := range c.Items {
			if it.VAT == fptr.VAT(rate.Code) {
				n, there = n+rate.In(it.Amount), true
			}
		}
		for _, t := range c.Taxes {
			if t.VAT == fptr.VAT(rate.Code) {
				n, there = n+t.Sum, true
			}
		}
		switch {
		case !there:
		case rate.Tag != 0:
			list = append(list, ffd.Field{Tag: rate.Tag, Num: sum(n)})
		default:
			rows = append(rows, ffd.Field{Tag: 1119, Fields: []ffd.Field{{Tag: 1199, Num: uint64(rate.Code)}, {Tag: 1120, Num: sum(n)}}})
		}
	}
	if len(rows) > 0 {
		list = append(list, ffd.Field{Tag: 1115, Fields: rows})
	}
	return list
}

// wall is a time as the format writes it: the clock on the wall as if it were
// UTC.
func wall(t time.Time) uint64 {
	y, m, d := t.Date()
	return uint64(time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC).Unix())
}

func sum(kopecks int64) uint64 { return uint64(max(kopecks, 0)) }

func taxationBit(t fptr.Taxation) uint64 {
	for i, known := range Taxations() {
		if t == known {
			return 1 << i
		}
	}
	return 0
}

// Taxations are the tax systems in the order of the bits of tag 1055.
func Taxations() []fptr.Taxation {
	return []fptr.Taxation{fptr.TaxationOSN, fptr.TaxationUSNIncome, fptr.TaxationUSNIncomeOutcome, fptr.TaxationENVD, fptr.TaxationESN, fptr.TaxationPatent}
}
