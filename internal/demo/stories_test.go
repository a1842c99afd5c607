package demo_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/demo"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/ofd"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
)

// world is a running demo in which nothing falls ill by itself, seen by an
// engineer.
type world struct {
	*demo.Demo
	t        *testing.T
	engineer scope.Scope
}

func start(t *testing.T, shops int) *world {
	t.Helper()
	return trading(t, shops, 1800)
}

// trading is a demo whose shops make so many sales an hour.
func trading(t *testing.T, shops int, sales float64) *world {
	t.Helper()
	return startOf(t, shops, sales, nil)
}

// startOf is a demo with registers of the kinds that are asked for.
func startOf(t *testing.T, shops int, sales float64, kind func(shop int) string) *world {
	t.Helper()
	d, err := demo.Start(t.Context(), demo.Options{
		Listen: "127.0.0.1:0", Data: t.TempDir(), Shops: shops, Seed: 1, Quiet: true, Sales: sales, Heartbeat: time.Second, Kind: kind, Log: logTo(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := d.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	w := &world{Demo: d, t: t, engineer: scope.Person(d.Scope.Tenant(), "e1", "Arne", "", scope.Engineer, scope.Admin)}
	for i := range shops {
		w.until("shop "+fmt.Sprint(i)+" reports", 20*time.Second, func() bool { return w.state(i) == fleet.StateOK })
	}
	return w
}

// until waits for a condition that some event of the bus makes true; it looks
// again at each of them, and each second for what no event tells.
func (w *world) until(what string, within time.Duration, ok func() bool) {
	w.t.Helper()
	sub := w.App.Bus.Subscribe(func(bus.Event) bool { return true })
	defer sub.Close()
	limit := time.NewTimer(within)
	defer limit.Stop()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for !ok() {
		select {
		case <-sub.C:
		case <-tick.C:
		case <-limit.C:
			w.t.Fatalf("%s: not within %v", what, within)
		}
	}
}

func (w *world) live(shop int) fleet.Live {
	w.t.Helper()
	l, err := w.App.Fleet.Device(w.engineer, w.Device(shop).ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

// state is "" for a moment after a device was added, before the fleet has
// been told of it.
func (w *world) state(shop int) string {
	l, err := w.App.Fleet.Device(w.engineer, w.Device(shop).ID)
	if err != nil && problem.CodeOf(err) != "not_found" {
		w.t.Fatal(err)
	}
	return l.State
}

func (w *world) inject(shop int, fault string) {
	w.t.Helper()
	if err := w.Bench.Station(shop).Inject(fault); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) clear(shop int, fault string) {
	w.t.Helper()
	if err := w.Bench.Station(shop).Clear(fault); err != nil {
		w.t.Fatal(err)
	}
}

// cases are the shop's cases of a fault, whatever their state.
func (w *world) cases(shop int, fault string) []desk.Case {
	w.t.Helper()
	p, err := w.App.Desk.List(w.t.Context(), w.engineer, desk.Filter{Device: w.Device(shop).ID, Fault: fault, States: desk.States()})
	if err != nil {
		w.t.Fatal(err)
	}
	return p.Cases
}

func (w *world) limit(name string, seconds int64) {
	w.t.Helper()
	if err := w.App.Fleet.SetLimit(w.t.Context(), w.engineer, name, seconds); err != nil {
		w.t.Fatal(err)
	}
}

// hasty shortens what a company waits for in earnest.
func (w *world) hasty() {
	w.limit("receipt_open", 1)
	w.limit("mode", 1)
	w.limit("channel_unsent", 1)
}

// TestAnIllRegisterBecomesANamedCase is the first story: each way in which the
// emulated register falls ill is one alert and one case with a promise, named
// by the fault that was injected.
func TestAnIllRegisterBecomesANamedCase(t *testing.T) {
	t.Parallel()
	ills := []string{
		sim.FaultReceiptOpen, sim.FaultFNLink, sim.FaultFNState, sim.FaultFNFormat, sim.FaultUnsent, sim.FaultNoExchange, sim.FaultFNOver,
		sim.FaultClock, sim.FaultShiftOver, sim.FaultWrongMode, sim.FaultChannel,
	}
	w := start(t, len(ills))
	w.hasty()
	for i, fault := range ills {
		w.inject(i, fault)
	}
	for i, fault := range ills {
		w.until(fault+" is a case", 30*time.Second, func() bool { return len(w.cases(i, fault)) > 0 })
		c := w.cases(i, fault)
		if len(c) != 1 || c[0].DueAt.IsZero() || c[0].Source != desk.FromAlert || string(c[0].Evidence) == "{}" {
			t.Errorf("%s: cases %+v", fault, c)
		}
		alerts := w.live(i).Alerts
		if !slices.ContainsFunc(alerts, func(a fleet.Alert) bool { return a.Fault == fault }) {
			t.Errorf("%s: open alerts %+v", fault, alerts)
		}
	}
}

// TestFromFaultToNamedCaseWithinFiveSeconds holds the figure of the issue with
// an agent that polls each second.
func TestFromFaultToNamedCaseWithinFiveSeconds(t *testing.T) {
	t.Parallel()
	w := start(t, 1)
	w.inject(0, sim.FaultFNLink)
	w.until("the case is on the desk", 5*time.Second, func() bool { return len(w.cases(0, sim.FaultFNLink)) == 1 })
}

// TestTheMachineMendsIt is the second story: the engineer lets the machine run
// the step, real bytes go to the register, the next report shows it well, and
// alert and case close with everything written down.
func TestTheMachineMendsIt(t *testing.T) {
	t.Parallel()
	w := start(t, 4)
	w.hasty()
	for i, story := range []struct{ fault, procedure string }{
		{sim.FaultReceiptOpen, "cancel_receipt"}, {sim.FaultWrongMode, "leave_mode"}, {sim.FaultChannel, "ofd_channel"}, {sim.FaultShiftOver, "close_shift"},
	} {
		w.inject(i, story.fault)
		w.until(story.fault+" is a case", 30*time.Second, func() bool { return len(w.cases(i, story.fault)) == 1 })
		c := w.cases(i, story.fault)[0]
		v := w.walkToMachine(i, c, story.procedure)
		v = w.run(v)
		w.until(story.fault+" is mended", 30*time.Second, func() bool {
			v = w.view(v)
			if v.Session.State != faults.Active || v.Step == nil {
				return v.Session.State == faults.Mended
			}
			if v.Step.Machine != nil { // some faults need more than one
				v = w.run(v)
			} else if len(v.Step.Branches) > 0 { // "look: is it well now?"
				v = w.answer(v, 0)
			}
			return false
		})
		w.until(story.fault+": the case is closed", 30*time.Second, func() bool { return w.cases(i, story.fault)[0].State == desk.Closed })
		if l := w.live(i); l.State != fleet.StateOK || len(l.Alerts) != 0 {
			t.Errorf("%s: afterwards %s with %d alerts", story.fault, l.State, len(l.Alerts))
		}
		w.written(c, i)
	}
}

// walkToMachine answers the guided fix until its machine step of that name.
func (w *world) walkToMachine(shop int, c desk.Case, procedure string) faults.View {
	w.t.Helper()
	v, err := w.App.Faults.Start(w.t.Context(), w.engineer, faults.StartRequest{Fault: c.Fault, Device: w.Device(shop).ID, Case: c.ID})
	if err != nil {
		w.t.Fatal(err)
	}
	for range 20 {
		if v.Step == nil {
			break
		}
		if v.Step.Machine != nil && v.Step.Machine.Procedure == procedure {
			return v
		}
		if len(v.Step.Branches) == 0 {
			break
		}
		v = w.answer(v, 0)
	}
	w.t.Fatalf("%s: no way to %s; ended at %q (%s)", c.Fault, procedure, v.Session.Step, v.Session.State)
	return v
}

func (w *world) answer(v faults.View, branch int) faults.View {
	w.t.Helper()
	next, err := w.App.Faults.Answer(w.t.Context(), w.engineer, faults.Ref{ID: v.Session.ID}, v.Session.Version, branch)
	if err != nil {
		w.t.Fatalf("%s: %v", v.Session.Step, err)
	}
	return next
}

func (w *world) run(v faults.View) faults.View {
	w.t.Helper()
	next, err := w.App.Faults.Run(w.t.Context(), w.engineer, faults.Ref{ID: v.Session.ID}, faults.RunRequest{Step: v.Step.ID, Version: v.Session.Version, Consent: true})
	if err != nil {
		w.t.Fatal(err)
	}
	return next
}

func (w *world) view(v faults.View) faults.View {
	w.t.Helper()
	next, err := w.App.Faults.View(w.t.Context(), w.engineer, faults.Ref{ID: v.Session.ID})
	if err != nil {
		w.t.Fatal(err)
	}
	return next
}

// written checks that the case tells the whole story.
func (w *world) written(c desk.Case, shop int) {
	w.t.Helper()
	v, err := w.App.Desk.View(w.t.Context(), w.engineer, c.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	var kinds []desk.EntryKind
	for _, e := range v.Entries {
		kinds = append(kinds, e.Kind)
	}
	for _, want := range []desk.EntryKind{desk.EntryOpened, desk.EntryCommand, desk.EntryWell, desk.EntryState} {
		if !slices.Contains(kinds, want) {
			w.t.Errorf("%s: the timeline %v lacks %q", c.Fault, kinds, want)
		}
	}
	commands, err := w.App.Fleet.Commands(w.t.Context(), w.engineer, w.Device(shop).ID, "", 10)
	if err != nil || len(commands) == 0 || len(commands[0].Exchanges) == 0 || len(commands[0].Exchanges[0].Sent) == 0 || len(commands[0].Exchanges[0].Got) == 0 {
		w.t.Errorf("%s: the bytes were not kept: %+v, %v", c.Fault, commands, err)
	}
}

// TestSilencesAreToldApart is the third story: an agent whose plug was pulled,
// a register that does not answer, and an OFD out of reach.
func TestSilencesAreToldApart(t *testing.T) {
	t.Parallel()
	w := start(t, 4)
	w.limit("no_answer", 1)
	w.SwitchAgent(0, false)
	w.inject(1, sim.FaultUnplugged)
	w.inject(2, sim.FaultNoExchange)
	for shop, want := range []string{fleet.StateSilent, fleet.StateNoReply} {
		w.until("shop "+fmt.Sprint(shop)+" is "+want, 90*time.Second, func() bool { return w.state(shop) == want })
	}
	w.until("the third has no OFD", 90*time.Second, func() bool { return len(w.cases(2, sim.FaultNoExchange)) == 1 })
	if got := w.state(3); got != fleet.StateOK {
		t.Errorf("the fourth, which is well, is %s", got)
	}
	w.SwitchAgent(0, true)
	w.clear(1, sim.FaultUnplugged)
	for shop := range 2 {
		w.until("shop "+fmt.Sprint(shop)+" is back", 60*time.Second, func() bool { return w.state(shop) == fleet.StateOK })
	}
}

// TestTheWayToTheOperatorIsLookedAt: the agent's own look tells an operator
// that is there from one that hangs up and one that is gone, while the
// registers themselves still work.
func TestTheWayToTheOperatorIsLookedAt(t *testing.T) {
	t.Parallel()
	w := start(t, 1)
	reach := func() string { l := w.live(0); return l.Values.Get(signal.OFDReach).Text() }
	w.until("the operator is found", 30*time.Second, func() bool { return reach() == ofd.ReachOK })
	for _, turn := range []struct{ mode, reach string }{{demo.OperatorCloses, ofd.ReachClosed}, {demo.OperatorGone, ofd.ReachTCP}, {demo.OperatorOpen, ofd.ReachOK}} {
		w.TurnOperator(turn.mode)
		w.SwitchAgent(0, false) // a new agent looks at once, the old one within five minutes
		w.SwitchAgent(0, true)
		w.until("the operator is "+turn.mode, 30*time.Second, func() bool { return reach() == turn.reach })
	}
}
