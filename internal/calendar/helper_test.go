package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
)

const (
	moscow = "Europe/Moscow"
	berlin = "Europe/Berlin"
	almaty = "Asia/Almaty"
	omsk   = "Asia/Omsk"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatalf("zone %s: %v", name, err)
	}
	return loc
}

// week gives the same windows to the weekdays named.
func week(windows calendar.Windows, days ...string) calendar.Spec {
	s := calendar.Spec{Hours: make(map[string]calendar.Windows)}
	for _, d := range days {
		s.Hours[d] = windows
	}
	return s
}

func monFri(windows ...string) calendar.Spec {
	return week(windows, "mon", "tue", "wed", "thu", "fri")
}

func daily(windows ...string) calendar.Spec {
	return week(windows, "mon", "tue", "wed", "thu", "fri", "sat", "sun")
}

func in(t testing.TB, zoneName string, s calendar.Spec) calendar.Schedule {
	t.Helper()
	c, err := calendar.New(s)
	if err != nil {
		t.Fatalf("calendar: %v", err)
	}
	return calendar.Schedule{Calendar: c, Zone: zone(t, zoneName)}
}

// at reads RFC 3339, or a local reading of the schedule's zone.
func at(t testing.TB, s calendar.Schedule, text string) time.Time {
	t.Helper()
	if v, err := time.Parse(time.RFC3339, text); err == nil {
		return v
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if v, err := time.ParseInLocation(form, text, s.Zone); err == nil {
			return v
		}
	}
	t.Fatalf("time %q", text)
	return time.Time{}
}

func wantTime(t testing.TB, s calendar.Schedule, what string, got time.Time, want string) {
	t.Helper()
	if w := at(t, s, want); !got.Equal(w) {
		t.Errorf("%s = %s, want %s", what, got.Format(time.RFC3339), w.In(s.Zone).Format(time.RFC3339))
	}
}

// story builds the events of a clock from local readings.
type story struct {
	testing.TB
	sched  calendar.Schedule
	events []calendar.Event
}

func tell(t testing.TB, s calendar.Schedule, start string, m calendar.Marks) *story {
	t.Helper()
	st := &story{TB: t, sched: s}
	st.events = append(st.events, calendar.Event{
		At: at(t, s, start), Kind: calendar.Start, Marks: &m, Schedule: &st.sched,
	})
	return st
}

func (s *story) add(kind calendar.Kind, when string, r calendar.Reason) *story {
	s.events = append(s.events, calendar.Event{At: at(s, s.sched, when), Kind: kind, Reason: r})
	return s
}

func (s *story) retarget(when string, m calendar.Marks) *story {
	s.events = append(s.events, calendar.Event{At: at(s, s.sched, when), Kind: calendar.Retarget, Marks: &m})
	return s
}

func (s *story) recalendar(when string, to calendar.Schedule, keep calendar.Keep) *story {
	s.events = append(s.events, calendar.Event{
		At: at(s, s.sched, when), Kind: calendar.Recalendar, Schedule: &to, Keep: keep,
	})
	return s
}

func (s *story) seen(now string) calendar.Result {
	s.Helper()
	r, err := calendar.Evaluate(s.events, at(s, s.sched, now))
	if err != nil {
		s.Fatalf("evaluate at %s: %v", now, err)
	}
	return r
}

func minutes(n int) calendar.Marks {
	return calendar.Marks{Promise: calendar.InMinutes(n)}
}

func days(n int, rule calendar.Rule) calendar.Marks {
	return calendar.Marks{Promise: calendar.InWorkingDays(n, rule)}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
