package sim_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
)

var enter4 = []byte{0x56, 4, 0, 0, 0, 0x30}

// refused sends one command and gives the register's refusal.
func (b *bundle) refused(t *testing.T, c ...byte) int {
	t.Helper()
	return b.trySale(t, [][]byte{c}, false)
}

func TestResetsAskForTheirMode(t *testing.T) {
	t.Parallel()
	for _, c := range []byte{0x71, 0x6B, 0x77} {
		b := setup(t, sim.Options{Seed: 3})
		if code := b.refused(t, c); code != 102 {
			t.Errorf("%02X in mode 0: %d", c, code)
		}
		b.send(t, []byte{0x56, 1, 0, 0, 0, 0x30}, []byte{0x9A, 0}, []byte{0x48}, enter4)
		if code := b.refused(t, c); code != 156 {
			t.Errorf("%02X with the shift open: %d", c, code)
		}
	}
}

// TestWhatEachResetTakes: tables, memory, or both; never what the drive has.
func TestWhatEachResetTakes(t *testing.T) {
	t.Parallel()
	for c, want := range map[byte]struct{ tables, memory bool }{0x71: {tables: true}, 0x6B: {memory: true}, 0x77: {tables: true, memory: true}} {
		b := setup(t, sim.Options{Seed: 3, OFDHost: "ofd.example", OFDPort: 21101})
		if code := b.sell(t); code != 0 {
			t.Fatal(code)
		}
		if _, err := b.do(t, kkt.Procedure{Name: kkt.ProcCloseShift}); err != nil {
			t.Fatal(err)
		}
		b.send(t, enter4, []byte{0x50, 19, 0, 1, 2, 0x12, 0x34})
		before := b.server.Register.State()
		b.send(t, []byte{c})
		after := b.server.Register.State()
		if tables := after.OFD.Port == 21101; tables != want.tables {
			t.Errorf("%02X: the operator's port is %d", c, after.OFD.Port)
		}
		if memory := after.Cash == 0 && after.Mode == 0; memory != want.memory {
			t.Errorf("%02X: %d in the drawer, mode %d", c, after.Cash, after.Mode)
		}
		if after.FN.LastDocument != before.FN.LastDocument || after.FN.Serial != before.FN.Serial || after.Shift.Number != before.Shift.Number || after.FN.Phase != 3 {
			t.Errorf("%02X: the drive was %+v and is %+v", c, before.FN, after.FN)
		}
		b.send(t, []byte{0x48})
		b.clock.Advance(time.Minute)
		if code := b.sell(t); code != 0 {
			t.Errorf("%02X: sells with %d afterwards", c, code)
		}
	}
}

// TestPowerOff: the command is answered, then nothing is, until somebody gives
// the power back; what was half done is gone.
func TestPowerOff(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]sim.Options{"packets": {Seed: 3}, "at once": {Seed: 3, Inline: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, opt)
			b.send(t, []byte{0x56, 1, 0, 0, 0, 0x30}, []byte{0x92, 0, 1})
			if _, err := b.do(t, kkt.Procedure{Name: kkt.ProcRaw, Raw: []byte{0xCE, 0x00}}); err != nil {
				t.Fatal(err)
			}
			// It goes off once the client's acknowledgement was answered.
			for deadline := time.Now().Add(10 * time.Second); !slices.Equal(b.server.Register.Active(), []string{sim.FaultPower}); {
				if time.Now().After(deadline) {
					t.Fatalf("%v", b.server.Register.Active())
				}
			}
			_, err := b.proto.Open(t.Context(), b.endpoint())
			var refusal *kkt.RefusalError
			if err == nil || errors.As(err, &refusal) {
				t.Errorf("answers while it is off: %v", err)
			}
			if err := b.server.Clear(sim.FaultPower); err != nil {
				t.Fatal(err)
			}
			set := b.read(t)
			if set.Get(signal.ReceiptOpen).Bool() || set.Get(signal.Mode).Int() != 0 {
				t.Errorf("after the power came back: %v", set.Items())
			}
		})
	}
}
