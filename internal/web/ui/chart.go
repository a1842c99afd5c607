package ui

import (
	"fmt"
	"time"
)

// PromiseState is what the clock of a promise does.
type PromiseState string

// The states of a promise. Late is past the promise and within the limit.
const (
	PromiseRunning PromiseState = "running"
	PromisePaused  PromiseState = "paused"
	PromiseLate    PromiseState = "late"
	PromiseOverdue PromiseState = "overdue"
	PromiseMet     PromiseState = "met"
	PromiseMissed  PromiseState = "missed"
)

// PromiseProps describe a promise's clock. All spans are counted time, that
// is working time without pauses, as internal/calendar counts it.
type PromiseProps struct {
	State  PromiseState
	Used   time.Duration
	Target time.Duration // the promise
	Limit  time.Duration // the outer mark; 0 = the same as Target
	Left   time.Duration // until the mark that counts now; negative = overrun
	Due    time.Time     // instant of that mark by the calendar; zero while paused
	There  string        // the same by the shop's clock where that differs: "18:00"
	Pauses []time.Duration
	// Pauses are the places, in counted time, at which the clock stood.
	Reason string // why it stands, in words; for a paused one
}

// end is the length of the bar in counted time.
func (p PromiseProps) end() time.Duration {
	e := max(p.Target, p.Limit, time.Minute)
	if p.Used > e {
		e = p.Used
	}
	return e
}

// at is the place of a span on the bar, as a percentage.
func (p PromiseProps) at(d time.Duration) string {
	return pct(float64(d) / float64(p.end()))
}

// limit is the outer mark.
func (p PromiseProps) limit() time.Duration { return max(p.Limit, p.Target) }

// tone: quiet until three quarters are used, then amber, then red.
func (p PromiseProps) tone() string {
	switch p.State {
	case PromiseMet:
		return "ok"
	case PromiseOverdue, PromiseMissed:
		return string(Blocking)
	case PromiseLate:
		return string(Critical)
	case PromisePaused:
		return "work"
	default:
		if p.Target > 0 && p.Used*4 >= p.Target*3 {
			return string(Important)
		}
		return "accent"
	}
}

// sentence says the bar in words.
func (p PromiseProps) sentence(v View) string {
	switch p.State {
	case PromisePaused:
		if p.Left < 0 {
			return v.T("ui.promise.paused_over", "span", v.Span(p.Left))
		}
		return v.T("ui.promise.paused", "span", v.Span(p.Left))
	case PromiseMet:
		return v.T("ui.promise.met")
	case PromiseMissed:
		return v.T("ui.promise.missed", "span", v.Span(p.Left))
	case PromiseOverdue:
		return v.T("ui.promise.overdue", "span", v.Span(p.Left))
	case PromiseLate:
		return v.T("ui.promise.late", "span", v.Span(p.Left))
	default:
		return v.T("ui.promise.left", "span", v.Span(p.Left))
	}
}

// counted says the bar in words where there is room to say that what is left
// is working time: "1 h 30 min" on a Saturday is not a quarter to four.
func (p PromiseProps) counted(v View) string {
	if p.State == PromiseRunning {
		return v.T("ui.promise.left_counted", "span", v.Hours(p.Left))
	}
	return p.sentence(v)
}

func pct(f float64) string {
	return fmt.Sprintf("%.2f%%", 100*min(max(f, 0), 1))
}

// Reason is why a register will stop, in the forecast.
type Reason string

// The reasons, from the one that stands at the foot of a bar.
const (
	ReasonFN          Reason = "fn"
	ReasonUnsent      Reason = "unsent"
	ReasonShift       Reason = "shift"
	ReasonCertificate Reason = "certificate"
)

// Reasons lists them in drawing order.
func Reasons() []Reason {
	return []Reason{ReasonFN, ReasonUnsent, ReasonShift, ReasonCertificate}
}

// ForecastDay is one day of the strip.
type ForecastDay struct {
	Date   time.Time // any instant of the day, in the reader's zone
	Href   string    // the registers that will lock that day
	Counts map[Reason]int
}

func (d ForecastDay) total() int {
	n := 0
	for _, r := range Reasons() {
		n += d.Counts[r]
	}
	return n
}

// bar is one piece of a day's column, in units of the drawing.
type bar struct {
	reason Reason
	y, h   float64
}

// columnHeight is the height of a day's column in units of the drawing, which
// the style sheet may draw smaller; countHeight of it is kept for the number over
// the highest column.
const (
	columnHeight = 90
	countHeight  = 18
)

// bars stacks a day's counts; most is the largest day's total. A single
// register is at least 4 units high, so that it is never overlooked.
func (d ForecastDay) bars(most int) []bar {
	var out []bar
	unit := float64(columnHeight-countHeight) / float64(max(most, 6))
	y := float64(columnHeight)
	for _, r := range Reasons() {
		if n := d.Counts[r]; n > 0 {
			h := max(float64(n)*unit, 4)
			y -= h
			out = append(out, bar{r, y, h})
		}
	}
	return out
}

