package calendar

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Limits of a calendar that comes from outside.
const (
	maxWindowsPerDay = 24
	maxDates         = 5000 // holidays and overrides each: over ten years of days
)

// root is the name of a calendar in every request that carries one; paths of
// faults begin with it.
const root = "calendar"

// Spec is the written form of a calendar: what is stored, sent and edited.
// [New] checks it.
type Spec struct {
	// ID names a stored calendar instead of writing one out; only requests
	// use it, see [PreviewRequest].
	ID string `json:"id,omitempty"`
	// Always is round the clock, every day; nothing else may be given then.
	Always bool `json:"always,omitempty"`
	// Hours are the windows by weekday: mon, tue, wed, thu, fri, sat, sun. A
	// weekday that is not named is closed.
	Hours map[string]Windows `json:"hours,omitempty"`
	// Holidays are closed days, 2026-01-01.
	Holidays []string `json:"holidays,omitempty"`
	// Overrides replace the weekday and the holiday on their date.
	Overrides map[string]Windows `json:"overrides,omitempty"`
	// NominalMinutes is the length of a working day for targets counted in
	// days of work, 1 to 1440. 0 takes it from the hours, see
	// [Calendar.NominalMinutes].
	NominalMinutes int `json:"nominalMinutes,omitempty"`
}

// UnmarshalJSON reads the form above and refuses fields it does not know: a
// misspelt "holiday" would otherwise be a wrong promise.
func (s *Spec) UnmarshalJSON(data []byte) error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(data, &keys); err != nil {
		return decodeFault(root, err)
	}
	var f faults
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		switch k {
		case "id", "always", "hours", "holidays", "overrides", "nominalMinutes":
		default:
			f.add(root+"."+k, codeFieldUnknown)
		}
	}
	if err := f.err(); err != nil {
		return err
	}
	type plain Spec
	in := struct {
		*plain
		Holidays Windows `json:"holidays"`
	}{plain: (*plain)(s)}
	if err := json.Unmarshal(data, &in); err != nil {
		return decodeFault(root, err)
	}
	s.Holidays = in.Holidays
	return nil
}

// decodeFault turns an error of encoding/json into a problem that names the
// field; a problem passes through.
func decodeFault(path string, err error) error {
	var f faults
	if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := strings.Trim(path+"."+strings.TrimPrefix(bad.Field, "plain."), ".")
		f.add(field, codeJSON)
		return f.err()
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		f.add(cmp.Or(path, "body"), codeJSON)
		return f.err()
	}
	return err
}

// weekdayNames are the keys of Hours, at the index of time.Weekday.
var weekdayNames = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// WeekdayName is the key of a weekday in [Spec.Hours]: "mon".
func WeekdayName(d time.Weekday) string { return weekdayNames[d] }

// New checks a written calendar and makes it ready for use. The error is a
// problem that names every field at fault, such as calendar.hours.mon[0]. A
// calendar that never opens is accepted here; asking it for a time answers
// [ErrNeverOpens].
func New(s Spec) (*Calendar, error) {
	c := &Calendar{always: s.Always, days: make(map[Date][]window)}
	var f faults
	if s.Always && (len(s.Hours) > 0 || len(s.Holidays) > 0 || len(s.Overrides) > 0) {
		f.add(root+".always", codeAlwaysConflict)
	}
	if s.NominalMinutes < 0 || s.NominalMinutes > minutesPerDay {
		f.add(root+".nominalMinutes", codeNominalRange)
	}
	c.readHours(s, &f)
	c.readHolidays(s, &f)
	c.readOverrides(s, &f)
	if err := f.err(); err != nil {
		return nil, err
	}
	c.spec = s
	c.nominal = c.nominalMinutes()
	return c, nil
}

// Parse reads a calendar from JSON; see [New] for its errors.
func Parse(data []byte) (*Calendar, error) {
	var s Spec
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, decodeFault(root, err)
	}
	return New(s)
}

func (c *Calendar) readHours(s Spec, f *faults) {
	for _, name := range slices.Sorted(maps.Keys(s.Hours)) {
		path := root + ".hours." + name
		day := slices.Index(weekdayNames[:], name)
		if day < 0 {
			f.add(path, codeWeekdayUnknown)
			continue
		}
		c.week[day] = readWindows(s.Hours[name], path, f)
	}
}

func (c *Calendar) readHolidays(s Spec, f *faults) {
	if len(s.Holidays) > maxDates {
		f.add(root+".holidays", codeTooMany)
		return
	}
	for i, text := range s.Holidays {
		d, err := ParseDate(text)
		if err != nil {
			f.add(fmt.Sprintf("%s.holidays[%d]", root, i), codeDateForm)
			continue
		}
		c.days[d] = nil
	}
}

func (c *Calendar) readOverrides(s Spec, f *faults) {
	if len(s.Overrides) > maxDates {
		f.add(root+".overrides", codeTooMany)
		return
	}
	for _, text := range slices.Sorted(maps.Keys(s.Overrides)) {
		path := root + ".overrides." + text
		d, err := ParseDate(text)
		if err != nil {
			f.add(path, codeDateForm)
			continue
		}
		c.days[d] = readWindows(s.Overrides[text], path, f)
	}
}

func readWindows(texts Windows, path string, f *faults) []window {
	if texts.off() {
		return nil
	}
	if len(texts) > maxWindowsPerDay {
		f.add(path, codeTooMany)
		return nil
	}
	ws := make([]window, 0, len(texts))
	for i, text := range texts {
		w, code := parseWindow(text)
		if code != "" {
			f.add(fmt.Sprintf("%s[%d]", path, i), code)
			continue
		}
		ws = append(ws, w)
	}
	return union(ws)
}
