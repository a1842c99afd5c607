package demo_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
)

// proof is one machine step of an article, run against an emulated register.
type proof struct {
	article, step string
	fault         string // what the register suffers from; "" is a well one
	fails         bool   // the step must take its way of failure
	tried         bool   // the cashier has tried a sale and left it where it broke off
	shift         bool   // a shift is open
	mends         bool   // afterwards the register sells, with no hand laid on it
}

// proofs has every machine step of the shipped articles. Where a step only
// asks, it is proved on a register that has the fault and on one that has not.
func proofs() []proof {
	return []proof{
		{article: "evotor-1057-requisite-missing", step: "clear", fault: sim.FaultAgentTag, mends: true},
		{article: "evotor-16-not-in-this-mode", step: "continue", fault: sim.FaultHung, mends: true},
		{article: "evotor-16-not-in-this-mode", step: "leave-mode", fault: sim.FaultWrongMode, mends: true},
		{article: "evotor-16-not-in-this-mode", step: "clock", fault: sim.FaultClock, mends: true},
		{article: "evotor-3969-tax-over-total", step: "cancel", fault: sim.FaultTaxLeft, tried: true, mends: true},
		{article: "fn-210-interface", step: "ask-fn"},
		{article: "fn-210-interface", step: "ask-fn", fault: sim.FaultFNLink, fails: true},
		{article: "fn-210-interface", step: "ask-again"},
		{article: "fn-210-interface", step: "ask-reseated", fault: sim.FaultFNLink, fails: true},
		{article: "fn-211-wrong-format", step: "ask-fn", fault: sim.FaultFNFormat, fails: true},
		{article: "fn-211-wrong-format", step: "ask-again"},
		{article: "fn-211-wrong-format", step: "info"},
		{article: "fn-212-wrong-state", step: "ask-fn", fault: sim.FaultFNState, fails: true},
		{article: "fn-212-wrong-state", step: "info"},
		{article: "fn-218-document-not-found", step: "last"},
		{article: "fn-231-wrong-parameters", step: "alive", fault: sim.FaultDriveTerms},
		{article: "fn-234-lifetime-over", step: "clock", fault: sim.FaultClock, mends: true},
		{article: "fn-235-unsent-documents", step: "test", fault: sim.FaultUnsent},
		{article: "fn-235-unsent-documents", step: "channel", fault: sim.FaultChannel, mends: true},
		{article: "howto-factory-reset-recovery", step: "shift", shift: true},
		{article: "howto-last-fiscal-document", step: "ask"},
		{article: "howto-receipts-not-reaching-tax", step: "test", fault: sim.FaultNoExchange},
		{article: "kkt-3801-3802-receipt-open-closed", step: "cancel", fault: sim.FaultReceiptOpen, mends: true},
		{article: "kkt-3801-3802-receipt-open-closed", step: "leave-mode", fault: sim.FaultWrongMode, mends: true},
		{article: "kkt-3801-3802-receipt-open-closed", step: "cancel-again", mends: true},
		{article: "kkt-3825-wrong-password", step: "leave", fault: sim.FaultPassword},
		{article: "kkt-3905-wrong-format", step: "cancel", fault: sim.FaultReceiptLeft, tried: true, mends: true},
		{article: "kkt-3933-mode-blocked", step: "close", fault: sim.FaultBlocked, mends: true},
		{article: "kkt-3933-mode-blocked", step: "ask-fn", fault: sim.FaultBlocked, mends: true},
		{article: "kkt-clock-drift", step: "close", shift: true},
		{article: "kkt-clock-drift", step: "set", fault: sim.FaultClock, mends: true},
		{article: "kkt-receipt-printing-hung", step: "continue", fault: sim.FaultHung, mends: true},
		{article: "kkt-shift-over-24h", step: "close", fault: sim.FaultShiftOver, mends: true},
		{article: "kkt-shift-over-24h", step: "cancel", fault: sim.FaultReceiptOpen, mends: true},
		{article: "kkt-totals-zeroed-fd-restored", step: "close", fault: sim.FaultTotals, mends: true},
		{article: "ofd-channel-error-dto", step: "set", fault: sim.FaultChannel, mends: true},
		{article: "ofd-channel-error-dto", step: "leave", fault: sim.FaultPassword},
		{article: "ofd-channel-error-dto", step: "test"},
		{article: "ofd-no-exchange", step: "test", fault: sim.FaultNoExchange},
		{article: "ofd-no-exchange", step: "channel", fault: sim.FaultChannel, mends: true},
		{article: "register-garbage", step: "ask"},
		{article: "register-hung-or-dead", step: "ask", fault: sim.FaultSilent, fails: true},
	}
}

