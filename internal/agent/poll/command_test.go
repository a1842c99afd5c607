package poll_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

func TestACommandRunsAtOnceAndAReadingFollows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Hour))
		defer g.close()
		pass(10 * time.Second)
		g.take()
		g.reg.change(func() {
			g.reg.set.Put(signal.Mode, signal.IntOf(0))
			g.reg.takes = 200 * time.Millisecond
		})
		if !g.Submit(command("c1", "a", time.Minute)) || g.Submit(command("c2", "nobody", time.Minute)) {
			t.Fatal("queued wrongly")
		}
		pass(500 * time.Millisecond)
		if r := g.ends(); len(r) != 1 || r[0].ID != "c1" || r[0].State != wire.ResultDone || len(r[0].Exchanges) != 1 {
			t.Fatalf("%+v", r)
		}
		if got := g.take(); len(got) != 1 || got[0].items.Get(signal.Mode).Int() != 0 || !got[0].items.Get(signal.Mode).Known() {
			t.Fatalf("the register is well, but not said so: %v", got)
		}
	})
}

func TestCommandsComeBeforeReadingsAndInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", 100*time.Millisecond))
		defer g.close()
		g.reg.change(func() { g.reg.takes = 300 * time.Millisecond }) // a reading is always due
		pass(2 * time.Second)
		for i := range 5 {
			g.Submit(command(fmt.Sprint(i), "a", time.Minute))
		}
		pass(2 * time.Second)
		if got := fmt.Sprint(g.begun); got != "[0 1 2 3 4]" {
			t.Errorf("begun %s", got)
		}
	})
}

func TestACommandWhoseBeginIsRefusedSaysNothingToTheRegister(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Hour))
		defer g.close()
		g.mu.Lock()
		g.refuse = errors.New("expired")
		g.mu.Unlock()
		g.Submit(command("c", "a", time.Minute))
		pass(10 * time.Second)
		if len(g.reg.did) != 0 || len(g.ends()) != 0 || len(g.begun) != 1 {
			t.Errorf("did %v, results %v", g.reg.did, g.ends())
		}
	})
}

func TestAHeldPortIsWaitedForWithinReason(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Hour))
		defer g.close()
		pass(6 * time.Second)
		g.reg.change(func() { g.reg.openErr = kkt.ErrBusy })
		g.Submit(command("c1", "a", time.Minute))
		pass(3 * time.Second)
		g.reg.change(func() { g.reg.openErr = nil })
		pass(2 * time.Second)
		if r := g.ends(); len(r) != 1 || r[0].State != wire.ResultDone {
			t.Fatalf("%+v", r)
		}
		g.reg.change(func() { g.reg.openErr = kkt.ErrBusy })
		g.Submit(command("c2", "a", 2*time.Second)) // its deadline comes first
		pass(4 * time.Second)
		if r := g.ends(); len(r) != 2 || r[1].State != wire.ResultFailed || r[1].Code != "busy" {
			t.Fatalf("%+v", r)
		}
	})
}

func TestHowACommandEnds(t *testing.T) {
	t.Parallel()
	cases := []struct {
		err         error
		state, code string
	}{
		{nil, wire.ResultDone, ""},
		{fmt.Errorf("x: %w", kkt.ErrUnknownOutcome), wire.ResultUnknown, "outcome_unknown"},
		{&kkt.RefusalError{Code: 0x66}, wire.ResultFailed, "register_refused"},
		{&kkt.GarbageError{}, wire.ResultUnknown, "garbage"},
		{kkt.ErrNoAnswer, wire.ResultFailed, "no_answer"},
		{kkt.ErrUnsupported, wire.ResultFailed, "unsupported"},
		{errOdd, wire.ResultUnknown, "outcome_unknown"},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.err), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := newRig(t, device("a", time.Hour))
				defer g.close()
				g.reg.change(func() { g.reg.doErr = c.err })
				g.Submit(command("c", "a", time.Minute))
				pass(10 * time.Second)
				if r := g.ends(); len(r) != 1 || r[0].State != c.state || r[0].Code != c.code {
					t.Errorf("%+v", r)
				}
			})
		})
	}
}

func TestACommandThatHangsIsCut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Hour))
		defer g.close()
		pass(6 * time.Second)
		g.reg.change(func() { g.reg.deaf = true })
		g.Submit(command("c", "a", time.Minute))
		pass(2 * time.Minute)
		if r := g.ends(); len(r) != 1 || r[0].State != wire.ResultUnknown {
			t.Errorf("%+v", r)
		}
	})
}

func TestAtTheStopARunningCommandFinishesAndNoOtherBegins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Hour))
		pass(6 * time.Second)
		g.reg.change(func() { g.reg.takes = time.Second })
		g.Submit(command("c1", "a", time.Minute))
		g.Submit(command("c2", "a", time.Minute))
		pass(200 * time.Millisecond)
		start := time.Now()
		g.close()
		if r := g.ends(); len(r) != 1 || r[0].ID != "c1" || r[0].State != wire.ResultDone || len(g.begun) != 1 {
			t.Errorf("%+v, begun %v", r, g.begun)
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("the stop took %s", d)
		}
	})
}

func TestCommandsOfADeviceTakenAwayAreGivenBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newRig(t, device("a", time.Hour))
		defer g.close()
		pass(6 * time.Second)
		g.reg.change(func() { g.reg.takes = time.Second })
		g.Submit(command("c1", "a", time.Minute))
		pass(100 * time.Millisecond)
		g.Submit(command("c2", "a", time.Minute))
		g.Configure(nil)
		pass(10 * time.Second)
		if len(g.ends()) != 1 || g.ends()[0].ID != "c1" || len(g.orphans) != 1 || g.orphans[0].ID != "c2" {
			t.Errorf("ended %v, given back %v", g.ends(), g.orphans)
		}
	})
}
