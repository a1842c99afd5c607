package calendar_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
)

// The working time of Russia's years is published: 247 days and 1972 hours of
// a 40-hour week in both 2025 and 2026. The months are those of the published
// calendars as well.
func TestRussianYears(t *testing.T) {
	t.Parallel()
	for year, months := range map[int][12]int{
		2025: {17, 20, 21, 22, 18, 19, 23, 21, 22, 23, 19, 22},
		2026: {15, 19, 21, 22, 19, 21, 23, 21, 22, 22, 20, 22},
	} {
		p, err := calendar.Production("RU", "", year)
		if err != nil {
			t.Fatal(err)
		}
		spec, err := p.Apply(monFri("09:00-13:00", "14:00-18:00"))
		if err != nil {
			t.Fatal(err)
		}
		s := in(t, moscow, spec)
		var count [12]int
		for d := calendar.NewDate(year, 1, 1); d.Year() == year; d++ {
			noon := at(t, s, d.String()+" 12:00")
			if s.IsOpen(noon) {
				count[noon.Month()-1]++
			}
		}
		if count != months {
			t.Errorf("%d: working days %v, want %v", year, count, months)
		}
		hours := s.WorkingTime(at(t, s, calendar.NewDate(year, 1, 1).String()+" 00:00"), at(t, s, calendar.NewDate(year+1, 1, 1).String()+" 00:00"))
		if hours != 1972*time.Hour {
			t.Errorf("%d: %v, want 1972h", year, hours)
		}
		if len(p.Sources) < 2 {
			t.Errorf("%d: no source", year)
		}
	}
	if got := calendar.ProductionYears("ru"); !slices.Equal(got, []int{2025, 2026}) {
		t.Errorf("years %v", got)
	}
}

func TestRussianMovedAndShortenedDays(t *testing.T) {
	t.Parallel()
	p, err := calendar.Production("ru", "", 2025)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := p.Apply(monFri("09:00-18:00"))
	if err != nil {
		t.Fatal(err)
	}
	if got := spec.Overrides["2025-11-01"]; !slices.Equal(got, calendar.Windows{"09:00-17:00"}) {
		t.Errorf("the worked Saturday before the holiday: %v", got)
	}
	if got := spec.Overrides["2025-03-07"]; !slices.Equal(got, calendar.Windows{"09:00-17:00"}) {
		t.Errorf("7 March: %v", got)
	}
	full, err := p.FullDays().Apply(monFri("09:00-18:00"))
	if err != nil {
		t.Fatal(err)
	}
	if got := full.Overrides["2025-11-01"]; !slices.Equal(got, calendar.Windows{"09:00-18:00"}) {
		t.Errorf("full worked Saturday: %v", got)
	}
	if _, ok := full.Overrides["2025-03-07"]; ok {
		t.Error("7 March is shortened although full days were asked for")
	}
}

func TestProductionKeepsTheCompanysOwnDays(t *testing.T) {
	t.Parallel()
	p, err := calendar.Production("RU", "", 2026)
	if err != nil {
		t.Fatal(err)
	}
	own := monFri("09:00-18:00")
	own.Overrides = map[string]calendar.Windows{"2026-04-30": {"09:00-12:00"}, "2026-01-09": {"10:00-12:00"}}
	own.Holidays = []string{"2026-07-01", "2026-01-01"}
	spec, err := p.Apply(own)
	if err != nil {
		t.Fatal(err)
	}
	s := in(t, moscow, spec)
	if s.IsOpen(at(t, s, "2026-04-30 13:00")) || !s.IsOpen(at(t, s, "2026-01-09 11:00")) || s.IsOpen(at(t, s, "2026-07-01 11:00")) {
		t.Errorf("the company's days are gone: %s", asJSON(t, spec))
	}
	if len(own.Overrides) != 2 || len(own.Holidays) != 2 {
		t.Error("the caller's calendar was changed")
	}
	if n := len(spec.Holidays); n != len(p.Off)+1 {
		t.Errorf("%d holidays, want each once", n)
	}
}

func TestShortenedDayOfShortWindows(t *testing.T) {
	t.Parallel()
	p, err := calendar.Production("RU", "", 2026)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := p.Apply(monFri("09:00-17:00", "18:00-18:30"))
	if err != nil {
		t.Fatal(err)
	}
	if got := spec.Overrides["2026-06-11"]; !slices.Equal(got, calendar.Windows{"09:00-16:30"}) {
		t.Errorf("an hour from the end is %v", got)
	}
}

func TestKazakhstan2026(t *testing.T) {
	t.Parallel()
	p, err := calendar.Production("KZ", "", 2026)
	if err != nil {
		t.Fatal(err)
	}
	for day, off := range map[string]bool{
		"2026-01-07": true, "2026-03-09": true, "2026-03-23": true, "2026-03-24": true, "2026-03-25": true, "2026-03-26": false,
		"2026-05-07": true, "2026-05-11": true, "2026-05-27": true, "2026-07-06": true,
		"2026-08-31": false, // the Constitution of 2026 took 30 August off the list
		"2026-10-26": true, "2026-12-16": true, "2026-12-01": false,
	} {
		d, err := calendar.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(p.Off, d) != off {
			t.Errorf("%s off: %v", day, !off)
		}
	}
}

func TestGermanStates(t *testing.T) {
	t.Parallel()
	holidays := map[string]int{ // by law in 2026, Sundays by name not counted
		"BB": 10, "BE": 10, "BW": 12, "BY": 12, "HB": 10, "HE": 10, "HH": 10, "MV": 11,
		"NI": 10, "NW": 11, "RP": 11, "SH": 10, "SL": 12, "SN": 11, "ST": 11, "TH": 11,
	}
	for _, state := range calendar.GermanStates() {
		p, err := calendar.Production("DE", state, 2026)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Off) != holidays[state] {
			t.Errorf("%s has %d holidays, want %d: %v", state, len(p.Off), holidays[state], p.Off)
		}
		if !slices.Contains(p.Off, calendar.NewDate(2026, time.April, 3)) {
			t.Errorf("%s works on Good Friday", state)
		}
	}
	for _, c := range []struct {
		state string
		day   calendar.Date
		off   bool
	}{
		{"BY", calendar.NewDate(2026, time.January, 6), true},
		{"HE", calendar.NewDate(2026, time.January, 6), false},
		{"SN", calendar.NewDate(2026, time.November, 18), true},
		{"TH", calendar.NewDate(2026, time.September, 20), true},
		{"MV", calendar.NewDate(2022, time.March, 8), false},
		{"MV", calendar.NewDate(2026, time.March, 8), true},
		{"BE", calendar.NewDate(2025, time.May, 8), true},
		{"BE", calendar.NewDate(2026, time.May, 8), false},
		{"NW", calendar.NewDate(2026, time.June, 4), true},
	} {
		p, err := calendar.Production("DE", c.state, c.day.Year())
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(p.Off, c.day) != c.off {
			t.Errorf("%s %s off: %v", c.state, c.day, !c.off)
		}
	}
}

func TestNoProduction(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		country, region string
		year            int
	}{
		{"RU", "", 2027},
		{"RU", "TA", 2026},
		{"DE", "", 2026},
		{"DE", "XX", 2026},
		{"DE", "BY", 2018},
		{"FR", "", 2026},
		{"../ru", "", 2026},
		{"KZ", "", 2025},
	} {
		if _, err := calendar.Production(c.country, c.region, c.year); !errors.Is(err, calendar.ErrNoProduction) {
			t.Errorf("%v: %v", c, err)
		}
	}
}
