package sim_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
)

// sale is a receipt of one item of 99.00, as a point-of-sale program makes it.
func sale() [][]byte {
	item := append([]byte{0xE6, 0x02}, make([]byte, 64)...)
	item = append(item, 0, 0, 0, 0, 0x99, 0x00) // price
	item = append(item, 0, 0, 0, 0x10, 0x00)    // one, in thousandths
	return [][]byte{{0x56, 1, 0, 0, 0, 0x30}, {0x92, 0x02, 0x01}, item, {0x4A, 0, 1, 0, 0, 0, 0, 0}, {0x48}}
}

// sell tries a sale and gives the register's refusal, 0 when it went through.
func (b *bundle) sell(t *testing.T) int {
	t.Helper()
	return b.trySale(t, sale(), true)
}

// trySale sends the commands until one is refused; tidy takes away what a
// broken-off sale leaves.
func (b *bundle) trySale(t *testing.T, commands [][]byte, tidy bool) int {
	t.Helper()
	code := 0
	b.with(t, func(d kkt.Driver) {
		for _, c := range commands {
			_, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcRaw, Raw: c})
			var refused *kkt.RefusalError
			if errors.As(err, &refused) {
				code = refused.Code
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if code == 0 || !tidy {
			return
		}
		for _, c := range [][]byte{{0x59}, {0x48}} { // leave it as it was
			_, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcRaw, Raw: c})
			var refused *kkt.RefusalError
			if err != nil && !errors.As(err, &refused) {
				t.Fatal(err)
			}
		}
	})
	return code
}

// illness is how a fault shows in a reading, and in what a sale is refused
// with.
type illness struct {
	seen   func(s signal.Set) bool
	refuse int  // 0: it sells all the same
	quiet  bool // no reading shows it; only the sale does
	half   bool // the sale that met it leaves its receipt open, and the cure takes that away
}

func illnesses() map[string]illness {
	is := func(d signal.Def, want any) func(signal.Set) bool {
		return func(s signal.Set) bool { return s.Get(d).Any() == want }
	}
	unsentFor := func(d time.Duration) func(signal.Set) bool {
		return func(s signal.Set) bool {
			age := noon().Sub(s.Get(signal.FirstUnsentAt).Time())
			return s.Get(signal.Unsent).Int() > 0 && age > d && s.Get(signal.OFDNetError).Int() == 2
		}
	}
	return map[string]illness{
		sim.FaultReceiptOpen: {seen: is(signal.ReceiptOpen, true), refuse: 155},
		sim.FaultWrongMode:   {seen: is(signal.Mode, int64(4)), refuse: 102},
		sim.FaultShiftOver:   {seen: is(signal.Shift, "expired"), refuse: 136},
		// The drive takes no document that is older than its last one.
		sim.FaultClock:      {seen: func(s signal.Set) bool { return s.Get(signal.ClockDrift).Int() <= -7*60 }, refuse: 217},
		sim.FaultChannel:    {seen: is(signal.OFDChannel, "proto")},
		sim.FaultAgentTag:   {quiet: true, refuse: 242},
		sim.FaultFNLink:     {seen: is(signal.FNError, int64(210)), refuse: 210},
		sim.FaultFNFormat:   {seen: is(signal.FNError, int64(211)), refuse: 211},
		sim.FaultFNState:    {seen: is(signal.FNError, int64(212)), refuse: 212},
		sim.FaultUnsent:     {seen: unsentFor(28 * 24 * time.Hour), refuse: -1},
		sim.FaultNoExchange: {seen: unsentFor(24 * time.Hour)},
		sim.FaultNoInternet: {seen: unsentFor(9 * time.Minute)},
		sim.FaultFNOver: {refuse: -1, seen: func(s signal.Set) bool {
			return s.Get(signal.FNValidTill).Time().Before(noon().Add(7*24*time.Hour)) && s.Get(signal.FNWarnings).Int()&2 != 0
		}},
		sim.FaultNoPaper: {seen: is(signal.Paper, false), refuse: 103},

		sim.FaultTaxLeft:     {quiet: true, refuse: 223, half: true},
		sim.FaultReceiptLeft: {quiet: true, refuse: 19, half: true},
		sim.FaultPassword:    {quiet: true, refuse: 140},
		sim.FaultBlocked:     {quiet: true, refuse: 30},
		sim.FaultHung:        {seen: is(signal.Mode, int64(7)), refuse: 102},
		sim.FaultTotals:      {quiet: true},
		sim.FaultField:       {seen: is(signal.FFD, "1.0"), refuse: 147},
		sim.FaultDriveTerms:  {quiet: true, refuse: 231},
		sim.FaultTaxSystem:   {quiet: true, refuse: 153},
		sim.FaultAgentScheme: {quiet: true}, // an ordinary sale goes through
		sim.FaultProtection:  {quiet: true, refuse: 174},
	}
}

