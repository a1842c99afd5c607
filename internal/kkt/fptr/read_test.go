package fptr_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/signal"
	sim "github.com/tillwright/tillwright/internal/sim/fptr"
)

func TestAReadingOfAHealthyRegister(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]sim.Options{"v2": {Seed: 1, Login: "till:secret"}, "v1": {Seed: 1, OldAPI: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, clk := bench(t, opt)
			d := dialWith(t, s, fptr.Protocol{Clock: clk, Location: moscow(t), Timing: quick()}, opt.Login)
			set, err := d.Read(within(t, 2*time.Second), clk.Now)
			if err != nil {
				t.Fatal(err)
			}
			want := map[signal.Def]any{
				signal.Link: "ok", signal.ErrorCode: int64(0), signal.Paper: true, signal.CoverOpen: false, signal.Registered: true,
				signal.Shift: "closed", signal.ClockDrift: int64(0), signal.FNLink: "ok", signal.FNError: int64(0), signal.FNPhase: int64(3),
				signal.FNWarnings: int64(0), signal.Unsent: int64(0), signal.OFDNetError: int64(0), signal.OFDChannel: "usb", signal.OFDHost: "ofd.bench.invalid",
				signal.OFDPort: int64(7777), signal.INN: "7707083893", signal.FFD: "1.2", signal.LastDocAt: noon.Add(-8 * time.Hour).Unix(),
			}
			for key, v := range want {
				if got := set.Get(key); got.Any() != v {
					t.Errorf("%s is %v, want %v", key.Key, got.Any(), v)
				}
			}
			for _, key := range []signal.Def{signal.Serial, signal.Model, signal.FNSerial, signal.FNValidTill, signal.LastDocNo, signal.LastDocSign, signal.RegNumber} {
				if !set.Get(key).Known() {
					t.Errorf("%s is not known", key.Key)
				}
			}
			for _, key := range []signal.Def{signal.LinkDetail, signal.FirstUnsentAt, signal.ShiftEndsAt, signal.Mode} {
				if set.Get(key).Known() {
					t.Errorf("%s is %v, want nothing", key.Key, set.Get(key).Any())
				}
			}
		})
	}
}

func TestFaultsShowInTheReading(t *testing.T) {
	t.Parallel()
	cases := map[string]map[signal.Def]any{
		sim.FaultFNLink:    {signal.FNLink: "lost", signal.FNError: int64(210), signal.ErrorCode: int64(210), signal.Link: "ok"},
		sim.FaultFNFormat:  {signal.FNLink: "lost", signal.Link: "ok"},
		sim.FaultNoPaper:   {signal.Paper: false, signal.FNLink: "ok"},
		sim.FaultShiftOver: {signal.Shift: "expired"},
		sim.FaultChannel:   {signal.OFDChannel: "proto", signal.OFDNetError: int64(1)},
		sim.FaultFNOver:    {signal.FNWarnings: int64(3)},
	}
	for id, want := range cases {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s, clk := bench(t, sim.Options{Seed: 3})
			if err := s.Inject(id); err != nil {
				t.Fatal(err)
			}
			set, err := dial(t, s, clk).Read(within(t, 2*time.Second), clk.Now)
			if err != nil {
				t.Fatal(err)
			}
			for key, v := range want {
				if got := set.Get(key); got.Any() != v {
					t.Errorf("%s is %v, want %v", key.Key, got.Any(), v)
				}
			}
		})
	}
}

