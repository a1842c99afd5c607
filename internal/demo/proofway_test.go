package demo_test

import (
	"slices"
	"testing"

	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/kkt"
)

// walk is an article as a kind of register walks it: past the steps that its
// protocol has no commands for.
type walk struct {
	*catalogue.Article
	protocol kkt.Protocol
}

// can says whether the machine can do the step on this kind of register.
func (a walk) can(s *catalogue.Step) bool {
	_, err := a.protocol.Plan(kkt.Procedure{Name: s.Machine.Procedure})
	return err == nil
}

// land is where somebody who is led to a step comes to stand; "" when there is
// no way on.
func (a walk) land(id string) string {
	for {
		s, ok := a.Step(id)
		if !ok || s.Machine == nil || a.can(s) {
			return id
		}
		id = s.Machine.ByHand
	}
}

// turn is one way out of a step: an answer, by hand, or the machine's own.
type turn struct {
	from   string
	answer int // -1: not by an answer
	byHand bool
	to     string
}

// wayTo is the shortest way through the article to a step: by answers where
// answers lead there, else through machine steps that succeed, else through
// any.
func (a walk) wayTo(t *testing.T, target string) []turn {
	t.Helper()
	way, ok := a.anyWay(target)
	if !ok {
		t.Fatalf("%s: no way to %s", a.ID, target)
	}
	return way
}

func (a walk) anyWay(target string) (way []turn, ok bool) {
	for through := range 3 {
		if way, ok = a.search(target, through); ok {
			return way, true
		}
	}
	return nil, false
}

func (a walk) search(target string, through int) ([]turn, bool) {
	first := a.Steps[0].ID
	ways, queue := map[string][]turn{first: nil}, []string{first}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if at == target {
			return ways[at], true
		}
		s, _ := a.Step(at)
		for _, next := range turns(s, through) {
			if next.to != target {
				next.to = a.land(next.to)
			}
			if _, seen := ways[next.to]; !seen && next.to != "" {
				ways[next.to] = append(slices.Clone(ways[at]), next)
				queue = append(queue, next.to)
			}
		}
	}
	return nil, false
}

func turns(s *catalogue.Step, through int) (out []turn) {
	for i, b := range s.Branches {
		out = append(out, turn{from: s.ID, answer: i, to: b.To})
	}
	if s.Machine == nil {
		return out
	}
	if s.Machine.ByHand != "" {
		out = append(out, turn{from: s.ID, answer: -1, byHand: true, to: s.Machine.ByHand})
	}
	if through > 0 {
		out = append(out, turn{from: s.ID, answer: -1, to: s.Machine.OnSuccess})
	}
	if through > 1 {
		out = append(out, turn{from: s.ID, answer: -1, to: s.Machine.OnFailure})
	}
	return out
}

// take goes one turn; where the machine must run, it must lead there.
func (w *world) take(v faults.View, next turn) faults.View {
	w.t.Helper()
	switch {
	case next.answer >= 0:
		return w.answer(v, next.answer)
	case next.byHand:
		v, err := w.App.Faults.DoByHand(w.t.Context(), w.engineer, faults.Ref{ID: v.Session.ID}, v.Session.Version)
		if err != nil {
			w.t.Fatal(err)
		}
		return v
	}
	v = w.outcome(w.run(v), next.from)
	if v.Session.Step != next.to {
		w.t.Fatalf("%s led to %s, not to %s", next.from, v.Session.Step, next.to)
	}
	return v
}
