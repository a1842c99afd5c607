package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/jobs"
)

var start = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

type bench struct {
	t   *testing.T
	clk *clock.Manual
	db  *db.DB
	q   *jobs.Queue
}

// each runs the test on both databases with a queue that is not running yet.
func each(t *testing.T, test func(b *bench)) {
	t.Helper()
	for _, make := range []func(testing.TB, clock.Clock) *db.DB{dbtest.SQLite, dbtest.Postgres} {
		clk := clock.NewManual(start)
		d := make(t, clk)
		test(&bench{t: t, clk: clk, db: d, q: jobs.New(d, clk, slog.New(slog.DiscardHandler), map[string]int{"desk": 2, "mail": 1})})
	}
}

func (b *bench) enqueue(j jobs.Job) {
	b.t.Helper()
	err := b.db.Write(b.t.Context(), func(tx *db.Tx) error { return b.q.Enqueue(b.t.Context(), tx, j) })
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) run() (stop func()) {
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan struct{})
	go func() { b.q.Run(ctx); close(done) }()
	return func() { cancel(); <-done }
}

func (b *bench) count() map[string]int {
	b.t.Helper()
	n, err := b.q.Count(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func TestAJobRunsOnceWithItsPayload(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		got := make(chan string, 10)
		b.q.Handle("greet", func(_ context.Context, j jobs.Taken) error {
			var who string
			err := json.Unmarshal(j.Payload, &who)
			got <- j.Tenant + "/" + who
			return err
		})
		defer b.run()()
		b.enqueue(jobs.Job{Tenant: "a", Lane: "desk", Kind: "greet", Payload: "Анна"})
		if s := <-got; s != "a/Анна" {
			b.t.Fatal(s)
		}
	})
}

func TestTheSameKeyIsKeptOnceWhileUnfinished(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		b.enqueue(jobs.Job{Tenant: "a", Lane: "desk", Kind: "x", Key: "k"})
		b.enqueue(jobs.Job{Tenant: "a", Lane: "desk", Kind: "x", Key: "k"})
		if n := b.count()["waiting"]; n != 1 {
			b.t.Fatalf("%d waiting", n)
		}
		ran := make(chan struct{}, 10)
		b.q.Handle("x", func(ctx context.Context, j jobs.Taken) error {
			err := b.db.Write(ctx, func(tx *db.Tx) error { return j.Finish(ctx, tx) })
			ran <- struct{}{}
			return err
		})
		defer b.run()()
		<-ran
		b.enqueue(jobs.Job{Tenant: "a", Lane: "desk", Kind: "x", Key: "k"})
		<-ran
	})
}

func TestAFailedJobIsTriedAgainAfterItsPause(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		attempts := make(chan int, 10)
		b.q.Handle("x", func(_ context.Context, j jobs.Taken) error {
			attempts <- j.Attempt
			if j.Attempt == 1 {
				return errors.New("not yet")
			}
			return nil
		})
		b.enqueue(jobs.Job{Tenant: "a", Lane: "desk", Kind: "x"})
		defer b.run()()
		if n := <-attempts; n != 1 {
			b.t.Fatalf("attempt %d", n)
		}
		// The worker settles the failure by the standing clock; each look moves
		// it on, so the second attempt comes however the two interleave.
		for {
			b.clk.Advance(jobs.Backoff(1))
			b.q.Wake()
			select {
			case n := <-attempts:
				if n != 2 {
					b.t.Fatalf("attempt %d", n)
				}
				return
			default:
			}
			if n := b.count(); n["waiting"]+n["running"] == 0 && len(attempts) == 0 {
				b.t.Fatal("the job is gone")
			}
		}
	})
}

func TestAStuckLaneDoesNotHoldUpAnother(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		stuck, free, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
		b.q.Handle("mail", func(context.Context, jobs.Taken) error { close(stuck); <-free; return nil })
		b.q.Handle("deadline", func(context.Context, jobs.Taken) error { close(done); return nil })
		stop := b.run()
		b.enqueue(jobs.Job{Tenant: "a", Lane: "mail", Kind: "mail"})
		<-stuck
		b.enqueue(jobs.Job{Tenant: "a", Lane: "desk", Kind: "deadline"})
		<-done
		close(free)
		stop()
	})
}

func TestAJobOfADeadWorkerIsTakenAfterItsLease(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		b.enqueue(jobs.Job{Tenant: "a", Lane: "desk", Kind: "x"})
		err := b.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE job SET state = 'running', attempts = 1, lease_until = $1`, db.Millis(start.Add(time.Minute)))
			return err
		})
		if err != nil {
			b.t.Fatal(err)
		}
		got := make(chan int, 1)
		b.q.Handle("x", func(_ context.Context, j jobs.Taken) error { got <- j.Attempt; return nil })
		b.clk.Advance(2 * time.Minute)
		defer b.run()()
		if n := <-got; n != 2 {
			b.t.Fatalf("attempt %d", n)
		}
	})
}

func TestAPanicIsAFailureNotACrash(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		b.q.Handle("x", func(context.Context, jobs.Taken) error { panic("boom") })
		after := make(chan struct{})
		b.q.Handle("y", func(context.Context, jobs.Taken) error { close(after); return nil })
		defer b.run()()
		b.enqueue(jobs.Job{Tenant: "a", Lane: "mail", Kind: "x"})
		b.enqueue(jobs.Job{Tenant: "a", Lane: "mail", Kind: "y"})
		<-after
		if n := b.count()["waiting"]; n != 1 {
			b.t.Fatalf("%d waiting", n)
		}
	})
}

func TestARolledBackEnqueueLeavesNoJob(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		_ = b.db.Write(t.Context(), func(tx *db.Tx) error {
			if err := b.q.Enqueue(t.Context(), tx, jobs.Job{Tenant: "a", Lane: "desk", Kind: "x"}); err != nil {
				t.Error(err)
			}
			return errors.New("changed my mind")
		})
		if n := b.count(); len(n) != 0 {
			t.Fatal(n)
		}
	})
}
