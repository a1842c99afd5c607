package desk

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// AnyVersion lets a change through whatever has happened meanwhile: for the
// program's own changes, which read the state in the same transaction.
const AnyVersion = 0

// edit collects what one change does beside the row itself.
type edit struct {
	ticks   []tick
	entries []Entry
	action  string
	quiet   bool // nothing that a person's decision rests on: the version stays
}

// change loads the case, lets fn change it and writes everything in one
// transaction. version is what the person saw; a newer one is a conflict,
// nothing is written, and the case is returned as it is now.
func (s *Service) change(ctx context.Context, sc scope.Scope, id string, version int64, fn func(c *Case, e *edit) error) (c Case, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		c, err = s.changeIn(ctx, tx, sc, id, version, fn)
		return err
	})
	return c, err
}

func (s *Service) changeIn(ctx context.Context, tx *db.Tx, sc scope.Scope, id string, version int64, fn func(c *Case, e *edit) error) (Case, error) {
	if err := visible(sc, "desk.change"); err != nil {
		return Case{}, err
	}
	if !sc.Can(scope.WorkCases) {
		return Case{}, problem.New(problem.Forbidden, "forbidden").In("desk.change")
	}
	before, err := lock(ctx, tx, sc, id)
	if err != nil {
		return before, err
	}
	if version != AnyVersion && version != before.Version {
		return before, problem.New(problem.Conflict, "conflict").In("desk.change")
	}
	c, e := before, edit{}
	if err := fn(&c, &e); err != nil {
		return before, err
	}
	if len(e.ticks)+len(e.entries) == 0 { // it is so already
		return before, nil
	}
	if err := e.check(); err != nil {
		return before, err
	}
	return s.apply(ctx, tx, sc, before, c, e)
}

// check bounds what a person wrote to a change.
func (e *edit) check() error {
	for i := range e.entries {
		e.entries[i].Text = clean(e.entries[i].Text)
		if tooLong(e.entries[i].Text, MaxNote) {
			return problem.New(problem.Invalid, "invalid").Field("text", "note_too_long").In("desk.change")
		}
	}
	return nil
}

// apply writes a change: first the marks that were passed under the clock as
// it was, then the change, then those that the change itself makes passed.
func (s *Service) apply(ctx context.Context, tx *db.Tx, sc scope.Scope, before, c Case, e edit) (Case, error) {
	st, err := readClock(ctx, tx, sc, c.ID)
	if err != nil {
		return c, err
	}
	_, entries, err := st.read(&before)
	if err != nil {
		return c, err
	}
	c.BrokenAt, c.passed = before.BrokenAt, before.passed
	for _, t := range e.ticks {
		if err := st.tick(ctx, tx, sc, c.ID, t); err != nil {
			return c, err
		}
		if t.kind == calendar.Retarget {
			c.passed = 0 // the new marks have been told of by nobody
		}
	}
	r, after, err := st.read(&c)
	if err != nil {
		return c, err
	}
	entries = append(append(entries, e.entries...), after...)
	c.stamp(tx.Now)
	if !e.quiet {
		c.Version++
	}
	if err := s.plan(ctx, tx, sc, c.ID, r, st.now); err != nil {
		return c, err
	}
	if err := save(ctx, tx, sc, c, before.Version, c.place(r)); err != nil {
		return before, err
	}
	if err := addEntries(ctx, tx, sc, c.ID, entries); err != nil {
		return c, err
	}
	return c, s.told(ctx, tx, sc, c, e.action)
}

// stamp keeps the moment at which the case ended first; one that goes on has
// none.
func (c *Case) stamp(now time.Time) {
	switch {
	case c.State.Active():
		c.ClosedAt = time.Time{}
	case c.ClosedAt.IsZero():
		c.ClosedAt = now
	}
}

// move takes the case to another state and writes down from which.
func (c *Case) move(to State, e *edit, text string, data map[string]any) error {
	if !c.State.Can(to) {
		return c.wrongState("desk.move")
	}
	if data == nil {
		data = map[string]any{}
	}
	data["from"], data["to"] = string(c.State), string(to)
	c.State = to
	e.action = "case." + string(to)
	e.entries = append(e.entries, Entry{Kind: EntryState, Text: text, Data: data})
	return nil
}

func (c *Case) wrongState(op string) error {
	return problem.New(problem.Conflict, "case_state").With("state", string(c.State)).In(op)
}
