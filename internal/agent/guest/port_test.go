package guest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/agent/poll"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/wire"
)

// pos is a point-of-sale program that opens the port for each receipt.
type pos struct {
	proto    atol.Protocol
	endpoint kkt.Endpoint
	// again is how long after finding the port held it tries once more; 0 = a
	// port that is held is a receipt that failed.
	again time.Duration
	waits []time.Duration // from wanting the port to having it
}

// receipt sells one thing. It fails when the port or the register says no.
func (p *pos) receipt(ctx context.Context) error {
	began := time.Now()
	driver, err := p.open(ctx)
	if err != nil {
		return err
	}
	p.waits = append(p.waits, time.Since(began))
	item := append([]byte{0xE6, 0x02}, make([]byte, 64)...)
	item = append(item, 0, 0, 0, 0, 0x99, 0, 0, 0, 0, 0x10, 0) // its price, and one of it
	for _, c := range [][]byte{{0x56, 1, 0, 0, 0, 0x30}, {0x92, 2, 1}, item, {0x4A, 0, 1, 0, 0, 0, 0, 0}, {0x48}} {
		if _, err = driver.Do(ctx, kkt.Procedure{Name: kkt.ProcRaw, Raw: c}); err != nil {
			err = fmt.Errorf("% X: %w", c, err)
			break
		}
	}
	return errors.Join(err, driver.Close())
}

func (p *pos) open(ctx context.Context) (kkt.Driver, error) {
	for {
		driver, err := p.proto.Open(ctx, p.endpoint)
		if p.again == 0 || !errors.Is(err, kkt.ErrBusy) {
			return driver, err
		}
		select {
		case <-time.After(p.again):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// nobody takes no reports, gives no commands and remembers nothing.
type nobody struct{}

func (nobody) Report(string, time.Time, bool, []signal.Item) {}
func (nobody) Begin(wire.Command) error                      { return nil }
func (nobody) End(wire.Result)                               {}
func (nobody) Orphaned(wire.Command)                         {}
func (nobody) Expired(wire.Command) bool                     { return false }
func (nobody) Load(string) poll.Since                        { return poll.Since{} }
func (nobody) Save(string, poll.Since)                       {}

// watched is the register's protocol with a look at every conversation of the
// agent, from the port's first opening to its last closing.
type watched struct {
	kkt.Protocol
	mu    sync.Mutex
	took  []time.Duration
	ready chan struct{}
}

func (w *watched) Open(ctx context.Context, e kkt.Endpoint) (kkt.Driver, error) {
	began := time.Now()
	driver, err := w.Protocol.Open(ctx, e)
	if err != nil {
		return nil, err
	}
	return &timed{Driver: driver, w: w, began: began}, nil
}

type timed struct {
	kkt.Driver
	w     *watched
	began time.Time
}

func (d *timed) Close() error {
	err := d.Driver.Close()
	d.w.mu.Lock()
	d.w.took = append(d.w.took, time.Since(d.began))
	d.w.mu.Unlock()
	select {
	case d.w.ready <- struct{}{}:
	default:
	}
	return err
}

// guest is an agent's poller on the register, until the test ends.
func guest(t testing.TB, e kkt.Endpoint, every time.Duration) *watched {
	t.Helper()
	w := &watched{Protocol: atol.Protocol{}, ready: make(chan struct{}, 1)}
	p := poll.New(poll.Options{
		Protocols: map[string]kkt.Protocol{atol.Name: w}, Sink: nobody{}, Commands: nobody{}, Memory: nobody{},
		Clock: clock.System{}, Jitter: func(most time.Duration) time.Duration { return rand.N(max(most, 1)) },
	})
	p.Configure([]wire.Device{{ID: "d1", Endpoint: e, Poll: every.Milliseconds()}})
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { p.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	return w
}

// register is an emulated register on a port, over TCP or on a pseudo
// terminal. It answers each command after a while, as real ones do.
func register(t testing.TB, serial bool, answer time.Duration) (*sim.Server, kkt.Endpoint) {
	t.Helper()
	s := &sim.Server{Register: sim.NewRegister(sim.Options{Seed: 1})}
	e := kkt.Endpoint{Protocol: atol.Name, Transport: atol.TransportTCP}
	var err error
	if serial {
		if _, failed := os.Stat("/dev/ptmx"); failed != nil {
			t.Skip("no pseudo terminals here: ", failed)
		}
		e.Transport, e.Address = atol.TransportSerial, filepath.Join(t.TempDir(), "ttyKKT")
		err = s.StartPTY(e.Address)
	} else {
		err = s.Start("127.0.0.1:0")
		e.Address = s.Addr()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	if answer > 0 {
		e.Address = slowly(t, e.Address, answer)
	}
	return s, e
}

// slowly is a line whose answers come a while after they were given.
func slowly(t testing.TB, target string, answer time.Duration) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", target)
			if err != nil {
				_ = near.Close()
				continue
			}
			go pass(far, near, 0)
			go pass(near, far, answer)
		}
	}()
	return l.Addr().String()
}

func pass(to, from net.Conn, after time.Duration) {
	defer func() { _ = to.Close(); _ = from.Close() }()
	room := make([]byte, 4096)
	for {
		n, err := from.Read(room)
		if err != nil {
			return
		}
		time.Sleep(after)
		if _, err := to.Write(room[:n]); err != nil {
			return
		}
	}
}

// TestTheTillAlwaysGetsThePort: while the agent reads as often as it can, a
// point-of-sale program opens the port for each receipt. Over the network it
// asks once and waits for its turn; a serial port it tries again while it is
// held. Every receipt goes through, once, and the agent reads in between.
func TestTheTillAlwaysGetsThePort(t *testing.T) {
	t.Parallel()
	for name, serial := range map[string]bool{"network": false, "serial": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, e := register(t, serial, 0)
			w := guest(t, e, poll.MinPoll)
			till := pos{endpoint: e}
			if serial {
				till.again = time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			receipts := 0
			for readings := 0; readings < 5; readings++ { // some begin while the till has the port
				for range 8 {
					if err := till.receipt(ctx); err != nil {
						t.Fatalf("receipt %d failed: %v", receipts, err)
					}
					receipts++
				}
				select {
				case <-w.ready:
				case <-ctx.Done():
					t.Fatal("the agent reads no more")
				}
			}
			if n := s.Register.Executed(0x4A); n != receipts {
				t.Errorf("%d receipts closed, %d sold", n, receipts)
			}
		})
	}
}

// TestASlowRegisterIsReadInSeveralGoes: a till that wants the port while a
// reading goes on gets it before the reading is over, and the reading misses
// nothing.
func TestASlowRegisterIsReadInSeveralGoes(t *testing.T) {
	t.Parallel()
	s, e := register(t, false, 0)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	quick, err := read(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	slow := e
	slow.Address = slowly(t, e.Address, 40*time.Millisecond)
	type seen struct {
		set signal.Set
		err error
	}
	ended := make(chan seen, 1)
	begun := s.Register.Executed(0x3F)
	go func() {
		set, err := read(ctx, slow)
		ended <- seen{set, err}
	}()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for s.Register.Executed(0x3F) == begun { // it has no port yet
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("the reading does not begin")
		}
	}
	till := pos{endpoint: e, again: 5 * time.Millisecond}
	if err := till.receipt(ctx); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
		t.Fatal("the till had to wait for the whole reading")
	default:
	}
	got := <-ended
	if got.err != nil {
		t.Fatal(got.err)
	}
	if q, g := keys(&quick), keys(&got.set); !slices.Equal(q, g) {
		t.Errorf("a quick reading has %v, one in several goes %v", q, g)
	}
}

