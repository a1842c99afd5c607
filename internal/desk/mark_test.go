package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/jobs"
)

func forCase(e bus.Event) bool { return e.Topic == "case" }

// works runs the queue and gives what each mark's handler came to. run stands
// for OnMark.
func (b *bench) works(run jobs.Handler) (outcomes <-chan error, stop func()) {
	out := make(chan error, 100)
	b.q.Handle(desk.JobMark, func(ctx context.Context, j jobs.Taken) error {
		err := run(ctx, j)
		out <- err
		return err
	})
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan struct{})
	go func() { b.q.Run(ctx); close(done) }()
	return out, func() { cancel(); <-done }
}

// at moves the clock and waits until n marks have been worked on.
func (b *bench) at(t time.Time, out <-chan error, n int) {
	b.Helper()
	b.clk.Set(t)
	b.q.Wake()
	for range n {
		select {
		case err := <-out:
			b.must(err)
		case <-time.After(20 * time.Second):
			b.Fatalf("no mark was worked on at %v", t)
		}
	}
}

func TestAPromiseIsBrokenOnceAndThenItsLimit(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) { // due 11:30, limit 12:30
		c := b.open(anna, desk.Draft{})
		out, stop := b.works(b.s.OnMark)
		defer stop()
		b.clk.Set(c.DueAt) // at the very second it is kept: a job now would be seen below
		b.q.Wake()
		b.at(c.DueAt.Add(time.Second), out, 1)
		v := b.view(c.ID)
		if kinds(v)[desk.EntryBroken] != 1 || kinds(v)[desk.EntryLimit] != 0 || !v.BrokenAt.Equal(c.DueAt) || v.Version != 1 {
			b.Fatalf("%v, %+v", kinds(v), v.Case)
		}
		broken := v.Entries[len(v.Entries)-1]
		if !broken.At.Equal(c.DueAt.Add(time.Second)) || broken.Data["at"] != float64(c.DueAt.UnixMilli()) || broken.Actor.ID != "promise" {
			b.Errorf("%+v", broken)
		}
		b.at(c.LimitAt.Add(time.Second), out, 1)
		b.clk.Advance(240 * time.Hour)
		b.q.Wake()
		v = b.view(c.ID)
		if k := kinds(v); k[desk.EntryBroken] != 1 || k[desk.EntryLimit] != 1 || !v.BrokenAt.Equal(c.DueAt) {
			b.Errorf("%v, %+v", k, v.Case)
		}
		stop()
		if n := b.count(`SELECT count(*) FROM job`); n != 0 || len(out) != 0 {
			b.Errorf("%d jobs are left, %d more ran", n, len(out))
		}
		if got := b.list(boss, desk.Filter{Broken: true}); len(got) != 1 {
			b.Errorf("%d broken cases", len(got))
		}
	})
}

func TestAMarkTwiceInOneHandIsWrittenOnce(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		out, stop := b.works(func(ctx context.Context, j jobs.Taken) error {
			if err := b.s.OnMark(ctx, j); err != nil {
				return err
			}
			if b.s.OnMark(ctx, j) == nil { // a worker whose lease was lost
				return errors.New("a mark was finished twice")
			}
			return nil
		})
		defer stop()
		b.at(c.DueAt.Add(time.Second), out, 1)
		b.at(c.LimitAt.Add(time.Second), out, 1)
		if k := kinds(b.view(c.ID)); k[desk.EntryBroken] != 1 || k[desk.EntryLimit] != 1 {
			b.Error(k)
		}
	})
}

func TestAServerThatWasOffWritesBothMarks(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		b.clk.Set(c.LimitAt.Add(50 * time.Hour))
		out, stop := b.works(b.s.OnMark)
		defer stop()
		b.at(b.clk.Now(), out, 1)
		v := b.view(c.ID)
		n := len(v.Entries)
		if n != 3 || v.Entries[1].Kind != desk.EntryBroken || v.Entries[2].Kind != desk.EntryLimit || !v.BrokenAt.Equal(c.DueAt) {
			b.Errorf("%+v", v.Entries)
		}
	})
}

