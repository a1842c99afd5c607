package link_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

func TestOrderIsKeptWhenABundleIsNotTaken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	fail := true
	b.handler.onReports = func(_ link.Agent, _ wire.Reports) (wire.Ack, error) {
		if fail {
			fail = false
			return wire.Ack{}, problem.New(problem.Unavailable, "unavailable")
		}
		return wire.Ack{}, nil
	}
	w := b.connect(t, a)
	for i := range int64(3) {
		w.put(bundle(i+1, i*10+1, 10, time.Now()))
	}
	for i := range int64(3) {
		if p := w.wantProblem("unavailable"); p.Bundle != i+1 || p.RetryAfter == 0 || p.Fatal {
			t.Errorf("%+v", p)
		}
	}
	for i := range int64(3) {
		w.put(bundle(i+4, i*10+1, 10, time.Now()))
		if ack := w.want(wire.TypeAck).Ack; ack.ID != i+4 {
			t.Errorf("%+v", ack)
		}
	}
	for i, c := range b.handler.reports {
		if c.reports.Reports[0].Seq != int64(i)*10+1 {
			t.Errorf("bundle %d begins with %d", i, c.reports.Reports[0].Seq)
		}
	}
}

func TestTooManyReportsAreSentBack(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *link.Options) { o.Limits.Reports = link.Rate{PerSecond: 1, Burst: 20} })
	a := b.enrol(t)
	w := b.connect(t, a)
	w.put(bundle(1, 1, 20, time.Now()))
	w.want(wire.TypeAck)
	w.put(bundle(2, 21, 20, time.Now()))
	if p := w.wantProblem(link.CodeTooMany); p.Bundle != 2 || p.RetryAfter < 15_000 || p.RetryAfter > 21_000 {
		t.Errorf("%+v", p)
	}
	w.put(bundle(3, 1, wire.MaxReports+1, time.Now()))
	w.wantProblem(link.CodeTooMany)
	// Coming again on a new connection does not fill the bucket.
	again := b.connect(t, a)
	again.put(bundle(4, 21, 20, time.Now()))
	again.wantProblem(link.CodeTooMany)
}

func TestAStuckHandlerHoldsTheAgentBackAndKeepsTheOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	release := make(chan struct{})
	b.handler.onReports = func(link.Agent, wire.Reports) (wire.Ack, error) { <-release; return wire.Ack{}, nil }
	w := b.connect(t, a)
	const n = 40
	for i := range int64(n) {
		w.put(bundle(i+1, i+1, 1, time.Now()))
	}
	close(release)
	for i := range int64(n) {
		if ack := w.want(wire.TypeAck).Ack; ack.ID != i+1 {
			t.Fatalf("ack %d came as number %d", ack.ID, i+1)
		}
	}
}

func TestAPanicOfTheHandlerIsAnAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	b.handler.onReports = func(link.Agent, wire.Reports) (wire.Ack, error) { panic("boom") }
	w := b.connect(t, a)
	w.put(bundle(1, 1, 1, time.Now()))
	if p := w.wantProblem("internal"); p.Detail != "" {
		t.Errorf("our insides are told: %+v", p)
	}
}

func TestAResultThatWillNeverBeTakenIsNotRepeated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	answers := []error{problem.New(problem.NotFound, "command_unknown"), errors.New("disk full")}
	b.handler.onResult = func(wire.Result) error { err := answers[0]; answers = answers[1:]; return err }
	w := b.connect(t, a)
	w.put(wire.Message{Type: wire.TypeResult, Result: &wire.Result{ID: "c1"}})
	w.wantProblem("command_unknown")
	w.want(wire.TypeResultAck)
	w.put(wire.Message{Type: wire.TypeResult, Result: &wire.Result{ID: "c2"}})
	w.wantProblem("internal")
	w.put(bundle(1, 1, 1, time.Now()))
	w.want(wire.TypeAck) // and no resultAck before it
}