// upColumn is a height in units of the drawing as a share of it, so that the
// same drawing fits a desk's strip and a phone's two lower ones.
func upColumn(units float64) string { return pct(units / columnHeight) }

// top is the upper end of a day's column.
func (d ForecastDay) top(most int) float64 {
	bars := d.bars(most)
	if len(bars) == 0 {
		return columnHeight
	}
	return bars[len(bars)-1].y
}

// monthName stands under the first day of a month and under today, so that
// "30, 1, 2" is read as what it is.
func monthName(v View, t time.Time) string {
	local := t.In(v.loc())
	if local.Day() != 1 && !sameDay(t, v.Now, v.loc()) {
		return ""
	}
	return v.T("ui.month." + itoa(int(local.Month())))
}

func mostOf(days []ForecastDay) int {
	n := 0
	for _, d := range days {
		n = max(n, d.total())
	}
	return n
}

// dayName is a day in words: "пн 23.11".
func dayName(v View, t time.Time) string {
	t = t.In(v.loc())
	return v.T("ui.weekday."+weekdayKey(t)) + " " + dayMonth(v, t)
}

func weekdayKey(t time.Time) string { return itoa(int(t.Weekday()+6)%7 + 1) }

func dayMonth(v View, t time.Time) string {
	d := v.Moment(t, v.Now, v.loc())
	if i := len(d) - len(" 15:04"); i > 0 {
		d = d[:i]
	}
	return trimComma(d)
}

func trimComma(s string) string {
	if n := len(s); n > 0 && s[n-1] == ',' {
		return s[:n-1]
	}
	return s
}

func sameDay(a, b time.Time, loc *time.Location) bool {
	ya, ma, da := a.In(loc).Date()
	yb, mb, db := b.In(loc).Date()
	return ya == yb && ma == mb && da == db
}

func weekend(t time.Time, loc *time.Location) bool {
	w := t.In(loc).Weekday()
	return w == time.Saturday || w == time.Sunday
}

// dayLabel says a day of the strip to a screen reader and on hover.
func dayLabel(v View, d ForecastDay) string {
	s := dayName(v, d.Date) + ": " + v.N("ui.forecast.registers", d.total())
	for _, r := range Reasons() {
		if n := d.Counts[r]; n > 0 {
			s += "\n" + v.T("ui.forecast.reason."+string(r)) + ": " + itoa(n)
		}
	}
	return s
}

// FNProps describe the life of a fiscal drive.
type FNProps struct {
	From, Till time.Time // activation (zero = not known) and the last valid day
	Used       int       // memory used in percent, −1 = not known
}

// fnTicks are the months of the drive's life, as percentages of it.
func (p FNProps) ticks() []string {
	var out []string
	whole := p.Till.Sub(p.From)
	t := time.Date(p.From.Year(), p.From.Month(), 1, 0, 0, 0, 0, time.UTC)
	for t = t.AddDate(0, 1, 0); t.Before(p.Till) && len(out) < 48; t = t.AddDate(0, 1, 0) {
		out = append(out, pct(float64(t.Sub(p.From))/float64(whole)))
	}
	return out
}

func (p FNProps) known() bool { return !p.Till.IsZero() }

// scaled says whether the beginning is known too, so that a scale can be drawn.
func (p FNProps) scaled() bool { return p.known() && !p.From.IsZero() && p.Till.After(p.From) }

func (p FNProps) at(t time.Time) string {
	return pct(float64(t.Sub(p.From)) / float64(p.Till.Sub(p.From)))
}

// tone follows the drive's own warnings: 30 days and 3 days before the end.
func (p FNProps) tone(now time.Time) string {
	switch left := p.Till.Sub(now); {
	case left <= 3*24*time.Hour:
		return string(Blocking)
	case left <= 30*24*time.Hour:
		return string(Important)
	default:
		return "accent"
	}
}

// Spark is one stretch of a state's history.
type Spark struct {
	From, To time.Time
	State    State
	Severity Severity
}

func sparkAt(t, from, to time.Time) string {
	return pct(float64(t.Sub(from)) / float64(max(to.Sub(from), 1)))
}

// sparkWidth is a stretch's share, at least four tenths of a percent: a
// minute's outage in a month must still be seen.
func sparkWidth(s Spark, from, to time.Time) string {
	return pct(max(float64(s.To.Sub(s.From))/float64(max(to.Sub(from), 1)), 0.004))
}

// sparkY and sparkHeight: well is a thin line, anything else stands up.
func sparkY(s Spark) string {
	if s.State == StateOK {
		return "7"
	}
	return "2"
}

func sparkHeight(s Spark) string {
	if s.State == StateOK {
		return "4"
	}
	return "14"
}
