package calendar_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
)

// office is a week with a lunch break, a holiday, a short day and a worked
// Saturday.
func office() calendar.Spec {
	s := monFri("09:00-13:00", "14:00-18:00")
	s.Holidays = []string{"2026-03-09", "2026-03-12"}
	s.Overrides = map[string]calendar.Windows{
		"2026-03-11": {"09:00-12:00"},
		"2026-03-12": {"10:00-11:00"}, // wins over the holiday
		"2026-03-13": {calendar.Off},
		"2026-03-14": {"10:00-14:00"},
	}
	return s
}

func TestInsideOutside(t *testing.T) {
	t.Parallel()
	night := daily("22:00-06:00")
	night.Overrides = map[string]calendar.Windows{"2026-03-11": {calendar.Off}}
	for _, c := range []struct {
		name    string
		zone    string
		spec    calendar.Spec
		inside  []string
		outside []string
	}{
		{
			"office", moscow, office(),
			[]string{
				"2026-03-10 09:00:00", "2026-03-10 12:59:59", "2026-03-10 14:00:00", "2026-03-10 17:59:59",
				"2026-03-11 11:59:59", "2026-03-12 10:00:00", "2026-03-14 13:59:59",
			},
			[]string{
				"2026-03-10 08:59:59", "2026-03-10 13:00:00", "2026-03-10 13:59:59", "2026-03-10 18:00:00",
				"2026-03-09 12:00:00", "2026-03-11 12:00:00", "2026-03-12 09:30:00", "2026-03-13 10:00:00",
				"2026-03-14 14:00:00", "2026-03-15 10:00:00",
			},
		},
		{
			"night shift belongs to the day it begins on", berlin, night,
			[]string{"2026-03-10 22:00:00", "2026-03-11 00:00:00", "2026-03-11 05:59:59", "2026-03-12 22:00:00"},
			[]string{"2026-03-10 21:59:59", "2026-03-10 06:00:00", "2026-03-11 22:00:00", "2026-03-12 03:00:00"},
		},
		{
			"whole days join at midnight", moscow, daily("00:00-24:00"),
			[]string{"2026-03-10 00:00:00", "2026-03-10 23:59:59", "2026-03-11 00:00:00"},
			nil,
		},
		{
			"missing hour: Berlin has no 02:30 on 29 March", berlin, daily("02:30-05:00"),
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-29T04:59:59+02:00", "2026-03-28T02:30:00+01:00"},
			[]string{"2026-03-29T01:59:59+01:00", "2026-03-29T05:00:00+02:00"},
		},
		{
			"doubled hour: Berlin has 02:30 twice on 25 October", berlin, daily("01:00-02:30"),
			[]string{"2026-10-25T01:00:00+02:00", "2026-10-25T02:29:59+02:00"},
			[]string{"2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:29:59+01:00"},
		},
		{
			"doubled hour inside a window", berlin, daily("02:00-03:00"),
			[]string{"2026-10-25T02:00:00+02:00", "2026-10-25T02:59:59+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:59:59+01:00"},
			[]string{"2026-10-25T03:00:00+01:00", "2026-10-25T01:59:59+02:00"},
		},
		{
			"Almaty was UTC+6 until March 2024", almaty, daily("09:00-18:00"),
			[]string{"2024-02-29T03:00:00Z", "2024-02-29T11:59:59Z", "2024-03-01T04:00:00Z", "2024-03-01T12:59:59Z"},
			[]string{"2024-02-29T02:59:59Z", "2024-02-29T12:00:00Z", "2024-03-01T03:59:59Z", "2024-03-01T13:00:00Z"},
		},
		{
			"Moscow has not changed since 2014", moscow, daily("09:00-18:00"),
			[]string{"2026-07-01T06:00:00Z", "2026-01-15T06:00:00Z"},
			[]string{"2026-07-01T05:59:59Z", "2026-01-15T15:00:00Z"},
		},
		{"always", omsk, calendar.Spec{Always: true}, []string{"2026-01-01 00:00", "2026-03-15 03:00"}, nil},
		{"never", omsk, calendar.Spec{}, nil, []string{"2026-03-10 12:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := in(t, c.zone, c.spec)
			for _, when := range c.inside {
				if !s.IsOpen(at(t, s, when)) {
					t.Errorf("%s is closed", when)
				}
			}
			for _, when := range c.outside {
				if s.IsOpen(at(t, s, when)) {
					t.Errorf("%s is open", when)
				}
			}
		})
	}
}

func TestWorkingTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, zone string
		spec       calendar.Spec
		from, to   string
		want       time.Duration
	}{
		{"one day less lunch", moscow, office(), "2026-03-10 00:00", "2026-03-11 00:00", 8 * time.Hour},
		{"a week with exceptions", moscow, office(), "2026-03-09 00:00", "2026-03-16 00:00", 16 * time.Hour},
		{"seconds", moscow, office(), "2026-03-10 12:59:59", "2026-03-10 14:00:02", 3 * time.Second},
		{"backwards", moscow, office(), "2026-03-10 12:00", "2026-03-10 11:00", 0},
		{"night over the missing hour", berlin, daily("22:00-06:00"), "2026-03-28 12:00", "2026-03-29 12:00", 7 * time.Hour},
		{"night over the doubled hour", berlin, daily("22:00-06:00"), "2026-10-24 12:00", "2026-10-25 12:00", 9 * time.Hour},
		{"a day of 23 hours", berlin, daily("00:00-24:00"), "2026-03-29 00:00", "2026-03-30 00:00", 23 * time.Hour},
		{"a day of 25 hours", berlin, daily("00:00-24:00"), "2026-10-25 00:00", "2026-10-26 00:00", 25 * time.Hour},
		{"wholly in the missing hour", berlin, daily("02:00-03:00"), "2026-03-29 00:00", "2026-03-30 00:00", 0},
		{"Almaty gains an hour", almaty, daily("00:00-24:00"), "2024-02-29 00:00", "2024-03-01 01:00", 26 * time.Hour},
		{"overlapping nights count once", moscow, daily("20:00-08:00", "06:00-10:00"), "2026-03-10 00:00", "2026-03-11 00:00", 14 * time.Hour},
		{"always", berlin, calendar.Spec{Always: true}, "2026-03-28 12:00", "2026-03-29 12:00", 23 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := in(t, c.zone, c.spec)
			if got := s.WorkingTime(at(t, s, c.from), at(t, s, c.to)); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestAddAndSub(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, zone string
		spec       calendar.Spec
		from       string
		d          time.Duration
		want       string
	}{
		{"within a window", moscow, office(), "2026-03-10 09:00", time.Hour, "2026-03-10 10:00"},
		{"over lunch", moscow, office(), "2026-03-10 12:30", time.Hour, "2026-03-10 14:30"},
		{"used up at closing", moscow, office(), "2026-03-10 14:00", 4 * time.Hour, "2026-03-10 18:00"},
		{"used up at lunch", moscow, office(), "2026-03-10 12:00", time.Hour, "2026-03-10 13:00"},
		{"one second more", moscow, office(), "2026-03-10 14:00", 4*time.Hour + time.Second, "2026-03-11 09:00:01"},
		{"from a closed day", moscow, office(), "2026-03-08 20:00", time.Hour, "2026-03-10 10:00"},
		{"nothing", moscow, office(), "2026-03-08 20:00", 0, "2026-03-08 20:00"},
		{"back over lunch", moscow, office(), "2026-03-10 14:30", -time.Hour, "2026-03-10 12:30"},
		{"back to an opening", moscow, office(), "2026-03-10 10:00", -time.Hour, "2026-03-10 09:00"},
		{"back over holidays", moscow, office(), "2026-03-10 10:00", -2 * time.Hour, "2026-03-06 17:00"},
		{"night over the missing hour", berlin, daily("22:00-06:00"), "2026-03-28 22:00", 7 * time.Hour, "2026-03-29 06:00"},
		{"always over the doubled hour", berlin, calendar.Spec{Always: true}, "2026-10-24 12:00", 24 * time.Hour, "2026-10-25 11:00"},
		{"leap day", moscow, daily("00:00-24:00"), "2028-02-28 12:00", 24 * time.Hour, "2028-02-29 12:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := in(t, c.zone, c.spec)
			got, err := s.Add(at(t, s, c.from), c.d)
			if err != nil {
				t.Fatal(err)
			}
			wantTime(t, s, "due", got, c.want)
		})
	}
}

