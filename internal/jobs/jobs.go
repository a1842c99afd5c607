// Package jobs runs what must happen later, or must not be lost when the
// program dies: deadlines, mails, cases from alerts.
//
// A job is a row, written in the transaction that wants it. A worker takes it
// under a lease, keeps the lease alive while it works, and deletes the row
// when it is done; when the program dies, the lease runs out and another
// worker takes it. So a job runs at least once; a handler that finishes its
// job inside its own transaction (Taken.Finish) has run exactly once.
//
// Lanes have workers of their own: a mail server that hangs holds up the
// mails, never a deadline.
package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
)

// Job is something to be done.
type Job struct {
	Tenant string
	Lane   string // a lane that the queue was made with
	Kind   string // which handler
	// Key names the job: while one of that key is unfinished, enqueueing it
	// again does nothing. "" gives the job a key of its own.
	Key     string
	Payload any       // kept as JSON
	RunAt   time.Time // zero = at once
}

// Taken is a job in a worker's hands.
type Taken struct {
	ID, Tenant, Lane, Kind, Key string
	Payload                     json.RawMessage
	Attempt                     int // 1 for the first
}

// Handler does a job. An error means "try again later".
type Handler func(ctx context.Context, j Taken) error

// Queue is the workers of one process. Make it, give it handlers, Run it.
type Queue struct {
	db       *db.DB
	clock    clock.Clock
	log      *slog.Logger
	lanes    map[string]int
	handlers map[string]Handler
	wakes    map[string]chan struct{}
	lease    time.Duration
}

// Attempts is how often a job is tried before it is kept as failed. With the
// backoff of 2ⁿ s, at most an hour apart, that is over a day.
const Attempts = 34

// idle is how often a lane looks by itself: for jobs of another process and
// for those whose time has come. An enqueue in this process wakes it at once.
const idle = time.Second

// New makes a queue with so many workers per lane.
func New(d *db.DB, clk clock.Clock, log *slog.Logger, lanes map[string]int) *Queue {
	q := &Queue{
		db: d, clock: clk, log: log, lanes: lanes, lease: 30 * time.Second,
		handlers: make(map[string]Handler), wakes: make(map[string]chan struct{}),
	}
	for lane := range lanes {
		q.wakes[lane] = make(chan struct{}, 1)
	}
	return q
}

// Handle sets the handler of a kind. All handlers are set before Run.
func (q *Queue) Handle(kind string, h Handler) { q.handlers[kind] = h }

// Enqueue writes the job in the caller's transaction and wakes its lane after
// the commit. A key that is unfinished already is left as it is.
func (q *Queue) Enqueue(ctx context.Context, tx *db.Tx, j Job) error {
	wake, ok := q.wakes[j.Lane]
	if !ok {
		return fmt.Errorf("jobs: there is no lane %q", j.Lane)
	}
	payload, err := json.Marshal(j.Payload)
	if err != nil {
		return fmt.Errorf("jobs: %s: %w", j.Kind, err)
	}
	id := ids.New()
	if j.Key == "" {
		j.Key = id
	}
	if j.RunAt.IsZero() {
		j.RunAt = tx.Now
	}
	_, err = tx.Exec(ctx, `INSERT INTO job (id, tenant, lane, kind, unique_key, payload, state, run_at, created_at)
		VALUES ($1,$2,$3,$4,$5,$6,'waiting',$7,$8) ON CONFLICT DO NOTHING`,
		id, j.Tenant, j.Lane, j.Kind, j.Key, string(payload), db.Millis(j.RunAt), db.Millis(tx.Now))
	if err != nil {
		return fmt.Errorf("jobs: %s: %w", j.Kind, err)
	}
	tx.AfterCommit(func() { nudge(wake) })
	return nil
}

// Cancel takes a job back that has not begun.
func (q *Queue) Cancel(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `DELETE FROM job WHERE unique_key = $1 AND state = 'waiting'`, key)
	if err != nil {
		return fmt.Errorf("jobs: cancel: %w", err)
	}
	return nil
}

// Unfinished says whether a job of that key is still to be done.
func (q *Queue) Unfinished(ctx context.Context, tx *db.Tx, key string) (bool, error) {
	var one int
	err := tx.QueryRow(ctx, `SELECT 1 FROM job WHERE unique_key = $1 AND state <> 'failed'`, key).Scan(&one)
	if db.NoRows(err) {
		return false, nil
	}
	return err == nil, err
}

// Finish deletes the job in the handler's own transaction. It fails when the
// lease was lost meanwhile, so that the work is rolled back with it.
func (j Taken) Finish(ctx context.Context, tx *db.Tx) error {
	ok, err := db.Changed(tx.Exec(ctx, `DELETE FROM job WHERE id = $1 AND attempts = $2 AND state = 'running'`, j.ID, j.Attempt))
	if err != nil {
		return fmt.Errorf("jobs: finish: %w", err)
	}
	if !ok {
		return fmt.Errorf("jobs: %s %s was taken by another worker", j.Kind, j.ID)
	}
	return nil
}

// Wake makes every lane look now: after a test has moved its clock.
func (q *Queue) Wake() {
	for _, w := range q.wakes {
		nudge(w)
	}
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run works until ctx ends and then waits for the jobs in hand, which see
// their context end too.
func (q *Queue) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for lane, n := range q.lanes {
		for range n {
			wg.Go(func() { q.work(ctx, lane) })
		}
	}
	wg.Wait()
}

func (q *Queue) work(ctx context.Context, lane string) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-q.wakes[lane]:
			nudge(q.wakes[lane]) // the other workers of the lane look too
			q.drain(ctx, lane)
			q.unnudge(lane)
		}
		q.drain(ctx, lane)
		timer.Reset(idle)
	}
}

