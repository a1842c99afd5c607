package ffd

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/i18n"
)

func day(y int, m time.Month, d int) uint64 {
	return uint64(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix())
}

// sale is a good receipt of 1.2: two coffees of 150.00 at 22 %, by card.
func sale() []Field {
	return []Field{
		{Tag: 1012, Num: day(2026, 3, 10) + 12*3600},
		{Tag: 1018, Text: "7707083893  "},
		{Tag: 1020, Num: 30000},
		{Tag: 1037, Text: "0000000000001234    "},
		{Tag: 1038, Num: 7},
		{Tag: 1040, Num: 93},
		{Tag: 1041, Text: "9999078900005488"},
		{Tag: 1054, Num: 1},
		{Tag: 1055, Num: 2},
		{Tag: 1209, Num: uint64(V120)},
		{Tag: 1009, Text: "Липовая, 1"},
		{Tag: 1187, Text: "Кофейня"},
		{Tag: 1031},
		{Tag: 1081, Num: 30000},
		{Tag: 1215},
		{Tag: 1216},
		{Tag: 1217},
		{Tag: 1059, Fields: []Field{
			{Tag: 1023, Num: 2},
			{Tag: 1030, Text: "Кофе"},
			{Tag: 1043, Num: 30000},
			{Tag: 1079, Num: 15000},
			{Tag: 1199, Num: 11},
			{Tag: 1200, Num: 5410},
			{Tag: 1212, Num: 1},
			{Tag: 1214, Num: 4},
			{Tag: 2108, Num: 0},
		}},
		{Tag: 1115, Fields: []Field{{Tag: 1119, Fields: []Field{{Tag: 1199, Num: 11}, {Tag: 1120, Num: 5410}}}}},
	}
}

// correction is the same sale of 2025, corrected a year later: it keeps 20 %.
func correction() []Field {
	f := slices.DeleteFunc(sale(), func(f Field) bool { return f.Tag == 1115 })
	item := Find(f, 1059)
	Find(item.Fields, 1199).Num, Find(item.Fields, 1200).Num = 1, 5000
	return append(f, Field{Tag: 1102, Num: 5000}, Field{Tag: 1173}, Field{Tag: 1174, Fields: []Field{{Tag: 1178, Num: day(2025, 12, 30)}, {Tag: 1179, Text: "0"}}})
}