func TestOpenIntervals(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, office())
	got := s.Open(at(t, s, "2026-03-10 10:00"), at(t, s, "2026-03-11 10:00"))
	want := [][2]string{
		{"2026-03-10 10:00", "2026-03-10 13:00"},
		{"2026-03-10 14:00", "2026-03-10 18:00"},
		{"2026-03-11 09:00", "2026-03-11 10:00"},
	}
	if len(got) != len(want) {
		t.Fatalf("got %d intervals: %v", len(got), got)
	}
	for i, w := range want {
		wantTime(t, s, "from", got[i].From, w[0])
		wantTime(t, s, "to", got[i].To, w[1])
	}
	whole := in(t, moscow, daily("00:00-24:00"))
	if n := len(whole.Open(at(t, s, "2026-03-01 00:00"), at(t, s, "2026-04-01 00:00"))); n != 1 {
		t.Errorf("touching days gave %d intervals, want 1", n)
	}
}

func TestNextOpen(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, office())
	for from, want := range map[string]string{
		"2026-03-10 10:00": "2026-03-10 10:00",
		"2026-03-10 13:00": "2026-03-10 14:00",
		"2026-03-10 18:00": "2026-03-11 09:00",
		"2026-03-14 14:00": "2026-03-16 09:00",
	} {
		got, err := s.NextOpen(at(t, s, from))
		if err != nil {
			t.Fatal(err)
		}
		wantTime(t, s, "next open after "+from, got, want)
	}
}

func TestNeverOpens(t *testing.T) {
	t.Parallel()
	past := calendar.Spec{Overrides: map[string]calendar.Windows{"2020-01-01": {"09:00-18:00"}}}
	for name, spec := range map[string]calendar.Spec{"empty": {}, "past": past} {
		s := in(t, moscow, spec)
		start := at(t, s, "2026-03-10 10:00")
		_, err1 := s.Add(start, time.Minute)
		_, err2 := s.NextOpen(start)
		_, err3 := calendar.Evaluate(tell(t, s, "2026-03-10 10:00", days(1, calendar.RuleCloseOfDay)).events, start)
		_, err4 := calendar.Evaluate(tell(t, s, "2026-03-10 10:00", days(1, calendar.RuleBudget)).events, start)
		_, err5 := calendar.Evaluate(tell(t, s, "2026-03-10 10:00", days(1, calendar.RuleSameTime)).events, start)
		for i, err := range []error{err1, err2, err3, err4, err5} {
			if !errors.Is(err, calendar.ErrNeverOpens) {
				t.Errorf("%s: call %d: %v, want never opens", name, i+1, err)
			}
		}
	}
}

func TestOpensTooSeldom(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, calendar.Spec{Overrides: map[string]calendar.Windows{"2030-01-01": {"09:00-10:00"}}})
	start := at(t, s, "2026-03-10 10:00")
	got, err := s.Add(start, time.Hour)
	if err != nil {
		t.Fatalf("an opening in four years: %v", err)
	}
	wantTime(t, s, "due", got, "2030-01-01 10:00")
	if _, err := s.Add(start, time.Hour+time.Second); !errors.Is(err, calendar.ErrBeyondHorizon) {
		t.Errorf("got %v, want beyond horizon", err)
	}
	if _, err := s.Sub(start, time.Hour); !errors.Is(err, calendar.ErrNeverOpens) {
		t.Errorf("back: got %v, want never opens", err)
	}
}