func TestUnsentDocumentsAndTheClockAreMeasured(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 4})
	for _, id := range []string{sim.FaultUnsent, sim.FaultClock} {
		if err := s.Inject(id); err != nil {
			t.Fatal(err)
		}
	}
	set, err := dial(t, s, clk).Read(within(t, 2*time.Second), clk.Now)
	if err != nil {
		t.Fatal(err)
	}
	state := s.Register.State()
	if set.Get(signal.Unsent).Int() != int64(state.FN.Unsent) || !set.Get(signal.FirstUnsentAt).Time().Equal(state.FN.FirstUnsentAt.Truncate(time.Second)) ||
		set.Get(signal.FirstUnsentNo).Int() != state.FN.FirstUnsent {
		t.Errorf("unsent %v since %v, the bench has %+v", set.Get(signal.Unsent).Any(), set.Get(signal.FirstUnsentAt).Time(), state.FN)
	}
	if want := int64(state.Clock.Sub(state.Time) / time.Second); set.Get(signal.ClockDrift).Int() != want {
		t.Errorf("drift %d, want %d", set.Get(signal.ClockDrift).Int(), want)
	}
}

func TestAnOpenShiftTellsItsEnd(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 5})
	d := dial(t, s, clk)
	if _, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcRaw, Raw: []byte(`{"type":"openShift","operator":{"name":"Иванов"}}`)}); err != nil {
		t.Fatal(err)
	}
	set, err := d.Read(within(t, 2*time.Second), clk.Now)
	if err != nil || set.Get(signal.Shift).Text() != "open" || !set.Get(signal.ShiftEndsAt).Time().Equal(noon.Add(24*time.Hour)) ||
		!set.Get(signal.ShiftOpenedAt).Time().Equal(noon) || set.Get(signal.Unsent).Int() != 1 {
		t.Errorf("%v, %v", set, err)
	}
}

// TestWhatALostRegisterIsCalled is about the link: who does not answer, and
// nothing may be left behind in the service's queue.
func TestWhatALostRegisterIsCalled(t *testing.T) {
	t.Parallel()
	cases := map[string]error{
		sim.FaultSilent: kkt.ErrNoAnswer, sim.FaultUnplugged: kkt.ErrNoAnswer, sim.FaultPortHeld: kkt.ErrBusy, sim.FaultServiceDown: kkt.ErrRefused,
	}
	for id, want := range cases {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s, clk := bench(t, sim.Options{Seed: 6})
			d := dial(t, s, clk)
			if err := s.Inject(id); err != nil {
				t.Fatal(err)
			}
			_, err := d.Read(within(t, 300*time.Millisecond), clk.Now)
			if !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
			if err := s.Clear(id); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Read(within(t, 2*time.Second), clk.Now); err != nil {
				t.Errorf("mended, yet %v", err)
			}
			if n := s.Register.Executed("getDeviceInfo"); n > 1 {
				t.Errorf("%d questions were carried out, the first was to be taken back", n)
			}
		})
	}
}

func TestOpeningTellsWhoIsThere(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 7, Login: "till:secret"})
	p := fptr.Protocol{Clock: clk, Timing: quick()}
	wrong := dialWith(t, s, p, "till:guess") // the service tells about itself without a login
	if _, err := wrong.Read(within(t, time.Second), clk.Now); !errors.Is(err, kkt.ErrRefused) {
		t.Errorf("a wrong password: %v", err)
	}
	other := dialWith(t, s, p, "2@till:secret")
	if _, err := other.Read(within(t, time.Second), clk.Now); !errors.Is(err, kkt.ErrMissing) {
		t.Errorf("a register that the service does not have: %v", err)
	}
	if err := s.Inject(sim.FaultGarbage); err != nil {
		t.Fatal(err)
	}
	e := kkt.Endpoint{Transport: "tcp", Address: s.Addr()}
	var spoilt *kkt.GarbageError
	if _, err := p.Open(t.Context(), e); !errors.As(err, &spoilt) || len(spoilt.Bytes) == 0 {
		t.Errorf("another program: %v", err)
	}
	s.Stop()
	if _, err := p.Open(t.Context(), e); !errors.Is(err, kkt.ErrRefused) {
		t.Errorf("nobody: %v", err)
	}
	if _, err := p.Open(t.Context(), kkt.Endpoint{Transport: "serial", Address: "COM3"}); !errors.Is(err, kkt.ErrUnsupported) {
		t.Errorf("a serial line: %v", err)
	}
}
