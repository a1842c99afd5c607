package fleet_test

import (
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/signal"
)

func TestASilentAgentIsNoticedWithinTwoSecondsAndItsDevicesHaveNoData(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.say("d00", values{signal.FNError: 0})
		w.pass(80*time.Second - time.Second)
		w.wantTold()
		w.pass(2 * time.Second)
		w.wantTold("opened agent-silent@a00") // a01 was never heard of: nobody waits for it
		l, err := w.Device(w.sc(), "d00")
		if err != nil || l.State != fleet.StateSilent || l.AgentAlert == nil || len(l.Alerts) != 0 {
			t.Fatalf("%+v %v", l, err)
		}
		w.pass(10 * time.Second)
		w.wantTold()
		w.crash()
		w.pass(100 * time.Second)
		w.wantTold() // the alert is still that one
		w.beat("a00")
		w.wantTold("closed agent-silent@a00")
		if l, _ := w.Device(w.sc(), "d00"); l.State != fleet.StateOK {
			t.Errorf("state %s", l.State)
		}
	})
}

func TestAgentRegisterAndOperatorAreToldApart(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		for _, d := range []string{"d00", "d01", "d02"} {
			w.say(d, values{signal.Link: signal.LinkOK, signal.OFDReach: "ok"})
		}
		// a00 loses its power, d01's cable is pulled, d02's shop has no internet.
		w.pass(time.Second)
		w.say("d01", values{signal.Link: signal.LinkRefused})
		w.say("d02", values{signal.OFDReach: "no_internet"})
		for range 8 {
			w.pass(10 * time.Second)
			w.beat("a01", "a02")
		}
		states := map[string]string{}
		for _, d := range []string{"d00", "d01", "d02"} {
			l, err := w.Device(w.sc(), d)
			if err != nil {
				t.Fatal(err)
			}
			states[d] = l.State
		}
		if states["d00"] != fleet.StateSilent || states["d01"] != fleet.StateNoReply || states["d02"] != fleet.StateOK {
			t.Errorf("after 81 s: %v", states)
		}
		w.pass(50 * time.Second)
		w.beat("a02")
		if got := w.faults("d02"); len(got) != 1 || got[0] != "net-no-internet-on-terminal" {
			t.Errorf("d02: %v", got)
		}
	})
}

func TestAHoldTimeEndsByItselfWhileTheAgentIsHeard(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.say("d00", values{signal.Link: signal.LinkNoAnswer})
		w.pass(22 * time.Second)
		w.wantTold()
		w.pass(2 * time.Second)
		w.wantTold("opened register-hung-or-dead@d00")
		w.say("d00", values{signal.Link: signal.LinkOK, signal.ReceiptOpen: true})
		w.wantTold("closed register-hung-or-dead@d00")
		// The agent falls silent before the ten minutes are over: no data.
		w.pass(11 * time.Minute)
		w.wantTold("opened agent-silent@a00")
	})
}

func TestNobodyIsBlamedForTheServersOwnAbsence(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.say("d00", values{signal.FNError: 0})
		if err := w.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Kill()
		w.clk.Advance(10 * time.Minute)
		w.begin()
		w.pass(79 * time.Second)
		w.wantTold()
		// The agents went on meanwhile; their backlog comes in order.
		w.send("a00",
			w.report("a00", "d00", 9*time.Minute, values{signal.FNError: 210}),
			w.report("a00", "d00", 8*time.Minute, values{signal.FNError: 0}),
			w.report("a00", "d00", 0, nil))
		w.pass(79 * time.Second)
		w.wantTold()
		list, err := w.ListIncidents(t.Context(), w.sc(), false, 0)
		if err != nil || len(list) != 1 || list[0].Kind != fleet.IncidentServer || !list[0].OpenedAt.Equal(start) || list[0].Open() {
			t.Fatalf("%+v %v", list, err)
		}
		if past := w.alerts(fleet.AlertFilter{Device: "d00"}); len(past) != 1 || !past[0].Late || past[0].Open() {
			t.Errorf("%+v", past)
		}
		// The process itself stood still: the same.
		w.clk.Advance(5 * time.Minute)
		w.pass(79 * time.Second)
		w.wantTold()
	})
}

