package calendar_test

import (
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
)

// BenchmarkEvaluate judges a case of two weeks with 20 events, with the real
// production calendar. The goal is under 20 microseconds.
func BenchmarkEvaluate(b *testing.B) {
	year, err := calendar.Production("RU", "", 2026)
	if err != nil {
		b.Fatal(err)
	}
	spec, err := year.Apply(monFri("09:00-13:00", "14:00-18:00"))
	if err != nil {
		b.Fatal(err)
	}
	st := tell(b, in(b, berlin, spec), "2026-04-27 10:00", days(5, calendar.RuleCloseOfDay))
	start := st.events[0].At
	for i := range 9 {
		from := start.Add(time.Duration(i) * 30 * time.Hour)
		st.events = append(st.events,
			calendar.Event{At: from.Add(time.Hour), Kind: calendar.Pause, Reason: calendar.WaitingClient},
			calendar.Event{At: from.Add(7 * time.Hour), Kind: calendar.Resume, Reason: calendar.WaitingClient})
	}
	st.retarget("2026-05-05 12:00", calendar.Marks{Promise: calendar.InMinutes(3000)})
	now := at(b, st.sched, "2026-05-12 12:00")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := calendar.Evaluate(st.events, now); err != nil {
			b.Fatal(err)
		}
	}
}
