package sim_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
)

// TestProceduresSendTheirPlan: what the dry run shows is what goes out, and
// every reply can be read.
func TestProceduresSendTheirPlan(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		kkt.ProcFNStatus, kkt.ProcLastDocument, kkt.ProcLeaveMode, kkt.ProcOFDTest, kkt.ProcOFDChannel, kkt.ProcInfoPrint, kkt.ProcClearAgent,
		kkt.ProcContinue, kkt.ProcReboot,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, sim.Options{Seed: 3})
			plan, err := b.proto.Plan(kkt.Procedure{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			x, err := b.do(t, kkt.Procedure{Name: name})
			if err != nil || len(x) != len(plan) {
				t.Fatalf("%d of %d steps: %v", len(x), len(plan), err)
			}
			for i := range plan {
				if !bytes.Equal(x[i].Sent, plan[i]) {
					t.Errorf("sent % X, planned % X", x[i].Sent, plan[i])
				}
				if m := b.proto.Explain(x[i].Sent, x[i].Got); !m.OK || m.Code != 0 {
					t.Errorf("% X → % X: %+v", x[i].Sent, x[i].Got, m)
				}
			}
			if got := b.get(t, signal.Mode).Int(); got != 0 {
				t.Errorf("left in mode %d", got)
			}
		})
	}
}

func TestLastDocumentIsTheSoldOne(t *testing.T) {
	t.Parallel()
	b := setup(t, sim.Options{Seed: 3})
	before := b.get(t, signal.LastDocNo).Int()
	if code := b.sell(t); code != 0 {
		t.Fatal(code)
	}
	x, err := b.do(t, kkt.Procedure{Name: kkt.ProcLastDocument})
	if err != nil {
		t.Fatal(err)
	}
	f := b.proto.Explain(x[0].Sent, x[0].Got).Fields
	// The first sale of the day also makes the report of the shift's opening.
	if f["documentNumber"] != before+2 || f["date"] != "2026-03-10" || f["time"] != "15:00" {
		t.Errorf("%v, before %d", f, before)
	}
}

func TestCloseShift(t *testing.T) {
	t.Parallel()
	b := setup(t, sim.Options{Seed: 3})
	_, err := b.do(t, kkt.Procedure{Name: kkt.ProcCloseShift})
	var refused *kkt.RefusalError
	if !errors.As(err, &refused) || refused.Code != 143 {
		t.Fatalf("closing a closed shift: %v", err)
	}
	if got := b.get(t, signal.Mode).Int(); got != 0 {
		t.Fatalf("a refused procedure left mode %d", got)
	}
	if code := b.sell(t); code != 0 {
		t.Fatal(code)
	}
	number := b.get(t, signal.ShiftNumber).Int()
	if _, err := b.do(t, kkt.Procedure{Name: kkt.ProcCloseShift}); err != nil {
		t.Fatal(err)
	}
	set := b.read(t)
	if set.Get(signal.Shift).Text() != "closed" || set.Get(signal.ShiftNumber).Int() != number || set.Get(signal.ShiftEndsAt).Known() {
		t.Errorf("%v", set.Items())
	}
}

// TestSetClock: a date is told twice and only when it is wrong; the time
// always. It works with the shift open as long as the date is right.
func TestSetClock(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		ahead time.Duration // how far the true time runs ahead of the register's
		sent  []byte        // first bytes of the commands
	}{
		"same day":  {40 * time.Minute, []byte{0x91, 0x4B}},
		"next days": {50 * time.Hour, []byte{0x91, 0x64, 0x64, 0x4B}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, sim.Options{Seed: 3})
			truth := b.clock.Now().Add(tc.ahead)
			register := b.clock
			b.proto.Clock = fixed{truth}
			x, err := b.do(t, kkt.Procedure{Name: kkt.ProcSetClock})
			if err != nil {
				t.Fatal(err)
			}
			var sent []byte
			for _, step := range x {
				sent = append(sent, step.Sent[0])
			}
			if !bytes.Equal(sent, tc.sent) {
				t.Errorf("sent % X", sent)
			}
			register.Advance(0)
			if shown := b.server.Register.State().Clock; !shown.Equal(truth) {
				t.Errorf("shows %v, want %v", shown, truth)
			}
		})
	}
}

// fixed is a clock that always shows one instant.
type fixed struct{ at time.Time }

func (f fixed) Now() time.Time { return f.at }

func TestUnknownProcedure(t *testing.T) {
	t.Parallel()
	b := setup(t, sim.Options{})
	for _, p := range []kkt.Procedure{{Name: "make_coffee"}, {Name: kkt.ProcRaw}} {
		if x, err := b.do(t, p); !errors.Is(err, kkt.ErrUnsupported) || len(x) > 0 {
			t.Errorf("%q: %v, %v", p.Name, x, err)
		}
	}
}

