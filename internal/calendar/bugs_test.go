package calendar_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
)

// Each test here is a class of mistake that a known service desk made. The
// thread it was reported in stands beside it.

// zammad#390: a calendar feed's observances became days off.
func TestBugHolidayFeedNoise(t *testing.T) {
	t.Parallel()
	year, err := calendar.Production("DE", "NW", 2026)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := year.Apply(monFri("08:00-18:00"))
	if err != nil {
		t.Fatal(err)
	}
	s := in(t, berlin, spec)
	for _, day := range []string{"2026-11-11", "2026-11-15", "2026-12-24", "2026-12-31", "2026-02-16"} { // St Martin, Volkstrauertag, …
		if d, _ := calendar.ParseDate(day); slices.Contains(year.Off, d) {
			t.Errorf("%s is a day off", day)
		}
	}
	r := tell(t, s, "2026-11-10 08:00", days(2, calendar.RuleBudget)).seen("2026-11-10 08:00")
	wantTime(t, s, "two days over St Martin", r.Deadline, "2026-11-11 18:00")
}

// zammad#5177: a shorter update target hid the first response. Each promise
// has a clock of its own here; answering one leaves the other running.
func TestBugFirstResponseMasked(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	first := tell(t, s, "2026-03-10 10:00", minutes(120))
	update := tell(t, s, "2026-03-10 10:00", minutes(30)).add(calendar.Stop, "2026-03-10 10:10", "")
	if r := update.seen("2026-03-10 13:00"); r.Breached {
		t.Errorf("the update was in time: %+v", r)
	}
	r := first.seen("2026-03-10 13:00")
	wantTime(t, s, "first response", r.Deadline, "2026-03-10 12:00")
	if !r.Breached {
		t.Error("a missed first response is hidden by the update")
	}
}

// zammad#3140: the update target fired although the agent had spoken last.
func TestBugUpdateFiresAfterAnswer(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	r := tell(t, s, "2026-03-10 10:00", minutes(60)).add(calendar.Stop, "2026-03-10 10:20", "").seen("2026-03-12 10:00")
	if r.State != calendar.Stopped || r.Breached || r.Used != 20*time.Minute {
		t.Errorf("%+v", r)
	}
}

// zammad#2579: figures were missing when the closing switched the clock off first.
func TestBugStatisticsNeverSet(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	r := tell(t, s, "2026-03-10 10:00", minutes(60)).
		add(calendar.Pause, "2026-03-10 10:40", calendar.WaitingClient).
		add(calendar.Stop, "2026-03-10 10:40", "").seen("2026-04-01 10:00")
	if r.Used != 40*time.Minute || r.Left != 20*time.Minute || r.Total != time.Hour || r.Deadline.IsZero() {
		t.Errorf("%+v", r)
	}
}

// zammad#4432: reminders came at midnight and on weekends.
func TestBugReminderAtMidnight(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	remind, err := s.Sub(at(t, s, "2026-03-16 09:20"), 30*time.Minute) // a Monday
	if err != nil {
		t.Fatal(err)
	}
	wantTime(t, s, "reminder", remind, "2026-03-13 17:50")
}

// glpi#22678: a negative offset over two windows gave 00:00.
func TestBugEscalationAtMidnight(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("08:00-12:00", "13:00-17:00"))
	for due, want := range map[string]string{
		"2026-03-11 14:00": "2026-03-10 16:00", // six hours before, over a lunch and a night
		"2026-03-11 17:00": "2026-03-11 10:00",
		"2026-03-11 10:00": "2026-03-10 13:00",
	} {
		got, err := s.Add(at(t, s, due), -6*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		wantTime(t, s, "six hours before "+due, got, want)
	}
}

