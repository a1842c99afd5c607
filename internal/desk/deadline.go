package desk

import (
	"context"
	"encoding/json"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/jobs"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Lane and kinds of the desk's jobs.
const (
	Lane    = "desk"
	JobMark = "desk.mark" // a mark of a promise has come
)

// mark is the payload of JobMark.
type mark struct {
	Case string `json:"case"`
}

func markKey(caseID string) string { return "desk.mark:" + caseID }

// plan puts the next mark of the clock that has not been passed into the
// queue, in place of the one that was there. A job that is running already
// keeps its key; it reads the clock anew and plans what is next itself.
func (s *Service) plan(ctx context.Context, tx *db.Tx, sc scope.Scope, caseID string, r calendar.Result, now time.Time) error {
	if err := s.queue.Cancel(ctx, tx, markKey(caseID)); err != nil {
		return err
	}
	at := nextMark(r)
	if at.IsZero() {
		return nil
	}
	if at.Before(now) { // a promise that broke in the very second in which the clock was let run again
		at = now.Truncate(time.Second)
	}
	return s.queue.Enqueue(ctx, tx, jobs.Job{
		// A second later: at the mark itself the promise is still kept.
		Tenant: sc.Tenant(), Lane: Lane, Kind: JobMark, Key: markKey(caseID), Payload: mark{Case: caseID}, RunAt: at.Add(time.Second),
	})
}

// nextMark is the mark that a running clock comes to next, zero when it
// stands or has passed them all.
func nextMark(r calendar.Result) time.Time {
	switch {
	case r.State != calendar.Running:
		return time.Time{}
	case !r.Breached:
		return r.Deadline
	case r.Limit != nil && !r.Limit.Breached:
		return r.Limit.Deadline
	}
	return time.Time{}
}

// OnMark is the handler of JobMark: it writes into the timeline that the
// promise or its limit was broken, and wakes who looks at the queue. When the
// clock was stopped or moved in time it only plans the next mark.
func (s *Service) OnMark(ctx context.Context, j jobs.Taken) error {
	var m mark
	if err := json.Unmarshal(j.Payload, &m); err != nil {
		return err
	}
	sc := scope.System(j.Tenant, "promise")
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := lock(ctx, tx, sc, m.Case)
		if problem.CodeOf(err) == "case_not_found" {
			return j.Finish(ctx, tx) // nobody to keep a promise to
		}
		if err != nil {
			return err
		}
		if err := j.Finish(ctx, tx); err != nil { // before planning, so that the next mark can take its key
			return err
		}
		return s.passMarks(ctx, tx, sc, c)
	})
}

func (s *Service) passMarks(ctx context.Context, tx *db.Tx, sc scope.Scope, c Case) error {
	st, err := readClock(ctx, tx, sc, c.ID)
	if err != nil {
		return err
	}
	r, passed, err := st.read(&c)
	if err != nil {
		return err
	}
	if err := s.plan(ctx, tx, sc, c.ID, r, st.now); err != nil || len(passed) == 0 {
		return err
	}
	if err := save(ctx, tx, sc, c, c.Version, c.place(r)); err != nil {
		return err
	}
	tx.AfterCommit(func() {
		s.bus.Publish(bus.Event{Tenant: sc.Tenant(), Topic: "case", ID: c.ID, Data: "case." + string(passed[len(passed)-1].Kind)})
	})
	return addEntries(ctx, tx, sc, c.ID, passed)
}
