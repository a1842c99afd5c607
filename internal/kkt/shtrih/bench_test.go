package shtrih_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/agent/poll"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
	register "github.com/tillwright/tillwright/internal/sim/shtrih"
)

// The bench register in internal/sim/shtrih was written apart from the driver:
// what both agree on, two readers of the protocol have read alike.

var began = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

var moscow = time.FixedZone("MSK", 3*60*60)

// stand is a bench register on a port, its clock in the test's hands.
type stand struct {
	*sim.Server
	register *register.Register
	clock    *clock.Manual
	proto    *shtrih.Protocol
}

// hasty waits for lost bytes no longer than a test bears. On a busy machine a
// clean line may look spoilt to it.
var hasty = shtrih.Timing{Silence: 60 * time.Millisecond, Byte: 15 * time.Millisecond, Inquire: 100 * time.Millisecond}

// put starts a register and a driver that speaks v1, or v2 when deaf is set:
// the bench speaks both, so its v1 must not hear ENQ.
func put(t testing.TB, v2 bool, opt register.Options) *stand {
	t.Helper()
	s := &stand{clock: clock.NewManual(began)}
	opt.Clock, opt.Location = s.clock, moscow
	s.register = register.New(opt)
	s.Server = &sim.Server{Machine: s.register, Patience: 50 * time.Millisecond}
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	s.proto = &shtrih.Protocol{Clock: s.clock, Location: moscow, Timing: shtrih.Timing{Silence: 150 * time.Millisecond, Byte: 100 * time.Millisecond, Inquire: 100 * time.Millisecond}}
	s.proto.Dial = func(ctx context.Context, e kkt.Endpoint, limit time.Duration) (port.Line, error) {
		p, err := port.Open(ctx, e, limit)
		if v2 && err == nil {
			return withoutENQ{p}, nil
		}
		return p, err
	}
	return s
}

// withoutENQ keeps ENQ from the register.
type withoutENQ struct{ port.Line }

func (w withoutENQ) Write(b []byte) (int, error) {
	if len(b) == 1 {
		return 1, nil
	}
	return w.Line.Write(b)
}

func (s *stand) dial(t testing.TB) kkt.Driver {
	t.Helper()
	d, err := s.proto.Open(t.Context(), s.endpoint())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func (s *stand) endpoint() kkt.Endpoint {
	return kkt.Endpoint{Protocol: shtrih.Name, Transport: "tcp", Address: s.Addr()}
}

func (s *stand) read(t testing.TB) signal.Set {
	t.Helper()
	d, err := s.proto.Open(t.Context(), s.endpoint())
	if err != nil {
		t.Fatal(err)
	}
	set, err := d.Read(t.Context(), s.clock.Now)
	if cerr := d.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	return set
}

func (s *stand) inject(t testing.TB, fault string) {
	t.Helper()
	if fault == "" {
		return
	}
	if err := s.Inject(fault); err != nil {
		t.Fatal(err)
	}
}

// TestReadingAgreesWithTheBench compares a reading with what the register knows
// of itself.
func TestReadingAgreesWithTheBench(t *testing.T) {
	t.Parallel()
	for _, quirk := range append(register.Quirks(), "") {
		for _, v2 := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s v2=%v", quirk, v2), func(t *testing.T) {
				t.Parallel()
				opt := register.Options{Seed: 3, OFDHost: "ofd.example", OFDPort: 7779}
				if quirk != "" {
					if err := opt.Quirk(quirk); err != nil {
						t.Fatal(err)
					}
				}
				s := put(t, v2, opt)
				s.inject(t, register.FaultUnsent)
				set, is := s.read(t), s.register.State()
				want := map[signal.Def]signal.Value{
					signal.Link: signal.TextOf("ok"), signal.Serial: signal.TextOf(is.Serial), signal.FFD: signal.TextOf("1.2"), signal.ErrorCode: signal.IntOf(0),
					signal.ClockDrift: signal.IntOf(0), signal.FNLink: signal.TextOf("ok"), signal.FNError: signal.IntOf(0), signal.FNSerial: signal.TextOf(is.FN.Serial),
					signal.FNPhase: signal.IntOf(int64(is.FN.Phase)), signal.FNWarnings: signal.IntOf(int64(is.FN.Warnings)), signal.Registered: signal.BoolOf(true),
					signal.Unsent: signal.IntOf(int64(is.FN.Unsent)), signal.FirstUnsentNo: signal.IntOf(is.FN.FirstUnsent),
					signal.FirstUnsentAt: signal.TimeOf(is.FN.FirstUnsentAt.Truncate(time.Minute)), signal.LastDocNo: signal.IntOf(is.FN.LastDocument),
					signal.ShiftNumber: signal.IntOf(is.Shift.Number), signal.OFDHost: signal.TextOf("ofd.example"), signal.OFDPort: signal.IntOf(7779),
					signal.ReceiptOpen: signal.BoolOf(false), signal.Paper: signal.BoolOf(true), signal.CoverOpen: signal.BoolOf(false),
				}
				for key, v := range want {
					if got := set.Get(key); got != v {
						t.Errorf("%s: %s, want %s", key.Key, shown(key, got), shown(key, v))
					}
				}
				for _, key := range []signal.Def{signal.Model, signal.Firmware, signal.RegNumber, signal.INN, signal.FNValidTill, signal.LastDocAt, signal.LastDocSign, signal.Shift} {
					if !set.Get(key).Known() {
						t.Errorf("%s is not told", key.Key)
					}
				}
				if set.Get(signal.LinkDetail).Known() {
					t.Errorf("odd: %s", set.Get(signal.LinkDetail).Text())
				}
			})
		}
	}
}

