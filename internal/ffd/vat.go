package ffd

import "time"

// VAT is one rate of the value added tax as tag 1199 names it (table 8 of the
// order).
type VAT struct {
	Code     uint8
	Percent  int64  // of the price without tax; 0 for codes 5 and 6
	Included bool   // a calculated rate, 20/120: the sum is an advance that holds the tax
	Tag      uint16 // the receipt's sum for this rate; 0: a row of container 1115
	From     time.Time
}

// since2026 is when the general rate became 22 % (376-ФЗ): documents carry
// codes 11 and 12 from then on.
func since2026() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

// VATs are the rates by their code.
func VATs() []VAT {
	since2025 := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC) // 5 and 7 % under the simplified system (176-ФЗ)
	return []VAT{
		{Code: 1, Percent: 20, Tag: 1102},
		{Code: 2, Percent: 10, Tag: 1103},
		{Code: 3, Percent: 20, Included: true, Tag: 1106},
		{Code: 4, Percent: 10, Included: true, Tag: 1107},
		{Code: 5, Tag: 1104},
		{Code: 6, Tag: 1105},
		{Code: 7, Percent: 5, From: since2025},
		{Code: 8, Percent: 7, From: since2025},
		{Code: 9, Percent: 5, Included: true, From: since2025},
		{Code: 10, Percent: 7, Included: true, From: since2025},
		{Code: 11, Percent: 22, From: since2026()},
		{Code: 12, Percent: 22, Included: true, From: since2026()},
	}
}

// VATOf finds a rate.
func VATOf(code uint64) (VAT, bool) {
	for _, v := range VATs() {
		if uint64(v.Code) == code {
			return v, true
		}
	}
	return VAT{}, false
}

// In is the tax inside a sum of kopecks, rounded half up. Prices hold the tax,
// so both kinds of rate are reckoned alike. Codes 5 and 6 give the sum itself:
// their receipt's sum is the base.
func (v VAT) In(sum int64) int64 {
	if v.Percent == 0 {
		return sum
	}
	whole := 100 + v.Percent
	return (2*sum*v.Percent + whole) / (2 * whole)
}