func read(ctx context.Context, e kkt.Endpoint) (set signal.Set, err error) {
	d, err := atol.Protocol{}.Open(ctx, e)
	if err != nil {
		return set, err
	}
	set, err = d.Read(ctx, time.Now)
	return set, errors.Join(err, d.Close())
}

// keys is what a reading knows, without what a sale changes.
func keys(set *signal.Set) (out []string) {
	for _, it := range set.Items() {
		d, _ := signal.ByID(it.ID)
		if !strings.HasPrefix(d.Key, "shift") && !strings.HasPrefix(d.Key, "ofd.") && it.Value.Known() {
			out = append(out, d.Key)
		}
	}
	return out
}

// BenchmarkGuest measures by how much an agent that reads each second delays a
// point-of-sale program that opens the port for each receipt. Run it with some
// hundred receipts: -benchtime 500x.
func BenchmarkGuest(b *testing.B) {
	for _, c := range []struct {
		name   string
		serial bool
		answer time.Duration
		agent  bool
	}{
		{"network/alone", false, 0, false},
		{"network/agent", false, 0, true},
		{"network, 10 ms an answer/alone", false, 10 * time.Millisecond, false},
		{"network, 10 ms an answer/agent", false, 10 * time.Millisecond, true},
		{"serial/alone", true, 0, false},
		{"serial/agent", true, 0, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			_, e := register(b, c.serial, c.answer)
			till := pos{endpoint: e}
			if c.serial {
				till.again = 5 * time.Millisecond
			}
			var w *watched
			if c.agent {
				w = guest(b, e, time.Second)
			}
			failed := 0
			for b.Loop() {
				if err := till.receipt(b.Context()); err != nil {
					b.Log(err)
					failed++
				}
				time.Sleep(20*time.Millisecond + rand.N(100*time.Millisecond)) // the next customer
			}
			b.ReportMetric(0, "ns/op") // it holds the pauses
			b.ReportMetric(float64(failed), "failed")
			percentiles(b, till.waits, "wait")
			if w != nil {
				w.mu.Lock()
				percentiles(b, w.took, "reading")
				b.ReportMetric(float64(len(w.took)), "readings")
				w.mu.Unlock()
			}
		})
	}
}

func percentiles(b *testing.B, all []time.Duration, what string) {
	if len(all) == 0 {
		return
	}
	slices.Sort(all)
	ms := func(i int) float64 { return float64(all[i].Microseconds()) / 1000 }
	b.ReportMetric(ms(len(all)/2), what+"-p50-ms")
	b.ReportMetric(ms(min(len(all)*99/100, len(all)-1)), what+"-p99-ms")
	b.ReportMetric(ms(len(all)-1), what+"-max-ms")
}
