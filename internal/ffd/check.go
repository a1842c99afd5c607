package ffd

import (
	"strconv"
	"time"
)

// Version is the format of a document, as tag 1209 says it.
type Version uint8

// The formats in use.
const (
	V105 Version = 2
	V110 Version = 3
	V120 Version = 4
)

// Document is what a set of fields is, by the code of its form.
type Document uint8

// The documents that Check knows.
const (
	Receipt           Document = 3
	StrictForm        Document = 4 // БСО
	ReceiptCorrection Document = 31
	FormCorrection    Document = 41
)

func (d Document) correction() bool { return d == ReceiptCorrection || d == FormCorrection }

// Finding is one thing that is wrong with a document.
type Finding struct {
	Code string // stable: missing, not_allowed, value, sum_items, sum_payments, sum_vat, inn, one_bit, midnight, too_early, twice
	Tag  uint16
	Item int               // which item, from 1; 0 = the document
	Args map[string]string // for the sentence: got, want
}

// Key is the message key of the finding's sentence.
func (f Finding) Key() string { return "ffd.finding." + f.Code }

// Check tells what is wrong with a receipt or a correction receipt of a
// format: mandatory fields of the electronic form, and sums that must agree.
// An empty list is no promise that a drive takes the document; it is what can
// be known without one.
func Check(doc Document, v Version, fields []Field) []Finding {
	c := &checker{doc: doc, version: v, fields: fields}
	c.heads()
	c.items()
	c.payments()
	c.taxes()
	if doc.correction() {
		c.correction()
	}
	return c.found
}

type checker struct {
	doc     Document
	version Version
	fields  []Field
	found   []Finding
}

func (c *checker) add(code string, tag uint16, item int, pairs ...string) {
	f := Finding{Code: code, Tag: tag, Item: item}
	for i := 0; i+1 < len(pairs); i += 2 {
		if f.Args == nil {
			f.Args = map[string]string{}
		}
		f.Args[pairs[i]] = pairs[i+1]
	}
	c.found = append(c.found, f)
}

// heads are the fields that every receipt has (tables 19, 20 and 30 of the
// order); those that a drive adds by itself (1077) are not asked for.
func (c *checker) heads() {
	must := []uint16{1012, 1018, 1020, 1037, 1038, 1040, 1041, 1054, 1055, 1209}
	if c.version == V120 {
		must = append(must, 1009, 1187, 1031, 1081, 1215, 1216, 1217)
	}
	for _, tag := range must {
		switch n := len(All(c.fields, tag)); {
		case n == 0:
			c.add("missing", tag, 0)
		case n > 1:
			c.add("twice", tag, 0)
		}
	}
	if f := Find(c.fields, 1018); f != nil && !INN(f.Trimmed()) {
		c.add("inn", 1018, 0, "got", f.Trimmed())
	}
	if f := Find(c.fields, 1055); f != nil && (f.Num == 0 || f.Num&(f.Num-1) != 0 || f.Num > 32) {
		c.add("one_bit", 1055, 0, "got", strconv.FormatUint(f.Num, 10))
	}
	if f := Find(c.fields, 1054); f != nil && (f.Num < 1 || f.Num > 4) {
		c.add("value", 1054, 0, "got", strconv.FormatUint(f.Num, 10))
	}
	if f := Find(c.fields, 1209); f != nil && Version(f.Num) != c.version {
		c.add("value", 1209, 0, "got", strconv.FormatUint(f.Num, 10), "want", strconv.Itoa(int(c.version)))
	}
}

// items must be there but in a correction of 1.05, and their sums make the
// total. A total may be rounded down to the ruble, in the buyer's favour.
func (c *checker) items() {
	list := All(c.fields, 1059)
	if len(list) == 0 {
		if !c.doc.correction() || c.version != V105 {
			c.add("missing", 1059, 0)
		}
		return
	}
	var sum int64
	for i, f := range list {
		c.item(i+1, f.Fields)
		if s := Find(f.Fields, 1043); s != nil {
			sum += int64(s.Num)
		}
	}
	total := Find(c.fields, 1020)
	if total == nil {
		return
	}
	if off := sum - int64(total.Num); off < 0 || off >= 100 {
		c.add("sum_items", 1020, 0, "got", rubles(int64(total.Num)), "want", rubles(sum))
	}
}

func (c *checker) item(n int, fields []Field) {
	must := []uint16{1023, 1030, 1043, 1079, 1199, 1214}
	if c.version >= V110 {
		must = append(must, 1212)
	}
	if c.version == V120 {
		must = append(must, 2108)
	}
	if object := Find(fields, 1212); c.version == V120 && object != nil && marked(object.Num) {
		must = append(must, 1163)
	}
	for _, tag := range must {
		if Find(fields, tag) == nil {
			c.add("missing", tag, n)
		}
	}
	vat := Find(fields, 1199)
	if vat == nil {
		return
	}
	rate, ok := VATOf(vat.Num)
	if !ok {
		c.add("value", 1199, n, "got", strconv.FormatUint(vat.Num, 10))
		return
	}
	if at := c.settled(); !at.IsZero() && at.Before(rate.From) {
		c.add("too_early", 1199, n, "got", strconv.FormatUint(vat.Num, 10), "want", rate.From.Format(time.DateOnly))
	}
	c.itemTax(n, fields, rate)
}