func TestManySilentAgentsAreOneIncidentAndTheOneBeforeIsApart(t *testing.T) {
	each(t, 12, func(t *testing.T, w *world) {
		devices := []string{"d00", "d01", "d02", "d03", "d04", "d05", "d06", "d07", "d08", "d09", "d10", "d11"}
		for _, d := range devices {
			w.say(d, values{signal.FNError: 0})
		}
		speak := func(from int, span time.Duration) {
			for range int(span / (30 * time.Second)) {
				w.pass(30 * time.Second)
				for _, d := range devices[from:] {
					w.beat("a" + d[1:])
				}
			}
		}
		speak(1, 20*time.Minute) // a00 alone is silent, for a reason of its own
		w.wantTold("opened agent-silent@a00")
		w.pass(10 * time.Second)
		w.beat("a07", "a08", "a09", "a10", "a11")
		speak(7, 90*time.Second)
		told := w.hooks.take()
		if len(told) != 7 || told[0] != "incident silence " {
			t.Fatalf("told %q", told)
		}
		for _, a := range w.alerts(fleet.AlertFilter{Open: true}) {
			if own := a.Agent == "a00"; own != (a.Incident == "") {
				t.Errorf("%s: incident %q", a.Agent, a.Incident)
			}
		}
		w.crash()
		speak(1, 90*time.Second)
		list, err := w.ListIncidents(t.Context(), w.sc(), false, 0)
		if err != nil || len(list) != 1 || list[0].Open() || list[0].Outlets != 6 || list[0].Devices != 6 {
			t.Fatalf("%+v %v", list, err)
		}
	})
}

func TestAnOperatorsOutageIsOneIncident(t *testing.T) {
	each(t, 8, func(t *testing.T, w *world) {
		unsent := values{signal.OFDHost: "k-server.example", signal.OFDReach: "ok", signal.Unsent: 3, signal.FirstUnsentAt: start.Add(-30 * time.Second)}
		for _, d := range []string{"d00", "d01", "d02", "d03", "d04", "d05", "d06"} {
			w.say(d, unsent)
		}
		w.say("d07", values{signal.OFDHost: "other.example", signal.OFDReach: "tcp"})
		for _, d := range []string{"d00", "d01", "d02", "d03", "d04"} {
			w.say(d, values{signal.OFDReach: "tcp"})
		}
		w.say("d05", values{signal.OFDReach: "no_internet"})
		w.pass(time.Second)
		w.wantTold("incident ofd k-server.example")
		beat := func() { w.beat("a00", "a01", "a02", "a03", "a04", "a05", "a06", "a07") }
		for range 60 {
			w.pass(time.Minute)
			beat()
		}
		open := w.alerts(fleet.AlertFilter{Open: true, Fault: "ofd-no-exchange"})
		if len(open) != 6 { // d05 has no internet: that is another trouble, for a day
			t.Fatalf("%d open", len(open))
		}
		for _, a := range open {
			covered := a.Device < "d05" // d06 reaches its operator: it is ill by itself
			if covered != (a.Incident != "") {
				t.Errorf("%s: incident %q", a.Device, a.Incident)
			}
		}
		w.hooks.take()
		for _, d := range []string{"d00", "d01", "d02", "d03"} {
			w.say(d, values{signal.OFDReach: "ok", signal.Unsent: 0, signal.FirstUnsentAt: nil})
		}
		w.say("d04", values{signal.OFDReach: "ok"}) // its documents stay
		w.hooks.take()
		w.pass(time.Second)
		w.wantTold("incident over ofd k-server.example")
		for range 15 {
			w.pass(time.Minute)
			beat()
		}
		w.wantTold("opened ofd-no-exchange@d04")
	})
}

func TestEveryRegisterOfAnOutletAtOnceIsOneIncident(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		for _, id := range []string{"x1", "x2", "x3"} {
			if err := w.AddDevice(t.Context(), fleet.Device{ID: id, Tenant: "t", Client: "c00", Outlet: "o00", Agent: "a00"}); err != nil {
				t.Fatal(err)
			}
		}
		tell := func(link string, ids ...string) {
			for _, id := range ids {
				w.send("a00", w.report("a00", id, 0, values{signal.Link: link}))
			}
		}
		tell(signal.LinkOK, "x1", "x2", "x3")
		w.pass(time.Second)
		tell(signal.LinkRefused, "x1", "x2")
		w.pass(time.Second)
		w.wantTold()
		tell(signal.LinkRefused, "x3")
		w.pass(30 * time.Second)
		w.wantTold("incident outlet o00",
			"opened register-hung-or-dead@x1+incident", "opened register-hung-or-dead@x2+incident", "opened register-hung-or-dead@x3+incident")
		tell(signal.LinkOK, "x1", "x2")
		w.hooks.take()
		w.pass(time.Second)
		w.wantTold("incident over outlet o00")
	})
}
