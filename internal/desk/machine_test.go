package desk_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/problem"
)

// model is a case told minute by minute: nothing is shared with the code that
// it checks. It knows Moscow's weeks from July to October, which have no
// holiday, and contract terms.
type model struct {
	state    desk.State
	severity calendar.Severity
	version  int64
	start    time.Time
	ran      []bool // for each minute since the start: was the clock running?
	broken   bool   // a promise was ever seen broken
	told     int    // entries that say so
	passed   bool   // the present promise is among them
}

func works(t time.Time) bool {
	wall := t.UTC().Add(3 * time.Hour)
	return wall.Weekday() != time.Saturday && wall.Weekday() != time.Sunday && wall.Hour() >= 9 && wall.Hour() < 18
}

func (m *model) running() bool { return m.state == desk.New || m.state == desk.Open }

func (m *model) advance(minutes int) {
	for range minutes {
		m.ran = append(m.ran, m.running())
	}
}

// total is the working minutes that the severity allows: 90, or those until
// the last minute of the Nth working day after the start's.
func (m *model) total() (n int) {
	days := map[calendar.Severity]int{calendar.Critical: 2, calendar.Important: 3, calendar.Minor: 5}[m.severity]
	if days == 0 {
		return 90
	}
	for t, today := m.start, m.start.Add(3*time.Hour).YearDay(); ; t = t.Add(time.Minute) {
		if works(t) {
			if day := t.Add(3 * time.Hour).YearDay(); day != today {
				today = day
				days--
			}
			if days < 0 {
				return n
			}
			n++
		}
	}
}

// used is the working minutes so far, and whether the clock ran on after the
// last one allowed.
func (m *model) used() (n int, late bool) {
	total := m.total()
	for i, ran := range m.ran {
		late = late || ran && n >= total
		if ran && works(m.start.Add(time.Duration(i)*time.Minute)) {
			n++
		}
	}
	return n, late
}

func (m *model) look() {
	if _, late := m.used(); late && !m.passed {
		m.passed, m.broken, m.told = true, true, m.told+1
	}
}

// does says what becomes of the model; the code "" is a success.
func (m *model) does(do string, severity calendar.Severity) (code string) {
	active := m.running() || m.state == desk.Waiting
	to, ok := m.state, active
	switch do {
	case "take":
		if m.state == desk.New {
			to = desk.Open
		}
	case "wait":
		to, ok = desk.Waiting, m.running()
	case "resume":
		to, ok = desk.Open, m.state == desk.Waiting
	case "resolve":
		to = desk.Resolved
	case "close":
		to, ok = desk.Closed, m.state != desk.Closed
	case "reopen":
		to, ok = desk.Open, !active
	case "note":
		ok = true
	}
	if !ok {
		return "case_state"
	}
	if do == "severity" && m.severity == severity {
		return "" // it is so already: nothing is written
	}
	m.look()
	if do == "severity" {
		m.severity, m.passed = severity, false
	}
	m.state = to
	m.version++
	m.look()
	return ""
}

func (b *bench) perform(do string, id string, version int64, severity calendar.Severity, nth int) (desk.Case, error) {
	ctx := b.Context()
	switch do {
	case "take":
		return b.s.Take(ctx, anna, id, version, fmt.Sprint("p", nth), "") // somebody new each time
	case "wait":
		return b.s.Wait(ctx, anna, id, version, calendar.Part, "")
	case "resume":
		return b.s.Resume(ctx, anna, id, version)
	case "resolve":
		return b.s.Resolve(ctx, anna, id, version, "")
	case "close":
		return b.s.Close(ctx, anna, id, version, "")
	case "reopen":
		return b.s.Reopen(ctx, anna, id, version, "")
	case "note":
		return b.s.Note(ctx, anna, id, "звонили")
	}
	return b.s.SetSeverity(ctx, anna, id, version, severity, "")
}

func TestACaseBehavesLikeTheModel(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		rapid.Check(b.T, func(t *rapid.T) {
			b.clk.Set(monday.Add(time.Duration(rapid.IntRange(0, 7*24*60).Draw(t, "start")) * time.Minute))
			severity := rapid.SampledFrom(calendar.Severities())
			c := b.open(anna, desk.Draft{Severity: severity.Draw(t, "severity")})
			m := &model{state: desk.New, severity: c.Severity, version: 1, start: b.clk.Now()}
			for i := range rapid.IntRange(1, 8).Draw(t, "steps") {
				minutes := rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(0, 4000)).Draw(t, "minutes")
				b.clk.Advance(time.Duration(minutes) * time.Minute)
				m.advance(minutes)
				do := rapid.SampledFrom([]string{"take", "wait", "resume", "resolve", "close", "reopen", "note", "severity"}).Draw(t, "do")
				b.oneStep(t, m, c.ID, do, severity.Draw(t, "to"), rapid.IntRange(0, 4).Draw(t, "stale") == 0, i)
			}
		})
	})
}

func (b *bench) oneStep(t *rapid.T, m *model, id, do string, to calendar.Severity, stale bool, nth int) {
	version := m.version
	want := ""
	if stale && do != "note" {
		version, want = version+1, "conflict"
	} else {
		want = m.does(do, to)
	}
	_, err := b.perform(do, id, version, to, nth)
	if problem.CodeOf(err) != want {
		t.Fatalf("%s in %s: want %q, got %v", do, m.state, want, err)
	}
	v, err := b.s.View(b.Context(), boss, id)
	stored, errGet := b.s.Get(b.Context(), boss, id)
	if err := errors.Join(err, errGet); err != nil {
		t.Fatal(err)
	}
	used, _ := m.used()
	left := max(0, m.total()-used)
	if v.State != m.state || v.Severity != m.severity || v.Version != m.version {
		t.Fatalf("%s, %s, version %d; want %s, %s, %d", v.State, v.Severity, v.Version, m.state, m.severity, m.version)
	}
	if v.Clock.Used != time.Duration(used)*time.Minute || v.Clock.Left != time.Duration(left)*time.Minute {
		t.Fatalf("used %v, left %v; want %d and %d minutes", v.Clock.Used, v.Clock.Left, used, left)
	}
	if !stored.BrokenAt.IsZero() != m.broken || kinds(v)[desk.EntryBroken] != m.told {
		t.Fatalf("broken at %v, told %d times; want %v and %d", stored.BrokenAt, kinds(v)[desk.EntryBroken], m.broken, m.told)
	}
	if stored.ClosedAt.IsZero() != m.state.Active() {
		t.Fatalf("%s and closed at %v", m.state, stored.ClosedAt)
	}
}
