package sim_test

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
)

// brisk is a driver's patience for lines that fail on purpose.
func brisk() atol.Timing {
	return atol.Timing{Dial: time.Second, Silence: 30 * time.Millisecond, Poll: 2 * time.Millisecond, PollMax: 20 * time.Millisecond, Ack: 15 * time.Millisecond}
}

func TestLineFaultsAreToldApart(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]error{sim.FaultSilent: kkt.ErrNoAnswer, sim.FaultUnplugged: kkt.ErrRefused, sim.FaultGarbage: nil} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			b := setup(t, sim.Options{Seed: 1})
			b.proto.Timing = brisk()
			if err := b.server.Inject(fault); err != nil {
				t.Fatal(err)
			}
			_, err := b.proto.Open(t.Context(), b.endpoint())
			var garbage *kkt.GarbageError
			switch {
			case want != nil && !errors.Is(err, want):
				t.Errorf("%v", err)
			case want == nil && (!errors.As(err, &garbage) || len(garbage.Bytes) == 0 || len(garbage.Bytes) > 128):
				t.Errorf("%v", err)
			}
			if err := b.server.Clear(fault); err != nil {
				t.Fatal(err)
			}
			set := b.read(t)
			if set.Get(signal.Link).Text() != signal.LinkOK {
				t.Errorf("%v", set.Items())
			}
		})
	}
}

// TestFallsSilentMidway: the line dies between two commands of a reading and
// of a procedure.
func TestFallsSilentMidway(t *testing.T) {
	t.Parallel()
	b := setup(t, sim.Options{Seed: 1})
	b.proto.Timing = brisk()
	b.with(t, func(d kkt.Driver) {
		if err := b.server.Inject(sim.FaultSilent); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Read(t.Context(), b.clock.Now); !errors.Is(err, kkt.ErrNoAnswer) || errors.Is(err, kkt.ErrUnknownOutcome) {
			t.Errorf("a reading: %v", err)
		}
		x, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcCloseShift})
		if !errors.Is(err, kkt.ErrUnknownOutcome) || len(x) != 1 || x[0].Failure != "outcome_unknown" {
			t.Errorf("a procedure: %v, %v", x, err)
		}
	})
}

func TestNoSuchAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]error{
		"register.invalid:5555": kkt.ErrMissing, "127.0.0.1:99999": kkt.ErrMissing, "127.0.0.1": kkt.ErrMissing,
	} {
		if _, err := (atol.Protocol{}).Open(t.Context(), kkt.Endpoint{Transport: "tcp", Address: address}); !errors.Is(err, want) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := (atol.Protocol{}).Open(t.Context(), kkt.Endpoint{Transport: "serial", Address: "/dev/no-such-port"}); !errors.Is(err, kkt.ErrMissing) {
		t.Errorf("serial: %v", err)
	}
	if _, err := (atol.Protocol{}).Open(t.Context(), kkt.Endpoint{Transport: "pigeon"}); !errors.Is(err, kkt.ErrUnsupported) {
		t.Errorf("pigeon: %v", err)
	}
	if _, err := (atol.Protocol{}).Open(t.Context(), kkt.Endpoint{Password: "secret"}); err == nil {
		t.Error("a password of letters was taken")
	}
}

// TestOnePlace: while one client talks, a second is hung up on, which the
// driver calls busy; one that is patient gets its turn when the first leaves.
func TestOnePlace(t *testing.T) {
	t.Parallel()
	hasty, patient := setup(t, sim.Options{Seed: 1}, 5*time.Millisecond), setup(t, sim.Options{Seed: 1}, time.Minute)
	hasty.with(t, func(kkt.Driver) {
		if _, err := hasty.proto.Open(t.Context(), hasty.endpoint()); !errors.Is(err, kkt.ErrBusy) {
			t.Errorf("%v", err)
		}
	})
	second := make(chan error, 1)
	patient.proto.Timing.Silence = 10 * time.Second
	patient.with(t, func(kkt.Driver) {
		go func() {
			d, err := patient.proto.Open(t.Context(), patient.endpoint())
			if err == nil {
				err = d.Close()
			}
			second <- err
		}()
	})
	if err := <-second; err != nil {
		t.Errorf("waiting for its turn: %v", err)
	}
}