func TestWhoeverSeesABrokenPromiseFirstWritesIt(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		b.clk.Set(c.DueAt.Add(time.Minute))
		_, err := b.s.Note(b.Context(), anna, c.ID, "еду") // the queue does not run yet
		b.must(err)
		v := b.view(c.ID)
		if v.Entries[1].Kind != desk.EntryBroken || v.Entries[1].Actor.ID != "promise" || v.Entries[2].Kind != desk.EntryNote || v.BrokenAt.IsZero() {
			b.Errorf("%+v", v.Entries)
		}
		out, stop := b.works(b.s.OnMark)
		defer stop()
		b.at(c.LimitAt.Add(time.Second), out, 1)
		if k := kinds(b.view(c.ID)); k[desk.EntryBroken] != 1 || k[desk.EntryLimit] != 1 {
			b.Error(k)
		}
	})
}

func TestAChangeInTheSecondOfTheDeadlineLosesNoMark(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		b.clk.Set(c.DueAt.Add(300 * time.Millisecond))
		_, err := b.s.Note(b.Context(), anna, c.ID, "сейчас") // still kept
		b.must(err)
		out, stop := b.works(b.s.OnMark)
		defer stop()
		b.at(c.DueAt.Add(1300*time.Millisecond), out, 1)
		if k := kinds(b.view(c.ID)); k[desk.EntryBroken] != 1 {
			b.Error(k)
		}
	})
}

func TestAPauseInTimeKeepsThePromise(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		b.clk.Set(c.DueAt)
		_, err := acts()["wait"](b, c.ID) // at the very second
		b.must(err)
		if n := b.count(`SELECT count(*) FROM job`); n != 0 {
			b.Errorf("%d jobs for a standing clock", n)
		}
		b.clk.Advance(5 * time.Hour)
		if v := b.view(c.ID); v.Clock.Breached || !v.BrokenAt.IsZero() {
			b.Errorf("%+v", v.Clock)
		}
		got, err := acts()["resume"](b, c.ID) // nothing is left
		b.must(err)
		if !got.BrokenAt.IsZero() {
			b.Errorf("broken while it stood: %v", got.BrokenAt)
		}
		out, stop := b.works(b.s.OnMark)
		defer stop()
		b.at(b.clk.Now().Add(time.Second), out, 1)
		if k := kinds(b.view(c.ID)); k[desk.EntryBroken] != 1 {
			b.Error(k)
		}
	})
}

func TestAnotherSeverityHasMarksOfItsOwn(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		first := c.DueAt
		b.clk.Set(first.Add(10 * time.Minute))
		c, err := b.s.SetSeverity(b.Context(), anna, c.ID, desk.AnyVersion, calendar.Critical, "поставили подменную")
		b.must(err)
		v := b.view(c.ID)
		// Broken as a blocking one, and the timeline says so before the change.
		if v.Entries[1].Kind != desk.EntryBroken || v.Entries[1].Data["severity"] != "blocking" || v.Entries[2].Kind != desk.EntrySeverity || v.Clock.Breached {
			b.Fatalf("%+v", v.Entries)
		}
		out, stop := b.works(b.s.OnMark)
		defer stop()
		// Critical is two working days: Wednesday 18:00 in Moscow.
		if want := time.Date(2026, 7, 8, 15, 0, 0, 0, time.UTC); !c.DueAt.Equal(want) {
			b.Fatalf("due %v", c.DueAt)
		}
		b.at(c.DueAt.Add(time.Second), out, 1)
		v = b.view(c.ID)
		if k := kinds(v); k[desk.EntryBroken] != 2 || k[desk.EntryLimit] != 0 || !v.BrokenAt.Equal(first) {
			b.Errorf("%v, first broken %v", k, v.BrokenAt)
		}
		// Back to blocking: both of its marks are long passed, and told at once.
		_, err = b.s.SetSeverity(b.Context(), anna, c.ID, desk.AnyVersion, calendar.Blocking, "")
		b.must(err)
		if k := kinds(b.view(c.ID)); k[desk.EntryBroken] != 3 || k[desk.EntryLimit] != 1 {
			b.Error(k)
		}
	})
}

