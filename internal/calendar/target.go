package calendar

import "time"

// Rule says how a target counted in working days finds its deadline.
type Rule string

// The three rules. A working day is a date with at least one window.
const (
	// RuleBudget is N times [Calendar.NominalMinutes] of working time. A
	// shortened day on the way gives less and so moves the deadline on. Used
	// up exactly at a closing it is due at that closing.
	RuleBudget Rule = "budget"
	// RuleSameTime is the same wall-clock time N working days on. A start
	// outside the hours counts as the next opening. If the Nth day is closed
	// at that time, it is due when that day next opens, and at its closing
	// when it does not open any more; it never slips to another day.
	RuleSameTime Rule = "same_time"
	// RuleCloseOfDay is the closing of the Nth working day after the day of
	// the start, the hour of the start being of no importance: from a Saturday
	// the first working day after is Monday. A start in the part of a night
	// shift after midnight belongs to the day that shift began on. N of 0 is
	// the closing of the start's own day, or of the next working day if that
	// is over or is none.
	RuleCloseOfDay Rule = "close_of_day"
)

// The largest targets: what fits into [Horizon] round the clock.
const (
	MaxMinutes     = int(Horizon / time.Minute)
	MaxWorkingDays = int(Horizon / (24 * time.Hour))
)

// Target is what a promise allows: working minutes, or working days by a rule.
// Exactly one of the two is given.
type Target struct {
	Minutes     int  `json:"minutes,omitempty"`
	WorkingDays int  `json:"workingDays,omitempty"`
	Rule        Rule `json:"rule,omitempty"`
}

// Marks are the marks on one clock: the promise that people work to and,
// where a contract gives a range such as one and a half to two and a half
// hours, the limit that must not be passed.
type Marks struct {
	Promise Target  `json:"promise"`
	Limit   *Target `json:"limit,omitempty"`
}

// InMinutes is a target of n working minutes.
func InMinutes(n int) Target { return Target{Minutes: n} }

// InWorkingDays is a target of n working days by a rule.
func InWorkingDays(n int, rule Rule) Target { return Target{WorkingDays: n, Rule: rule} }

// Validate checks a target; path is put before the names of its fields. The
// error is a problem with one field.
func (t Target) Validate(path string) error {
	var f faults
	switch t.Rule {
	case "":
		t.validateMinutes(path, &f)
	case RuleBudget, RuleSameTime, RuleCloseOfDay:
		t.validateDays(path, &f)
	default:
		f.add(path+".rule", codeTargetRule)
	}
	return f.err()
}

func (t Target) validateMinutes(path string, f *faults) {
	switch {
	case t.Minutes != 0 && t.WorkingDays != 0:
		f.add(path, codeTargetAmbiguous)
	case t.WorkingDays != 0:
		f.add(path+".rule", codeTargetRule)
	case t.Minutes == 0:
		f.add(path, codeTargetRequired)
	case t.Minutes < 0 || t.Minutes > MaxMinutes:
		f.add(path+".minutes", codeTargetRange)
	}
}

func (t Target) validateDays(path string, f *faults) {
	fewest := 1
	if t.Rule == RuleCloseOfDay {
		fewest = 0
	}
	switch {
	case t.Minutes != 0:
		f.add(path, codeTargetAmbiguous)
	case t.WorkingDays < fewest || t.WorkingDays > MaxWorkingDays:
		f.add(path+".workingDays", codeTargetRange)
	}
}

// Validate checks both marks; see [Target.Validate].
func (m Marks) Validate(path string) error {
	if err := m.Promise.Validate(path + ".promise"); err != nil || m.Limit == nil {
		return err
	}
	return m.Limit.Validate(path + ".limit")
}

// budget is the working time that a target counts itself, in seconds; ok is
// false for the rules that name a day.
func (t Target) budget(c *Calendar) (sec int64, ok bool) {
	switch t.Rule {
	case "":
		return int64(t.Minutes) * 60, true
	case RuleBudget:
		return int64(t.WorkingDays) * int64(c.NominalMinutes()) * 60, true
	}
	return 0, false
}

// due is the deadline of a clock that starts at an instant and never pauses.
func (s Schedule) due(start int64, t Target) (int64, error) {
	switch t.Rule {
	case RuleSameTime:
		return s.sameTime(start, t.WorkingDays)
	case RuleCloseOfDay:
		return s.closeOfDay(start, t.WorkingDays)
	}
	budget, _ := t.budget(s.Calendar)
	if budget == 0 { // a calendar without any hours has no nominal day
		return 0, ErrNeverOpens
	}
	return s.add(start, budget)
}

func (s Schedule) sameTime(start int64, n int) (int64, error) {
	p, err := s.nextPiece(start)
	if err != nil {
		return 0, err
	}
	zone := newZoneClock(s.Zone)
	reading := zone.wall(max(start, p.from)) - p.day.wall()
	day, err := s.workingDayAfter(p.day, n)
	if err != nil {
		return 0, err
	}
	return zone.instant(day.wall() + openReading(s.Calendar.windows(day), reading)), nil
}

// openReading is a reading itself if a window holds it, otherwise the next
// opening of the day, otherwise its closing.
func openReading(ws []window, reading int64) int64 {
	for _, w := range ws {
		if reading < w.close {
			return max(reading, w.open)
		}
	}
	return ws[len(ws)-1].close
}

func (s Schedule) closeOfDay(start int64, n int) (int64, error) {
	day := s.dayOf(start)
	if n == 0 {
		if end, ok := s.closing(day); ok && end > start {
			return end, nil
		}
		n = 1
	}
	day, err := s.workingDayAfter(day, n)
	if err != nil {
		return 0, err
	}
	end, _ := s.closing(day)
	return end, nil
}

// dayOf is the working day whose window holds the instant, otherwise the
// date on the wall.
func (s Schedule) dayOf(instant int64) Date {
	zone := newZoneClock(s.Zone)
	day := zone.date(instant)
	if s.Calendar.always {
		return day
	}
	if p, err := s.nextPiece(instant); err == nil && p.from <= instant {
		return p.day
	}
	return day
}

func (s Schedule) closing(d Date) (int64, bool) {
	ws := s.Calendar.windows(d)
	if len(ws) == 0 {
		return 0, false
	}
	zone := newZoneClock(s.Zone)
	return zone.instant(d.wall() + ws[len(ws)-1].close), true
}

// workingDayAfter is the nth working day after d.
func (s Schedule) workingDayAfter(d Date, n int) (Date, error) {
	days, opened := int(horizonSeconds/secondsPerDay), false
	for i := 1; i <= days; i++ {
		if len(s.Calendar.windows(d+Date(i))) == 0 {
			continue
		}
		opened = true
		if n--; n == 0 {
			return d + Date(i), nil
		}
	}
	if !opened {
		return 0, ErrNeverOpens
	}
	return 0, ErrBeyondHorizon
}
