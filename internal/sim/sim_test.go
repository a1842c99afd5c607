package sim_test

import (
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
)

// noon is when the bench's day stands still.
func noon() time.Time { return time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC) }

// bundle is one register on a port and a driver's protocol for it, on one
// standing clock.
type bundle struct {
	server *sim.Server
	clock  *clock.Manual
	proto  atol.Protocol
}

// setup takes how long a second client may wait, when that is not the usual.
func setup(t *testing.T, opt sim.Options, patience ...time.Duration) *bundle {
	t.Helper()
	b := &bundle{clock: clock.NewManual(noon())}
	zone := time.FixedZone("MSK", 3*60*60)
	opt.Clock, opt.Location = b.clock, zone
	b.server = &sim.Server{Register: sim.NewRegister(opt)}
	for _, d := range patience {
		b.server.Patience = d
	}
	if err := b.server.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.server.Stop)
	b.proto = atol.Protocol{Location: zone, Clock: b.clock}
	return b
}

func (b *bundle) endpoint() kkt.Endpoint {
	return kkt.Endpoint{Protocol: atol.Name, Transport: atol.TransportTCP, Address: b.server.Addr()}
}

// with opens the register, as the agent does, for one thing.
func (b *bundle) with(t *testing.T, do func(kkt.Driver)) {
	t.Helper()
	d, err := b.proto.Open(t.Context(), b.endpoint())
	if err != nil {
		t.Fatal(err)
	}
	do(d)
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func (b *bundle) read(t *testing.T) (set signal.Set) {
	t.Helper()
	b.with(t, func(d kkt.Driver) {
		var err error
		if set, err = d.Read(t.Context(), b.clock.Now); err != nil {
			t.Fatal(err)
		}
	})
	return set
}

// get reads and gives one value.
func (b *bundle) get(t *testing.T, d signal.Def) signal.Value {
	t.Helper()
	set := b.read(t)
	return set.Get(d)
}

func (b *bundle) do(t *testing.T, p kkt.Procedure) (x []kkt.Exchange, err error) {
	t.Helper()
	b.with(t, func(d kkt.Driver) { x, err = d.Do(t.Context(), p) })
	return x, err
}

// send carries out commands by hand and fails the test when one is refused.
func (b *bundle) send(t *testing.T, commands ...[]byte) {
	t.Helper()
	for _, c := range commands {
		if _, err := b.do(t, kkt.Procedure{Name: kkt.ProcRaw, Raw: c}); err != nil {
			t.Fatalf("% X: %v", c, err)
		}
	}
}

func TestAReadingFillsTheVocabulary(t *testing.T) {
	t.Parallel()
	for name, inline := range map[string]bool{"results in their own packets": false, "results at once": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, sim.Options{Seed: 7, Inline: inline, OFDHost: "ofd.example", OFDPort: 21101})
			b.send(t, []byte{0x56, 1, 0, 0, 0, 0x30}, []byte{0x9A, 0})
			b.clock.Advance(time.Hour)
			set := b.read(t)
			want := map[string]any{
				"link": "ok", "firmware": "4.1.1234", "mode": int64(1), "paper": true, "cover_open": false, "printer_error": false,
				"registered": true, "error": int64(0), "shift": "open", "receipt.open": false, "clock.drift": int64(0), "fn.link": "ok",
				"fn.error": int64(0), "fn.phase": int64(3), "fn.warnings": int64(0), "ofd.unsent": int64(0), "ofd.error_net": int64(0),
				"ofd.host": "ofd.example", "ofd.port": int64(21101), "ofd.channel": "usb", "ffd": "1.05", "fn.ffd": "1.1",
				"shift.ends_at": noon().Add(24 * time.Hour).Unix(), "shift.opened_at": noon().Unix(), "doc.at": noon().Unix(),
			}
			for key, v := range want {
				def, ok := signal.Lookup(key)
				if !ok {
					t.Fatalf("no key %q", key)
				}
				if got := set.Get(def).Any(); got != v {
					t.Errorf("%s: %v, want %v", key, got, v)
				}
			}
			for _, def := range []signal.Def{signal.Model, signal.Serial, signal.FNSerial, signal.FNValidTill, signal.ShiftNumber, signal.LastDocNo, signal.LastDocSign, signal.HoldMillis} {
				if !set.Get(def).Known() {
					t.Errorf("%s is not told", def.Key)
				}
			}
			if hold := set.Get(signal.HoldMillis).Int(); hold > 150 {
				t.Errorf("held the port for %d ms", hold)
			}
			if odd := set.Get(signal.LinkDetail); odd.Known() {
				t.Errorf("unreadable: %s", odd.Text())
			}
		})
	}
}