func told(list []Finding) string {
	var out []string
	for _, f := range list {
		s := fmt.Sprintf("%s %d", f.Code, f.Tag)
		if f.Item > 0 {
			s += fmt.Sprintf("#%d", f.Item)
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// with changes a field, or takes it away when to is negative.
func with(fields []Field, tag uint16, to int64) []Field {
	if to < 0 {
		return slices.DeleteFunc(fields, func(f Field) bool { return f.Tag == tag })
	}
	Find(fields, tag).Num = uint64(to)
	return fields
}

func inItem(fields []Field, tag uint16, to int64) []Field {
	item := Find(fields, 1059)
	item.Fields = with(item.Fields, tag, to)
	return fields
}

func inGround(fields []Field, tag uint16, to int64) []Field {
	g := Find(fields, 1174)
	g.Fields = with(g.Fields, tag, to)
	return fields
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		doc  Document
		v    Version
		f    []Field
		want string
	}{
		"a good sale":                 {Receipt, V120, sale(), ""},
		"a good correction":           {ReceiptCorrection, V120, correction(), ""},
		"no cashier is no fault":      {Receipt, V120, sale(), ""},
		"no total":                    {Receipt, V120, with(sale(), 1020, -1), "missing 1020"},
		"no drive":                    {Receipt, V120, with(sale(), 1041, -1), "missing 1041"},
		"no place":                    {Receipt, V120, with(sale(), 1187, -1), "missing 1187"},
		"no place in 1.05":            {Receipt, V105, with(with(sale(), 1187, -1), 1209, int64(V105)), ""},
		"two tax systems":             {Receipt, V120, with(sale(), 1055, 3), "one_bit 1055"},
		"no tax system":               {Receipt, V120, with(sale(), 1055, 0), "one_bit 1055"},
		"kind of settlement":          {Receipt, V120, with(sale(), 1054, 5), "value 1054"},
		"another format":              {Receipt, V110, sale(), "value 1209"},
		"paid less":                   {Receipt, V120, with(sale(), 1081, 29999), "sum_payments 1020"},
		"total above the items":       {Receipt, V120, with(with(sale(), 1020, 30001), 1081, 30001), "sum_items 1020"},
		"rounded to the ruble":        {Receipt, V120, with(with(inItem(sale(), 1043, 30099), 1020, 30000), 1081, 30000), "sum_vat 1115, sum_vat 1200#1"},
		"a ruble lost":                {Receipt, V120, inItem(sale(), 1043, 30100), "sum_items 1020, sum_vat 1115, sum_vat 1200#1"},
		"item without a name":         {Receipt, V120, inItem(sale(), 1030, -1), "missing 1030#1"},
		"item without a measure":      {Receipt, V120, inItem(sale(), 2108, -1), "missing 2108#1"},
		"no measure in 1.1":           {Receipt, V110, with(inItem(sale(), 2108, -1), 1209, int64(V110)), ""},
		"marked goods, no code":       {Receipt, V120, inItem(sale(), 1212, 33), "missing 1163#1"},
		"marked excise, no code":      {Receipt, V120, inItem(sale(), 1212, 31), "missing 1163#1"},
		"goods without their code":    {Receipt, V120, inItem(sale(), 1212, 32), ""},
		"no such rate":                {Receipt, V120, inItem(sale(), 1199, 13), "not_allowed 1115, value 1199#1"},
		"22 % in 2025":                {Receipt, V120, with(sale(), 1012, int64(day(2025, 12, 31))), "too_early 1199#1"},
		"rate and sum apart":          {Receipt, V120, inItem(sale(), 1199, 1), "missing 1102, not_allowed 1115, sum_vat 1200#1"},
		"tax of the item":             {Receipt, V120, inItem(sale(), 1200, 5412), "sum_vat 1200#1"},
		"tax of the item, rounded":    {Receipt, V120, inItem(sale(), 1200, 5411), ""},
		"no items":                    {Receipt, V120, with(sale(), 1059, -1), "missing 1059"},
		"correction without items":    {ReceiptCorrection, V120, with(correction(), 1059, -1), "missing 1059"},
		"the same in 1.05":            {ReceiptCorrection, V105, with(with(correction(), 1059, -1), 1209, int64(V105)), ""},
		"no kind of correction":       {ReceiptCorrection, V120, with(correction(), 1173, -1), "missing 1173"},
		"no ground":                   {ReceiptCorrection, V120, with(correction(), 1174, -1), "missing 1174"},
		"ground at noon":              {ReceiptCorrection, V120, inGround(correction(), 1178, int64(day(2025, 12, 30))+3600), "midnight 1178"},
		"ordered without a number":    {ReceiptCorrection, V120, with(correction(), 1173, 1), "missing 1179"},
		"22 % for a sale of 2025":     {ReceiptCorrection, V120, inItem(correction(), 1199, 11), "missing 1115, not_allowed 1102, sum_vat 1200#1, too_early 1199#1"},
		"a receipt has no ground ask": {Receipt, V120, sale(), ""},
	} {
		if got := told(Check(tc.doc, tc.v, tc.f)); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	twice := append(sale(), Field{Tag: 1020, Num: 30000})
	if got := told(Check(Receipt, V120, twice)); got != "twice 1020" {
		t.Errorf("two totals: %q", got)
	}
	described := correction()
	g := Find(described, 1174)
	g.Fields = append(g.Fields, Field{Tag: 1177, Text: "нет света"})
	if got := told(Check(ReceiptCorrection, V120, described)); got != "not_allowed 1177" {
		t.Errorf("a description in 1.2: %q", got)
	}
	stranger := sale()
	Find(stranger, 1018).Text = "7707083894"
	if got := told(Check(Receipt, V120, stranger)); got != "inn 1018" {
		t.Errorf("an INN with a mistake: %q", got)
	}
}

// TestTaxInsideASum: by hand 20 % of 120.00 is 20.00, and whatever the sum, tax
// and rest make it again to a kopeck.
func TestTaxInsideASum(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		code      uint64
		sum, want int64
	}{{1, 12000, 2000}, {11, 12200, 2200}, {12, 12200, 2200}, {2, 11000, 1000}, {7, 10500, 500}, {8, 10700, 700}, {6, 500, 500}, {1, 1, 0}, {1, 3, 1}} {
		v, _ := VATOf(tc.code)
		if got := v.In(tc.sum); got != tc.want {
			t.Errorf("code %d of %d: %d, want %d", tc.code, tc.sum, got, tc.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom(VATs()).Draw(t, "rate")
		sum := rapid.Int64Range(0, 1<<40).Draw(t, "sum")
		if v.Percent == 0 {
			return
		}
		net := sum - v.In(sum)
		if off := abs(net*(100+v.Percent) - sum*100); off > 100+v.Percent {
			t.Fatalf("%d %% of %d is %d", v.Percent, sum, v.In(sum))
		}
	})
}

func TestINN(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"7707083893": true, "7707083894": false, "500100732259": true, "500100732258": false, "": false, "77070838": false, "770708389А": false, "0000000000": true,
	} {
		if INN(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

// TestEverythingHasAName: each tag and each finding can be said in every
// language.
func TestEverythingHasAName(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range i18n.Langs() {
		v := texts.For(l)
		for _, d := range Tags() {
			if v.Or(Key(d.Tag), "") == "" {
				t.Errorf("%s: tag %d has no name", l, d.Tag)
			}
		}
		for _, code := range []string{"missing", "twice", "not_allowed", "value", "sum_items", "sum_payments", "sum_vat", "inn", "one_bit", "midnight", "too_early"} {
			if v.Or(Finding{Code: code}.Key(), "") == "" {
				t.Errorf("%s: %s has no sentence", l, code)
			}
		}
	}
}
