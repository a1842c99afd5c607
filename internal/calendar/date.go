package calendar

import (
	"fmt"
	"time"
)

const (
	secondsPerDay  = 86400
	minutesPerDay  = 1440
	dateForm       = "2006-01-02"
	epochDayOfWeek = int(time.Thursday) // 1970-01-01
)

// Date is a day of the Gregorian calendar without a zone, counted from
// 1970-01-01 as day 0.
type Date int

// ParseDate reads the form 2026-03-10. It fails on any other form and on a
// day that does not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(dateForm, s)
	if err != nil {
		return 0, fmt.Errorf("calendar: date %q: %w", s, err)
	}
	return dateOfWall(t.Unix()), nil
}

// NewDate is the date of a year, month and day; overflowing values carry as
// they do in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return dateOfWall(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix())
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Weekday(((int(d)+epochDayOfWeek)%7 + 7) % 7)
}

// Year is the Gregorian year the day lies in.
func (d Date) Year() int { return time.Unix(d.wall(), 0).UTC().Year() }

// String is the form 2026-03-10.
func (d Date) String() string { return time.Unix(d.wall(), 0).UTC().Format(dateForm) }

// wall is the day's midnight as seconds on a clock that knows no zone.
func (d Date) wall() int64 { return int64(d) * secondsPerDay }

// dateOfWall is the day that a zoneless clock shows, rounding towards the past.
func dateOfWall(wall int64) Date {
	d := wall / secondsPerDay
	if wall%secondsPerDay < 0 {
		d--
	}
	return Date(d)
}
