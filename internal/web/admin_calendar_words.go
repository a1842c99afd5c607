package web

import (
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// calendarHours says a calendar's week: "Mo–Fr 09:00–18:00", a line for each
// run of days that are alike. Closed days are not said.
func calendarHours(v ui.View, s calendar.Spec) []string {
	if s.Always {
		return []string{v.T("admin.calendars.always")}
	}
	var lines []string
	week := workWeek()
	for from := 0; from < len(week); {
		to := from
		for to+1 < len(week) && slices.Equal(hoursOn(s, week[from]), hoursOn(s, week[to+1])) {
			to++
		}
		if ws := hoursOn(s, week[from]); !closed(ws) {
			days := v.T("ui.weekday." + weekdayKeys()[from])
			if to > from {
				days += "–" + v.T("ui.weekday."+weekdayKeys()[to])
			}
			lines = append(lines, days+" "+strings.ReplaceAll(strings.Join(ws, ", "), "-", "–"))
		}
		from = to + 1
	}
	if len(lines) == 0 {
		return []string{v.T("admin.calendars.never")}
	}
	return lines
}

func hoursOn(s calendar.Spec, d time.Weekday) calendar.Windows {
	return s.Hours[calendar.WeekdayName(d)]
}

// nextDayOff is the next day, today included, on which a usually open weekday
// is closed; "" if none is written down.
func nextDayOff(v ui.View, s calendar.Spec) string {
	today := v.Now.In(placed(v.Zone)).Format(time.DateOnly)
	next := ""
	take := func(day string) {
		d, err := calendar.ParseDate(day)
		if err == nil && day >= today && (next == "" || day < next) && !closed(hoursOn(s, d.Weekday())) {
			next = day
		}
	}
	for _, day := range s.Holidays {
		if ws, differs := s.Overrides[day]; !differs || closed(ws) {
			take(day)
		}
	}
	for day, ws := range s.Overrides {
		if closed(ws) {
			take(day)
		}
	}
	return next
}

// dayInWords is a date as the reader writes it, with its weekday.
func dayInWords(v ui.View, day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return v.T("ui.weekday."+weekdayKeys()[(int(d.Weekday())+6)%7]) + " " + v.Date(d, time.UTC)
}

// tryStart and tryZone are what a preview begins with: this minute, where the
// reader is.
func (v *calendarView) tryStart(voice ui.View) string {
	return v.or("try_start", voice.Now.In(placed(voice.Zone)).Format(wallTime))
}

func (v *calendarView) tryZone(voice ui.View) string {
	return v.or("try_zone", placed(voice.Zone).String())
}

// dueInWords is a deadline with its weekday and year, by the clock it was
// worked out for.
func dueInWords(v ui.View, t time.Time, zone *time.Location) string {
	t = t.In(zone)
	return v.T("ui.weekday."+weekdayKeys()[(int(t.Weekday())+6)%7]) + " " + v.Date(t, zone) + " " + t.Format("15:04") + " (" + zone.String() + ")"
}