// TestFaultsOfTheRegisterAreSeen: each fault shows where the rules look.
func TestFaultsOfTheRegisterAreSeen(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]map[signal.Def]signal.Value{
		register.FaultReceiptOpen: {signal.ReceiptOpen: signal.BoolOf(true), signal.Mode: signal.IntOf(1)},
		register.FaultShiftOver:   {signal.Shift: signal.TextOf("expired")},
		register.FaultFNLink:      {signal.FNLink: signal.TextOf("lost"), signal.FNError: signal.IntOf(210)},
		register.FaultFNSlow:      {signal.FNLink: signal.TextOf("lost"), signal.FNError: signal.IntOf(210)},
		register.FaultFNFormat:    {signal.FNLink: signal.TextOf("lost"), signal.FNError: signal.IntOf(211)},
		register.FaultPassword:    {signal.ErrorCode: signal.IntOf(140)},
		register.FaultNoPaper:     {signal.Paper: signal.BoolOf(false)},
		register.FaultCover:       {signal.CoverOpen: signal.BoolOf(true)},
		register.FaultChannel:     {signal.OFDChannel: signal.TextOf("proto")},
		register.FaultWrongMode:   {signal.Mode: signal.IntOf(26), signal.ReceiptOpen: signal.BoolOf(false)},
		register.FaultReceiptLeft: {signal.ReceiptOpen: signal.BoolOf(true)},
		register.FaultField:       {signal.FFD: signal.TextOf("1.0")},
		register.FaultHung:        {signal.Submode: signal.IntOf(3), signal.Mode: signal.IntOf(32)},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := put(t, false, register.Options{Seed: 5})
			s.inject(t, fault)
			set := s.read(t)
			for key, v := range want {
				if got := set.Get(key); got != v {
					t.Errorf("%s: %s, want %s", key.Key, shown(key, got), shown(key, v))
				}
			}
		})
	}
}

func TestAClockThatRunsAhead(t *testing.T) {
	t.Parallel()
	s := put(t, false, register.Options{Seed: 9})
	s.inject(t, register.FaultClock)
	set := s.read(t)
	if drift, off := set.Get(signal.ClockDrift).Int(), s.register.State(); drift != int64(off.Clock.Sub(off.Time)/time.Second) || drift == 0 {
		t.Errorf("drift %d, clock %v, time %v", drift, off.Clock, off.Time)
	}
}

// TestEveryCureCures: what the bench says to be curable is cured by the
// driver's procedure, in both framings.
func TestEveryCureCures(t *testing.T) {
	t.Parallel()
	for _, fault := range register.Faults() {
		for _, v2 := range []bool{false, true} {
			if fault.CuredBy == "" {
				continue
			}
			t.Run(fmt.Sprintf("%s v2=%v", fault.ID, v2), func(t *testing.T) {
				t.Parallel()
				s := put(t, v2, register.Options{Seed: 12})
				s.inject(t, fault.ID)
				x, err := s.dial(t).Do(t.Context(), kkt.Procedure{Name: fault.CuredBy})
				if err != nil && (fault.CuredBy != kkt.ProcReboot || !errors.Is(err, kkt.ErrUnknownOutcome)) { // a restart may take its answer with it
					t.Fatalf("%v, %+v", err, x)
				}
				if slices.Contains(s.register.Active(), fault.ID) {
					t.Errorf("still ill: %v, %+v", err, x)
				}
			})
		}
	}
}

