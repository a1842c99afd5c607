package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/desk"
)

// act is one of a person's doings, whatever the version.
type act func(b *bench, id string) (desk.Case, error)

func acts() map[string]act {
	return map[string]act{
		"take": func(b *bench, id string) (desk.Case, error) {
			return b.s.Take(b.Context(), anna, id, desk.AnyVersion, "p-anna", "Анна")
		},
		"wait": func(b *bench, id string) (desk.Case, error) {
			return b.s.Wait(b.Context(), anna, id, desk.AnyVersion, calendar.Part, "ждём ФН")
		},
		"resume": func(b *bench, id string) (desk.Case, error) {
			return b.s.Resume(b.Context(), anna, id, desk.AnyVersion)
		},
		"resolve": func(b *bench, id string) (desk.Case, error) {
			return b.s.Resolve(b.Context(), anna, id, desk.AnyVersion, "готово")
		},
		"close": func(b *bench, id string) (desk.Case, error) {
			return b.s.Close(b.Context(), anna, id, desk.AnyVersion, "")
		},
		"reopen": func(b *bench, id string) (desk.Case, error) {
			return b.s.Reopen(b.Context(), anna, id, desk.AnyVersion, "опять")
		},
		"note": func(b *bench, id string) (desk.Case, error) { return b.s.Note(b.Context(), anna, id, "звонили") },
		"severity": func(b *bench, id string) (desk.Case, error) {
			return b.s.SetSeverity(b.Context(), anna, id, desk.AnyVersion, calendar.Minor, "есть вторая касса")
		},
	}
}

// path leads a new case to each state.
var path = map[desk.State][]string{
	desk.New: {}, desk.Open: {"take"}, desk.Waiting: {"take", "wait"}, desk.Resolved: {"take", "resolve"}, desk.Closed: {"close"},
}

func TestWhatMayBeDoneInEveryState(t *testing.T) {
	t.Parallel()
	const no = desk.State("") // refused
	table := map[desk.State]map[string]desk.State{
		desk.New:      {"take": desk.Open, "wait": desk.Waiting, "resume": no, "resolve": desk.Resolved, "close": desk.Closed, "reopen": no, "note": desk.New, "severity": desk.New},
		desk.Open:     {"take": desk.Open, "wait": desk.Waiting, "resume": no, "resolve": desk.Resolved, "close": desk.Closed, "reopen": no, "note": desk.Open, "severity": desk.Open},
		desk.Waiting:  {"take": desk.Waiting, "wait": no, "resume": desk.Open, "resolve": desk.Resolved, "close": desk.Closed, "reopen": no, "note": desk.Waiting, "severity": desk.Waiting},
		desk.Resolved: {"take": no, "wait": no, "resume": no, "resolve": no, "close": desk.Closed, "reopen": desk.Open, "note": desk.Resolved, "severity": no},
		desk.Closed:   {"take": no, "wait": no, "resume": no, "resolve": no, "close": no, "reopen": desk.Open, "note": desk.Closed, "severity": no},
	}
	each(t, monday, func(b *bench) {
		for _, from := range desk.States() {
			for name, do := range acts() {
				c := b.open(anna, desk.Draft{})
				for _, step := range path[from] {
					_, err := acts()[step](b, c.ID)
					b.must(err)
				}
				before := b.view(c.ID)
				got, err := do(b, c.ID)
				if want := table[from][name]; want == no {
					b.refused(err, "case_state")
					if after := b.view(c.ID); after.Version != before.Version || after.State != from || len(after.Entries) != len(before.Entries) {
						b.Errorf("%s in %s was refused and changed something", name, from)
					}
				} else if err != nil || got.State != want {
					b.Errorf("%s in %s gives %s, %v; want %s", name, from, got.State, err, want)
				}
			}
		}
	})
}

func TestWhatIsSoAlreadyWritesNothing(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{Severity: calendar.Critical})
		c, err := b.s.Take(b.Context(), anna, c.ID, c.Version, "p-anna", "Анна")
		b.must(err)
		before := len(b.view(c.ID).Entries)
		again, err := b.s.Take(b.Context(), anna, c.ID, c.Version, "p-anna", "Анна")
		b.must(err)
		same, err := b.s.SetSeverity(b.Context(), anna, c.ID, c.Version, calendar.Critical, "")
		b.must(err)
		if again.Version != c.Version || same.Version != c.Version || len(b.view(c.ID).Entries) != before {
			b.Errorf("versions %d, %d, %d", c.Version, again.Version, same.Version)
		}
		back, err := b.s.Take(b.Context(), anna, c.ID, c.Version, "", "")
		b.must(err)
		if back.Owner != "" || back.State != desk.Open || back.Version != c.Version+1 {
			b.Errorf("given back: %+v", back)
		}
	})
}

