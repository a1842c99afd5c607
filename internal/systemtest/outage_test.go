package systemtest_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/sim"
)

// turn is one change of a register that the test brought about, and between
// which instants its agent must have seen it.
type turn struct {
	open     bool
	from, to time.Time
}

// turns opens and closes a receipt in a register, and waits each time until
// the agent has looked.
func turns(b *bench, n, count int, before []turn) []turn {
	b.t.Helper()
	for range count {
		t := turn{open: len(before)%2 == 0, from: time.Now()}
		if t.open {
			b.inject(n, sim.FaultReceiptOpen)
		} else {
			b.clear(n, sim.FaultReceiptOpen)
		}
		b.seen(n)
		t.to = time.Now()
		before = append(before, t)
	}
	return before
}

// told reads from the server when a receipt was opened and closed, the oldest
// first, after the first reading of all.
func told(s *server, device string) (out []client.Change) {
	s.t.Helper()
	list := all[client.Change](s, "/devices/"+device+"/changes")
	slices.Reverse(list)
	for i, c := range list {
		if i > 0 && c.Seq <= list[i-1].Seq {
			s.t.Errorf("changes %d and %d are out of order", list[i-1].Seq, c.Seq)
		}
		if v, ok := c.Changes["receipt.open"]; ok && v[0] != nil {
			out = append(out, c)
		}
	}
	return out
}

// complete waits until the server knows of as many changes as there were, and
// compares each with what happened: its direction, its order and its instant.
func complete(s *server, device string, want []turn) {
	s.t.Helper()
	until(s.t, "all changes are there", func() bool { return len(told(s, device)) >= len(want) })
	got := told(s, device)
	if len(got) != len(want) {
		s.t.Fatalf("%d changes told, %d happened", len(got), len(want))
	}
	const slack = 50 * time.Millisecond
	for i, w := range want {
		v := got[i].Changes["receipt.open"]
		if v[0] != !w.open || v[1] != w.open {
			s.t.Errorf("change %d is %v, the receipt was opened: %v", i, v, w.open)
		}
		if at := got[i].At; at.Before(w.from.Add(-slack)) || at.After(w.to.Add(slack)) {
			s.t.Errorf("change %d was at %v, it happened between %v and %v", i, at, w.from, w.to)
		}
	}
}

// once checks that a device has had one alert of a fault and one case, and
// gives them.
func once(s *server, device string) (client.Alert, client.Case) {
	s.t.Helper()
	until(s.t, "there is a case", func() bool { return len(s.cases(device)) > 0 })
	alerts, cases := s.alerts(device), s.cases(device)
	if len(alerts) != 1 || len(cases) != 1 {
		s.t.Fatalf("%d alerts and %d cases: %+v %+v", len(alerts), len(cases), alerts, cases)
	}
	return alerts[0], cases[0]
}

// TestNothingIsLostWhileTheServerIsAway is the fourth story: the server goes,
// in order or by a power cut, registers fall ill and get well meanwhile, and
// afterwards the server knows everything in its order, and no alert twice.
func TestNothingIsLostWhileTheServerIsAway(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]func(*server){"stopped": (*server).down, "killed": (*server).kill} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, b := install(t), newBench(t, 4)
			sh := openShop(s, "Мясная лавка", b.registers...)
			sh.on()
			s.well(sh.devices...)
			b.inject(3, sim.FaultFNState) // ill before, during and after
			until(t, "the fourth is ill", func() bool { return s.state(sh.devices[3]) == "ill" })
			done := turns(b, 0, 2, nil)

			away(s)
			done = turns(b, 0, 4, done)
			b.inject(1, sim.FaultFNLink)
			b.inject(2, sim.FaultFNLink)
			b.seen(2)
			b.clear(2, sim.FaultFNLink)
			b.seen(2)

			s.up()
			done = turns(b, 0, 1, done)
			away(s) // while it may still be catching up
			done = turns(b, 0, 2, done)
			s.up()
			done = turns(b, 0, 1, done)
			complete(s, sh.devices[0], done)
			afterOutage(t, s, b, sh)
			s.down()
			inTheDatabase(t, s.data, sh.devices[0], len(done))
		})
	}
}

