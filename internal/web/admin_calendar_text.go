package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/problem"
)

// calendarText is a calendar as its form writes it, each field as it was typed.
type calendarText struct {
	name     string
	always   bool
	hours    map[string]string // by calendar.WeekdayName: "09:00-13:00, 14:00-18:00"; "" = closed
	holidays string            // a date a line
	other    string            // "2026-05-08 = 09:00-17:00" a line
	nominal  string            // minutes of a working day; "" = from the hours
}

// workWeek are the weekdays in the order in which people read them.
func workWeek() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

// usualHours is what a new calendar's form begins with.
func usualHours() calendar.Spec {
	s := calendar.Spec{Hours: map[string]calendar.Windows{}}
	for _, d := range workWeek()[:5] {
		s.Hours[calendar.WeekdayName(d)] = calendar.Windows{"09:00-18:00"}
	}
	return s
}

// writeCalendar puts a calendar into the form's words; off is the word for a
// closed day.
func writeCalendar(name string, s calendar.Spec, off string) calendarText {
	t := calendarText{name: name, always: s.Always, hours: map[string]string{}}
	for day, ws := range s.Hours {
		if !closed(ws) {
			t.hours[day] = strings.Join(ws, ", ")
		}
	}
	t.holidays = strings.Join(slices.Compact(slices.Sorted(slices.Values(s.Holidays))), "\n")
	lines := make([]string, 0, len(s.Overrides))
	for _, day := range slices.Sorted(maps.Keys(s.Overrides)) {
		lines = append(lines, dayLine(day, s.Overrides[day], off))
	}
	t.other = strings.Join(lines, "\n")
	if s.NominalMinutes > 0 {
		t.nominal = strconv.Itoa(s.NominalMinutes)
	}
	return t
}

// dayLine is one day that differs: "2026-05-08 = 09:00-17:00".
func dayLine(day string, ws calendar.Windows, off string) string {
	if closed(ws) {
		return day + " = " + off
	}
	return day + " = " + strings.Join(ws, ", ")
}

func closed(ws calendar.Windows) bool {
	return len(ws) == 0 || len(ws) == 1 && ws[0] == calendar.Off
}

// calendarTyped is the form as it was sent.
func calendarTyped(t typed) calendarText {
	c := calendarText{
		name: t.Get("name"), always: t.Get("always") != "", hours: map[string]string{},
		holidays: t.Get("holidays"), other: t.Get("other"), nominal: t.Get("nominal"),
	}
	for _, d := range workWeek() {
		day := calendar.WeekdayName(d)
		c.hours[day] = t.Get("hours_" + day)
	}
	return c
}

// calendarReader reads what was typed and gathers everything that is wrong
// with it, each by the form's own field and with the words at fault.
type calendarReader struct {
	off  map[string]bool // the words for a closed day, in every language
	spec calendar.Spec
	bad  []problem.Field
}

// read makes the calendar of the form. Round the clock leaves hours and days
// out. Its error names the fields at fault.
func (c calendarText) read(off map[string]bool) (calendar.Spec, error) {
	r := calendarReader{off: off}
	r.nominal(c.nominal)
	if c.always {
		r.spec.Always = true
	} else {
		r.hours(c.hours)
		r.spec.Holidays = datesTyped(c.holidays)
		r.days(c.other)
	}
	_, err := calendar.New(r.spec)
	return r.spec, r.wrong(err)
}

func (r *calendarReader) fault(field, code, at string) {
	r.bad = append(r.bad, problem.Field{Name: field, Code: code, Args: map[string]any{"at": at}})
}

func (r *calendarReader) nominal(s string) {
	if s = strings.TrimSpace(s); s == "" {
		return
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		n = -1 // out of any range
	}
	r.spec.NominalMinutes = n
}

func (r *calendarReader) hours(days map[string]string) {
	r.spec.Hours = map[string]calendar.Windows{}
	for day, text := range days {
		if ws := r.windows(text); len(ws) > 0 {
			r.spec.Hours[day] = ws
		}
	}
}

// windows reads the hours of one day; none is a closed day.
func (r *calendarReader) windows(s string) calendar.Windows {
	s = strings.TrimSpace(s)
	if r.off[strings.ToLower(s)] {
		return nil
	}
	var ws calendar.Windows
	for w := range strings.FieldsFuncSeq(s, func(c rune) bool { return c == ',' || c == ';' }) {
		if w = strings.TrimSpace(w); w != "" {
			ws = append(ws, w)
		}
	}
	return ws
}

// days reads the days that differ, a line each.
func (r *calendarReader) days(s string) {
	r.spec.Overrides = map[string]calendar.Windows{}
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		day, hours, ok := strings.Cut(line, "=")
		if !ok || strings.TrimSpace(hours) == "" {
			r.fault("other", "calendar_day_form", line)
			continue
		}
		day = dateTyped(day)
		if _, twice := r.spec.Overrides[day]; twice {
			r.fault("other", "calendar_day_twice", day)
		}
		r.spec.Overrides[day] = r.windows(hours)
	}
}

// datesTyped reads dates that stand on lines of their own or side by side.
func datesTyped(s string) []string {
	var out []string
	for d := range strings.FieldsFuncSeq(s, func(c rune) bool { return strings.ContainsRune(" \t\r\n,;", c) }) {
		out = append(out, dateTyped(d))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// dateTyped takes 01.05.2026 for 2026-05-01; anything else stays as it is, for
// the calendar to refuse by name.
func dateTyped(s string) string {
	s = strings.TrimSpace(s)
	if t, err := time.Parse("2.1.2006", s); err == nil {
		return t.Format(time.DateOnly)
	}
	return s
}

// wrong joins what the reader and the calendar found.
func (r *calendarReader) wrong(err error) error {
	p := problem.Of(err)
	if p != nil {
		for _, f := range p.Fields {
			field, at := r.place(f.Name)
			r.fault(field, f.Code, at)
		}
	}
	if len(r.bad) == 0 {
		return err
	}
	bad := problem.New(problem.Invalid, "invalid").In("web.calendar").Because(err)
	bad.Fields = r.bad
	return bad
}

// place turns the calendar's name for a place, such as
// calendar.hours.mon[1], into the form's field and the words that stand there.
func (r *calendarReader) place(path string) (field, at string) {
	kind, key, _ := strings.Cut(strings.TrimPrefix(path, "calendar."), ".")
	if key == "" { // a list, or one value
		kind, n := indexed(kind)
		return map[string]string{"nominalMinutes": "nominal", "holidays": "holidays", "overrides": "other"}[kind], element(r.spec.Holidays, n)
	}
	key, n := indexed(key)
	if kind == "hours" {
		return "hours_" + key, element(r.spec.Hours[key], n)
	}
	return "other", strings.Trim(key+" = "+strings.Join(r.spec.Overrides[key], ", "), "= ")
}

// indexed cuts "mon[1]" into its name and number; -1 if it has none.
func indexed(s string) (string, int) {
	name, number, ok := strings.Cut(s, "[")
	n, err := strconv.Atoi(strings.TrimSuffix(number, "]"))
	if !ok || err != nil {
		return s, -1
	}
	return name, n
}

func element(list []string, n int) string {
	if n < 0 || n >= len(list) {
		return ""
	}
	return list[n]
}