// Marks and people at the same second must not wait for each other in a
// circle, nor lose a line.
func TestMarksAndPeopleAtTheSameMoment(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		const n = 12
		var ids []string
		for range n {
			ids = append(ids, b.open(anna, desk.Draft{}).ID)
		}
		out, stop := b.works(b.s.OnMark)
		defer stop()
		b.clk.Set(monday.Add(91 * time.Minute))
		b.q.Wake()
		b.must(together(2*n, func(i int) error {
			_, err := b.s.Note(b.Context(), anna, ids[i%n], "едем")
			return err
		}))
		stop()
		allWell(b, out)
		for _, id := range ids {
			if k := kinds(b.view(id)); k[desk.EntryBroken] != 1 || k[desk.EntryNote] != 2 {
				b.Errorf("%v", k)
			}
		}
		if jobsLeft := b.count(`SELECT count(*) FROM job`); jobsLeft != n { // every case's limit is still to come
			b.Errorf("%d jobs", jobsLeft)
		}
	})
}

// allWell wants every mark that was worked on to have gone well.
func allWell(b *bench, out <-chan error) {
	b.Helper()
	for len(out) > 0 {
		if err := <-out; err != nil && !errors.Is(err, context.Canceled) {
			b.Error(err)
		}
	}
}

func TestAMarkOfACaseThatIsGoneIsDone(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		out, stop := b.works(b.s.OnMark)
		defer stop()
		b.enqueue(jobs.Job{Tenant: "firm", Lane: desk.Lane, Kind: desk.JobMark, Key: "gone", Payload: map[string]string{"case": "gone"}})
		b.at(monday, out, 1)
		stop()
		if n := b.count(`SELECT count(*) FROM job`); n != 0 {
			b.Errorf("%d jobs are left", n)
		}
	})
}

// A person holds the case while its mark is already in a worker's hands: the
// worker waits for the person and not the person for the worker too.
func TestAMarkWaitsForWhoeverHoldsTheCase(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		if b.db.Dialect() != db.Postgres {
			b.Skip("one writer cannot wait for another")
		}
		b.opened(alert("a", calendar.Blocking))
		c := b.only(desk.Filter{})
		taken, held := make(chan struct{}), make(chan struct{})
		out, stop := b.works(func(ctx context.Context, j jobs.Taken) error {
			close(taken)
			<-held
			return b.s.OnMark(ctx, j)
		})
		defer stop()
		b.clk.Set(c.DueAt.Add(time.Second))
		b.q.Wake()
		<-taken
		b.write(func(tx *db.Tx) error {
			if err := b.s.Record(b.Context(), tx, anna, c.ID, desk.EntryFix, nil); err != nil {
				return err
			}
			close(held)
			b.untilSomebodyWaits()
			return b.s.AlertChanged(b.Context(), tx, agent, alert("a", calendar.Blocking))
		})
		b.at(b.clk.Now(), out, 1)
		stop()
		if k := kinds(b.view(c.ID)); k[desk.EntryBroken] != 1 || k[desk.EntryAlert] != 1 {
			b.Error(k)
		}
		if n := b.count(`SELECT count(*) FROM job WHERE state = 'waiting'`); n != 1 {
			b.Errorf("%d jobs wait for the limit", n)
		}
	})
}

// untilSomebodyWaits asks PostgreSQL until a transaction waits for a lock.
func (b *bench) untilSomebodyWaits() {
	b.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		if b.count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) > 0 {
			return
		}
	}
	b.Fatal("nobody waits")
}
