//go:build linux

package sim_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
)

// older is a register on the older talk behind a serial line, and the driver
// for it.
func older(t *testing.T, seed uint64) (*sim.Server, string, atol.Protocol, *clock.Manual) {
	t.Helper()
	if _, err := os.Stat("/dev/ptmx"); err != nil {
		t.Skip("no pseudo terminals here: ", err)
	}
	c := clock.NewManual(noon())
	s := &sim.Server{Register: sim.NewRegister(sim.Options{Seed: seed, Clock: c, Location: time.UTC, Older: true})}
	name := filepath.Join(t.TempDir(), "ttyKKT")
	if err := s.StartPTY(name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s, name, atol.Protocol{Location: time.UTC, Clock: c}, c
}

// TestOlderTalkOverASerialLine: the whole reading, a sale, its cancelling and
// what the line can suffer, by ENQ and ACK.
func TestOlderTalkOverASerialLine(t *testing.T) {
	t.Parallel()
	s, name, proto, c := older(t, 5)
	e := kkt.Endpoint{Transport: atol.TransportSerialV2, Address: name}
	d, err := proto.Open(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	set, err := d.Read(t.Context(), c.Now)
	if err != nil || set.Get(signal.Link).Text() != signal.LinkOK || set.Get(signal.FNPhase).Int() != 3 || set.Get(signal.Serial).Text() == "" {
		t.Errorf("%v: %v", set.Items(), err)
	}
	for _, command := range sale()[:3] {
		if _, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcRaw, Raw: command}); err != nil {
			t.Fatalf("% X: %v", command, err)
		}
	}
	if !s.Register.State().Receipt.Open {
		t.Error("the receipt is not open")
	}
	if x, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcCancel}); err != nil || len(x) != 1 {
		t.Errorf("%v: %v", x, err)
	}
	var refused *kkt.RefusalError
	if _, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcCancel}); !errors.As(err, &refused) || refused.Code != 154 {
		t.Errorf("cancelled twice: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	for fault, want := range map[string]func(error) bool{
		sim.FaultSilent:  func(err error) bool { return errors.Is(err, kkt.ErrNoAnswer) },
		sim.FaultGarbage: func(err error) bool { var g *kkt.GarbageError; return errors.As(err, &g) && len(g.Bytes) > 0 },
	} {
		if err := s.Inject(fault); err != nil {
			t.Fatal(err)
		}
		if d, err := proto.Open(t.Context(), e); !want(err) {
			t.Errorf("%s: %v", fault, err)
			if err == nil {
				_ = d.Close()
			}
		}
		if err := s.Clear(fault); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOlderTalkNeverTwice: over a serial line that loses, doubles and changes
// bytes, a command is carried out once or not at all. The check of a frame is
// the XOR of its bytes, and two mistakes can undo each other in it: what comes
// of that is a false report, never a second time.
func TestOlderTalkNeverTwice(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			s, far, proto, _ := older(t, seed)
			near := filepath.Join(t.TempDir(), "ttyBad")
			ours, err := sim.OpenPTY(near)
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := os.OpenFile(far, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			rate := []int{5, 20, 60}[seed%3]
			go spoil(theirs, ours, rand.New(rand.NewPCG(seed, 1)), rate)
			go spoil(ours, theirs, rand.New(rand.NewPCG(seed, 2)), rate)
			t.Cleanup(func() { _ = ours.Close(); _ = theirs.Close() })
			s.Register.Execute([]byte{0, 0, 0x56, 1, 0, 0, 0, 0x30})
			done := 0
			for i := range 6 {
				d, err := proto.Open(t.Context(), kkt.Endpoint{Transport: atol.TransportSerialV2, Address: near})
				if err != nil {
					continue
				}
				before := s.Register.Executed(0x49)
				_, err = d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcRaw, Raw: []byte{0x49, 0, 0, 0, 0, 0, byte(i + 1)}})
				_ = d.Close()
				if times := s.Register.Executed(0x49) - before; times > 1 {
					t.Errorf("carried out %d times", times)
				}
				if err == nil {
					done++
				}
			}
			if rate == 5 && done == 0 {
				t.Error("nothing goes over a line that spoils one byte in two hundred")
			}
		})
	}
}

// rest reads a frame to its end and check.
func rest(t *testing.T, line io.Reader) {
	t.Helper()
	one := make([]byte, 1)
	for hidden, over := false, false; !over; hidden = one[0] == 0x10 && !hidden {
		if _, err := io.ReadFull(line, one); err != nil {
			t.Fatal(err)
		}
		over = one[0] == 0x03 && !hidden
	}
	if _, err := io.ReadFull(line, one); err != nil {
		t.Fatal(err)
	}
}

// TestAsOlderProgramsSay: the bytes are those of two programs that speak the
// older talk themselves, the Java client atol4j 0.1.0 and a payment terminal's
// driver (AtolFRProtocol): ENQ, a frame with two bytes of password, EOT, and
// the register's answer the same way round. An error stands at 1, the date of
// the full state at 3.
func TestAsOlderProgramsSay(t *testing.T) {
	t.Parallel()
	_, name, _, _ := older(t, 5)
	line, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = line.Close() })
	_ = line.SetReadDeadline(time.Now().Add(20 * time.Second))
	say := func(bytes ...byte) {
		t.Helper()
		if _, err := line.Write(bytes); err != nil {
			t.Fatal(err)
		}
	}
	hear := func(bytes ...byte) {
		t.Helper()
		got := make([]byte, len(bytes))
		if _, err := io.ReadFull(line, got); err != nil || !slices.Equal(got, bytes) {
			t.Fatalf("heard % X (%v), want % X", got, err, bytes)
		}
	}
	for _, s := range []struct{ command, reply []byte }{
		{[]byte{0x45}, []byte{0x55, 0, 0}},
		{[]byte{0x59}, []byte{0x55, 0x9A, 0}}, // no receipt is open
		// 3 is the end of a frame and 10 what hides it: both stand behind a 10.
		{[]byte{0x3F}, []byte{0x44, 0x30, 1, 0x26, 0x10, 0x03, 0x10, 0x10}},
		{[]byte{0x56, 0x10, 0x03, 0, 0, 0, 0x30}, []byte{0x55, 0, 0}},
		{[]byte{0x45}, []byte{0x55, 0x10, 0x03, 0}},
	} {
		body := append(append([]byte{0, 0}, s.command...), 3)
		sum := byte(0)
		for _, b := range body {
			sum ^= b
		}
		say(0x05)
		hear(0x06)
		say(append(append([]byte{0x02}, body...), sum)...)
		hear(0x06)
		say(0x04)
		hear(0x05)
		say(0x06)
		hear(append([]byte{0x02}, s.reply...)...)
		rest(t, line)
		say(0x06)
		hear(0x04)
	}
}
