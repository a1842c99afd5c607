package desk_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
)

// all pages through a list and gives every case in the order they came.
func (b *bench) all(t interface{ Fatal(...any) }, f desk.Filter) (out []desk.Case) {
	for range 1000 {
		p, err := b.s.List(b.Context(), boss, f)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Cases) > f.Limit || p.Next != "" && len(p.Cases) != f.Limit {
			t.Fatal("a page of", len(p.Cases), "with limit", f.Limit, "and next", p.Next)
		}
		out = append(out, p.Cases...)
		if p.Next == "" {
			return out
		}
		f.After = p.Next
	}
	t.Fatal("the pages do not end")
	return nil
}

// muddle opens cases and does random things to them; many share a deadline.
func (b *bench) muddle(n int, seed func(limit int) int) (cases []desk.Case) {
	b.Helper()
	for range n {
		b.clk.Advance(time.Duration(seed(3)) * 30 * time.Minute)
		c := b.open(anna, desk.Draft{Device: []string{"till", "till2", "once", "next"}[seed(4)], Severity: calendar.Severities()[seed(4)]})
		for _, do := range [][]string{nil, {"take"}, {"wait"}, {"take", "wait", "resume"}, {"resolve"}, {"close"}, {"close", "reopen"}}[seed(7)] {
			_, err := acts()[do](b, c.ID)
			b.must(err)
		}
		c, err := b.s.Get(b.Context(), boss, c.ID)
		b.must(err)
		cases = append(cases, c)
	}
	return cases
}

func ids(cases []desk.Case) (out []string) {
	for _, c := range cases {
		out = append(out, c.ID)
	}
	slices.Sort(out)
	return out
}

func pick(cases []desk.Case, want func(desk.Case) bool) (out []desk.Case) {
	for _, c := range cases {
		if want(c) {
			out = append(out, c)
		}
	}
	return out
}

func TestEveryCaseComesOnceInItsPlace(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		n := 0
		cases := b.muddle(60, func(limit int) int { n = (n*1103515245 + 12345) % (1 << 31); return n / 65536 % limit })
		rapid.Check(b.T, func(t *rapid.T) {
			f := desk.Filter{
				Limit:    rapid.IntRange(1, 25).Draw(t, "limit"),
				Severity: rapid.SampledFrom([]calendar.Severity{"", "", calendar.Blocking, calendar.Minor}).Draw(t, "severity"),
				Client:   rapid.SampledFrom([]string{"", "", "shop", "neighbour", "nobody"}).Draw(t, "client"),
				Device:   rapid.SampledFrom([]string{"", "", "till", "next"}).Draw(t, "device"),
				Owner:    rapid.SampledFrom([]string{"", "", "-", "p-anna"}).Draw(t, "owner"),
				Outlet:   rapid.SampledFrom([]string{"", "", "centre"}).Draw(t, "outlet"),
				States: rapid.SampledFrom([][]desk.State{
					nil, {desk.New}, {desk.Waiting, desk.Open}, {desk.Resolved, desk.Closed}, {desk.Closed}, {desk.New, desk.Closed}, desk.States(),
				}).Draw(t, "states"),
			}
			got := b.all(t, f)
			want := pick(cases, func(c desk.Case) bool {
				return (len(f.States) == 0 && c.State.Active() || slices.Contains(f.States, c.State)) &&
					(f.Severity == "" || f.Severity == c.Severity) && (f.Client == "" || f.Client == c.Client) &&
					(f.Device == "" || f.Device == c.Device) && (f.Outlet == "" || f.Outlet == c.Outlet) &&
					(f.Owner == "" || f.Owner == c.Owner || f.Owner == "-" && c.Owner == "")
			})
			if !slices.Equal(ids(got), ids(want)) {
				t.Fatalf("%+v: %d cases, want %d", f, len(got), len(want))
			}
			inOrder(t, got, len(pick(got, func(c desk.Case) bool { return c.State.Active() })) == 0)
		})
	})
}