// marked says whether a kind of item (1212) is goods that have a marking code:
// with excise (31) or without (33).
func marked(object uint64) bool { return object == 31 || object == 33 }

// itemTax compares tag 1200, where it stands, with the rate: one kopeck may be
// lost in rounding prices.
func (c *checker) itemTax(n int, fields []Field, rate VAT) {
	tax, sum := Find(fields, 1200), Find(fields, 1043)
	if tax == nil || sum == nil || rate.Percent == 0 {
		return
	}
	if want := rate.In(int64(sum.Num)); abs(int64(tax.Num)-want) > 1 {
		c.add("sum_vat", 1200, n, "got", rubles(int64(tax.Num)), "want", rubles(want))
	}
}

// settled is the day that the rates are judged by: of a correction the day of
// the settlement that is corrected, which keeps its own rate.
func (c *checker) settled() time.Time {
	if ground := Find(c.fields, 1174); c.doc.correction() && ground != nil {
		if f := Find(ground.Fields, 1178); f != nil {
			return f.Time()
		}
	}
	if f := Find(c.fields, 1012); f != nil {
		return f.Time()
	}
	return time.Time{}
}

// payments are five sums that make the total.
func (c *checker) payments() {
	total := Find(c.fields, 1020)
	if total == nil {
		return
	}
	var sum int64
	for _, tag := range []uint16{1031, 1081, 1215, 1216, 1217} {
		if f := Find(c.fields, tag); f != nil {
			sum += int64(f.Num)
		}
	}
	if sum != int64(total.Num) {
		c.add("sum_payments", 1020, 0, "got", rubles(sum), "want", rubles(int64(total.Num)))
	}
}

// taxes compares the receipt's sums by rate with those of its items. Each item
// may round by a kopeck.
func (c *checker) taxes() {
	items := All(c.fields, 1059)
	for _, rate := range VATs() {
		var want, n int64
		for _, f := range items {
			vat, sum := Find(f.Fields, 1199), Find(f.Fields, 1043)
			if vat != nil && sum != nil && vat.Num == uint64(rate.Code) {
				want += rate.In(int64(sum.Num))
				n++
			}
		}
		got, there := c.taxSum(rate)
		switch {
		case n > 0 && !there:
			c.add("missing", tagOf(rate), 0)
		case n == 0 && there && len(items) > 0 && got != 0:
			c.add("not_allowed", tagOf(rate), 0, "got", rubles(got))
		case n > 0 && abs(got-want) > n:
			c.add("sum_vat", tagOf(rate), 0, "got", rubles(got), "want", rubles(want))
		}
	}
}

func tagOf(v VAT) uint16 {
	if v.Tag == 0 {
		return 1115
	}
	return v.Tag
}

// taxSum is the receipt's sum for a rate: a tag of its own, or a row (1119) of
// container 1115.
func (c *checker) taxSum(v VAT) (sum int64, there bool) {
	if v.Tag != 0 {
		f := Find(c.fields, v.Tag)
		if f == nil {
			return 0, false
		}
		return int64(f.Num), true
	}
	box := Find(c.fields, 1115)
	if box == nil {
		return 0, false
	}
	for _, row := range All(box.Fields, 1119) {
		code, amount := Find(row.Fields, 1199), Find(row.Fields, 1120)
		if code != nil && amount != nil && code.Num == uint64(v.Code) {
			sum, there = sum+int64(amount.Num), true
		}
	}
	return sum, there
}

// correction is what only a correction receipt has: its kind (1173) and its
// ground (1174) with the day (1178) and, when the tax office ordered it, the
// order's number (1179). The description (1177) went with 1.05.
func (c *checker) correction() {
	kind := Find(c.fields, 1173)
	if kind == nil {
		c.add("missing", 1173, 0)
	} else if kind.Num > 1 {
		c.add("value", 1173, 0, "got", strconv.FormatUint(kind.Num, 10))
	}
	ground := Find(c.fields, 1174)
	if ground == nil {
		c.add("missing", 1174, 0)
		return
	}
	day := Find(ground.Fields, 1178)
	switch {
	case day == nil:
		c.add("missing", 1178, 0)
	case day.Num%(24*3600) != 0:
		c.add("midnight", 1178, 0, "got", day.Time().Format("2006-01-02 15:04:05"))
	}
	order := Find(ground.Fields, 1179)
	if kind != nil && kind.Num == 1 && (order == nil || order.Trimmed() == "" || order.Trimmed() == "0") {
		c.add("missing", 1179, 0)
	}
	if c.version != V105 && Find(ground.Fields, 1177) != nil {
		c.add("not_allowed", 1177, 0)
	}
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// rubles is a sum of kopecks with a point.
func rubles(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	k := strconv.FormatInt(n%100, 10)
	if len(k) == 1 {
		k = "0" + k
	}
	return sign + strconv.FormatInt(n/100, 10) + "." + k
}
