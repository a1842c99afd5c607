package powercut

import (
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
)

// lastOf20 is the day before 22 % (376-ФЗ): sales carry 20 % and 20/120 until
// then, and their returns after it too, because a return keeps the rate of its
// sale.
func lastOf20() time.Time { return time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC) }

// RateHolds says whether a settlement of that day may carry the rate. day
// counts by its own zone's calendar.
func RateHolds(v fptr.VAT, day time.Time, op fptr.Operation) bool {
	rate, known := ffd.VATOf(uint64(max(v, 0)))
	if !known {
		return false
	}
	date := dateOf(day)
	back := op == fptr.IncomeReturn || op == fptr.ExpenseReturn
	if rate.Percent == 20 && !back && date.After(lastOf20()) {
		return false
	}
	return !date.Before(rate.From)
}

// RatesOn are the rates that a settlement of that day may carry, the usual ones
// first.
func RatesOn(day time.Time, op fptr.Operation) []fptr.VAT {
	var list []fptr.VAT
	for _, v := range []fptr.VAT{
		fptr.VAT22, fptr.VAT20, fptr.VAT10, fptr.VAT7, fptr.VAT5, fptr.VAT0, fptr.VATNone, fptr.VAT22_122, fptr.VAT20_120, fptr.VAT10_110, fptr.VAT7_107, fptr.VAT5_105,
	} {
		if RateHolds(v, day, op) {
			list = append(list, v)
		}
	}
	return list
}

// dateOf is a day by its own zone's calendar, as the fiscal format writes it.
func dateOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
