package calendar

import (
	"slices"
	"strings"
	"time"
)

// yearlyDay is a holiday that comes each year on one day.
type yearlyDay struct {
	month time.Month
	day   int
	stays bool // where it falls on a weekend, the law gives no other day for it
}

// law is what a country's law says of every year.
type law struct {
	sources     []string
	holidays    []yearlyDay
	shortenedBy time.Duration // the working day before a holiday; 0 = it is whole
}

// lawOf is nil for a country whose years are all computed or not known at all.
func lawOf(country string) *law {
	switch country {
	case "RU":
		l := &law{
			sources:     []string{"ТК РФ, ст. 112 (нерабочие праздничные дни; перенос по части второй), ст. 95 (сокращение предпраздничного дня на час)"},
			shortenedBy: time.Hour,
			holidays: []yearlyDay{
				{time.February, 23, false}, {time.March, 8, false}, {time.May, 1, false}, {time.May, 9, false}, {time.June, 12, false}, {time.November, 4, false},
			},
		}
		for day := 1; day <= 8; day++ { // the weekend days among these are moved by the resolution alone
			l.holidays = append(l.holidays, yearlyDay{time.January, day, true})
		}
		return l
	case "KZ":
		return &law{
			sources: []string{
				"Закон РК от 13.12.2001 № 267-II «О праздниках в Республике Казахстан», ст. 5", "Трудовой кодекс РК, ст. 84 (7 января; первый день Курбан-айта назначается каждый год)",
				"Конституция, принятая на референдуме 15.03.2026, ст. 94 (15 марта)",
			},
			holidays: []yearlyDay{
				{time.January, 1, false},
				{time.January, 2, false},
				{time.January, 7, true},
				{time.March, 8, false},
				{time.March, 15, false},
				{time.March, 21, false},
				{time.March, 22, false},
				{time.March, 23, false},
				{time.May, 1, false},
				{time.May, 7, false},
				{time.May, 9, false},
				{time.July, 6, false},
				{time.October, 25, false},
				{time.December, 16, false},
			},
		}
	default:
		return nil
	}
}

// ByLaw is a year of Russia or Kazakhstan as the law alone makes it: for the
// years whose resolution on moved days is not published yet, so that a promise
// does not fall on New Year's Day. The resolution may move more days, and move
// these elsewhere. Anything else is [ErrNoProduction].
func ByLaw(country string, year int) (ProductionYear, error) {
	country = strings.ToUpper(country)
	l := lawOf(country)
	if l == nil || year < 2027 || year > lastGermanYear { // earlier years had other holidays, or are kept as data
		return ProductionYear{}, ErrNoProduction
	}
	p := ProductionYear{Country: country, Year: year, Sources: l.sources, Worked: map[Date]time.Weekday{}, ShortenedBy: l.shortenedBy}
	for _, h := range l.holidays {
		p.Off = append(p.Off, NewDate(year, h.month, h.day))
	}
	slices.Sort(p.Off)
	holidays := slices.Clone(p.Off)
	for _, h := range l.holidays {
		if d := NewDate(year, h.month, h.day); !h.stays && weekend(d) {
			p.Off = append(p.Off, nextWorked(d, p.Off))
		}
	}
	slices.Sort(p.Off)
	if l.shortenedBy > 0 {
		p.Shortened = eves(holidays, p.Off)
	}
	return p, nil
}

func weekend(d Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// nextWorked is the first day after d that is neither weekend nor off.
func nextWorked(d Date, off []Date) Date {
	for d++; weekend(d) || slices.Contains(off, d); d++ {
	}
	return d
}

// eves are the worked days directly before a holiday. The last of December
// belongs to the year before and is not known to be worked.
func eves(holidays, off []Date) (list []Date) {
	for _, h := range holidays {
		if eve := h - 1; eve.Year() == h.Year() && !weekend(eve) && !slices.Contains(off, eve) {
			list = append(list, eve)
		}
	}
	return list
}
