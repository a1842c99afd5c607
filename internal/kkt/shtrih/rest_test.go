package shtrih_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
	register "github.com/tillwright/tillwright/internal/sim/shtrih"
)

// goes is a line that notes when it was taken and given back. Each command on
// it takes a while; another program may hold it.
type goes struct {
	*counterpart
	each  time.Duration
	taken []time.Time
	given []time.Time
	till  func(opening int) bool // says that another program has the port
	tries int
}

func (g *goes) dial(context.Context, kkt.Endpoint, time.Duration) (port.Line, error) {
	g.tries++
	if g.till != nil && g.till(g.tries) {
		return nil, fmt.Errorf("another: %w", kkt.ErrBusy)
	}
	g.taken = append(g.taken, time.Now())
	return g, nil
}

// Write takes as long as the register works on a command.
func (g *goes) Write(b []byte) (int, error) {
	if len(b) > 1 {
		<-time.After(g.each)
	}
	return g.counterpart.Write(b)
}

func (g *goes) Close() error {
	g.given = append(g.given, time.Now())
	return nil
}

// longest is how long the line was held in one go, rest the shortest time
// between two.
func (g *goes) longest() (hold, rest time.Duration) {
	rest = time.Hour
	for i := range g.taken {
		hold = max(hold, g.given[i].Sub(g.taken[i]))
		if i > 0 {
			rest = min(rest, g.taken[i].Sub(g.given[i-1]))
		}
	}
	return hold, rest
}

// readIn reads once, with so much time for the whole.
func (g *goes) readIn(t *testing.T, limit time.Duration) (out map[string]string, err error) {
	t.Helper()
	p := g.protocol() // finding out the framing, once for an address, takes its time
	first, err := p.Open(t.Context(), kkt.Endpoint{Protocol: shtrih.Name, Address: "a"})
	if err != nil {
		return nil, err
	}
	if err := first.Close(); err != nil {
		return nil, err
	}
	p.Dial = g.dial
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	d, err := p.Open(ctx, kkt.Endpoint{Protocol: shtrih.Name, Address: "a"})
	if err != nil {
		return nil, err
	}
	set, err := d.Read(ctx, func() time.Time { return noon })
	return values(t, &set), errors.Join(err, d.Close())
}

// TestASlowRegistersPortIsGivenBack: no go is longer than the driver's patience
// with itself and the command it is at; between two the port is free for long
// enough that a till which tries again gets it; and the reading misses nothing.
func TestASlowRegistersPortIsGivenBack(t *testing.T) {
	t.Parallel()
	for _, v2 := range []bool{false, true} {
		for name, busy := range map[string]func(int) bool{"nobody wants it": nil, "a till takes it at each rest": func(n int) bool { return n > 1 && n%2 == 0 }} {
			synctest.Test(t, func(t *testing.T) {
				g := &goes{counterpart: newCounterpart(v2), each: 40 * time.Millisecond, till: busy}
				got, err := g.readIn(t, time.Minute)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(whole(), got); diff != "" {
					t.Errorf("v2 %v, %s: %s", v2, name, diff)
				}
				hold, rest := g.longest()
				if len(g.taken) < 3 || hold > 300*time.Millisecond || rest < 150*time.Millisecond {
					t.Errorf("v2 %v, %s: %d goes, the longest %v, the shortest rest %v", v2, name, len(g.taken), hold, rest)
				}
			})
		}
	}
}

// TestAQuickRegisterIsReadInOneGo and one whose reading runs out of time is
// finished rather than given up.
func TestAQuickRegisterIsReadInOneGo(t *testing.T) {
	t.Parallel()
	for each, c := range map[time.Duration]struct{ least, most int }{2 * time.Millisecond: {1, 1}, 130 * time.Millisecond: {2, 12}} {
		synctest.Test(t, func(t *testing.T) {
			g := &goes{counterpart: newCounterpart(false), each: each}
			began := time.Now()
			got, err := g.readIn(t, 5*time.Second)
			if err != nil {
				t.Fatalf("%v a command: %v after %v", each, err, time.Since(began))
			}
			if diff := cmp.Diff(whole(), got); diff != "" || len(g.taken) < c.least || len(g.taken) > c.most {
				t.Errorf("%v a command: %d goes, %s", each, len(g.taken), diff)
			}
		})
	}
}

// TestATillSellsWhileASlowRegisterIsRead: on a register with one place for a
// client a receipt is made before the reading is over.
func TestATillSellsWhileASlowRegisterIsRead(t *testing.T) {
	t.Parallel()
	s := put(t, false, register.Options{Seed: 4})
	s.proto.Timing = shtrih.Timing{} // a slow line needs the usual patience
	e := s.endpoint()
	e.Address = slowly(t, e.Address, 30*time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	began := s.register.Executed("FC")
	ended := make(chan error, 1)
	go func() {
		d, err := s.proto.Open(ctx, e)
		if err == nil {
			_, err = d.Read(ctx, s.clock.Now)
			err = errors.Join(err, d.Close())
		}
		ended <- err
	}()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for s.register.Executed("FC") == began { // it has no port yet
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("the reading does not begin")
		}
	}
	if err := s.sellAsTill(ctx); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		t.Fatal("the till had to wait for the whole reading: ", err)
	default:
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// sellAsTill opens the port as a till program does that tries again while the
// port is held, and makes a receipt of one line.
func (s *stand) sellAsTill(ctx context.Context) error {
	var d kkt.Driver
	var err error
	for d == nil {
		if d, err = s.proto.Open(ctx, s.endpoint()); err != nil && !errors.Is(err, kkt.ErrBusy) {
			return err
		}
		if d == nil {
			select {
			case <-time.After(5 * time.Millisecond):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	item := slices.Concat([]byte{0x80, 0xE8, 3, 0, 0, 0, 0x10, 0x27, 0, 0, 0, 1, 0, 0, 0, 0}, make([]byte, 40))
	cash := slices.Concat([]byte{0x85, 0x10, 0x27, 0, 0, 0}, make([]byte, 61))
	for _, c := range [][]byte{{0x8D, 0}, item, cash} {
		if _, err := d.Do(ctx, kkt.Procedure{Name: kkt.ProcRaw, Raw: c}); err != nil {
			return errors.Join(fmt.Errorf("% X: %w", c[:1], err), d.Close())
		}
	}
	return d.Close()
}

// slowly is a line whose answers come a while after they were given.
func slowly(t *testing.T, target string, after time.Duration) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); running.Wait() })
	running.Go(func() {
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
			running.Go(func() { pass(far, near, 0) })
			running.Go(func() { pass(near, far, after) })
		}
	})
	return l.Addr().String()
}

func pass(to, from net.Conn, after time.Duration) {
	defer func() { _, _ = to.Close(), from.Close() }()
	room := make([]byte, 4096)
	for {
		n, err := from.Read(room)
		if err != nil {
			return
		}
		<-time.After(after)
		if _, err := to.Write(room[:n]); err != nil {
			return
		}
	}
}
