package reach

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/ofd"
)

// world answers looks and counts them.
type world struct {
	mu    sync.Mutex
	reach map[string]string
	looks map[string]int
}

func (w *world) look(_ context.Context, t ofd.Target) ofd.Result {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks[t.Host]++
	return ofd.Result{Reach: w.reach[t.Host]}
}

func (w *world) set(host, reach string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reach[host] = reach
}

func (w *world) count(host string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.looks[host]
}

func still(time.Duration) time.Duration { return 0 }

// TestAnAddressIsWatched: rarely while it is well, often while it is not, and
// no more when nobody asks.
func TestAnAddressIsWatched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &world{reach: map[string]string{"a": ofd.ReachOK}, looks: map[string]int{}}
		w := New(Options{Look: out.look, Clock: clock.System{}, Jitter: still})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan struct{})
		go func() { w.Run(ctx); close(done) }()
		if got := w.Reach("a", 7777); got != "" {
			t.Errorf("known before the first look: %q", got)
		}
		pass := func(d time.Duration) {
			for range d / time.Minute {
				time.Sleep(time.Minute)
				synctest.Wait()
				w.Reach("a", 7777)
			}
		}
		synctest.Wait()
		if got := w.Reach("a", 7777); got != ofd.ReachOK || out.count("a") != 1 {
			t.Errorf("%q after %d looks", got, out.count("a"))
		}
		pass(time.Hour)
		if n := out.count("a"); n < 11 || n > 13 {
			t.Errorf("%d looks in a good hour", n)
		}
		out.set("a", ofd.ReachClosed)
		pass(6 * time.Minute)
		if got := w.Reach("a", 7777); got != ofd.ReachClosed {
			t.Errorf("%q six minutes after it closed", got)
		}
		before := out.count("a")
		pass(10 * time.Minute)
		if n := out.count("a") - before; n < 19 || n > 21 {
			t.Errorf("%d looks in ten bad minutes", n)
		}
		time.Sleep(forget + WhenWell)
		synctest.Wait()
		before = out.count("a")
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := out.count("a") - before; n != 0 {
			t.Errorf("%d looks at what nobody asks for", n)
		}
		cancel()
		<-done
	})
}

// TestALookThatIsBrokenOffSaysNothing: the agent stops, or the line is so slow
// that the look ends without a finding.
func TestALookThatIsBrokenOffSaysNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := New(Options{Clock: clock.System{}, Jitter: still, Look: func(ctx context.Context, _ ofd.Target) ofd.Result {
			<-ctx.Done()
			return ofd.Result{Reach: ofd.ReachNoInternet}
		}})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { w.Run(ctx); close(done) }()
		w.Reach("a", 7777)
		time.Sleep(budget + time.Second)
		synctest.Wait()
		if got := w.Reach("a", 7777); got != "" {
			t.Errorf("%q", got)
		}
		cancel()
		<-done
	})
}

func TestBounds(t *testing.T) {
	t.Parallel()
	if got := New(Options{Clock: clock.System{}}).Reach("a", 1); got != "" {
		t.Errorf("without a look: %q", got)
	}
	w := New(Options{Look: (&world{looks: map[string]int{}}).look, Clock: clock.System{}, Jitter: still})
	for port := range 3 * most {
		w.Reach("a", port+1)
	}
	if n := len(w.targets); n != most {
		t.Errorf("%d addresses are watched", n)
	}
}
