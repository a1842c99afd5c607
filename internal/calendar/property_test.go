package calendar_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/calendar"
)

var zones = []string{moscow, berlin, almaty, omsk, "America/New_York", "Australia/Lord_Howe", "UTC"}

// epoch is shortly before Almaty's change of 2024; spans of up to 400 days
// from it meet every change of the zones above.
var epoch = time.Date(2024, 2, 20, 0, 0, 0, 0, time.UTC)

func genWindow(t *rapid.T) string {
	from := rapid.IntRange(0, 1439).Draw(t, "opens")
	length := rapid.IntRange(20, 1439).Draw(t, "length")
	to := (from + length) % 1440
	return fmt.Sprintf("%02d:%02d-%02d:%02d", from/60, from%60, to/60, to%60)
}

func genSpec(t *rapid.T) calendar.Spec {
	s := calendar.Spec{Hours: make(map[string]calendar.Windows), Overrides: make(map[string]calendar.Windows)}
	for _, d := range []time.Weekday{0, 1, 2, 3, 4, 5, 6} {
		for range rapid.IntRange(0, 3).Draw(t, "windows") {
			name := calendar.WeekdayName(d)
			s.Hours[name] = append(s.Hours[name], genWindow(t))
		}
	}
	if len(s.Hours) == 0 {
		s.Hours["mon"] = calendar.Windows{genWindow(t)}
	}
	for range rapid.IntRange(0, 5).Draw(t, "dates") {
		day := calendar.NewDate(2024, 2, 20) + calendar.Date(rapid.IntRange(0, 30).Draw(t, "day"))
		if rapid.Bool().Draw(t, "off") {
			s.Holidays = append(s.Holidays, day.String())
			continue
		}
		s.Overrides[day.String()] = calendar.Windows{genWindow(t)}
	}
	return s
}

func genSchedule(t *rapid.T) calendar.Schedule {
	loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := calendar.New(genSpec(t))
	if err != nil {
		t.Fatal(err)
	}
	return calendar.Schedule{Calendar: c, Zone: loc}
}

func genTime(t *rapid.T, label string, days int) time.Time {
	return epoch.Add(time.Duration(rapid.IntRange(0, days*86400).Draw(t, label)) * time.Second)
}

func genTarget(t *rapid.T) calendar.Target {
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		return calendar.InMinutes(rapid.IntRange(1, 3000).Draw(t, "minutes"))
	case 1:
		return calendar.InWorkingDays(rapid.IntRange(1, 9).Draw(t, "days"), calendar.RuleBudget)
	case 2:
		return calendar.InWorkingDays(rapid.IntRange(1, 9).Draw(t, "days"), calendar.RuleSameTime)
	}
	return calendar.InWorkingDays(rapid.IntRange(0, 9).Draw(t, "days"), calendar.RuleCloseOfDay)
}

// genStory is a start and pauses that overlap in any way; the last have ended.
func genStory(t *rapid.T, s *calendar.Schedule) []calendar.Event {
	m := calendar.Marks{Promise: genTarget(t)}
	events := []calendar.Event{{At: genTime(t, "start", 20), Kind: calendar.Start, Marks: &m, Schedule: s}}
	for i := range rapid.IntRange(0, 6).Draw(t, "pauses") {
		events = append(events, genPause(t, fmt.Sprint(i))...)
	}
	return events
}

func genPause(t *rapid.T, key string) []calendar.Event {
	from := genTime(t, "pause", 30)
	to := from.Add(time.Duration(rapid.IntRange(0, 5*86400).Draw(t, "held")) * time.Second)
	return []calendar.Event{
		{At: from, Kind: calendar.Pause, Key: key, Reason: calendar.Part},
		{At: to, Kind: calendar.Resume, Key: key},
	}
}

