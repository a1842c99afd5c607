package poll_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// pass lets the bubble's time go by; nobody really waits.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestFirstFullThenOnlyChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Second))
		defer g.close()
		pass(10 * time.Second)
		got := g.take()
		if len(got) != 1 || !got[0].full || got[0].items.Get(signal.Link).Text() != signal.LinkOK ||
			got[0].items.Get(signal.LinkSince).Time().IsZero() || got[0].items.Get(signal.ModeSince).Time().IsZero() {
			t.Fatalf("%v", got)
		}
		g.reg.change(func() {
			g.reg.set.Put(signal.Unsent, signal.IntOf(3))
			g.reg.set.Put(signal.Serial, signal.Value{})
		})
		pass(1500 * time.Millisecond)
		got = g.take()
		if len(got) != 1 || got[0].full || got[0].items.Len() != 1 || got[0].items.Get(signal.Unsent).Int() != 3 || fmt.Sprint(got[0].gone) != "[serial]" {
			t.Fatalf("%v", got)
		}
		g.Full()
		pass(5 * time.Second)
		if got = g.take(); len(got) != 1 || !got[0].full || got[0].items.Len() < 6 {
			t.Fatalf("%v", got)
		}
	})
}

func TestSmallMovementsAreNoChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Second))
		defer g.close()
		pass(3 * time.Second)
		g.take()
		for _, drift := range []int64{1, -2, 2, 0} {
			g.reg.change(func() {
				g.reg.set.Put(signal.ClockDrift, signal.IntOf(drift))
				g.reg.takes = time.Duration(drift+3) * 20 * time.Millisecond
			})
			pass(2 * time.Second)
		}
		if got := g.take(); len(got) != 0 {
			t.Fatalf("%v", got)
		}
		for _, drift := range []int64{1, 2, 3} { // a creeping clock is told when it has moved far enough
			g.reg.change(func() { g.reg.set.Put(signal.ClockDrift, signal.IntOf(drift)) })
			pass(2 * time.Second)
		}
		if got := g.take(); len(got) != 1 || got[0].items.Get(signal.ClockDrift).Int() != 3 {
			t.Fatalf("%v", got)
		}
	})
}

// TestADriftIsToldByTheServersClockAlone starts on a computer that has not
// spoken to the server yet: its own clock may be years behind.
func TestADriftIsToldByTheServersClockAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Second))
		defer g.close()
		g.mu.Lock()
		g.unsure = true
		g.mu.Unlock()
		g.reg.change(func() { g.reg.set.Put(signal.ClockDrift, signal.IntOf(-93600)) })
		pass(3 * time.Second)
		if got := g.take(); len(got) != 1 || got[0].items.Get(signal.ClockDrift).Known() || !got[0].items.Get(signal.Serial).Known() {
			t.Fatalf("before the server's clock is known: %v", got)
		}
		g.mu.Lock()
		g.unsure = false
		g.mu.Unlock()
		g.reg.change(func() { g.reg.set.Put(signal.ClockDrift, signal.IntOf(7)) })
		pass(3 * time.Second)
		if got := g.take(); len(got) != 1 || got[0].items.Get(signal.ClockDrift).Int() != 7 {
			t.Fatalf("after: %v", got)
		}
	})
}

func TestHoldOfThePortIsMeasured(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Second))
		defer g.close()
		g.reg.change(func() { g.reg.takes = 130 * time.Millisecond })
		pass(3 * time.Second)
		if got := g.take(); len(got) != 1 || got[0].items.Get(signal.HoldMillis).Int() != 130 {
			t.Fatalf("%v", got)
		}
		// A driver that gave the port back in between says for how long it held it.
		g.reg.change(func() { g.reg.takes = 900 * time.Millisecond; g.reg.set.Put(signal.HoldMillis, signal.IntOf(500)) })
		pass(5 * time.Second)
		if got := g.take(); len(got) != 1 || got[0].items.Get(signal.HoldMillis).Int() != 500 {
			t.Fatalf("%v", got)
		}
	})
}

func TestSinceTimesLastOverReadingsAndARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Second))
		pass(3 * time.Second)
		g.take()
		g.reg.change(func() { g.reg.set.Put(signal.ReceiptOpen, signal.BoolOf(true)) })
		pass(30 * time.Second)
		got := g.take()
		if len(got) != 1 {
			t.Fatalf("%v", got)
		}
		opened := got[0].items.Get(signal.ReceiptSince).Time()
		mode := g.Load("a").ModeAt
		g.close()
		again := newRig(t)
		defer again.close()
		again.mu.Lock()
		again.memory = g.memory
		again.mu.Unlock()
		again.reg.change(func() { again.reg.set.Put(signal.ReceiptOpen, signal.BoolOf(true)) })
		again.Configure([]wire.Device{device("a", time.Second)})
		pass(3 * time.Second)
		got = again.take()
		if len(got) != 1 || !got[0].items.Get(signal.ReceiptSince).Time().Equal(opened) || got[0].items.Get(signal.ModeSince).Time().Unix() != mode {
			t.Fatalf("opened %s, after a restart %v", opened, got)
		}
		again.reg.change(func() { again.reg.set.Put(signal.ReceiptOpen, signal.BoolOf(false)) })
		pass(3 * time.Second)
		if got = again.take(); len(got) != 1 || fmt.Sprint(got[0].gone) != "[receipt.since]" {
			t.Fatalf("closed: %v", got)
		}
	})
}

func TestWhatIsWrongWithTheLink(t *testing.T) {
	t.Parallel()
	for link, err := range map[string]error{
		signal.LinkNoAnswer: fmt.Errorf("wrapped: %w", kkt.ErrNoAnswer),
		signal.LinkMissing:  kkt.ErrMissing,
		signal.LinkBusy:     kkt.ErrBusy,
		signal.LinkRefused:  kkt.ErrRefused,
	} {
		t.Run(link, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := newRig(t, device("a", time.Second))
				defer g.close()
				pass(3 * time.Second)
				g.take()
				g.reg.change(func() { g.reg.openErr = err })
				fell := time.Now()
				pass(20 * time.Second)
				got := g.take()
				if len(got) != 1 || got[0].items.Get(signal.Link).Text() != link || len(got[0].gone) != 0 || got[0].at.Sub(fell) > 5*time.Second {
					t.Fatalf("%v", got)
				}
				g.reg.change(func() { g.reg.openErr = nil })
				pass(20 * time.Second)
				if got = g.take(); len(got) != 1 || got[0].items.Get(signal.Link).Text() != signal.LinkOK || !got[0].items.Get(signal.LinkSince).Known() {
					t.Fatalf("well again: %v", got)
				}
			})
		})
	}
}

func TestGarbageIsKeptAsSeenFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Second))
		defer g.close()
		pass(3 * time.Second)
		g.take()
		for i := range 5 {
			g.reg.change(func() { g.reg.readErr = &kkt.GarbageError{Bytes: append([]byte{0xfe, byte(i)}, make([]byte, 300)...)} })
			pass(20 * time.Second)
		}
		got := g.take()
		if len(got) != 1 || got[0].items.Get(signal.Link).Text() != signal.LinkGarbage {
			t.Fatalf("%v", got)
		}
		if d := got[0].items.Get(signal.LinkDetail).Text(); len(d) != 256 || d[:4] != "fe00" {
			t.Fatalf("detail %q", d)
		}
		g.reg.change(func() { g.reg.readErr = nil })
		pass(20 * time.Second)
		if got = g.take(); len(got) != 1 || !slices.Contains(got[0].gone, "link.detail") {
			t.Fatalf("well again: %v", got)
		}
	})
}

func TestABusyPortIsGivenWayToAndNeverHammered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", 10*time.Second))
		defer g.close()
		pass(15 * time.Second)
		g.take()
		for range 20 { // a receipt each time: held once, free at the second look
			g.reg.change(func() { g.reg.openErr, g.reg.opens = kkt.ErrBusy, nil })
			for {
				pass(250 * time.Millisecond)
				held := false
				g.reg.change(func() { held = len(g.reg.opens) > 0 })
				if held {
					break
				}
			}
			g.reg.change(func() { g.reg.openErr = nil })
			pass(12 * time.Second)
		}
		if got := g.take(); len(got) != 0 {
			t.Fatalf("a receipt is no fault: %v", got)
		}
		g.reg.change(func() { g.reg.openErr, g.reg.opens = kkt.ErrBusy, nil })
		pass(10 * time.Minute)
		if n := len(g.reg.opens); n < 20 || n > 90 {
			t.Errorf("knocked %d times in ten minutes", n)
		}
		if got := g.take(); len(got) != 1 {
			t.Errorf("%v", got)
		}
	})
}

func TestAReadingIsCutAtItsBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Second))
		defer g.close()
		g.reg.change(func() { g.reg.deaf = true })
		pass(7 * time.Second)
		if got := g.take(); len(got) != 1 || got[0].items.Get(signal.Link).Text() != signal.LinkNoAnswer {
			t.Fatalf("%v", got)
		}
	})
}

func TestManyDevicesNeitherTogetherNorTooManyAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var devices []wire.Device
		for i := range 60 {
			devices = append(devices, device(fmt.Sprintf("dev-%d", i), 10*time.Second))
		}
		g := newRig(t, devices...)
		defer g.close()
		g.reg.change(func() { g.reg.takes = 900 * time.Millisecond })
		pass(40 * time.Second)
		if got := g.take(); len(got) != 60 {
			t.Errorf("%d of 60 reported", len(got))
		}
		if g.reg.most > 8 || g.reg.most < 4 {
			t.Errorf("%d at a time", g.reg.most)
		}
		if n := len(g.Attempted()); n != 60 {
			t.Errorf("%d attempted", n)
		}
		seconds := map[int64]int{}
		for _, at := range g.reg.opens {
			seconds[at.Unix()]++
		}
		for s, n := range seconds {
			if n > 20 {
				t.Errorf("%d readings begin in second %d", n, s)
			}
		}
	})
}

func TestTwoDevicesOfOneAddressTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := device("a", time.Second), device("b", time.Second)
		b.Endpoint = a.Endpoint
		g := newRig(t, a, b)
		defer g.close() // fails on two conversations
		g.reg.change(func() { g.reg.takes = 700 * time.Millisecond })
		pass(30 * time.Second)
		if len(g.take()) != 2 {
			t.Error("one of them was not read")
		}
	})
}

func TestConfigureWhileReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Second), device("gone", time.Second))
		defer g.close()
		g.reg.change(func() { g.reg.takes = 400 * time.Millisecond })
		pass(5 * time.Second)
		g.take()
		for i := range 10 { // another poll each time, in the midst of readings
			g.Configure([]wire.Device{device("a", time.Second+time.Duration(i)*time.Millisecond), device("new", time.Second)})
			pass(730 * time.Millisecond)
		}
		pass(3 * time.Second)
		devs := map[string]bool{}
		for _, r := range g.take() {
			devs[r.dev] = true
		}
		g.Attempted()
		pass(5 * time.Second)
		ids := g.Attempted()
		slices.Sort(ids)
		if !devs["new"] || !devs["a"] || fmt.Sprint(ids) != "[a new]" {
			t.Errorf("reported %v, attempted %v", devs, ids)
		}
	})
}

// TestTheRhythmIsKept: a register that answers slowly is read as often as asked
// for, one that hardly keeps up gets a rest all the same.
func TestTheRhythmIsKept(t *testing.T) {
	t.Parallel()
	for takes, want := range map[time.Duration]int{0: 30, 400 * time.Millisecond: 30, 1500 * time.Millisecond: 15} {
		t.Run(takes.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := newRig(t, device("a", time.Second))
				defer g.close()
				g.reg.change(func() { g.reg.takes = takes })
				pass(30 * time.Second)
				if n := len(g.reg.opens); n < want-1 || n > want+1 {
					t.Errorf("read %d times in half a minute, wanted %d", n, want)
				}
			})
		})
	}
}

func TestAnUnknownProtocolIsMissing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := device("a", time.Second)
		d.Endpoint.Protocol = "later"
		g := newRig(t, d)
		defer g.close()
		if !g.Submit(command("c", "a", time.Hour)) {
			t.Fatal("not queued")
		}
		pass(30 * time.Second)
		if got := g.take(); len(got) != 1 || got[0].items.Get(signal.Link).Text() != signal.LinkMissing {
			t.Errorf("%v", got)
		}
		if r := g.ends(); len(r) != 1 || r[0].State != wire.ResultFailed || r[0].Code != "unsupported" {
			t.Errorf("%+v", r)
		}
	})
}