func TestTheClockStandsRunsStopsAndGoesOn(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) { // 10:00; due 11:30
		c := b.open(anna, desk.Draft{})
		id := c.ID
		step := func(d time.Duration, do string) desk.Case {
			b.clk.Advance(d)
			c, err := acts()[do](b, id)
			b.must(err)
			return c
		}
		want := func(c desk.Case, due time.Time) {
			b.Helper()
			if !c.DueAt.Equal(due) {
				b.Errorf("%s: due %v, want %v", c.State, c.DueAt, due)
			}
		}
		want(step(20*time.Minute, "wait"), time.Time{})     // 10:20, 20 used
		want(step(30*time.Minute, "severity"), time.Time{}) // 10:50, still standing
		c, err := b.s.SetSeverity(b.Context(), anna, id, desk.AnyVersion, calendar.Blocking, "")
		b.must(err)
		want(c, time.Time{})
		want(step(10*time.Minute, "resume"), monday.Add(130*time.Minute)) // 11:00, 70 left: 12:10
		c = step(10*time.Minute, "resolve")                               // 11:10, 30 used
		if !c.ClosedAt.Equal(b.clk.Now()) {
			b.Errorf("closed at %v", c.ClosedAt)
		}
		solved := c.ClosedAt
		c = step(5*time.Minute, "close")
		if !c.ClosedAt.Equal(solved) {
			b.Errorf("closing moved the end from %v to %v", solved, c.ClosedAt)
		}
		want(step(45*time.Minute, "reopen"), monday.Add(180*time.Minute)) // 12:00, 60 left: 13:00
		v := b.view(id)
		if v.Clock.Used != 30*time.Minute || v.Clock.Left != time.Hour || !v.ClosedAt.IsZero() || v.Clock.State != calendar.Running {
			b.Errorf("used %v, left %v, closed %v", v.Clock.Used, v.Clock.Left, v.ClosedAt)
		}
		if n := b.count(`SELECT count(*) FROM job WHERE unique_key = $1`, "desk.mark:"+id); n != 1 {
			b.Errorf("%d jobs wait for the mark", n)
		}
	})
}

// A machine's clock that is set back must not turn a case's history round.
func TestAClockSetBackKeepsTheOrderOfEvents(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		b.clk.Advance(30 * time.Minute)
		_, err := acts()["wait"](b, c.ID)
		b.must(err)
		b.clk.Advance(-20 * time.Minute)
		got, err := acts()["resume"](b, c.ID)
		b.must(err)
		if due := monday.Add(90 * time.Minute); !got.DueAt.Equal(due) { // the pause has no length
			b.Errorf("due %v, want %v", got.DueAt, due)
		}
		b.clk.Advance(30 * time.Minute) // 10:40
		if v := b.view(c.ID); v.Clock.State != calendar.Running || v.Clock.Used != 40*time.Minute {
			b.Errorf("%s, used %v", v.Clock.State, v.Clock.Used)
		}
	})
}

func TestWhatIsRefusedBeforeTheCaseIsRead(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		ctx := context.Background()
		for name, f := range map[string]func() error{
			"no reason":      func() error { _, err := b.s.Wait(ctx, anna, c.ID, 1, "", ""); return err },
			"unknown reason": func() error { _, err := b.s.Wait(ctx, anna, c.ID, 1, "lunch", ""); return err },
			"empty note":     func() error { _, err := b.s.Note(ctx, anna, c.ID, " \n\x00 "); return err },
			"no severity":    func() error { _, err := b.s.SetSeverity(ctx, anna, c.ID, 1, "worst", ""); return err },
			"long note":      func() error { _, err := b.s.Note(ctx, anna, c.ID, letters(desk.MaxNote+1)); return err },
			"long reason":    func() error { _, err := b.s.Resolve(ctx, anna, c.ID, 1, letters(desk.MaxNote+1)); return err },
			"no subject": func() error {
				_, err := b.s.Open(ctx, anna, desk.Draft{Device: "till", Severity: calendar.Minor})
				return err
			},
			"long subject": func() error {
				_, err := b.s.Open(ctx, anna, fill(desk.Draft{Subject: letters(desk.MaxSubject + 1)}))
				return err
			},
			"bad source":   func() error { _, err := b.s.Open(ctx, anna, fill(desk.Draft{Source: "dream"})); return err },
			"bad evidence": func() error { _, err := b.s.Open(ctx, anna, fill(desk.Draft{Evidence: []byte("{")})); return err },
		} {
			b.Log(name)
			b.refused(f(), "invalid")
		}
		if v := b.view(c.ID); v.Version != 1 || len(v.Entries) != 1 {
			b.Errorf("something was written: %+v", v.Case)
		}
		if n := b.count(`SELECT count(*) FROM desk_case`); n != 1 {
			b.Errorf("%d cases", n)
		}
	})
}

func letters(n int) string {
	r := make([]rune, n)
	for i := range r {
		r[i] = 'ж'
	}
	return string(r)
}

// PostgreSQL refuses a zero byte and broken UTF-8; a person's text is kept.
func TestOddBytesInAText(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{Subject: "Ка\x00сса\xff", Note: "a\x00b\nc"})
		v := b.view(c.ID)
		if v.Subject != "Касса\uFFFD" || v.Entries[1].Text != "ab\nc" {
			b.Errorf("%q, %q", v.Subject, v.Entries[1].Text)
		}
	})
}