func evaluate(t *rapid.T, events []calendar.Event, now time.Time) calendar.Result {
	r, err := calendar.Evaluate(events, now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPropertyAddIsTheInverseOfWorkingTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := genSchedule(t)
		from := genTime(t, "from", 400)
		d := time.Duration(rapid.IntRange(1, 40*3600).Draw(t, "seconds")) * time.Second
		to, err := s.Add(from, d)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.WorkingTime(from, to); got != d {
			t.Fatalf("%v from %s ends %s, which is %v of working time", d, from, to, got)
		}
		if s.WorkingTime(from, to.Add(-time.Second)) == d {
			t.Fatalf("%s is not the first instant", to)
		}
		back, err := s.Sub(to, d)
		if err != nil || s.WorkingTime(back, to) != d || !s.IsOpen(back) || back.Before(from) {
			t.Fatalf("back from %s by %v is %s, %v", to, d, back, err)
		}
	})
}

func TestPropertyAddIsMonotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := genSchedule(t)
		from, later := genTime(t, "from", 400), time.Duration(rapid.IntRange(0, 86400).Draw(t, "later"))*time.Second
		d := time.Duration(rapid.IntRange(0, 40*3600).Draw(t, "seconds")) * time.Second
		more := time.Duration(rapid.IntRange(0, 3600).Draw(t, "more")) * time.Second
		a, err1 := s.Add(from, d)
		b, err2 := s.Add(from, d+more)
		c, err3 := s.Add(from.Add(later), d)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(err1, err2, err3)
		}
		if b.Before(a) || c.Before(a) {
			t.Fatalf("%s; with more time %s; started later %s", a, b, c)
		}
	})
}

// The open intervals and the test of an instant agree: the sum of the one is
// the count of the other.
func TestPropertyOpenAgreesWithIsOpen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := genSchedule(t)
		from := genTime(t, "from", 400)
		var last time.Time
		var sum time.Duration
		to := from.Add(5 * 24 * time.Hour)
		for _, iv := range s.Open(from, to) {
			if !iv.From.After(last) || !iv.From.Before(iv.To) {
				t.Fatalf("intervals touch or are empty: %v after %s", iv, last)
			}
			if !s.IsOpen(iv.From) || !s.IsOpen(iv.To.Add(-time.Second)) || (iv.To.Before(to) && s.IsOpen(iv.To)) {
				t.Fatalf("%v is not open within or open after", iv)
			}
			sum, last = sum+iv.To.Sub(iv.From), iv.To
		}
		if got := s.WorkingTime(from, to); got != sum {
			t.Fatalf("working time %v, intervals %v", got, sum)
		}
	})
}

func TestPropertyTargetsAreMonotoneInTheStart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := genSchedule(t)
		m := calendar.Marks{Promise: genTarget(t)}
		from := genTime(t, "from", 60)
		later := from.Add(time.Duration(rapid.IntRange(0, 3*86400).Draw(t, "later")) * time.Second)
		a := evaluate(t, []calendar.Event{{At: from, Kind: calendar.Start, Marks: &m, Schedule: &s}}, from)
		b := evaluate(t, []calendar.Event{{At: later, Kind: calendar.Start, Marks: &m, Schedule: &s}}, later)
		if a.Deadline.Before(from) {
			t.Fatalf("%+v from %s is due at %s", m.Promise, from, a.Deadline)
		}
		if overlapping(s) && m.Promise.Rule != "" && m.Promise.Rule != calendar.RuleBudget {
			return // which shift a moment belongs to is no order when shifts overlap
		}
		if b.Deadline.Before(a.Deadline) {
			t.Fatalf("%+v from %s is due %s, from %s already %s", m.Promise, from, a.Deadline, later, b.Deadline)
		}
	})
}

// overlapping says whether any window runs past midnight.
func overlapping(s calendar.Schedule) bool {
	spec := s.Calendar.Spec()
	for _, days := range []map[string]calendar.Windows{spec.Hours, spec.Overrides} {
		for _, ws := range days {
			for _, w := range ws {
				if w[6:] <= w[:5] {
					return true
				}
			}
		}
	}
	return false
}

