package paper

import (
	"math/bits"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
)

// receipt is what a receipt and a correction have in common.
func receipt(h Holder, d Document) []ffd.Field {
	rate := general(settled(d))
	f := []ffd.Field{
		num(1038, d.Shift), num(1042, d.Receipt), num(1054, int64(d.Kind)), num(1055, 1<<bits.TrailingZeros8(h.Taxes|0x80)), num(1020, d.Sum),
		num(1031, d.Cash), num(1081, d.Sum-d.Cash), num(1215, 0), num(1216, 0), num(1217, 0),
	}
	var tax int64
	for _, i := range d.Items {
		f = append(f, item(i, rate))
		tax += rate.In(i.Sum)
	}
	if len(d.Items) == 0 {
		tax = rate.In(d.Sum)
	}
	if rate.Tag != 0 {
		return append(f, num(rate.Tag, tax))
	}
	return append(f, group(1115, group(1119, num(1199, int64(rate.Code)), num(1120, tax))))
}

// item is one thing sold, paid in full (1214 = 4), a good (1212 = 1).
func item(i Item, rate ffd.VAT) ffd.Field {
	quantity := ffd.Field{Tag: 1023, Num: uint64(max(i.Quantity, 0)), Places: 3}
	return group(1059, text(1030, i.Name), num(1079, i.Price), quantity, num(1043, i.Sum), num(1199, int64(rate.Code)),
		num(1200, rate.In(i.Sum)), num(1214, 4), num(1212, 1))
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
