package calendar_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/problem"
)

func TestClockRunning(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	st := tell(t, s, "2026-03-10 16:30", minutes(150))
	r := st.seen("2026-03-10 17:00")
	if r.State != calendar.Running || r.Used != 30*time.Minute || r.Left != 2*time.Hour || r.Overrun != 0 || r.Breached {
		t.Errorf("early: %+v", r)
	}
	r = st.seen("2026-03-11 10:00")
	if r.Left != 0 || r.Breached {
		t.Errorf("at the deadline to the second it is not late: %+v", r)
	}
	r = st.seen("2026-03-11 10:00:01")
	if !r.Breached || r.Overrun != time.Second {
		t.Errorf("a second later it is: %+v", r)
	}
	wantTime(t, s, "breached at", r.BreachedAt, "2026-03-11 10:00")
	wantTime(t, s, "deadline", r.Deadline, "2026-03-11 10:00")
	if before := st.seen("2026-03-10 16:29"); before.State != calendar.NotStarted || len(before.Explanation) != 0 {
		t.Errorf("before the start: %+v", before)
	}
}

func TestClockUsedUpAtClosingIsLateOvernight(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	r := tell(t, s, "2026-03-13 17:00", minutes(60)).seen("2026-03-14 12:00")
	if !r.Breached || r.Overrun != 0 {
		t.Errorf("due at closing, no working time over: %+v", r)
	}
	wantTime(t, s, "breached at", r.BreachedAt, "2026-03-13 18:00")
}

func TestClockTwoMarks(t *testing.T) {
	t.Parallel()
	s := in(t, omsk, monFri("09:00-18:00"))
	terms, err := calendar.StandardTerms(calendar.Contract)
	if err != nil {
		t.Fatal(err)
	}
	r := tell(t, s, "2026-03-10 16:30", terms.Marks[calendar.Blocking]).seen("2026-03-11 09:30")
	wantTime(t, s, "promise", r.Deadline, "2026-03-10 18:00")
	wantTime(t, s, "limit", r.Limit.Deadline, "2026-03-11 10:00")
	if !r.Breached || r.Limit.Breached || r.Limit.Left != 30*time.Minute {
		t.Errorf("promise late %v, limit late %v, left %v", r.Breached, r.Limit.Breached, r.Limit.Left)
	}
}

func TestClockPauses(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	st := tell(t, s, "2026-03-10 10:00", minutes(180)).
		add(calendar.Pause, "2026-03-10 11:00", calendar.WaitingClient).
		add(calendar.Pause, "2026-03-10 11:30", calendar.Vendor).
		add(calendar.Resume, "2026-03-10 12:00", calendar.WaitingClient)
	r := st.seen("2026-03-10 12:30")
	if r.State != calendar.Paused || r.Used != time.Hour || !r.Deadline.IsZero() {
		t.Errorf("still with the vendor: %+v", r)
	}
	wantTime(t, s, "projected", r.Projected, "2026-03-10 14:30")
	st.add(calendar.Resume, "2026-03-10 17:00", calendar.Vendor)
	r = st.seen("2026-03-10 17:30")
	wantTime(t, s, "deadline", r.Deadline, "2026-03-11 10:00")
	var got []string
	for _, l := range r.Explanation {
		got = append(got, l.From.Format("15:04")+" "+string(l.What)+" "+string(l.Reason))
	}
	want := []string{"10:00 open ", "11:00 paused waiting_client", "12:00 paused vendor", "17:00 open "}
	if !slices.Equal(got, want) {
		t.Errorf("lines %q, want %q", got, want)
	}
}

func TestClockPausesInAnyOrder(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	st := tell(t, s, "2026-03-10 10:00", minutes(180)).
		add(calendar.Pause, "2026-03-10 09:00", calendar.NoRemoteAccess). // before the start
		add(calendar.Resume, "2026-03-10 11:00", calendar.NoRemoteAccess).
		add(calendar.Pause, "2026-03-10 10:30", calendar.Power).
		add(calendar.Pause, "2026-03-10 10:45", calendar.Power). // said twice
		add(calendar.Resume, "2026-03-10 12:00", calendar.Power).
		add(calendar.Pause, "2026-03-10 13:00", calendar.Part).
		add(calendar.Resume, "2026-03-10 14:00", "") // ends whatever holds
	want := st.seen("2026-03-10 15:00")
	wantTime(t, s, "deadline", want.Deadline, "2026-03-10 16:00")
	slices.Reverse(st.events)
	if got := st.seen("2026-03-10 15:00"); asJSON(t, got) != asJSON(t, want) {
		t.Errorf("backwards: %s\nforwards: %s", asJSON(t, got), asJSON(t, want))
	}
}

func TestClockPauseOutsideHoursCostsNothing(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	r := tell(t, s, "2026-03-10 17:00", minutes(120)).
		add(calendar.Pause, "2026-03-10 18:00", calendar.Vendor).
		add(calendar.Resume, "2026-03-11 09:00", calendar.Vendor).
		seen("2026-03-11 09:30")
	wantTime(t, s, "deadline", r.Deadline, "2026-03-11 10:00")
	for _, l := range r.Explanation {
		if l.What == calendar.WhatPaused {
			t.Errorf("a paused line outside hours: %+v", l)
		}
	}
}

func TestClockRetarget(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	st := tell(t, s, "2026-03-10 10:00", minutes(240)).retarget("2026-03-10 12:00", minutes(60))
	r := st.seen("2026-03-10 12:00")
	wantTime(t, s, "deadline", r.Deadline, "2026-03-10 11:00")
	if !r.Breached || r.Overrun != time.Hour {
		t.Errorf("a stricter target already used up: %+v", r)
	}
	wantTime(t, s, "a promise is not broken before it is made", r.BreachedAt, "2026-03-10 12:00")
}

