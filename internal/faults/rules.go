package faults

import (
	"time"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
)

// How long things are waited for.
const (
	runTimeout    = 90 * time.Second // an outcome, when the step says nothing else
	ProofPatience = 5 * time.Minute  // a reading that proves it; then handing over is offered
	LinkLife      = 72 * time.Hour   // of a guest's link
)

// maxPath bounds the steps of one walk: a person who goes in circles is
// better off with an engineer.
const maxPath = 120

// enter puts the session on a step and into the state that the step's kind
// asks for. A machine step goes the way by hand where there is no device, or
// one whose register cannot do it.
func enter(g *ground, s *Session, id string, now time.Time) error {
	for range g.Steps {
		step, ok := g.Step(id)
		if !ok {
			return problem.New(problem.Conflict, "fix_article_changed").In("faults.enter")
		}
		s.Step, s.State, s.Deadline = id, Active, time.Time{}
		switch {
		case step.Kind == catalogue.HandOver:
			end(s, HandedOver, now)
			s.Reason = "article_ends"
		case step.Kind == catalogue.Mended:
			enterMended(g.Article, s, now)
		case step.Kind == catalogue.Machine:
			reason := g.hindrance(s, step)
			if reason == "" {
				return nil
			}
			if id = step.Machine.ByHand; id != "" {
				g.pass(step.ID, id, reason)
				continue
			}
			end(s, HandedOver, now)
			s.Reason = reason
		}
		return nil
	}
	return problem.New(problem.Internal, "internal").In("faults.enter")
}

func enterMended(a *catalogue.Article, s *Session, now time.Time) {
	if a.Proof.Told || s.Device == "" {
		end(s, Told, now)
		return
	}
	s.State, s.Deadline = Proving, now.Add(ProofPatience)
}

func end(s *Session, state State, now time.Time) {
	s.State, s.EndedAt, s.Deadline = state, now, time.Time{}
}

// answer takes branch number n of the current step.
func answer(g *ground, s *Session, n int, now time.Time) error {
	if err := open(s); err != nil {
		return err
	}
	step, ok := g.Step(s.Step)
	if !ok {
		return problem.New(problem.Conflict, "fix_article_changed")
	}
	if n < 0 || n >= len(step.Branches) {
		return problem.New(problem.Invalid, "fix_no_such_answer").With("step", s.Step)
	}
	if step.Kind == catalogue.Do {
		s.Since = now // something was done: older readings prove nothing
	}
	return leave(g, s, n, step.Branches[n].To, now)
}

// leave remembers the step behind and enters the next.
func leave(g *ground, s *Session, branch int, to string, now time.Time) error {
	s.Path = append(s.Path, Visit{Step: s.Step, Branch: branch})
	if len(s.Path) > maxPath {
		end(s, HandedOver, now)
		s.Reason = "too_many_steps"
		return nil
	}
	return enter(g, s, to, now)
}

// open refuses what cannot be changed now.
func open(s *Session) error {
	switch {
	case s.State.Over():
		return problem.New(problem.Conflict, "fix_over")
	case s.State == Running || s.State == Checking:
		return problem.New(problem.Conflict, "fix_running")
	case s.State == Proving:
		return problem.New(problem.Conflict, "fix_proving")
	}
	return nil
}

// back returns to the step before. What a machine step did stays done and
// stays in the log.
func back(s *Session) error {
	if s.State.Over() {
		return problem.New(problem.Conflict, "fix_over")
	}
	if s.State == Running || s.State == Checking {
		return problem.New(problem.Conflict, "fix_running")
	}
	if len(s.Path) == 0 {
		return problem.New(problem.Conflict, "fix_nothing_behind")
	}
	last := s.Path[len(s.Path)-1]
	s.Path = s.Path[:len(s.Path)-1]
	s.Step, s.State, s.Deadline = last.Step, Active, time.Time{}
	return nil
}

