package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Take gives the case to a person and opens a new one; owner "" gives it back
// to everybody. Giving it to whom it belongs already changes nothing but the
// state.
func (s *Service) Take(ctx context.Context, sc scope.Scope, id string, version int64, owner, name string) (Case, error) {
	return s.change(ctx, sc, id, version, func(c *Case, e *edit) error {
		if !c.State.Active() {
			return c.wrongState("desk.Take")
		}
		e.action = "case.taken"
		if c.Owner != owner {
			e.entries = append(e.entries, Entry{Kind: EntryOwner, Data: map[string]any{"from": c.OwnerName, "to": name}})
			c.Owner, c.OwnerName = owner, name
		}
		if c.State == New && owner != "" {
			return c.move(Open, e, "", nil)
		}
		return nil
	})
}

// Note adds a person's words. It has no version: two people's notes do not
// stand in each other's way.
func (s *Service) Note(ctx context.Context, sc scope.Scope, id, text string) (Case, error) {
	if clean(text) == "" {
		return Case{}, problem.New(problem.Invalid, "invalid").Field("text", "required").In("desk.Note")
	}
	return s.change(ctx, sc, id, AnyVersion, func(_ *Case, e *edit) error {
		e.action = "case.noted"
		e.entries = append(e.entries, Entry{Kind: EntryNote, Text: text})
		return nil
	})
}

// Reasons lists why a case may wait, in the order they are offered. Each has
// its words under "pause.<reason>".
func Reasons() []calendar.Reason {
	return []calendar.Reason{
		calendar.WaitingClient, calendar.NoRemoteAccess, calendar.Part, calendar.Vendor, calendar.OFD, calendar.Power,
	}
}

// Wait stops the promise's clock for a reason that stands in the promise's
// explanation for good.
func (s *Service) Wait(ctx context.Context, sc scope.Scope, id string, version int64, reason calendar.Reason, text string) (Case, error) {
	if reason == "" {
		return Case{}, problem.New(problem.Invalid, "invalid").Field("reason", "required").In("desk.Wait")
	}
	if !slices.Contains(Reasons(), reason) {
		return Case{}, problem.New(problem.Invalid, "invalid").Field("reason", "reason_unknown").In("desk.Wait")
	}
	return s.change(ctx, sc, id, version, func(c *Case, e *edit) error {
		c.WaitReason = reason
		e.ticks = append(e.ticks, tick{kind: calendar.Pause, reason: reason})
		return c.move(Waiting, e, text, map[string]any{"reason": string(reason)})
	})
}

// Resume lets the clock run again.
func (s *Service) Resume(ctx context.Context, sc scope.Scope, id string, version int64) (Case, error) {
	return s.change(ctx, sc, id, version, func(c *Case, e *edit) error {
		if c.State != Waiting {
			return c.wrongState("desk.Resume")
		}
		c.WaitReason = ""
		e.ticks = append(e.ticks, tick{kind: calendar.Resume})
		return c.move(Open, e, "", nil)
	})
}

// SetSeverity gives the case another severity and its clock that severity's
// marks; the time used and the pauses stay. A case that has ended keeps the
// severity that it was promised under.
func (s *Service) SetSeverity(ctx context.Context, sc scope.Scope, id string, version int64, severity calendar.Severity, text string) (Case, error) {
	if !severity.Valid() {
		return Case{}, problem.New(problem.Invalid, "invalid").Field("severity", "severity_unknown").In("desk.SetSeverity")
	}
	return s.change(ctx, sc, id, version, func(c *Case, e *edit) error { return c.reweigh(severity, text, e) })
}

func (c *Case) reweigh(severity calendar.Severity, text string, e *edit) error {
	if !c.State.Active() {
		return c.wrongState("desk.SetSeverity")
	}
	e.action = "case.severity"
	if c.Severity == severity {
		return nil
	}
	standard, err := calendar.StandardTerms(c.Terms)
	if err != nil {
		return err
	}
	marks, ok := standard.Marks[severity]
	if !ok {
		return fmt.Errorf("desk: the terms %q have no promise for %q", c.Terms, severity)
	}
	e.ticks = append(e.ticks, tick{kind: calendar.Retarget, marks: &marks})
	e.entries = append(e.entries, Entry{Kind: EntrySeverity, Text: text, Data: map[string]any{"from": string(c.Severity), "to": string(severity)}})
	c.Severity = severity
	return nil
}

// Resolve says that the work is done; the clock stops.
func (s *Service) Resolve(ctx context.Context, sc scope.Scope, id string, version int64, text string) (Case, error) {
	return s.change(ctx, sc, id, version, func(c *Case, e *edit) error { return c.end(Resolved, text, nil, e) })
}

// Close ends the case for good; from an active state it is resolved on the way.
func (s *Service) Close(ctx context.Context, sc scope.Scope, id string, version int64, text string) (Case, error) {
	return s.change(ctx, sc, id, version, func(c *Case, e *edit) error { return c.end(Closed, text, nil, e) })
}

func (c *Case) end(to State, text string, data map[string]any, e *edit) error {
	running := c.State.Active()
	if err := c.move(to, e, text, data); err != nil {
		return err
	}
	c.WaitReason = ""
	if running {
		e.ticks = append(e.ticks, tick{kind: calendar.Stop})
	}
	return nil
}

// Reopen goes on with a case that was thought to be done; its clock goes on
// with the time it had used.
func (s *Service) Reopen(ctx context.Context, sc scope.Scope, id string, version int64, text string) (Case, error) {
	return s.change(ctx, sc, id, version, func(c *Case, e *edit) error {
		if c.State.Active() {
			return c.wrongState("desk.Reopen")
		}
		e.ticks = append(e.ticks, tick{kind: calendar.Reopen})
		return c.move(Open, e, text, nil)
	})
}