// TestAReceiptFromOpenToClose drives a receipt with separate beginnings and
// ends of items, and its way into the counters.
func TestAReceiptFromOpenToClose(t *testing.T) {
	t.Parallel()
	b := setup(t, sim.Options{Seed: 9})
	before := b.server.Register.State()
	item := append([]byte{0xEB, 0x00}, 0, 0, 0, 0, 0x01, 0x50, 0x00) // 150.00
	item = append(item, 0, 0, 0, 0x20, 0x00)                         // two
	item = append(item, make([]byte, 30)...)
	b.send(t, []byte{0x56, 1, 0, 0, 0, 0x30}, []byte{0x9A, 0}, []byte{0x92, 0, 1}, []byte{0xEA, 0, 1, 0}, item)
	set := b.read(t)
	if !set.Get(signal.ReceiptOpen).Bool() || set.Get(signal.ReceiptType).Int() != 1 {
		t.Errorf("no open receipt: %v", set.Items())
	}
	_, err := b.do(t, kkt.Procedure{Name: kkt.ProcRaw, Raw: []byte{0x4A, 0, 1, 0, 0, 0, 0x01, 0x00}})
	var refused *kkt.RefusalError
	if !errors.As(err, &refused) || refused.Code != 134 {
		t.Errorf("paying one rouble: %v", err)
	}
	b.send(t, []byte{0x4A, 0, 1, 0, 0, 0x05, 0x00, 0x00})
	after := b.server.Register.State()
	if after.Cash-before.Cash != 30_000 || after.FN.Receipts-before.FN.Receipts != 1 || after.FN.LastDocument-before.FN.LastDocument != 2 {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

// TestAgeing: a movable clock makes an open shift expire, documents grow old
// and the drive stop.
func TestAgeing(t *testing.T) {
	t.Parallel()
	b := setup(t, sim.Options{Seed: 5})
	if code := b.sell(t); code != 0 {
		t.Fatal(code)
	}
	b.clock.Advance(25 * time.Hour)
	if got := b.get(t, signal.Shift).Text(); got != "expired" {
		t.Errorf("after 25 hours the shift is %s", got)
	}
	if code := b.sell(t); code != 136 {
		t.Errorf("sells with %d", code)
	}
	if _, err := b.do(t, kkt.Procedure{Name: kkt.ProcCloseShift}); err != nil {
		t.Fatal(err)
	}
	if err := b.server.Inject(sim.FaultNoExchange); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(30 * 24 * time.Hour)
	if code := b.sell(t); code != 235 {
		t.Errorf("30 days without the OFD: sells with %d", code)
	}
	if err := b.server.Clear(sim.FaultNoExchange); err != nil {
		t.Fatal(err)
	}
	if code := b.sell(t); code != 0 {
		t.Errorf("the OFD is back: sells with %d", code)
	}
	b.clock.Advance(2 * 365 * 24 * time.Hour)
	if code := b.sell(t); code != 136 && code != 234 {
		t.Errorf("two years later: sells with %d", code)
	}
}

// TestAgentsReceiptIsDropped: with the registration's sign missing an agent's
// receipt goes, and with it only that.
func TestAgentsReceiptIsDropped(t *testing.T) {
	t.Parallel()
	b := setup(t, sim.Options{Seed: 3})
	asAgent := sale()
	sign := []byte{0xE8, 0, 1, 0, 0x21, 0x04, 1, 0, 0x01}
	asAgent = append(asAgent[:2:2], append([][]byte{sign}, asAgent[2:]...)...)
	if code := b.sell(t); code != 0 {
		t.Fatal(code)
	}
	if err := b.server.Inject(sim.FaultAgentScheme); err != nil {
		t.Fatal(err)
	}
	if code := b.trySale(t, asAgent, false); code != 242 {
		t.Errorf("the agent's receipt gave %d", code)
	}
	if b.get(t, signal.ReceiptOpen).Bool() {
		t.Error("the dropped receipt is still open")
	}
	if code := b.sell(t); code != 0 {
		t.Errorf("an ordinary sale gave %d", code)
	}
}

// TestProtectionCode: a wrong one is refused, the register's own opens it.
func TestProtectionCode(t *testing.T) {
	t.Parallel()
	b := setup(t, sim.Options{Seed: 3, Serial: "00106112345678"})
	if err := b.server.Inject(sim.FaultProtection); err != nil {
		t.Fatal(err)
	}
	enter := func(code ...byte) int {
		return b.trySale(t, [][]byte{append([]byte{0x6D, 0x04}, code...)}, false)
	}
	if code := enter(1, 2, 3, 4, 5, 6, 7, 8); code != 174 {
		t.Errorf("a wrong code gave %d", code)
	}
	if code := b.sell(t); code != 174 {
		t.Errorf("a sale without the code gave %d", code)
	}
	if code := enter(0x12, 0x34, 0x56, 0x78, 0, 0, 0, 0); code != 0 {
		t.Errorf("the right code gave %d", code)
	}
	if code := b.sell(t); code != 0 {
		t.Errorf("a sale afterwards gave %d", code)
	}
}
