package warranty

import (
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
)

// After is the day of the same number some months later, or the last day of a
// month that has no such day: 31 August and six months is 28 or 29 February.
// So count art. 192 p. 3 of the Russian and § 188 Abs. 3 of the German civil
// code.
func After(d calendar.Date, months int) calendar.Date {
	year, month, day := split(d)
	first := time.Date(year, month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return calendar.NewDate(first.Year(), first.Month(), min(day, last))
}

func split(d calendar.Date) (int, time.Month, int) {
	return time.Unix(0, 0).UTC().AddDate(0, 0, int(d)).Date()
}
