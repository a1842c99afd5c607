package calendar_test

import (
	"testing"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/problem"
)

func TestTargets(t *testing.T) {
	t.Parallel()
	plain := monFri("09:00-18:00")
	short := monFri("09:00-18:00")
	short.Holidays = []string{"2026-03-12"}
	short.Overrides = map[string]calendar.Windows{"2026-03-11": {"09:00-17:00"}, "2026-03-13": {"11:00-12:00", "15:00-16:00"}}
	night := daily("22:00-06:00")
	m := calendar.InMinutes
	budget := func(n int) calendar.Target { return calendar.InWorkingDays(n, calendar.RuleBudget) }
	same := func(n int) calendar.Target { return calendar.InWorkingDays(n, calendar.RuleSameTime) }
	closing := func(n int) calendar.Target { return calendar.InWorkingDays(n, calendar.RuleCloseOfDay) }
	for _, c := range []struct {
		name, zone string
		spec       calendar.Spec
		start      string
		target     calendar.Target
		want       string
	}{
		// 2026-03-10 is a Tuesday.
		{"minutes", moscow, plain, "2026-03-10 16:30", m(150), "2026-03-11 10:00"},
		{"minutes used up at closing", moscow, plain, "2026-03-10 16:30", m(90), "2026-03-10 18:00"},
		{"minutes from a weekend", moscow, plain, "2026-03-14 16:30", m(90), "2026-03-16 10:30"},
		{"start at closing is outside", moscow, plain, "2026-03-10 18:00", m(1), "2026-03-11 09:01"},
		{"start at opening is inside", moscow, plain, "2026-03-10 09:00", m(1), "2026-03-10 09:01"},

		{"budget within hours", moscow, plain, "2026-03-10 11:00", budget(1), "2026-03-11 11:00"},
		{"budget from opening ends at closing", moscow, plain, "2026-03-10 09:00", budget(1), "2026-03-10 18:00"},
		{"budget from before opening", moscow, plain, "2026-03-10 05:00", budget(2), "2026-03-11 18:00"},
		{"budget from a weekend", moscow, plain, "2026-03-14 12:00", budget(1), "2026-03-16 18:00"},
		{"budget over a short day takes an hour more", moscow, short, "2026-03-10 11:00", budget(2), "2026-03-16 10:00"},

		{"same time", moscow, plain, "2026-03-10 11:00", same(2), "2026-03-12 11:00"},
		{"same time over a weekend", moscow, plain, "2026-03-13 11:00", same(1), "2026-03-16 11:00"},
		{"same time over a holiday", moscow, short, "2026-03-10 15:30", same(2), "2026-03-13 15:30"},
		{"same time, closed before the day opens", moscow, short, "2026-03-10 10:00", same(2), "2026-03-13 11:00"},
		{"same time, closed in the middle", moscow, short, "2026-03-10 13:00", same(2), "2026-03-13 15:00"},
		{"same time, at a break's begin", moscow, short, "2026-03-10 12:00", same(2), "2026-03-13 15:00"},
		{"same time, closed afterwards", moscow, short, "2026-03-10 17:30", same(1), "2026-03-11 17:00"},
		{"same time at the closing of a short day", moscow, short, "2026-03-10 17:00", same(1), "2026-03-11 17:00"},
		{"same time from the evening", moscow, plain, "2026-03-10 20:00", same(1), "2026-03-12 09:00"},
		{"same time from a weekend", moscow, plain, "2026-03-14 11:00", same(1), "2026-03-17 09:00"},
		{"same time in a night shift", moscow, night, "2026-03-11 02:00", same(1), "2026-03-12 02:00"},
		{"same time into the missing hour", berlin, night, "2026-03-28T02:30:00+01:00", same(1), "2026-03-29T03:00:00+02:00"},
		{"same time always", moscow, calendar.Spec{Always: true}, "2026-03-14 03:00", same(2), "2026-03-16 03:00"},

		{"close of day", moscow, plain, "2026-03-10 11:00", closing(2), "2026-03-12 18:00"},
		{"close of day, short", moscow, short, "2026-03-10 11:00", closing(1), "2026-03-11 17:00"},
		{"close of day over a holiday", moscow, short, "2026-03-10 11:00", closing(2), "2026-03-13 16:00"},
		{"close of day from the evening", moscow, plain, "2026-03-10 23:00", closing(1), "2026-03-11 18:00"},
		{"close of day from a Saturday", moscow, plain, "2026-03-14 11:00", closing(1), "2026-03-16 18:00"},
		{"close of day from a night shift", moscow, night, "2026-03-11 02:00", closing(1), "2026-03-12 06:00"},
		{"close of this day", moscow, plain, "2026-03-10 11:00", closing(0), "2026-03-10 18:00"},
		{"close of this day when it is over", moscow, plain, "2026-03-10 18:00", closing(0), "2026-03-11 18:00"},
		{"close of this day when it is none", moscow, plain, "2026-03-14 12:00", closing(0), "2026-03-16 18:00"},
		{"close of day always", moscow, calendar.Spec{Always: true}, "2026-03-14 12:00", closing(1), "2026-03-16 00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := in(t, c.zone, c.spec)
			r := tell(t, s, c.start, calendar.Marks{Promise: c.target}).seen(c.start)
			wantTime(t, s, "deadline", r.Deadline, c.want)
			if want := s.WorkingTime(at(t, s, c.start), r.Deadline); r.Total != want {
				t.Errorf("total %v, working time to the deadline %v", r.Total, want)
			}
		})
	}
}

func TestTargetFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		target     calendar.Target
		path, code string
	}{
		{calendar.Target{}, "target", "calendar_target_required"},
		{calendar.InMinutes(-1), "target.minutes", "calendar_target_range"},
		{calendar.InMinutes(calendar.MaxMinutes + 1), "target.minutes", "calendar_target_range"},
		{calendar.Target{WorkingDays: 2}, "target.rule", "calendar_target_rule"},
		{calendar.InWorkingDays(2, "noon"), "target.rule", "calendar_target_rule"},
		{calendar.InWorkingDays(0, calendar.RuleBudget), "target.workingDays", "calendar_target_range"},
		{calendar.InWorkingDays(-1, calendar.RuleCloseOfDay), "target.workingDays", "calendar_target_range"},
		{calendar.InWorkingDays(calendar.MaxWorkingDays+1, calendar.RuleBudget), "target.workingDays", "calendar_target_range"},
		{calendar.Target{Minutes: 5, WorkingDays: 2}, "target", "calendar_target_ambiguous"},
		{calendar.Target{Minutes: 5, Rule: calendar.RuleBudget}, "target", "calendar_target_ambiguous"},
	} {
		p := problem.Of(c.target.Validate("target"))
		if p == nil || p.Code != c.code || p.Fields[0].Name != c.path {
			t.Errorf("%+v: got %v, want %s at %s", c.target, p, c.code, c.path)
		}
	}
}

func TestStandardTerms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		terms           calendar.Terms
		promise, limit  int
		days            [3]int
		opens, closes   string
		updates, visits string
	}{
		{calendar.Contract, 90, 150, [3]int{2, 3, 5}, "09:00", "18:00", "09:00-20:00", "09:00-18:00"},
		{calendar.OneOff, 240, 300, [3]int{3, 5, 7}, "10:00", "17:00", "09:00-18:00", ""},
	} {
		s, err := calendar.StandardTerms(c.terms)
		if err != nil {
			t.Fatal(err)
		}
		b := s.Marks[calendar.Blocking]
		if b.Promise.Minutes != c.promise || b.Limit.Minutes != c.limit {
			t.Errorf("%s blocking %s", c.terms, asJSON(t, b))
		}
		for i, sev := range calendar.Severities()[1:] {
			if m := s.Marks[sev]; m.Promise.WorkingDays != c.days[i] || m.Validate("x") != nil {
				t.Errorf("%s %s %s", c.terms, sev, asJSON(t, m))
			}
		}
		if got := s.Hours[calendar.Consultation].Hours["fri"]; got[0] != c.opens+"-"+c.closes {
			t.Errorf("%s consultation %v", c.terms, got)
		}
		if got := s.Hours[calendar.Update].Hours["mon"]; got[0] != c.updates {
			t.Errorf("%s updates %v", c.terms, got)
		}
		if got := s.Hours[calendar.Visit].Hours["mon"]; (len(got) == 0) != (c.visits == "") {
			t.Errorf("%s visits %v", c.terms, got)
		}
		if !s.Hours[calendar.Intake].Always {
			t.Errorf("%s intake is not round the clock", c.terms)
		}
		for service, spec := range s.Hours {
			if _, err := calendar.New(spec); err != nil {
				t.Errorf("%s %s: %v", c.terms, service, err)
			}
		}
	}
	if _, err := calendar.StandardTerms("free"); err == nil {
		t.Error("unknown terms have promises")
	}
}
