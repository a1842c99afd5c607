package calendar_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
)

// TestAYearByLawAlone: 2027 of the Labour Code. 1 May is a Saturday, 9 May a
// Sunday, 12 June a Saturday: each gives the Monday after it; 23 February is a
// Tuesday, 4 November a Thursday, and their eves are an hour shorter.
func TestAYearByLawAlone(t *testing.T) {
	t.Parallel()
	p, err := calendar.ByLaw("ru", 2027)
	if err != nil {
		t.Fatal(err)
	}
	day := func(m time.Month, d int) calendar.Date { return calendar.NewDate(2027, m, d) }
	want := []calendar.Date{
		day(1, 1), day(1, 2), day(1, 3), day(1, 4), day(1, 5), day(1, 6), day(1, 7), day(1, 8), day(2, 23), day(3, 8),
		day(5, 1), day(5, 3), day(5, 9), day(5, 10), day(6, 12), day(6, 14), day(11, 4),
	}
	if !slices.Equal(p.Off, want) {
		t.Errorf("off: %v", p.Off)
	}
	if eves := []calendar.Date{day(2, 22), day(4, 30), day(6, 11), day(11, 3)}; !slices.Equal(p.Shortened, eves) || p.ShortenedBy != time.Hour {
		t.Errorf("shortened: %v by %v", p.Shortened, p.ShortenedBy)
	}
}

// TestHolidaysThatTouch: Nauryz of 2027 begins on a Sunday and ends on a
// Tuesday, so its Sunday gives the Wednesday.
func TestHolidaysThatTouch(t *testing.T) {
	t.Parallel()
	p, err := calendar.ByLaw("KZ", 2027)
	if err != nil {
		t.Fatal(err)
	}
	if d := calendar.NewDate(2027, time.March, 24); !slices.Contains(p.Off, d) || len(p.Shortened) > 0 {
		t.Errorf("off: %v, shortened: %v", p.Off, p.Shortened)
	}
	if d := calendar.NewDate(2027, time.August, 30); slices.Contains(p.Off, d) {
		t.Error("30 August is off")
	}
}

func TestNoLaw(t *testing.T) {
	t.Parallel()
	for country, year := range map[string]int{"DE": 2027, "RU": 2026, "KZ": 2200, "": 2027} {
		if _, err := calendar.ByLaw(country, year); !errors.Is(err, calendar.ErrNoProduction) {
			t.Errorf("%s %d: %v", country, year, err)
		}
	}
}