// TestMakersOpening sends what the maker's driver sends at opening, byte for
// byte and without our own coder, and looks at the bytes that come back.
func TestMakersOpening(t *testing.T) {
	t.Parallel()
	for name, inline := range map[string]bool{"async": false, "inline": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, sim.Options{Seed: 1, Serial: "00105712345678", Inline: inline})
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", b.server.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
				t.Fatal(err)
			}
			w := wireClient{t: t, conn: conn}
			// The probe of another protocol, glued to the first packet.
			w.send("24 40 0D 00 20 01 F7 40 74 65 73 74 65 FE 01 00 00 C4 02")
			w.expect(0, "A3")
			var id, tid byte = 1, 0
			for _, step := range []struct{ command, reply string }{
				{"A5", "00 03 01"},
				{"A5", "00 03 01"},
				{"45", "55 00 00"},
				{"91 18 00 00", "55 00"},
				{"91 36 00 00", "55 00 02 03"},
				{"91 16 00 00", "55 00 00 10 57 12 34 56 78"},
				{"EF 09 31 30 2E 38", "55 7A 00"},
			} {
				id = w.command(id, tid, inline, step.command, step.reply)
				tid++
			}
			for _, last := range []struct{ data, answer string }{{"C2 DE", "B3"}, {"C2 DF", "B3"}, {"C4", "A3"}} {
				w.packet(id, last.data)
				w.expect(id, last.answer)
				id++
			}
		})
	}
}

// wireClient is a client of its own: framing and check sum are worked out here
// and not taken from the driver.
type wireClient struct {
	t    *testing.T
	conn net.Conn
}

func (w *wireClient) send(s string) {
	w.t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.conn.Write(b); err != nil {
		w.t.Fatal(err)
	}
}

func plainCRC(b []byte) byte {
	crc := 0xFF
	for _, c := range b {
		crc ^= int(c)
		for range 8 {
			crc <<= 1
			if crc&0x100 != 0 {
				crc ^= 0x131
			}
		}
	}
	return byte(crc)
}

// packet sends data that need no escapes.
func (w *wireClient) packet(id byte, data string) {
	w.t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(data, " ", ""))
	if err != nil {
		w.t.Fatal(err)
	}
	crc := plainCRC(append([]byte{id}, b...))
	wire := append([]byte{0xFE, byte(len(b)), 0, id}, b...)
	if crc == 0xFE {
		wire = append(wire, 0xFD, 0xEE)
	} else if crc == 0xFD {
		wire = append(wire, 0xFD, 0xED)
	} else {
		wire = append(wire, crc)
	}
	w.send(hex.EncodeToString(wire))
}

// expect reads one packet and compares its number and the beginning of its
// data.
func (w *wireClient) expect(id byte, prefix string) {
	w.t.Helper()
	one := func() byte {
		var b [1]byte
		if _, err := io.ReadFull(w.conn, b[:]); err != nil {
			w.t.Fatalf("waiting for %02X %s: %v", id, prefix, err)
		}
		return b[0]
	}
	escaped := func() byte {
		c := one()
		if c == 0xFD {
			return map[byte]byte{0xEE: 0xFE, 0xED: 0xFD}[one()]
		}
		return c
	}
	if c := one(); c != 0xFE {
		w.t.Fatalf("a packet begins with %02X", c)
	}
	size := int(one()) | int(one())<<7
	got := []byte{one()}
	for range size {
		got = append(got, escaped())
	}
	if crc := escaped(); crc != plainCRC(got) {
		w.t.Fatalf("% X has the check %02X", got, crc)
	}
	want, err := hex.DecodeString(strings.ReplaceAll(prefix, " ", ""))
	if err != nil {
		w.t.Fatal(err)
	}
	if got[0] != id || !strings.HasPrefix(string(got[1:]), string(want)) {
		w.t.Fatalf("packet %02X: % X; want packet %02X: % X", got[0], got[1:], id, want)
	}
}