// inOrder wants the running ones by promise, then those that stand; ended ones
// alone newest first.
func inOrder(t *rapid.T, got []desk.Case, ended bool) {
	for i := 1; i < len(got); i++ {
		a, b := got[i-1], got[i]
		runs := func(c desk.Case) bool { return c.State == desk.New || c.State == desk.Open }
		switch {
		case ended && b.ClosedAt.After(a.ClosedAt):
			t.Fatalf("%d: ended at %v comes after %v", i, b.ClosedAt, a.ClosedAt)
		case ended:
		case runs(b) && !runs(a):
			t.Fatalf("%d: a standing clock comes before a running one", i)
		case runs(a) && runs(b) && b.DueAt.Before(a.DueAt):
			t.Fatalf("%d: due %v comes after %v", i, b.DueAt, a.DueAt)
		}
	}
}

func TestABrokenPageKeyIsRefused(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		for _, key := range []string{"x", "12", "_", "12;_a", "99999999999999999999_a"} {
			_, err := b.s.List(b.Context(), boss, desk.Filter{After: key})
			b.refused(err, "page_key")
		}
	})
}

func TestFindingByText(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		for _, subject := range []string{
			"Ёлка на кассе: ФН ПЕРЕПОЛНЕН", "Зелёный чек не выходит", "Kassenlade klemmt in Müllheim, Straße 5", "Ошибка 1001 при печати", `100% _брак_ \ слэш`,
			"Кассовыи\u0306 аппарат", // й as и with a mark
		} {
			b.open(anna, desk.Draft{Subject: subject})
		}
		for text, want := range map[string][]int64{
			"ёлка": {1001}, "ЕЛКА": {1001}, "елка фн": {1001}, "зеленый": {1002}, "ЗЕЛЁНЫЙ ЧЕК": {1002}, "muellheim": {1003}, "MÜLLHEIM strasse": {1003},
			"#1001": {1001}, "1001": {1001, 1004}, "ошибка 1001": {1004}, "100%": {1005}, "_брак_": {1005}, `\`: {1005}, "%": {1005}, "_": {1005},
			"кассовый": {1006}, "касс": {1001, 1006}, "нет такого": nil, "  ": {1001, 1002, 1003, 1004, 1005, 1006}, "'; DROP": nil,
		} {
			var got []int64
			for _, c := range b.list(boss, desk.Filter{Text: text}) {
				got = append(got, c.Number)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				b.Errorf("%q finds %v, want %v", text, got, want)
			}
		}
	})
}

// TestFindingByWhatIsNamed: what the program opened has no words of its own; it
// is found by the fault and the place that the words name, and by nothing else.
func TestFindingByWhatIsNamed(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		b.open(anna, desk.Draft{Subject: "Не печатает", Device: "till"})                                               // 1001
		b.open(anna, desk.Draft{Subject: "Тихо", Device: "till2", Fault: "fn-235-unsent-documents"})                   // 1002
		b.open(anna, desk.Draft{Subject: "Пусто", Device: "till", Fault: "kkt-clock-drift", Severity: calendar.Minor}) // 1003
		for name, c := range map[string]struct {
			f    desk.Filter
			want []int64
		}{
			"a fault":               {desk.Filter{Text: "ресурс", Named: desk.Named{Faults: []string{"fn-235-unsent-documents"}}}, []int64{1002}},
			"a place or words":      {desk.Filter{Text: "тихо", Named: desk.Named{Devices: []string{"till"}}}, []int64{1001, 1002, 1003}},
			"beside other filters":  {desk.Filter{Text: "касса", Severity: calendar.Minor, Named: desk.Named{Devices: []string{"till"}, Outlets: []string{"nowhere"}}}, []int64{1003}},
			"a number as well":      {desk.Filter{Text: "1001", Named: desk.Named{Faults: []string{"kkt-clock-drift"}}}, []int64{1001, 1003}},
			"nothing without words": {desk.Filter{Named: desk.Named{Devices: []string{"till2"}}}, []int64{1001, 1002, 1003}},
		} {
			var got []int64
			for _, x := range b.list(boss, c.f) {
				got = append(got, x.Number)
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				b.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
	})
}

// TestTheWayAhead: a clock's lines up to now and those ahead join without a gap,
// and the open time among them is what is left.
func TestTheWayAhead(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		id := b.open(anna, desk.Draft{Severity: calendar.Important}).ID
		b.clk.Advance(3 * time.Hour)
		v, err := b.s.View(b.Context(), boss, id)
		b.must(err)
		var open time.Duration
		at := b.clk.Now()
		for _, l := range v.Ahead {
			if !l.From.Equal(at) {
				b.Errorf("a gap: %v after %v", l.From, at)
			}
			at = l.To
			if l.What == calendar.WhatOpen {
				open += time.Duration(l.Seconds) * time.Second
			}
		}
		if len(v.Ahead) == 0 || !at.Equal(v.Clock.Deadline) || open != v.Clock.Left {
			b.Errorf("%v of %v left, to %v of %v", open, v.Clock.Left, at, v.Clock.Deadline)
		}
		_, err = b.s.Wait(b.Context(), boss, id, 0, calendar.WaitingClient, "")
		b.must(err)
		if v, err = b.s.View(b.Context(), boss, id); err != nil || len(v.Ahead) != 0 {
			b.Errorf("a clock that stands has %d lines ahead, %v", len(v.Ahead), err)
		}
	})
}

func TestFoldIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if once := desk.Fold(s); desk.Fold(once) != once || desk.Fold(strings.ToUpper(once)) != desk.Fold(strings.ToLower(strings.ToUpper(once))) {
			t.Fatalf("%q folds to %q, then to %q", s, once, desk.Fold(once))
		}
	})
}

func TestCountsAndActiveCases(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		n := 7
		cases := b.muddle(40, func(limit int) int { n = (n*1103515245 + 12345) % (1 << 31); return n / 65536 % limit })
		got, err := b.s.Count(b.Context(), boss, "p-anna")
		b.must(err)
		want := desk.Counts{BySeverity: map[calendar.Severity]int{}}
		for _, c := range pick(cases, func(c desk.Case) bool { return c.State.Active() }) {
			want.Active++
			want.BySeverity[c.Severity]++
			for _, x := range []struct {
				is bool
				n  *int
			}{{c.State == desk.New, &want.New}, {c.State == desk.Waiting, &want.Waiting}, {!c.BrokenAt.IsZero(), &want.Broken}, {c.Owner == "p-anna", &want.Mine}, {c.Owner == "", &want.Unowned}} {
				if x.is {
					*x.n++
				}
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || want.Mine == 0 || want.Waiting == 0 {
			b.Errorf("%+v, want %+v", got, want)
		}
		mine, err := b.s.Count(b.Context(), boss, "")
		b.must(err)
		if mine.Mine != 0 {
			b.Errorf("nobody has %d cases", mine.Mine)
		}
		b.activeOf(cases)
	})
}

func (b *bench) activeOf(cases []desk.Case) {
	b.Helper()
	got, err := b.s.ActiveOf(b.Context(), boss, []string{"till", "till2", "next", "none"})
	b.must(err)
	for _, device := range []string{"till", "till2", "next", "none"} {
		queue := b.list(boss, desk.Filter{Device: device, Limit: 500})
		c, ok := got[device]
		if ok != (len(queue) > 0) || ok && c.ID != queue[0].ID {
			b.Errorf("%s: %v, first of %d", device, c.ID, len(queue))
		}
	}
	if len(cases) == 0 {
		b.Error("nothing to find")
	}
}

func TestANumberOfStatementsThatDoesNotGrow(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		reads := []struct {
			name string
			most int
			f    func(ctx context.Context) error
		}{
			{"View", 4, func(ctx context.Context) error { _, err := b.s.View(ctx, boss, c.ID); return err }},
			{"List", 1, func(ctx context.Context) error {
				_, err := b.s.List(ctx, boss, desk.Filter{Limit: 100, Text: "касса", States: desk.States()})
				return err
			}},
			{"Count", 1, func(ctx context.Context) error { _, err := b.s.Count(ctx, boss, "p-anna"); return err }},
			{"ActiveOf", 1, func(ctx context.Context) error {
				_, err := b.s.ActiveOf(ctx, boss, []string{"till", "till2", "next"})
				return err
			}},
		}
		for round := range 2 {
			for _, r := range reads {
				ctx, counted := db.CountQueries(b.Context())
				b.must(r.f(ctx))
				if counted() != r.most {
					b.Errorf("round %d: %s took %d statements", round, r.name, counted())
				}
			}
			for range 15 {
				b.open(anna, desk.Draft{Device: "till2"})
				for _, do := range []string{"wait", "resume", "note"} {
					_, err := acts()[do](b, c.ID)
					b.must(err)
				}
			}
		}
	})
}
