package demo_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
	"github.com/tillwright/tillwright/internal/signal"
)

// kind is a kind of register with its proofs, and how many shops share them.
type kind struct {
	name     string
	protocol kkt.Protocol
	proofs   []proof
	shops    int
	first    int // of its shops
}

func kinds() []kind {
	all := []kind{
		{name: atol.Name, protocol: atol.Protocol{}, proofs: atolProofs(), shops: len(atolProofs())},
		{name: shtrih.Name, protocol: &shtrih.Protocol{}, proofs: shtrihProofs(), shops: 10},
		{name: fptr.Name, protocol: fptr.Protocol{}, proofs: fptrProofs(), shops: 8},
	}
	next := 0
	for i := range all {
		all[i].first = next
		next += all[i].shops
	}
	return all
}

// TestEveryMachineStepIsProved runs each step that the machine can do through
// server and agent against an emulated register of each kind that has the
// fault. What a kind has no commands for, the walk goes past.
func TestEveryMachineStepIsProved(t *testing.T) {
	t.Parallel()
	all := kinds()
	last := all[len(all)-1]
	w := startOf(t, last.first+last.shops, 1800, func(shop int) string {
		i := slices.IndexFunc(all, func(k kind) bool { return shop < k.first+k.shops })
		return all[i].name
	})
	for _, k := range all {
		k.everyStepHasOne(t)
		k.count(t, w)
		for n := range k.shops {
			t.Run(fmt.Sprintf("%s %d", k.name, n), func(t *testing.T) {
				t.Parallel()
				for _, p := range k.turnsOf(n) {
					t.Run(p.article+"/"+p.step+"/"+p.fault, func(t *testing.T) {
						own := *w
						own.t = t
						own.prove(k, k.first+n, p)
					})
				}
			})
		}
		t.Run(k.name+" past", func(t *testing.T) {
			t.Parallel()
			for _, p := range k.impossible(t) {
				t.Run(p.article+"/"+p.step, func(t *testing.T) {
					own := *w
					own.t = t
					own.goesPast(k, p)
				})
			}
		})
	}
}

// turnsOf are the proofs that shop n of the kind has, one after another.
func (k *kind) turnsOf(n int) (out []proof) {
	for i := n; i < len(k.proofs); i += k.shops {
		out = append(out, k.proofs[i])
	}
	return out
}

// everyStepHasOne: each machine step of a shipped article is proved, or the
// kind has no commands for it.
func (k *kind) everyStepHasOne(t *testing.T) {
	t.Helper()
	has := func(article, step string) bool {
		return slices.ContainsFunc(k.proofs, func(p proof) bool { return p.article == article && p.step == step })
	}
	for a, s := range machineSteps(t) {
		proved, able := has(a.ID, s.ID), walk{a, k.protocol}.can(s)
		if other, ok := provedElsewhere[[2]string{a.ID, s.ID}]; ok && !proved {
			proved = has(other[0], other[1])
		}
		if proved != able {
			t.Errorf("%s: %s, step %s (%s): proved %v, possible %v", k.name, a.ID, s.ID, s.Machine.Procedure, proved, able)
		}
	}
}

// impossible are the steps that the kind has no commands for.
func (k *kind) impossible(t *testing.T) (out []proof) {
	t.Helper()
	for a, s := range machineSteps(t) {
		if !(walk{a, k.protocol}).can(s) {
			out = append(out, proof{article: a.ID, step: s.ID})
		}
	}
	return out
}

// machineSteps are those of the shipped articles.
func machineSteps(t *testing.T) func(yield func(*catalogue.Article, *catalogue.Step) bool) {
	t.Helper()
	c, err := catalogue.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(*catalogue.Article, *catalogue.Step) bool) {
		for _, a := range c.Articles() {
			for i := range a.Steps {
				if a.Steps[i].Machine != nil && !yield(a, &a.Steps[i]) {
					return
				}
			}
		}
	}
}

// count says the figures of docs/benchmarks.md.
func (k *kind) count(t *testing.T, w *world) {
	t.Helper()
	steps, asks, mended, articles := map[[2]string]bool{}, map[[2]string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range k.proofs {
		step := [2]string{p.article, p.step}
		steps[step], asks[step] = true, asks[step] || p.mends
		if p.mends && p.fault != "" {
			mended[p.fault], articles[p.article] = true, true
		}
	}
	for elsewhere := range provedElsewhere {
		steps[elsewhere] = true
	}
	only := 0
	for _, mends := range asks {
		if !mends {
			only++
		}
	}
	t.Logf("%s: the bench knows %d faults; %d mended by the machine alone, in %d articles; %d steps proved, %d of them only ask; %d without a command",
		k.name, len(w.Bench.Station(k.first).Patient().Faults()), len(mended), len(articles), len(steps), only, len(k.impossible(t)))
}

func (w *world) prove(k kind, shop int, p proof) {
	w.t.Helper()
	defer w.tidy(shop)
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
	a := walk{v.Article, k.protocol}
	for _, turn := range a.wayTo(w.t, p.step) {
		v = w.take(v, turn)
	}
	v = w.outcome(w.run(v), p.step)
	step, _ := v.Article.Step(p.step)
	want := step.Machine.OnSuccess
	if p.fails {
		want = step.Machine.OnFailure
	}
	if want = a.land(want); v.Session.Step != want {
		w.t.Fatalf("the step led to %s, not to %s: %+v", v.Session.Step, want, v.Log)
	}
	if p.mends {
		w.well(shop)
	}
}

// well proves that the register sells, and that a reading newer than the sale
// shows nothing wrong.
func (w *world) well(shop int) {
	w.t.Helper()
	w.mustSell(shop)
	sold := w.Bench.Station(shop).Patient().State().FN.LastDocument
	w.until("a reading after the sale shows it well", 30*time.Second, func() bool {
		l := w.live(shop)
		return l.Values.Get(signal.LastDocNo).Int() >= sold && l.State == fleet.StateOK && len(l.Alerts) == 0
	})
}

// tidy leaves the register as the next proof wants to find it.
func (w *world) tidy(shop int) {
	for _, id := range w.Bench.Station(shop).Patient().Active() {
		w.clear(shop, id)
	}
}

// goesPast walks to a step that the register has no command for: the walk goes
// on by hand, or to a person who knows more, and the log says why.
func (w *world) goesPast(k kind, p proof) {
	w.t.Helper()
	v, err := w.App.Faults.Start(w.t.Context(), w.engineer, faults.StartRequest{Fault: p.article, Device: w.Device(k.first).ID})
	if err != nil {
		w.t.Fatal(err)
	}
	a := walk{v.Article, k.protocol}
	way, ok := a.search(p.step, 0)
	if !ok {
		return // only steps of the machine lead there, and some are without a command too
	}
	for _, turn := range way {
		v = w.take(v, turn)
	}
	if a.land(p.step) == "" {
		if v.Session.State != faults.HandedOver || v.Session.Reason != faults.RegisterCannot {
			w.t.Errorf("stands on %s (%s, %s)", v.Session.Step, v.Session.State, v.Session.Reason)
		}
		return
	}
	passed := func(e faults.Event) bool {
		return e.Kind == faults.ByHand && e.Step == p.step && e.Detail.Code == faults.RegisterCannot
	}
	if v.Session.Step != a.land(p.step) || !slices.ContainsFunc(v.Log, passed) {
		w.t.Errorf("stands on %s: %+v", v.Session.Step, v.Log)
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