// afterOutage looks at the registers that fell ill during it.
func afterOutage(t *testing.T, s *server, b *bench, sh *shop) {
	t.Helper()
	for n, want := range map[int]bool{1: true, 2: false, 3: true} {
		a, c := once(s, sh.devices[n])
		if open := a.ClosedAt.IsZero(); open != want || a.Late || !a.Announced {
			t.Errorf("the alert of register %d: %+v", n, a)
		}
		if want && c.State != "new" {
			t.Errorf("the case of register %d: %+v", n, c)
		}
	}
	until(t, "the case of what is well again is closed", func() bool { return s.cases(sh.devices[2])[0].State == "closed" })
	b.clear(1, sim.FaultFNLink)
	s.well(sh.devices[1])
	until(t, "its case is closed", func() bool { return s.cases(sh.devices[1])[0].State == "closed" })
	once(s, sh.devices[1])
	if o := get[client.Overview](s, "/overview"); o.Agents["ok"] != 1 || o.States["silent"] != 0 {
		t.Errorf("afterwards %+v", o)
	}
}

// TestNothingIsLostWhenTheAgentIsKilled kills the agent while the server is
// away: what it had seen is on its disk.
func TestNothingIsLostWhenTheAgentIsKilled(t *testing.T) {
	t.Parallel()
	s, b := install(t), newBench(t, 1)
	sh := openShop(s, "Цветы", b.registers...)
	sh.on()
	s.well(sh.devices...)
	s.kill()
	done := turns(b, 0, 4, nil)
	sh.kill()
	sh.on()
	done = turns(b, 0, 3, done)
	sh.kill()
	s.up()
	sh.on()
	done = turns(b, 0, 1, done)
	complete(s, sh.devices[0], done)
}

// TestACommandIsCarriedOutAtMostOnce kills the agent and the server around
// commands, and counts in the register what was really done.
func TestACommandIsCarriedOutAtMostOnce(t *testing.T) {
	t.Parallel()
	const cancelReceipt = "59"
	s, b := install(t), newBench(t, 1)
	sh := openShop(s, "Обувь", b.registers...)
	sh.on()
	s.well(sh.devices...)
	for i, cut := range []func(){
		func() { sh.kill(); sh.on() },
		func() { s.kill(); s.up() },
		func() { sh.kill(); s.kill(); s.up(); sh.on() },
		func() { s.down(); s.up() },
	} {
		b.inject(0, sim.FaultReceiptOpen)
		b.seen(0)
		before := b.executed(0, cancelReceipt)
		c := ask[client.Command](s, http.MethodPost, "/devices/"+sh.devices[0]+"/commands", client.NewCommand{
			Procedure: "cancel_receipt", Consent: &client.Consent{Who: "Лиза", How: "phone"},
		})
		cut()
		c = s.command(c.ID)
		ran := b.executed(0, cancelReceipt) - before
		t.Logf("cut %d: %s %s, carried out %d times", i, c.State, c.Code, ran)
		if ran > 1 || c.State == "done" && ran != 1 || (c.State == "failed" || c.State == "expired") && ran != 0 {
			t.Errorf("cut %d: it is %s (%s) and was carried out %d times", i, c.State, c.Code, ran)
		}
		b.clear(0, sim.FaultReceiptOpen)
	}
}

// TestAnOutcomeThatNobodyKnowsIsCalledSo kills the agent while it waits for
// the register's answer: the register has done it, and nobody was told.
func TestAnOutcomeThatNobodyKnowsIsCalledSo(t *testing.T) {
	t.Parallel()
	const setTime = "4B"
	s, b := install(t), newBench(t, 1)
	wire := newLine(t, b.registers[0])
	sh := openShop(s, "Книги", wire.addr)
	sh.on()
	s.well(sh.devices...)
	wire.clampWhen(func() bool { return b.count(0, setTime) == 1 })
	c := ask[client.Command](s, http.MethodPost, "/devices/"+sh.devices[0]+"/commands", client.NewCommand{
		Procedure: "set_clock", Consent: &client.Consent{Who: "Лиза", How: "phone"},
	})
	until(t, "the register has done it and its answer is on the way", wire.held)
	sh.kill()
	wire.clampWhen(nil)
	wire.drop()
	wire.release()
	sh.on()
	if c = s.command(c.ID); c.State != "unknown" || c.Code != "agent_restarted" {
		t.Errorf("it ended %s (%s)", c.State, c.Code)
	}
	s.well(sh.devices...)
	b.seen(0)
	if n := b.executed(0, setTime); n != 1 {
		t.Errorf("it was carried out %d times", n)
	}
}
