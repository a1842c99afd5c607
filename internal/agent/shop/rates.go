package shop

import (
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
)

// lastOf20 is the day before 22 % (376-ФЗ).
func lastOf20() time.Time { return time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC) }

// rateHolds says whether a sale of that day, by its own zone's calendar, may
// carry the rate. A return keeps the rate of its sale, which was earlier.
func rateHolds(vat int, day time.Time, back bool) bool {
	rate, known := ffd.VATOf(uint64(max(vat, 0)))
	y, m, d := day.Date()
	date := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return known && !date.Before(rate.From) && (rate.Percent != 20 || back || !date.After(lastOf20()))
}

// ratesOn are the rates that a sale of that day may carry, the usual ones
// first.
func ratesOn(day time.Time, back bool) (list []int) {
	for _, v := range []fptr.VAT{
		fptr.VAT22, fptr.VAT20, fptr.VAT10, fptr.VAT7, fptr.VAT5, fptr.VAT0, fptr.VATNone, fptr.VAT22_122, fptr.VAT20_120, fptr.VAT10_110, fptr.VAT7_107, fptr.VAT5_105,
	} {
		if rateHolds(int(v), day, back) {
			list = append(list, int(v))
		}
	}
	return list
}

// objects and units are what the form offers of tags 1212 and 2108.
func objects() []int { return []int{1, 4, 3, 2, 10, 13} }

func units() []int { return []int{0, 11, 10, 41, 40, 22, 32, 42, 71, 255} }
