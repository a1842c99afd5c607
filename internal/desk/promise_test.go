package desk_test

import (
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/desk"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

type promised struct {
	device   string
	severity calendar.Severity
	due      string // UTC
	limit    string // UTC, "" when the severity has one mark
}

type town struct {
	name, opened string // UTC
	want         []promised
}

// Every case is opened on Wednesday, 29 April 2026, at 16:40 on the outlet's
// own wall. Consultation is 09–18 under a contract and 10–17 for a one-off
// call; a day's promise ends at the closing of the Nth working day after the
// day of the opening.
//
// A blocking case under a contract has 90 and 150 minutes. 16:40–18:00 are 80
// of them; 10 and 70 are left for Thursday from 09:00: 09:10 and 10:10. One-off
// it has 240 and 300; 16:40–17:00 are 20, and 220 and 280 from Thursday 10:00
// end at 13:40 and 14:40.
func towns() []town {
	return []town{
		// Omsk is UTC+6. Friday 1 May and Monday 11 May (for Saturday 9 May) are
		// off; 30 April and 8 May are an hour shorter, so a one-off Thursday ends
		// at 16:00, after 14:40. Working days: 1 Thu 30 April, 2 Mon 4 May, 3 Tue
		// 5, 4 Wed 6, 5 Thu 7, 6 Fri 8, 7 Tue 12. Closing 18:00 is 12:00 UTC,
		// 17:00 is 11:00 UTC.
		{"Omsk", "2026-04-29 10:40", []promised{
			{"omsk", calendar.Blocking, "2026-04-30 03:10", "2026-04-30 04:10"},
			{"omsk", calendar.Critical, "2026-05-04 12:00", ""},
			{"omsk", calendar.Important, "2026-05-05 12:00", ""},
			{"omsk", calendar.Minor, "2026-05-07 12:00", ""},
			{"omsk1", calendar.Blocking, "2026-04-30 07:40", "2026-04-30 08:40"},
			{"omsk1", calendar.Critical, "2026-05-05 11:00", ""},
			{"omsk1", calendar.Important, "2026-05-07 11:00", ""},
			{"omsk1", calendar.Minor, "2026-05-12 11:00", ""},
		}},
		// Almaty is UTC+5. Off: Friday 1 May, Thursday 7 May, Monday 11 May (for
		// Saturday 9 May). Working days: 1 Thu 30 April, 2 Mon 4 May, 3 Tue 5,
		// 4 Wed 6, 5 Fri 8, 6 Tue 12, 7 Wed 13. 18:00 is 13:00 UTC.
		{"Almaty", "2026-04-29 11:40", []promised{
			{"almaty", calendar.Blocking, "2026-04-30 04:10", "2026-04-30 05:10"},
			{"almaty", calendar.Critical, "2026-05-04 13:00", ""},
			{"almaty", calendar.Important, "2026-05-05 13:00", ""},
			{"almaty", calendar.Minor, "2026-05-08 13:00", ""},
			{"almaty1", calendar.Blocking, "2026-04-30 08:40", "2026-04-30 09:40"},
			{"almaty1", calendar.Critical, "2026-05-05 12:00", ""},
			{"almaty1", calendar.Important, "2026-05-08 12:00", ""},
			{"almaty1", calendar.Minor, "2026-05-13 12:00", ""},
		}},
		// Berlin is UTC+2 in summer. Only Friday 1 May is off. Working days: 1
		// Thu 30 April, 2 Mon 4 May, 3 Tue 5, 4 Wed 6, 5 Thu 7, 6 Fri 8, 7 Mon
		// 11. 18:00 is 16:00 UTC.
		{"Berlin", "2026-04-29 14:40", []promised{
			{"berlin", calendar.Blocking, "2026-04-30 07:10", "2026-04-30 08:10"},
			{"berlin", calendar.Critical, "2026-05-04 16:00", ""},
			{"berlin", calendar.Important, "2026-05-05 16:00", ""},
			{"berlin", calendar.Minor, "2026-05-07 16:00", ""},
			{"berlin1", calendar.Blocking, "2026-04-30 11:40", "2026-04-30 12:40"},
			{"berlin1", calendar.Critical, "2026-05-05 15:00", ""},
			{"berlin1", calendar.Important, "2026-05-07 15:00", ""},
			{"berlin1", calendar.Minor, "2026-05-11 15:00", ""},
		}},
	}
}

func TestPromisesByPlaceSeverityAndTerms(t *testing.T) {
	t.Parallel()
	for _, town := range towns() {
		t.Run(town.name, func(t *testing.T) {
			t.Parallel()
			each(t, at(t, town.opened), func(b *bench) { b.keepsPromises(town.want) })
		})
	}
}

func (b *bench) keepsPromises(want []promised) {
	b.Helper()
	for _, w := range want {
		c := b.open(anna, desk.Draft{Device: w.device, Severity: w.severity})
		limit := time.Time{}
		if w.limit != "" {
			limit = at(b.T, w.limit)
		}
		if !c.DueAt.Equal(at(b.T, w.due)) || !c.LimitAt.Equal(limit) {
			b.Errorf("%s %s: due %v, limit %v; want %s and %s", w.device, w.severity, c.DueAt, c.LimitAt, w.due, w.limit)
		}
		got, err := b.s.Get(b.Context(), anna, c.ID)
		b.must(err)
		if got.DueAt != c.DueAt || got.LimitAt != c.LimitAt {
			b.Errorf("%s %s: told %v and %v, stored %v and %v", w.device, w.severity, c.DueAt, c.LimitAt, got.DueAt, got.LimitAt)
		}
	}
}

// Friday, 17 April, 17:30 in Moscow (14:30 UTC). Contract: 30 minutes until
// 18:00, the other 60 and 120 from Monday 09:00: 10:00 and 11:00, that is 07:00
// and 08:00 UTC. One-off is closed since 17:00: 240 and 300 minutes from
// Monday 10:00 end at 14:00 and 15:00, 11:00 and 12:00 UTC.
func TestABlockingCaseOnFridayEvening(t *testing.T) {
	t.Parallel()
	each(t, at(t, "2026-04-17 14:30"), func(b *bench) {
		b.keepsPromises([]promised{
			{"till", calendar.Blocking, "2026-04-20 07:00", "2026-04-20 08:00"},
			{"once", calendar.Blocking, "2026-04-20 11:00", "2026-04-20 12:00"},
		})
	})
}

// Friday, 8 May, is an hour shorter before the holiday: at 17:30 it is closed
// since 17:00, and Monday 11 May is off. 90 and 150 minutes from Tuesday 09:00
// end at 10:30 and 11:30 in Moscow, 07:30 and 08:30 UTC.
func TestABlockingCaseOnTheEveOfALongWeekend(t *testing.T) {
	t.Parallel()
	each(t, at(t, "2026-05-08 14:30"), func(b *bench) {
		b.keepsPromises([]promised{{"till", calendar.Blocking, "2026-05-12 07:30", "2026-05-12 08:30"}})
	})
}

// A year whose moved days nobody has decreed yet has the holidays of the law.
// Opened on Wednesday, 30 December 2026, 12:00 in Moscow, 3 working days: 31
// December is off (moved from 4 January), 1 to 8 January are holidays, so they
// end on the third weekday after.
func TestAYearThatIsNotDecreedYetIsCountedByTheLaw(t *testing.T) {
	t.Parallel()
	if _, err := calendar.Production("RU", "", 2027); err == nil {
		t.Skip("2027 has been decreed: move this test on by a year")
	}
	each(t, at(t, "2026-12-30 09:00"), func(b *bench) {
		// Mon 11, Tue 12, Wed 13 January 2027, 18:00 in Moscow.
		b.keepsPromises([]promised{{"till", calendar.Important, "2027-01-13 15:00", ""}})
	})
}
