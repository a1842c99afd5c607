package faults

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/kkt"
)

// TestEverySessionEndsByTheRules drives the rules with anything a person and
// a machine may do: a session stays sound, and when its readers stop going
// back it ends in an end that the article names.
func TestEverySessionEndsByTheRules(t *testing.T) {
	t.Parallel()
	shipped, err := catalogue.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range shipped.Articles() {
		t.Run(a.ID, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { drive(t, a) })
		})
	}
}

func drive(t *rapid.T, a *catalogue.Article) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	s := Session{Version: 1}
	if rapid.Bool().Draw(t, "device") {
		s.Device = "d"
	}
	g := &ground{Article: a}
	for _, step := range a.Steps {
		if step.Machine != nil && rapid.Bool().Draw(t, "cannot") {
			g.cannot = append(g.cannot, step.Machine.Procedure)
		}
	}
	if err := enter(g, &s, a.First().ID, now); err != nil {
		t.Fatal(err)
	}
	for range 2 * maxPath {
		if s.State.Over() || s.State == Proving {
			checkEnd(t, a, &s)
			return
		}
		now = now.Add(time.Second)
		one(t, g, &s, now)
		if _, ok := a.Step(s.Step); !ok || len(s.Path) > maxPath+1 {
			t.Fatalf("stands on %q after %d steps", s.Step, len(s.Path))
		}
	}
	t.Fatalf("no end; stands on %s (%s)", s.Step, s.State)
}

// one is one thing that may happen next.
func one(t *rapid.T, g *ground, s *Session, now time.Time) {
	step, _ := g.Step(s.Step)
	var err error
	switch {
	case s.State == Checking:
		_, err = shown(g, s, catalogue.Yes, now)
	case step.Machine != nil:
		if g.hindrance(s, step) != "" {
			t.Fatalf("stands on %s, which the machine cannot do", s.Step)
		}
		begin(s, step.Machine, "key", now)
		if open(s) == nil || back(s) == nil {
			t.Fatal("a running step can be left")
		}
		state := rapid.SampledFrom([]string{OutcomeDone, OutcomeFailed, OutcomeUnknown}).Draw(t, "outcome")
		_, err = settle(g, s, Outcome{State: state, Meanings: []kkt.Meaning{{OK: rapid.Bool().Draw(t, "ok")}}}, now)
	default:
		err = answer(g, s, rapid.IntRange(0, len(step.Branches)-1).Draw(t, step.ID), now)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func checkEnd(t *rapid.T, a *catalogue.Article, s *Session) {
	step, _ := a.Step(s.Step)
	switch s.State {
	case Proving:
		if step.Kind != catalogue.Mended || s.Device == "" || a.Proof.Told {
			t.Fatalf("waits for a proof on %s", s.Step)
		}
	case Told:
		if step.Kind != catalogue.Mended || s.Device != "" && !a.Proof.Told {
			t.Fatalf("believes a word on %s although the device could prove it", s.Step)
		}
	case HandedOver:
		if s.Reason == "" || s.Reason == "article_ends" && step.Kind != catalogue.HandOver {
			t.Fatalf("handed over on %s because of %q", s.Step, s.Reason)
		}
	default:
		t.Fatalf("ends as %s", s.State)
	}
}

func TestAReadingRightAfterTheCommandCounts(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	seen := asked.Add(10 * time.Second)
	for name, c := range map[string]struct {
		o    Outcome
		want time.Time
	}{
		"the last exchange":        {Outcome{Exchanges: []kkt.Exchange{{At: asked}, {At: asked.Add(2 * time.Second), Millis: 500}}}, asked.Add(2500 * time.Millisecond)},
		"nothing was said":         {Outcome{}, seen},
		"no time was kept":         {Outcome{Exchanges: []kkt.Exchange{{}}}, seen},
		"the agent's clock is off": {Outcome{Exchanges: []kkt.Exchange{{At: asked.Add(-time.Hour)}}}, asked},
		"and the other way":        {Outcome{Exchanges: []kkt.Exchange{{At: asked.Add(time.Hour)}}}, seen},
	} {
		if got := actedAt(c.o, asked, seen); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