// command adds a task, takes its result either way and acknowledges it as the
// maker's driver does: C2 after a result, C4 after an error.
func (w *wireClient) command(id, tid byte, inline bool, command, reply string) (next byte) {
	w.t.Helper()
	failed := strings.HasPrefix(reply, "55 7A")
	w.packet(id, "C1 01 "+hex.EncodeToString([]byte{tid})+" 00 00 "+command)
	status := map[bool]string{false: "A3 ", true: "A4 "}[failed]
	if inline {
		w.expect(id, status+reply)
	} else {
		w.expect(id, "A1")
		async := map[bool]string{false: "A6 ", true: "A7 "}[failed]
		w.expect(0xF0, async+hex.EncodeToString([]byte{tid})+reply)
	}
	id++
	if failed {
		w.packet(id, "C4")
	} else {
		w.packet(id, "C2 "+hex.EncodeToString([]byte{tid}))
	}
	w.expect(id, "A3")
	return id + 1
}

// noisyLine is a way to a register that loses, doubles and changes bytes, as
// its seed says. rate is how many bytes in a thousand.
func noisyLine(t *testing.T, target string, seed uint64, rate int) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := uint64(0); ; n++ {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := (&net.Dialer{}).DialContext(ctx, "tcp", target)
			if err != nil {
				_ = near.Close()
				continue
			}
			go spoil(far, near, rand.New(rand.NewPCG(seed, 2*n)), rate)
			go spoil(near, far, rand.New(rand.NewPCG(seed, 2*n+1)), rate)
		}
	}()
	t.Cleanup(func() { cancel(); _ = l.Close(); <-done })
	return l.Addr().String()
}

func spoil(to, from io.ReadWriteCloser, rnd *rand.Rand, rate int) {
	defer func() { _ = to.Close(); _ = from.Close() }()
	var room [256]byte
	for {
		n, err := from.Read(room[:])
		if err != nil {
			return
		}
		var out []byte
		for _, c := range room[:n] {
			if rnd.IntN(1000) >= rate {
				out = append(out, c)
				continue
			}
			switch rnd.IntN(3) {
			case 0: // lost
			case 1:
				out = append(out, c, c)
			case 2:
				out = append(out, c^byte(1)<<rnd.IntN(8))
			}
		}
		if _, err := to.Write(out); err != nil {
			return
		}
	}
}

// TestNoCommandTwice: over a line that spoils bytes, every command is carried
// out once or not at all; what the driver calls done is done; and what it
// calls unknown is never more than once. The protocol's check has eight bits,
// so one spoilt packet in 256 passes for a good one: a few reports may be
// false, but no command may run twice.
func TestNoCommandTwice(t *testing.T) {
	t.Parallel()
	var sure, unsure, silent, wrong int
	for seed := range uint64(20) {
		b := setup(t, sim.Options{Seed: seed, Inline: seed%2 == 0})
		b.proto.Timing = brisk()
		address := noisyLine(t, b.server.Addr(), seed, []int{2, 10, 40}[seed%3])
		e := b.endpoint()
		e.Address = address
		reg := b.server.Register
		reg.Execute([]byte{0, 0, 0x56, 1, 0, 0, 0, 0x30})
		for i := range 12 {
			d, err := b.proto.Open(t.Context(), e)
			if err != nil {
				silent++
				continue
			}
			ran := reg.Executed(0x49)
			sum := byte(i%9 + 1)
			_, err = d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcRaw, Raw: []byte{0x49, 0, 0, 0, 0, 0, sum}})
			_ = d.Close()
			times := reg.Executed(0x49) - ran
			var refused *kkt.RefusalError
			switch {
			case times > 1:
				t.Errorf("seed %d: carried out %d times", seed, times)
			case err == nil:
				sure++
				if times != 1 {
					wrong++
				}
			case errors.Is(err, kkt.ErrUnknownOutcome):
				unsure++
			case errors.As(err, &refused):
				wrong++ // this command cannot be refused here
			default:
				silent++
				if times != 0 {
					wrong++
				}
			}
		}
	}
	t.Logf("done %d, unknown %d, no conversation %d, false reports %d", sure, unsure, silent, wrong)
	if wrong > 4 {
		t.Errorf("%d false reports", wrong)
	}
	if sure < 100 || unsure == 0 {
		t.Errorf("the line is not as bad, or the driver not as stubborn, as the test needs: done %d, unknown %d", sure, unsure)
	}
}