// TestEveryFaultIsSeenAndCured: inject, a reading shows it and a sale meets
// it; the procedure, or a hand, cures it; a reading shows the register well.
func TestEveryFaultIsSeenAndCured(t *testing.T) {
	t.Parallel()
	for _, f := range sim.Faults() {
		if f.Line {
			continue
		}
		ill, ok := illnesses()[f.ID]
		if !ok {
			t.Errorf("no test for %s", f.ID)
			continue
		}
		t.Run(f.ID, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(4) {
				b := setup(t, sim.Options{Seed: seed, Inline: seed%2 == 1})
				wellAgain(t, b, ill)
				if err := b.server.Inject(f.ID); err != nil {
					t.Fatal(err)
				}
				set := b.read(t)
				if !ill.quiet && !ill.seen(set) {
					t.Errorf("a reading does not show it: %v", set.Items())
				}
				if lost := set.Get(signal.FNLink).Text() == "lost"; lost != (ill.refuse >= 210 && ill.refuse <= 212) {
					t.Errorf("fn.link: lost is %v", lost)
				}
				cure(t, b, f, ill)
				wellAgain(t, b, ill)
				if left := b.server.Register.Active(); len(left) > 0 {
					t.Errorf("still has %v", left)
				}
			}
		})
	}
}

// cure tries a sale where it must fail and then mends.
func cure(t *testing.T, b *bundle, f sim.Fault, ill illness) {
	t.Helper()
	if f.ID != sim.FaultReceiptOpen && f.ID != sim.FaultWrongMode { // trying would mend these
		if code := b.trySale(t, sale(), !ill.half); ill.refuse >= 0 && code != ill.refuse {
			t.Errorf("a sale is refused with %d, want %d", code, ill.refuse)
		}
	}
	if f.CuredBy == "" {
		if err := b.server.Clear(f.ID); err != nil {
			t.Fatal(err)
		}
		return
	}
	x, err := b.do(t, kkt.Procedure{Name: f.CuredBy})
	if err != nil {
		t.Fatalf("%s: %v (%v)", f.CuredBy, err, x)
	}
	for _, step := range x {
		if len(step.Sent) == 0 || len(step.Got) == 0 || step.At.IsZero() || step.Failure != "" {
			t.Errorf("an exchange is not whole: %+v", step)
		}
	}
}

func wellAgain(t *testing.T, b *bundle, ill illness) {
	t.Helper()
	set := b.read(t)
	if !ill.quiet && ill.seen(set) {
		t.Errorf("looks ill: %v", set.Items())
	}
	if set.Get(signal.Link).Text() != signal.LinkOK || set.Get(signal.FNLink).Text() != "ok" || set.Get(signal.ErrorCode).Int() != 0 {
		t.Errorf("not well: %v", set.Items())
	}
	b.clock.Advance(10 * time.Second)
	if code := b.sell(t); code != 0 {
		t.Errorf("does not sell: %d", code)
	}
	b.clock.Advance(10 * time.Second)
	if n := b.get(t, signal.Unsent).Int(); n != 0 {
		t.Errorf("%d documents stay unsent", n)
	}
	b.clock.Set(noon())
}
