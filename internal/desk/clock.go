package desk

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// standing is a case's clock in the hands of one transaction.
type standing struct {
	events []calendar.Event
	// now is the transaction's, but not before the last event: when the
	// machine's clock is set back, a case's history still goes forward.
	now time.Time
}

// readClock takes the clock of a case that this transaction has locked.
func readClock(ctx context.Context, tx *db.Tx, sc scope.Scope, caseID string) (standing, error) {
	events, err := loadClock(ctx, tx, sc, caseID)
	st := standing{events: events, now: tx.Now}
	for _, e := range events {
		if e.At.After(st.now) {
			st.now = e.At
		}
	}
	return st, err
}

// tick puts one more event on the clock and writes it.
func (st *standing) tick(ctx context.Context, tx *db.Tx, sc scope.Scope, caseID string, t tick) error {
	e := calendar.Event{At: st.now, Kind: t.kind, Reason: t.reason, Marks: t.marks}
	if t.spec != nil {
		s, err := schedule(*t.spec, t.zone)
		if err != nil {
			return err
		}
		e.Schedule = &s
	}
	st.events = append(st.events, e)
	return addTick(ctx, tx, sc, caseID, len(st.events), st.now, t)
}

// read works the clock out and gives the entries of the marks that have been
// passed and that the timeline does not tell of yet.
func (st *standing) read(c *Case) (calendar.Result, []Entry, error) {
	r, err := calendar.Evaluate(st.events, st.now)
	if err != nil {
		return r, nil, err
	}
	return r, c.notice(r), nil
}

// markSet is a set of a clock's marks.
type markSet int64

const (
	promiseMark markSet = 1
	limitMark   markSet = 2
)

// notice puts broken marks into the row, each once, whoever comes first to
// see them: the mark's own job or a person who does something in that second.
func (c *Case) notice(r calendar.Result) (entries []Entry) {
	if r.Breached {
		entries = append(entries, c.pass(promiseMark, EntryBroken, r.BreachedAt)...)
	}
	if r.Limit != nil && r.Limit.Breached {
		entries = append(entries, c.pass(limitMark, EntryLimit, r.Limit.BreachedAt)...)
	}
	return entries
}

func (c *Case) pass(m markSet, kind EntryKind, at time.Time) []Entry {
	if c.passed&m != 0 {
		return nil
	}
	c.passed |= m
	if c.BrokenAt.IsZero() {
		c.BrokenAt = utc(at)
	}
	return []Entry{{
		Kind: kind, Actor: scope.System("", "promise").Actor(),
		Data: map[string]any{"severity": string(c.Severity), "at": db.Millis(at)},
	}}
}

// standsAside is added to the queue place of a case whose clock stands, so
// that it comes after all whose clock runs, in their own order.
const standsAside = int64(1) << 52

// place puts the standing of the clock into the case's row and says where in
// the queue the case belongs.
func (c *Case) place(r calendar.Result) (queueAt int64) {
	c.DueAt, c.LimitAt = utc(r.Deadline), time.Time{}
	if r.Limit != nil {
		c.LimitAt = utc(r.Limit.Deadline)
	}
	if r.State == calendar.Running {
		return r.Deadline.UnixMilli()
	}
	return standsAside + r.Projected.UnixMilli()
}

// utc gives an instant as the database will give it back.
func utc(t time.Time) time.Time { return db.Time(db.Millis(t)) }