// provedElsewhere are steps that only an unknown outcome leads to. Their
// procedure is proved by the named step.
var provedElsewhere = map[[2]string][2]string{
	{"kkt-shift-over-24h", "continue"}: {"kkt-receipt-printing-hung", "continue"},
}

// TestEveryMachineStepIsProved runs each step that the machine can do through
// server and agent against an emulated register that has the fault.
func TestEveryMachineStepIsProved(t *testing.T) {
	t.Parallel()
	list := proofs()
	everyStepHasOne(t, list)
	w := start(t, len(list))
	for shop, p := range list {
		t.Run(p.article+"/"+p.step+"/"+p.fault, func(t *testing.T) {
			t.Parallel()
			own := *w
			own.t = t
			own.prove(shop, p)
		})
	}
}

func everyStepHasOne(t *testing.T, list []proof) {
	t.Helper()
	c, err := catalogue.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	has := func(article, step string) bool {
		return slices.ContainsFunc(list, func(p proof) bool { return p.article == article && p.step == step })
	}
	for _, a := range c.Articles() {
		for _, s := range a.Steps {
			if s.Machine == nil || has(a.ID, s.ID) {
				continue
			}
			if other, ok := provedElsewhere[[2]string{a.ID, s.ID}]; !ok || !has(other[0], other[1]) {
				t.Errorf("no proof for %s, step %s (%s)", a.ID, s.ID, s.Machine.Procedure)
			}
		}
	}
}

func (w *world) prove(shop int, p proof) {
	w.t.Helper()
	if p.shift {
		w.mustSell(shop)
	}
	if p.fault != "" {
		w.inject(shop, p.fault)
	}
	if p.tried && w.sell(shop) == 0 {
		w.t.Fatal("the fault does not show in a sale")
	}
	v, err := w.App.Faults.Start(w.t.Context(), w.engineer, faults.StartRequest{Fault: p.article, Device: w.Device(shop).ID})
	if err != nil {
		w.t.Fatal(err)
	}
	way := wayTo(w.t, v.Article, p.step)
	for _, turn := range way {
		v = w.take(v, turn)
	}
	v = w.outcome(w.run(v), p.step)
	step, _ := v.Article.Step(p.step)
	want := step.Machine.OnSuccess
	if p.fails {
		want = step.Machine.OnFailure
	}
	if v.Session.Step != want {
		w.t.Fatalf("the step led to %s, not to %s: %+v", v.Session.Step, want, v.Log)
	}
	if p.mends {
		w.mustSell(shop)
		sold := w.register(shop).State().FN.LastDocument
		w.until("a reading after the sale shows it well", 30*time.Second, func() bool {
			l := w.live(shop)
			return l.Values.Get(signal.LastDocNo).Int() >= sold && l.State == fleet.StateOK && len(l.Alerts) == 0
		})
	}
}

// outcome waits until the machine's step has led on.
func (w *world) outcome(v faults.View, from string) faults.View {
	w.t.Helper()
	w.until(from+" has an outcome", 60*time.Second, func() bool {
		v = w.view(v)
		return v.Session.Step != from
	})
	return v
}

// sell makes a sale at the register as the till program does and gives the
// code of the refusal, 0 when it went through. It tidies nothing up.
func (w *world) sell(shop int) byte {
	item := append(append([]byte{0xE6, 0x02}, make([]byte, 64)...), 0, 0, 0, 0, 0x99, 0x00, 0, 0, 0, 0x10, 0x00)
	for _, c := range [][]byte{{0x48}, {0x56, 1, 0, 0, 0, 0x30}, {0x92, 0x02, 0x01}, item, {0x4A, 0, 1, 0, 0, 0, 0, 0}, {0x48}} {
		reply, failed := w.register(shop).Execute(append([]byte{0, 0}, c...))
		if failed {
			return reply[1]
		}
	}
	return 0
}

func (w *world) mustSell(shop int) {
	w.t.Helper()
	if code := w.sell(shop); code != 0 {
		w.t.Errorf("the register does not sell: %d", code)
	}
}

func (w *world) register(shop int) *sim.Register { return w.Bench.Server(shop).Register }

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
func wayTo(t *testing.T, a *catalogue.Article, target string) []turn {
	t.Helper()
	for through := range 3 {
		if way, ok := search(a, target, through); ok {
			return way
		}
	}
	t.Fatalf("%s: no way to %s", a.ID, target)
	return nil
}

func search(a *catalogue.Article, target string, through int) ([]turn, bool) {
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
			if _, seen := ways[next.to]; !seen {
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