// begin puts a machine step on its way. From here until settle nobody can
// start another.
func begin(s *Session, m *catalogue.MachineStep, key string, now time.Time) {
	timeout := runTimeout
	if m.Timeout > 0 {
		timeout = time.Duration(m.Timeout) * time.Second
	}
	s.State, s.RunKey, s.Command = Running, key, ""
	s.Since, s.Deadline = now, now.Add(timeout)
}

// settle takes the outcome of the running machine step and goes where the
// article sends it.
func settle(g *ground, s *Session, o Outcome, now time.Time) (success bool, err error) {
	step, ok := g.Step(s.Step)
	if !ok || step.Machine == nil {
		return false, problem.New(problem.Conflict, "fix_article_changed")
	}
	m := step.Machine
	s.RunKey, s.Since = "", actedAt(o, s.Since, now)
	switch o.State {
	case OutcomeExpired: // surely not begun: it may be asked for again
		s.State, s.Deadline = Active, time.Time{}
		return false, nil
	case OutcomeUnknown:
		return false, leave(g, s, -1, m.OnUnknown, now)
	}
	if m.Succeeded(judged(o)) != catalogue.Yes {
		return false, leave(g, s, -1, m.OnFailure, now)
	}
	if m.Shows != "" {
		s.State, s.Deadline = Checking, now.Add(ProofPatience)
		return true, nil
	}
	return true, leave(g, s, -1, m.OnSuccess, now)
}

// actedAt is when the command was really carried out: its last exchange, by
// the agent's clock, but not before it was asked for and not in the future.
// The reading that follows at once may then prove it, without waiting for the
// next heartbeat.
func actedAt(o Outcome, asked, now time.Time) time.Time {
	if len(o.Exchanges) == 0 {
		return now
	}
	last := o.Exchanges[len(o.Exchanges)-1]
	at := last.At.Add(time.Duration(last.Millis) * time.Millisecond)
	switch {
	case last.At.IsZero() || at.After(now):
		return now
	case at.Before(asked):
		return asked
	}
	return at.UTC()
}

// judged is the outcome as success expressions see it: ok when every reply
// says yes, the fields of the last reply, and of several errors the first. A
// procedure may end by leaving a mode, whose yes must not hide the no before.
// Articles name errors by the codes of ATOL's registers; see knownCode.
func judged(o Outcome) catalogue.Outcome {
	out := catalogue.Outcome{State: o.State, Failure: o.Code, OK: len(o.Meanings) > 0}
	for _, e := range o.Exchanges {
		if len(e.Got) > 0 {
			out.Replies++
		}
	}
	for _, m := range o.Meanings {
		out.OK = out.OK && m.OK && m.Code == 0
		if out.Error == 0 {
			out.Error = knownCode(m)
		}
		out.Fields = m.Fields
	}
	return out
}

// knownCode is a register's error in the code that an ATOL register gives for
// the same thing. Drivers of other makers say it in the field deviceCode beside
// their own code, 0 when there is none: their own number may mean something
// else to an ATOL register, so it is catalogue.OtherError then.
func knownCode(m kkt.Meaning) int {
	device, other := m.Fields["deviceCode"].(int)
	switch {
	case m.Code == 0 || !other:
		return m.Code
	case device == 0:
		return catalogue.OtherError
	default:
		return device
	}
}

// shown takes the answer of a reading newer than the action to a session that
// checks; moved is false while there is nothing new to decide.
func shown(g *ground, s *Session, truth catalogue.Truth, now time.Time) (moved bool, err error) {
	step, ok := g.Step(s.Step)
	if !ok || step.Machine == nil {
		return false, problem.New(problem.Conflict, "fix_article_changed")
	}
	switch {
	case truth == catalogue.Yes:
		return true, leave(g, s, -1, step.Machine.OnSuccess, now)
	case now.After(s.Deadline):
		return true, leave(g, s, -1, step.Machine.OnFailure, now)
	}
	return false, nil
}