// TestTheBenchNeverCarriesOutTwice does it on spoilt lines and with restarts.
func TestTheBenchNeverCarriesOutTwice(t *testing.T) {
	t.Parallel()
	lines := []string{register.FaultLostBytes, register.FaultDoubledBytes, register.FaultNAKStorm, register.FaultRestartBefore, register.FaultRestartAfter}
	for _, fault := range lines {
		for _, v2 := range []bool{false, true} {
			if v2 && fault == register.FaultNAKStorm {
				continue // there is no NAK in v2
			}
			t.Run(fmt.Sprintf("%s v2=%v", fault, v2), func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(3) {
					s := put(t, v2, register.Options{Seed: seed})
					s.proto.Timing = hasty
					s.inject(t, register.FaultReceiptOpen)
					s.inject(t, fault)
					d, err := s.proto.Open(t.Context(), s.endpoint())
					if err == nil {
						_, err = d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcCancel})
						_ = d.Close()
					}
					n := s.register.Executed("88")
					if n > 1 || err == nil && n != 1 || err != nil && !errors.Is(err, kkt.ErrUnknownOutcome) && n != 0 {
						t.Errorf("seed %d: carried out %d times, %v", seed, n, err)
					}
				}
			})
		}
	}
}

// TestWhatTheAgentSees reads as the agent does, with its words for a link.
func TestWhatTheAgentSees(t *testing.T) {
	t.Parallel()
	for fault, link := range map[string]string{
		"": signal.LinkOK, register.FaultFNLink: signal.LinkOK, register.FaultNoPaper: signal.LinkOK, register.FaultSilent: signal.LinkNoAnswer,
		register.FaultPower:   signal.LinkNoAnswer,
		register.FaultGarbage: signal.LinkGarbage, register.FaultUnplugged: signal.LinkRefused,
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := put(t, false, register.Options{Seed: 21})
			s.inject(t, fault)
			look := poll.Once(t.Context(), map[string]kkt.Protocol{shtrih.Name: s.proto}, s.endpoint(), s.clock.Now)
			if look.Link != link {
				t.Errorf("%q (%s), %v; want %q", look.Link, look.Detail, look.Err, link)
			}
		})
	}
}

// TestSecondClientIsHungUpOn: the place of another program is not taken.
func TestSecondClientIsHungUpOn(t *testing.T) {
	t.Parallel()
	s := put(t, false, register.Options{})
	s.dial(t)
	if _, err := s.proto.Open(t.Context(), s.endpoint()); !errors.Is(err, kkt.ErrBusy) {
		t.Errorf("%v", err)
	}
}

func BenchmarkReading(b *testing.B) {
	s := put(b, false, register.Options{Seed: 1})
	s.read(b)
	for b.Loop() {
		s.read(b)
	}
}

// TestTheCatalogueKnowsTheFaults: the signs of the shipped articles, written for
// other registers, hold for the faults of this one, and none for a sound one.
func TestTheCatalogueKnowsTheFaults(t *testing.T) {
	t.Parallel()
	articles, err := catalogue.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	signs := func(a *catalogue.Article, set *signal.Set) bool {
		return slices.ContainsFunc(a.State, func(s catalogue.Sign) bool { return s.Holds(set, began) })
	}
	sound := put(t, false, register.Options{Seed: 31})
	set := sound.read(t)
	for _, a := range articles.Articles() {
		if signs(a, &set) {
			t.Errorf("a sound register shows %s", a.ID)
		}
	}
	later := []string{
		register.FaultHung,       // the mode must last five minutes; the agent counts them
		register.FaultDriveTerms, // shows in a sale alone
		register.FaultWrongMode,  // so must this one
		register.FaultNoInternet, // the agent alone knows why nothing goes
		register.FaultUnsent,     // becomes one when the thirtieth day is over, which is drawn
	}
	for _, fault := range register.Faults() {
		if slices.Contains(later, fault.ID) {
			continue
		}
		a, known := articles.Get(fault.ID)
		if !known || fault.Line || len(a.State) == 0 {
			continue
		}
		t.Run(fault.ID, func(t *testing.T) {
			t.Parallel()
			s := put(t, true, register.Options{Seed: 31})
			s.inject(t, fault.ID)
			set := s.read(t)
			if !signs(a, &set) {
				data, _ := set.MarshalJSON()
				t.Errorf("not seen in %s", data)
			}
		})
	}
}
