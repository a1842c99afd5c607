package systemtest_test

import (
	"net/http"
	"testing"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/signal"
)

const (
	closeReceipt = "4A"
	setClock     = "4B"
)

// till is a point-of-sale program that has the register's port.
func till(t *testing.T, register string) kkt.Driver {
	t.Helper()
	d, err := atol.Protocol{}.Open(t.Context(), kkt.Endpoint{Protocol: atol.Name, Transport: atol.TransportTCP, Address: register})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// sell makes one receipt over one thing.
func sell(t *testing.T, d kkt.Driver) {
	t.Helper()
	item := append([]byte{0xE6, 0x02}, make([]byte, 64)...)
	item = append(item, 0, 0, 0, 0, 0x99, 0, 0, 0, 0, 0x10, 0) // its price, and one of it
	for _, c := range [][]byte{{0x56, 1, 0, 0, 0, 0x30}, {0x92, 2, 1}, item, {0x4A, 0, 1, 0, 0, 0, 0, 0}, {0x48}} {
		if _, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcRaw, Raw: c}); err != nil {
			t.Fatalf("the till's % X: %v", c, err)
		}
	}
}

// setTheClock asks for a command that may not be carried out twice and waits
// until the agent has it.
func setTheClock(s *server, device string) string {
	s.t.Helper()
	c := ask[client.Command](s, http.MethodPost, "/devices/"+device+"/commands", client.NewCommand{
		Procedure: "set_clock", Consent: &client.Consent{Who: "Лиза", How: "phone"},
	})
	until(s.t, "the agent has the command", func() bool { return get[client.Command](s, "/commands/"+c.ID).State != "asked" })
	return c.ID
}

// TestTwoProgramsAtOneRegister: while a point-of-sale program has the port the
// agent says so, leaves its receipts alone and keeps a command waiting; the
// command is carried out when the port is free, once.
func TestTwoProgramsAtOneRegister(t *testing.T) {
	t.Parallel()
	s, b := install(t), newBench(t, 1)
	sh := openShop(s, "Молоко", b.registers...)
	sh.on()
	s.well(sh.devices...)
	pos := till(t, b.registers[0])
	sell(t, pos)
	until(t, "the agent says that the port is held", func() bool {
		return s.device(sh.devices[0]).Values[signal.Link.Key] == signal.LinkBusy
	})
	id := setTheClock(s, sh.devices[0])
	for range 3 {
		sell(t, pos)
	}
	if c := get[client.Command](s, "/commands/"+id); c.Ended() || b.executed(0, setClock) != 0 {
		t.Errorf("the port was held and the command is %s (%s)", c.State, c.Code)
	}
	if err := pos.Close(); err != nil {
		t.Fatal(err)
	}
	if c := s.command(id); c.State != "done" {
		t.Errorf("it ended %s (%s)", c.State, c.Code)
	}
	if n := b.executed(0, setClock); n != 1 {
		t.Errorf("it was carried out %d times", n)
	}
	if n := b.executed(0, closeReceipt); n != 4 {
		t.Errorf("%d receipts were closed, 4 were sold", n)
	}
	s.well(sh.devices...)
	until(t, "the register is read again", func() bool {
		return s.device(sh.devices[0]).Values[signal.Link.Key] == signal.LinkOK
	})
}

// TestARegisterThatRestartsInTheMiddleOfACommand: its power is cut when it has
// done what it was told and has not answered. The agent calls the outcome
// unknown, says nothing twice, and reads the register when it is back.
func TestARegisterThatRestartsInTheMiddleOfACommand(t *testing.T) {
	t.Parallel()
	s, b := install(t), newBench(t, 1)
	wire := newLine(t, b.registers[0])
	sh := openShop(s, "Чай", wire.addr)
	sh.on()
	s.well(sh.devices...)
	wire.clampWhen(func() bool { return b.count(0, setClock) == 1 })
	id := setTheClock(s, sh.devices[0])
	until(t, "the register has done it and its answer is on the way", wire.held)
	b.kill()
	wire.clampWhen(nil)
	wire.drop()
	wire.release()
	if c := s.command(id); c.State != "unknown" || c.Code != "outcome_unknown" {
		t.Errorf("it ended %s (%s)", c.State, c.Code)
	}
	until(t, "the register is seen to be away", func() bool {
		return s.device(sh.devices[0]).Values[signal.Link.Key] != signal.LinkOK
	})

	again := newBench(t, 1)
	wire.lead(again.registers[0])
	s.well(sh.devices...)
	again.seen(0)
	if n := again.executed(0, setClock); n != 0 {
		t.Errorf("it was told %d times more", n)
	}
}