// unnudge takes back the wake-up that was passed on, so that idle workers do
// not wake each other for ever.
func (q *Queue) unnudge(lane string) {
	select {
	case <-q.wakes[lane]:
	default:
	}
}

func (q *Queue) drain(ctx context.Context, lane string) {
	for ctx.Err() == nil {
		j, ok, err := q.take(ctx, lane)
		if err != nil {
			if ctx.Err() == nil {
				q.log.Error("jobs: cannot take a job", "lane", lane, "error", err)
			}
			return
		}
		if !ok {
			return
		}
		q.do(ctx, j)
	}
}

func (q *Queue) take(ctx context.Context, lane string) (j Taken, ok bool, err error) {
	now := q.clock.Now()
	due, err := q.anyDue(ctx, lane, now) // a reader asks first: an idle queue writes nothing
	if err != nil || !due {
		return j, false, err
	}
	err = q.db.Write(ctx, func(tx *db.Tx) error {
		var payload string
		err := tx.QueryRow(ctx, `UPDATE job SET state = 'running', attempts = attempts + 1, lease_until = $3
			WHERE id = (SELECT id FROM job WHERE lane = $1 AND (state = 'waiting' AND run_at <= $2 OR state = 'running' AND lease_until < $2)
				ORDER BY run_at, id LIMIT 1`+tx.Dialect.SkipLocked()+`)
			RETURNING id, tenant, lane, kind, unique_key, payload, attempts`,
			lane, db.Millis(now), db.Millis(now.Add(q.lease))).Scan(&j.ID, &j.Tenant, &j.Lane, &j.Kind, &j.Key, &payload, &j.Attempt)
		j.Payload = json.RawMessage(payload)
		return err
	})
	if db.NoRows(err) {
		return j, false, nil
	}
	return j, err == nil, err
}

func (q *Queue) anyDue(ctx context.Context, lane string, now time.Time) (due bool, err error) {
	err = q.db.Read(ctx, func(tx *db.Tx) error {
		var one int
		err := tx.QueryRow(ctx, `SELECT 1 FROM job WHERE lane = $1 AND (state = 'waiting' AND run_at <= $2 OR state = 'running' AND lease_until < $2) LIMIT 1`,
			lane, db.Millis(now)).Scan(&one)
		due = err == nil
		if db.NoRows(err) {
			return nil
		}
		return err
	})
	return due, err
}

func (q *Queue) do(ctx context.Context, j Taken) {
	held, release := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { q.keepLease(held, j) })
	err := q.handle(ctx, j)
	release()
	wg.Wait()
	// The outcome is written even while the program stops: a job that is done
	// must not be done again.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := q.settle(last, j, err, ctx.Err() != nil); err != nil {
		q.log.Error("jobs: cannot settle a job", "kind", j.Kind, "job", j.ID, "error", err)
	}
}

func (q *Queue) handle(ctx context.Context, j Taken) (err error) {
	h, ok := q.handlers[j.Kind]
	if !ok {
		return fmt.Errorf("no handler for %q", j.Kind)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return h(ctx, j)
}

func (q *Queue) keepLease(ctx context.Context, j Taken) {
	tick := time.NewTicker(q.lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := q.db.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE job SET lease_until = $3 WHERE id = $1 AND attempts = $2 AND state = 'running'`,
				j.ID, j.Attempt, db.Millis(q.clock.Now().Add(q.lease)))
			return err
		})
		if err != nil && ctx.Err() == nil {
			q.log.Warn("jobs: cannot keep a lease", "kind", j.Kind, "job", j.ID, "error", err)
		}
	}
}

// settle deletes a done job and puts a failed one back. One that failed only
// because the program stops is put back without counting.
func (q *Queue) settle(ctx context.Context, j Taken, failed error, stopping bool) error {
	return q.db.Write(ctx, func(tx *db.Tx) error {
		if failed == nil {
			_, err := tx.Exec(ctx, `DELETE FROM job WHERE id = $1 AND attempts = $2 AND state = 'running'`, j.ID, j.Attempt)
			return err
		}
		if stopping {
			_, err := tx.Exec(ctx, `UPDATE job SET state = 'waiting', attempts = attempts - 1 WHERE id = $1 AND attempts = $2 AND state = 'running'`, j.ID, j.Attempt)
			return err
		}
		q.log.Warn("jobs: a job failed", "kind", j.Kind, "job", j.ID, "attempt", j.Attempt, "error", failed)
		state := "waiting"
		if j.Attempt >= Attempts {
			state = "failed"
		}
		_, err := tx.Exec(ctx, `UPDATE job SET state = $3, run_at = $4, last_error = $5 WHERE id = $1 AND attempts = $2 AND state = 'running'`,
			j.ID, j.Attempt, state, db.Millis(q.clock.Now().Add(Backoff(j.Attempt))), failed.Error())
		return err
	})
}

// Backoff is how long to wait after the n-th failure: 2, 4, 8 … seconds, at
// most an hour.
func Backoff(n int) time.Duration {
	return min(time.Hour, time.Duration(math.Pow(2, float64(min(n, 12))))*time.Second)
}

// Count is how many jobs of each state there are, for the metrics.
func (q *Queue) Count(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	err := q.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT state, count(*) FROM job GROUP BY state`)
		_, err = db.Rows(rows, err, func(r *sql.Rows) (struct{}, error) {
			var state string
			var n int
			err := r.Scan(&state, &n)
			out[state] = n
			return struct{}{}, err
		})
		return err
	})
	return out, err
}