func TestClockRecalendar(t *testing.T) {
	t.Parallel()
	nine := in(t, moscow, monFri("09:00-18:00"))
	ten := in(t, moscow, monFri("10:00-17:00"))
	for _, c := range []struct {
		name     string
		marks    calendar.Marks
		keep     calendar.Keep
		used     time.Duration
		deadline string
	}{
		// From Tuesday 09:00; on Wednesday 09:00 nine hours are used, by the new hours seven.
		{"minutes kept", minutes(16 * 60), calendar.KeepUsed, 9 * time.Hour, "2026-03-11 17:00"},
		{"minutes recomputed", minutes(16 * 60), calendar.Recompute, 7 * time.Hour, "2026-03-12 12:00"},
		{"a budget keeps its days of nine hours", days(2, calendar.RuleBudget), calendar.KeepUsed, 9 * time.Hour, "2026-03-12 12:00"},
		{"a budget recomputed has days of seven", days(2, calendar.RuleBudget), calendar.Recompute, 7 * time.Hour, "2026-03-11 17:00"},
		{"the close of day is the new one", days(2, calendar.RuleCloseOfDay), calendar.KeepUsed, 9 * time.Hour, "2026-03-12 17:00"},
		{"the close of day recomputed", days(2, calendar.RuleCloseOfDay), calendar.Recompute, 7 * time.Hour, "2026-03-12 17:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := tell(t, nine, "2026-03-10 09:00", c.marks).recalendar("2026-03-11 09:00", ten, c.keep).seen("2026-03-11 09:30")
			if r.Used != c.used {
				t.Errorf("used %v, want %v", r.Used, c.used)
			}
			wantTime(t, ten, "deadline", r.Deadline, c.deadline)
		})
	}
}

func TestClockOnACalendarThatDiedTellsWhatWasUsed(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	st := tell(t, s, "2026-03-10 10:00", minutes(240)).
		recalendar("2026-03-10 11:00", in(t, moscow, calendar.Spec{}), calendar.KeepUsed)
	r, err := calendar.Evaluate(st.events, at(t, s, "2026-03-10 12:00"))
	if !errors.Is(err, calendar.ErrNeverOpens) || r.Used != time.Hour || len(r.Explanation) != 2 || r.State != calendar.Running {
		t.Errorf("%v, %+v", err, r)
	}
}

func TestClockChangesWhileStoppedWaitForTheReopening(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	st := tell(t, s, "2026-03-10 10:00", minutes(60)).
		add(calendar.Stop, "2026-03-10 10:30", "").
		retarget("2026-03-10 11:00", minutes(120)).
		add(calendar.Reopen, "2026-03-10 12:00", "")
	wantTime(t, s, "deadline while stopped", st.seen("2026-03-10 11:30").Deadline, "2026-03-10 11:00")
	wantTime(t, s, "deadline after", st.seen("2026-03-10 12:00").Deadline, "2026-03-10 13:30")
}

func TestHistoryShowsBothTargets(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	st := tell(t, s, "2026-03-10 10:00", minutes(90)).retarget("2026-03-10 12:00", days(2, calendar.RuleCloseOfDay))
	r := st.seen("2026-03-10 13:00")
	if r.Breached || r.Used != 3*time.Hour {
		t.Errorf("now: %+v", r)
	}
	past, err := calendar.History(st.events, at(t, s, "2026-03-10 13:00"))
	if err != nil || len(past) != 1 {
		t.Fatalf("history %v, %v", past, err)
	}
	if !past[0].Breached || past[0].Target != calendar.InMinutes(90) {
		t.Errorf("the blocking fault was late before it became critical: %+v", past[0])
	}
	wantTime(t, s, "breached at", past[0].BreachedAt, "2026-03-10 11:30")
}

func TestEventFaults(t *testing.T) {
	t.Parallel()
	s := in(t, moscow, monFri("09:00-18:00"))
	now := at(t, s, "2026-03-10 12:00")
	m, bad := minutes(5), minutes(-5)
	for _, c := range []struct {
		event      calendar.Event
		path, code string
	}{
		{calendar.Event{Kind: "begin"}, "events[0].kind", "calendar_event_unknown"},
		{calendar.Event{Kind: calendar.Start, Schedule: &s}, "events[0].marks", "calendar_event_incomplete"},
		{calendar.Event{Kind: calendar.Start, Marks: &m}, "events[0].schedule", "calendar_event_incomplete"},
		{calendar.Event{Kind: calendar.Start, Marks: &bad, Schedule: &s}, "events[0].marks.promise.minutes", "calendar_target_range"},
		{calendar.Event{Kind: calendar.Retarget}, "events[0].marks", "calendar_event_incomplete"},
		{calendar.Event{Kind: calendar.Recalendar, Keep: calendar.KeepUsed}, "events[0].schedule", "calendar_event_incomplete"},
		{calendar.Event{Kind: calendar.Recalendar, Schedule: &s}, "events[0].keep", "calendar_event_incomplete"},
	} {
		_, err := calendar.Evaluate([]calendar.Event{c.event}, now)
		if p := problem.Of(err); p == nil || p.Code != c.code || p.Fields[0].Name != c.path {
			t.Errorf("%+v: got %v, want %s at %s", c.event, p, c.code, c.path)
		}
	}
}
