package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

func night() desk.Calendar {
	return desk.Calendar{Name: " Ночная смена ", Spec: calendar.Spec{Hours: map[string]calendar.Windows{"mon": {"22:00-06:00"}}}}
}

func TestACalendarIsKeptAndUsedById(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c, err := b.s.SaveCalendar(b.Context(), boss, night())
		b.must(err)
		if c.ID == "" || c.Version != 1 || c.Name != "Ночная смена" {
			b.Errorf("%+v", c)
		}
		// Monday 6 July 22:00 in Omsk plus 90 minutes.
		ask := calendar.PreviewRequest{
			Calendar: &calendar.Spec{ID: c.ID}, Zone: "Asia/Omsk", Start: "2026-07-06T10:00:00+06:00", Target: calendar.InMinutes(90),
		}
		r, err := calendar.Preview(ask, b.s.Lookup(b.Context(), anna))
		b.must(err)
		if want := time.Date(2026, 7, 6, 17, 30, 0, 0, time.UTC); !r.Deadline.Equal(want) {
			b.Errorf("due %v", r.Deadline)
		}
		c.Spec.Hours["mon"] = calendar.Windows{"20:00-06:00"}
		c, err = b.s.SaveCalendar(b.Context(), boss, c)
		b.must(err)
		r, err = calendar.Preview(ask, b.s.Lookup(b.Context(), anna))
		b.must(err)
		if want := time.Date(2026, 7, 6, 15, 30, 0, 0, time.UTC); !r.Deadline.Equal(want) || c.Version != 2 {
			b.Errorf("after the change due %v, %+v", r.Deadline, c)
		}
		if n := b.count(`SELECT count(*) FROM audit_entry WHERE subject = 'calendar' AND subject_id = $1`, c.ID); n != 2 {
			b.Errorf("%d audit entries", n)
		}
	})
}

func TestCalendarsByNameAndVersion(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		first, err := b.s.SaveCalendar(b.Context(), boss, night())
		b.must(err)
		round := desk.Calendar{Name: "Always", Spec: calendar.Spec{Always: true, ID: "ignored"}}
		_, err = b.s.SaveCalendar(b.Context(), boss, round)
		b.must(err)
		list, err := b.s.Calendars(b.Context(), boss)
		b.must(err)
		if len(list) != 2 || list[0].Name != "Always" || list[0].Spec.ID != "" || !list[0].Spec.Always || list[1].ID != first.ID {
			b.Errorf("%+v", list)
		}
		_, err = b.s.SaveCalendar(b.Context(), boss, first)
		b.must(err)
		lost := first
		lost.Name = "Другое"
		_, err = b.s.SaveCalendar(b.Context(), boss, lost)
		b.refused(err, "conflict")
		if got, err := b.s.Calendar(b.Context(), boss, first.ID); err != nil || got.Name != "Ночная смена" || got.Version != 2 {
			b.Errorf("%+v, %v", got, err)
		}
	})
}

func TestWhoseCalendarsAndWhichAreRefused(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		ctx := b.Context()
		c, err := b.s.SaveCalendar(ctx, boss, night())
		b.must(err)
		_, err = b.s.Calendar(ctx, other, c.ID)
		b.refused(err, "calendar_unknown")
		_, err = b.s.Lookup(ctx, other)(c.ID)
		if !errors.Is(err, calendar.ErrUnknown) {
			b.Errorf("the lookup of another company: %v", err)
		}
		_, err = b.s.SaveCalendar(ctx, other, c)
		b.refused(err, "calendar_unknown")
		if list, err := b.s.Calendars(ctx, other); err != nil || len(list) != 0 {
			b.Errorf("another company sees %v, %v", list, err)
		}
		shopsAdmin := scope.Person("firm", "p", "p", "shop", scope.Admin)
		for _, sc := range []scope.Scope{anna, owner, agent, shopsAdmin} {
			_, err := b.s.SaveCalendar(ctx, sc, c)
			b.refused(err, "forbidden")
			_, err = b.s.Calendars(ctx, sc)
			b.refused(err, "forbidden")
		}
		_, err = b.s.Calendars(ctx, scope.Scope{})
		b.refused(err, "no_scope")
		_, err = b.s.Calendar(ctx, agent, c.ID)
		b.refused(err, "forbidden")
		b.refusedSpecs()
	})
}

func (b *bench) refusedSpecs() {
	b.Helper()
	for name, bad := range map[string]desk.Calendar{
		"name":                  {Spec: calendar.Spec{Always: true}, Name: " "},
		"calendar.hours.mon[0]": {Name: "x", Spec: calendar.Spec{Hours: map[string]calendar.Windows{"mon": {"25-26"}}}},
		"calendar.holidays[0]":  {Name: "x", Spec: calendar.Spec{Holidays: []string{"gestern"}}},
	} {
		_, err := b.s.SaveCalendar(b.Context(), boss, bad)
		if fields := problem.Of(err).Fields; len(fields) != 1 || fields[0].Name != name {
			b.Errorf("%s: %v", name, err)
		}
	}
	_, err := b.s.SaveCalendar(b.Context(), boss, desk.Calendar{Name: letters(desk.MaxCalendarName + 1)})
	if fields := problem.Of(err).Fields; len(fields) != 1 || fields[0].Code != "calendar_name_too_long" {
		b.Errorf("a long name: %v", err)
	}
}