// glpi#15429: negative levels worked round the clock only.
func TestBugNegativeLevelNeedsAlways(t *testing.T) {
	t.Parallel()
	for _, spec := range []calendar.Spec{{Always: true}, monFri("09:00-18:00"), daily("22:00-06:00"), office()} {
		s := in(t, moscow, spec)
		due, err := s.Add(at(t, s, "2026-03-10 23:30"), 5*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		early, err := s.Add(due, -2*time.Hour)
		if err != nil || s.WorkingTime(early, due) != 2*time.Hour || !s.IsOpen(early) {
			t.Errorf("%s: %v before %v, %v", asJSON(t, spec), early, due, err)
		}
	}
}

// glpi#6902, glpi#15605: a new target forgot the time on hold.
func TestBugPauseLostWhenTargetSwapped(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	st := tell(t, s, "2026-03-10 10:00", minutes(60)).
		add(calendar.Pause, "2026-03-10 10:30", calendar.Part).
		add(calendar.Resume, "2026-03-10 12:30", calendar.Part).
		retarget("2026-03-10 12:45", minutes(120))
	r := st.seen("2026-03-10 12:45")
	if r.Used != 45*time.Minute {
		t.Errorf("used %v, want 45m", r.Used)
	}
	wantTime(t, s, "deadline", r.Deadline, "2026-03-10 14:00")
	paused := tell(t, s, "2026-03-10 10:00", minutes(60)).
		add(calendar.Pause, "2026-03-10 10:30", calendar.Part).
		retarget("2026-03-10 11:00", minutes(120)).seen("2026-03-10 15:00")
	if paused.State != calendar.Paused || paused.Used != 30*time.Minute {
		t.Errorf("swapped on hold: %+v", paused)
	}
}

// glpi#7946, glpi#24481: overdue although pending.
func TestBugBreachAlthoughPending(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	r := tell(t, s, "2026-03-10 10:00", minutes(60)).
		add(calendar.Pause, "2026-03-10 10:30", calendar.WaitingClient).seen("2026-06-10 10:00")
	if r.Breached || !r.Deadline.IsZero() || r.Left != 30*time.Minute {
		t.Errorf("%+v", r)
	}
}

// glpi#23359: the time between solved and reopened counted as pending.
func TestBugReopenedCountsAsPending(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	r := tell(t, s, "2026-03-10 10:00", minutes(60)).
		add(calendar.Pause, "2026-03-10 10:20", calendar.WaitingClient).
		add(calendar.Stop, "2026-03-10 10:40", "").
		add(calendar.Reopen, "2026-03-11 12:00", "").seen("2026-03-11 12:10")
	if r.State != calendar.Running || r.Used != 30*time.Minute {
		t.Errorf("%+v", r)
	}
	wantTime(t, s, "deadline", r.Deadline, "2026-03-11 12:40")
	var paused time.Duration
	for _, l := range r.Explanation {
		if l.What == calendar.WhatPaused {
			paused += time.Duration(l.Seconds) * time.Second
		}
	}
	if paused != 20*time.Minute {
		t.Errorf("paused %v, want 20m", paused)
	}
}

// glpi#10594: waiting over a weekend gave two free days on a target in days.
func TestBugDayTargetExtendedRoundTheClock(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	for rule, want := range map[calendar.Rule][2]string{
		calendar.RuleBudget:     {"2026-03-17 11:00", "2026-03-17 13:00"},
		calendar.RuleSameTime:   {"2026-03-17 11:00", "2026-03-17 13:00"},
		calendar.RuleCloseOfDay: {"2026-03-17 18:00", "2026-03-18 11:00"},
	} {
		st := tell(t, s, "2026-03-13 11:00", days(2, rule)) // a Friday
		wantTime(t, s, string(rule), st.seen("2026-03-13 11:00").Deadline, want[0])
		st.add(calendar.Pause, "2026-03-13 17:00", calendar.WaitingClient).
			add(calendar.Resume, "2026-03-16 10:00", calendar.WaitingClient)
		wantTime(t, s, string(rule)+" held over the weekend", st.seen("2026-03-16 10:00").Deadline, want[1])
	}
}

// osTicket#6739: some sets of weekdays were overdue at once.
func TestBugSomeWeekdaySets(t *testing.T) {
	t.Parallel()
	names := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	for set := 1; set < 1<<7; set++ {
		var open []string
		for i, n := range names {
			if set&(1<<i) != 0 {
				open = append(open, n)
			}
		}
		s := in(t, moscow, week(calendar.Windows{"09:00-18:00"}, open...))
		for day := range 7 {
			start := at(t, s, "2026-03-09 12:00").AddDate(0, 0, day)
			due, err := s.Add(start, 20*time.Hour)
			if err != nil || s.WorkingTime(start, due) != 20*time.Hour {
				t.Fatalf("%v from %s: due %s, %v", open, start.Weekday(), due, err)
			}
		}
	}
}

// osTicket discussion 6438: without pauses nobody can argue a penalty.
func TestBugNoPauseAtAll(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	r := tell(t, s, "2026-03-10 10:00", minutes(60)).
		add(calendar.Pause, "2026-03-10 10:10", calendar.NoRemoteAccess).
		add(calendar.Resume, "2026-03-10 16:10", calendar.NoRemoteAccess).seen("2026-03-10 16:30")
	i := slices.IndexFunc(r.Explanation, func(l calendar.Line) bool { return l.Reason == calendar.NoRemoteAccess })
	if i < 0 || r.Explanation[i].Minutes != 360 || r.Breached {
		t.Errorf("the hold is not told: %+v", r)
	}
}

// freshhelpdesk#2449: the hold was added to the creation instant, wrong around holidays.
func TestBugHoldAddedToCreation(t *testing.T) {
	t.Parallel()
	spec := monFri("09:00-18:00")
	spec.Holidays = []string{"2026-03-11"}
	s := in(t, moscow, spec)
	st := tell(t, s, "2026-03-10 16:00", minutes(180)).
		add(calendar.Pause, "2026-03-10 17:00", calendar.Vendor).
		add(calendar.Resume, "2026-03-12 10:00", calendar.Vendor)
	wantTime(t, s, "deadline", st.seen("2026-03-12 10:00").Deadline, "2026-03-12 12:00")
	// Creation plus the 41 hours held would be the 12th at 09:00 plus three hours.
}

// freshhelpdesk#3776: paused and resolved in one save counted the hold as work.
func TestBugPausedThenResolvedAtOnce(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	for _, last := range [][2]calendar.Kind{{calendar.Stop, calendar.Resume}, {calendar.Resume, calendar.Stop}} {
		r := tell(t, s, "2026-02-10 10:00", minutes(600)).
			add(calendar.Pause, "2026-02-10 11:00", calendar.WaitingClient).
			add(last[0], "2026-08-10 12:00", "").add(last[1], "2026-08-10 12:00", "").
			seen("2026-08-11 12:00")
		if r.State != calendar.Stopped || r.Used != time.Hour || r.Breached {
			t.Errorf("%v: %+v", last, r)
		}
	}
}

// erpnext#38745, freshhelpdesk#3776: a deadline read in the viewer's zone.
func TestBugViewerZone(t *testing.T) {
	t.Parallel()
	s := in(t, omsk, monFri("09:00-18:00"))
	st := tell(t, s, "2026-03-10 16:30", minutes(150))
	want := asJSON(t, st.seen("2026-03-10 17:00"))
	for _, viewer := range []string{"UTC", berlin, "America/Los_Angeles", "Pacific/Kiritimati"} {
		moved := slices.Clone(st.events)
		for i := range moved {
			moved[i].At = moved[i].At.In(zone(t, viewer))
		}
		r, err := calendar.Evaluate(moved, at(t, s, "2026-03-10 17:00").In(zone(t, viewer)))
		if err != nil || asJSON(t, r) != want {
			t.Errorf("%s sees %s (%v), want %s", viewer, asJSON(t, r), err, want)
		}
	}
	if _, offset := st.seen("2026-03-10 17:00").Deadline.Zone(); offset != 6*3600 {
		t.Errorf("deadline is told at offset %d, want that of Omsk", offset)
	}
}

// freshhelpdesk#2075: a case of a day off was counted from its creation.
func TestBugCreatedOnDayOff(t *testing.T) {
	t.Parallel()
	spec := monFri("09:00-18:00")
	spec.Holidays = []string{"2026-03-09"}
	s := in(t, moscow, spec)
	st := tell(t, s, "2026-03-07 12:00", minutes(60)) // Saturday; Monday is a holiday
	wantTime(t, s, "deadline", st.seen("2026-03-07 12:00").Deadline, "2026-03-10 10:00")
	if r := st.seen("2026-03-10 09:15"); r.Used != 15*time.Minute {
		t.Errorf("used %v, want 15m", r.Used)
	}
}

// chatwoot#13392: "only business hours" was ignored, Friday 16:30 + 1 h was 17:30.
func TestBugWallClockDespiteHours(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-17:00"))
	r := tell(t, s, "2026-03-13 16:30", minutes(60)).seen("2026-03-13 16:30")
	wantTime(t, s, "deadline", r.Deadline, "2026-03-16 09:30")
}

// chatwoot#14009, freshhelpdesk#2212: one window a day, no lunch break.
func TestBugNoLunchBreak(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-12:00", "12:30-15:00", "16:00-18:00"))
	r := tell(t, s, "2026-03-10 11:30", minutes(240)).seen("2026-03-10 11:30")
	wantTime(t, s, "deadline", r.Deadline, "2026-03-10 17:00")
}

// Dynamics: the timer kept running when put on hold on a holiday.
func TestBugHoldOnHoliday(t *testing.T) {
	t.Parallel()
	spec := monFri("09:00-18:00")
	spec.Holidays = []string{"2026-03-11"}
	s := in(t, moscow, spec)
	r := tell(t, s, "2026-03-10 17:00", minutes(120)).
		add(calendar.Pause, "2026-03-11 12:00", calendar.WaitingClient).
		add(calendar.Resume, "2026-03-12 11:00", calendar.WaitingClient).seen("2026-03-12 11:00")
	if r.Used != time.Hour {
		t.Errorf("used %v, want 1h", r.Used)
	}
	wantTime(t, s, "deadline", r.Deadline, "2026-03-12 12:00")
}

// OCA/helpdesk#157: the deadline moved after closing.
func TestBugClosedIsRecounted(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	st := tell(t, s, "2026-03-10 10:00", minutes(60)).add(calendar.Stop, "2026-03-10 12:00", "")
	want := asJSON(t, st.seen("2026-03-10 12:00"))
	st.retarget("2026-03-11 10:00", minutes(600)).
		recalendar("2026-03-11 10:00", in(t, berlin, calendar.Spec{Always: true}), calendar.Recompute).
		add(calendar.Pause, "2026-03-11 11:00", calendar.Part).
		add(calendar.Stop, "2026-03-12 10:00", "")
	if got := asJSON(t, st.seen("2026-05-01 10:00")); got != want {
		t.Errorf("after closing: %s\nat closing: %s", got, want)
	}
}

// Libredesk: seconds were cut off at each crossed day.
func TestBugSecondsDropped(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	r := tell(t, s, "2026-03-10 17:59:30", minutes(20*60)).seen("2026-03-10 17:59:30")
	wantTime(t, s, "deadline", r.Deadline, "2026-03-13 10:59:30")
}

// Libredesk: a cap on the loop let half an hour die after 25 closed days.
func TestBugLoopCap(t *testing.T) {
	t.Parallel()
	spec := monFri("09:00-18:00")
	for d := calendar.NewDate(2026, 3, 11); d < calendar.NewDate(2029, 3, 12); d++ {
		spec.Holidays = append(spec.Holidays, d.String())
	}
	s := in(t, moscow, spec)
	r := tell(t, s, "2026-03-10 17:45", minutes(30)).seen("2026-03-10 17:45")
	wantTime(t, s, "deadline", r.Deadline, "2029-03-12 09:15")
}