func TestPropertyPauseNeverMovesADeadlineEarlier(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := genSchedule(t)
		events := genStory(t, &s)
		now := epoch.AddDate(0, 0, 60)
		before := evaluate(t, events, now)
		held := genPause(t, "another")
		after := evaluate(t, append(events, held...), now)
		if after.Deadline.Before(before.Deadline) || after.Used > before.Used {
			t.Fatalf("due %s, used %v; with %s to %s held: due %s, used %v",
				before.Deadline, before.Used, held[0].At, held[1].At, after.Deadline, after.Used)
		}
		if most := s.WorkingTime(held[0].At, held[1].At); before.Used-after.Used > most {
			t.Fatalf("the pause took %v of at most %v", before.Used-after.Used, most)
		}
	})
}

func TestPropertyRetargetKeepsUseAndPauses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := genSchedule(t)
		events := genStory(t, &s)
		now := genTime(t, "now", 60)
		m := calendar.Marks{Promise: genTarget(t)}
		when := genTime(t, "when", 60)
		if !when.After(events[0].At) {
			return
		}
		before := evaluate(t, events, now)
		after := evaluate(t, append(events, calendar.Event{At: when, Kind: calendar.Retarget, Marks: &m}), now)
		if before.Used != after.Used || fmt.Sprint(before.Explanation) != fmt.Sprint(after.Explanation) {
			t.Fatalf("used %v, then %v", before.Used, after.Used)
		}
		if when.After(now) {
			return
		}
		fresh := events[0]
		fresh.Marks = &m
		asIf := evaluate(t, append([]calendar.Event{fresh}, events[1:]...), now)
		if !asIf.Deadline.Equal(after.Deadline) || asIf.Total != after.Total {
			t.Fatalf("due %s; had it been the target from the start, %s", after.Deadline, asIf.Deadline)
		}
	})
}

func TestPropertyZoneOfNowIsOfNoImportance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := genSchedule(t)
		events := genStory(t, &s)
		now := genTime(t, "now", 60)
		want := fmt.Sprint(evaluate(t, events, now))
		loc := time.FixedZone("viewer", rapid.IntRange(-50000, 50000).Draw(t, "offset"))
		for i := range events {
			events[i].At = events[i].At.In(loc)
		}
		if got := fmt.Sprint(evaluate(t, events, now.In(loc))); got != want {
			t.Fatalf("seen from elsewhere %s\nat home %s", got, want)
		}
	})
}

func TestPropertyLinesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := genSchedule(t)
		events := genStory(t, &s)
		now := events[0].At.Add(time.Duration(rapid.IntRange(0, 60*86400).Draw(t, "after")) * time.Second)
		r := evaluate(t, events, now)
		end := events[0].At
		var open time.Duration
		for _, l := range r.Explanation {
			if !l.From.Equal(end) || !l.From.Before(l.To) || l.To.Sub(l.From) != time.Duration(l.Seconds)*time.Second {
				t.Fatalf("gap or wrong length at %+v, the last ended %s", l, end)
			}
			end = l.To
			if l.What == calendar.WhatOpen {
				open += l.To.Sub(l.From)
			}
		}
		if !end.Equal(now) || open != r.Used {
			t.Fatalf("lines end %s of %s, open %v of %v", end, now, open, r.Used)
		}
		if r.Left > 0 && r.Overrun > 0 || r.Left-r.Overrun != r.Total-r.Used {
			t.Fatalf("left %v, over %v, total %v, used %v", r.Left, r.Overrun, r.Total, r.Used)
		}
	})
}

// The deadline does not move while nothing happens, and it is where the clock
// begins to be late.
func TestPropertyDeadlineStandsStill(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := genSchedule(t)
		events := genStory(t, &s)
		settled := epoch.AddDate(0, 0, 40) // after all pauses
		r := evaluate(t, events, settled)
		at := evaluate(t, events, r.Deadline)
		late := evaluate(t, events, later(settled, r.Deadline).Add(time.Second))
		if at.Breached || !late.Breached || !late.Deadline.Equal(r.Deadline) {
			t.Fatalf("due %s: late then %v, later %v (due %s)", r.Deadline, at.Breached, late.Breached, late.Deadline)
		}
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
