package paper

import (
	"math/bits"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
)

// receipt is what a receipt and a correction have in common.
func receipt(h Holder, d Document) []ffd.Field {
	taxation := d.Taxation
	if taxation == 0 {
		taxation = 1 << bits.TrailingZeros8(h.Taxes|0x80)
	}
	f := []ffd.Field{
		num(1038, d.Shift), num(1042, d.Receipt), num(1054, int64(d.Kind)), num(1055, int64(taxation)), num(1020, d.Sum),
		num(1031, d.Cash), num(1081, d.Sum-d.Cash-d.Prepaid-d.Credit-d.Other), num(1215, d.Prepaid), num(1216, d.Credit), num(1217, d.Other),
	}
	if d.Contact != "" {
		f = append(f, text(1008, d.Contact))
	}
	if d.WrongSign != "" {
		f = append(f, text(1192, d.WrongSign))
	}
	for _, i := range d.Items {
		f = append(f, item(h, d, i))
	}
	return append(f, taxes(d)...)
}

// item is one thing sold.
func item(h Holder, d Document, i Item) ffd.Field {
	rate := rateOf(d, i)
	quantity := ffd.Field{Tag: 1023, Num: uint64(max(i.Quantity, 0)), Places: 3}
	f := []ffd.Field{
		text(1030, i.Name), num(1079, i.Price), quantity, num(1043, i.Sum), num(1199, int64(rate.Code)),
	}
	if rate.Percent != 0 {
		f = append(f, num(1200, rate.In(i.Sum)))
	}
	f = append(f, num(1214, usual(i.Method, 4)), num(1212, usual(i.Object, 1)))
	if h.format() == ffd.V120 {
		f = append(f, num(2108, int64(i.Unit)))
		if i.Mark != "" {
			f = append(f, group(1163, text(ffd.MarkTag(i.Mark), Text(ffd.MarkID(i.Mark), 38))))
		}
	}
	return group(1059, f...)
}

func usual(n, otherwise uint8) int64 {
	if n == 0 {
		n = otherwise
	}
	return int64(n)
}

// rateOf is an item's rate: its own, or the general one of the day.
func rateOf(d Document, i Item) ffd.VAT {
	if rate, ok := ffd.VATOf(uint64(i.VAT)); ok {
		return rate
	}
	return general(settled(d))
}

// taxes are the sums by rate: a field each for the old ones, rows of 1115 for
// those since 2025.
func taxes(d Document) (f []ffd.Field) {
	sums := sumsOf(d)
	var rows []ffd.Field
	for _, rate := range ffd.VATs() {
		sum, there := sums[rate.Code]
		switch {
		case !there:
		case rate.Tag != 0:
			f = append(f, num(rate.Tag, sum))
		default:
			rows = append(rows, group(1119, num(1199, int64(rate.Code)), num(1120, sum)))
		}
	}
	if len(rows) > 0 {
		f = append(f, group(1115, rows...))
	}
	return f
}

// sumsOf are the tax sums by rate: of the items, as they were told, or at the
// general rate from the total.
func sumsOf(d Document) map[uint8]int64 {
	sums := map[uint8]int64{}
	for _, i := range d.Items {
		rate := rateOf(d, i)
		sums[rate.Code] += rate.In(i.Sum)
	}
	if len(d.Items) > 0 {
		return sums
	}
	for _, r := range d.Rates {
		sums[r.VAT] += r.Sum
	}
	if len(sums) == 0 {
		rate := general(settled(d))
		sums[rate.Code] = rate.In(d.Sum)
	}
	return sums
}

func correction(d Document) []ffd.Field {
	kind := int64(0)
	if d.Ground.Ordered {
		kind = 1
	}
	day := settled(d)
	ground := group(1174, num(1178, time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC).Unix()), text(1179, d.Ground.Order))
	return []ffd.Field{num(1173, kind), ground}
}

// settled is the day by which the tax's rate is judged.
func settled(d Document) time.Time {
	if d.Form == Correction && !d.Ground.Day.IsZero() {
		return d.Ground.Day
	}
	return d.At
}

// general is the general rate of a day: 22 % from 2026, 20 % before.
func general(day time.Time) ffd.VAT {
	const old, current = 1, 11
	now, _ := ffd.VATOf(current) // both are in the table
	if day.Before(now.From) {
		now, _ = ffd.VATOf(old)
	}
	return now
}
