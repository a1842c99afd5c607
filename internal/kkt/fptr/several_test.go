package fptr_test

import (
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	sim "github.com/tillwright/tillwright/internal/sim/fptr"
)

// turns is the order in which the service carried tasks out, each of which
// takes a while.
type turns struct {
	each  time.Duration
	mu    sync.Mutex
	order []string // kind of each task and the posting that it came in
	posts []string
}

func (o *turns) before(uuid, kind string) {
	o.mu.Lock()
	o.order, o.posts = append(o.order, kind), append(o.posts, uuid)
	o.mu.Unlock()
	<-time.After(o.each)
}

// longest is how many tasks of one posting were carried out in a row at most.
func (o *turns) longest() (most int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for i, p := range o.posts {
		if i > 0 && o.posts[i-1] == p {
			n++
		} else {
			n = 1
		}
		most = max(most, n)
	}
	return most
}

func readOnce(t *testing.T, o *turns) (set signal.Set, s *sim.Server) {
	t.Helper()
	s, clk := bench(t, sim.Options{Seed: 3, Before: o.before})
	set, err := dial(t, s, clk).Read(within(t, 10*time.Second), clk.Now)
	if err != nil {
		t.Fatal(err)
	}
	return set, s
}

// TestASlowRegisterIsReadInSeveralGoes: a till's task waits for no more of a
// reading than the driver's patience with itself, and the reading misses
// nothing. A quick register is asked everything that is left at once.
func TestASlowRegisterIsReadInSeveralGoes(t *testing.T) {
	t.Parallel()
	slow, quick := &turns{each: 120 * time.Millisecond}, &turns{}
	got, _ := readOnce(t, slow)
	whole, _ := readOnce(t, quick)
	if n := slow.longest(); n > 2 {
		t.Errorf("%d tasks of 120 ms in a row: %v", n, slow.order)
	}
	if n := quick.longest(); n < 5 {
		t.Errorf("a quick register is asked in small pieces: %v", quick.order)
	}
	for _, it := range whole.Items() {
		if d, _ := signal.ByID(it.ID); d != signal.HoldMillis && got.Get(d).Any() != it.Value.Any() {
			t.Errorf("%s is %v, of a quick register %v", d.Key, got.Get(d).Any(), it.Value.Any())
		}
	}
	if hold := got.Get(signal.HoldMillis).Int(); hold < 200 || hold > 400 {
		t.Errorf("the port was held for %d ms", hold)
	}
}

// TestATillSellsWhileASlowRegisterIsRead: its task goes in between.
func TestATillSellsWhileASlowRegisterIsRead(t *testing.T) {
	t.Parallel()
	begun, once := make(chan struct{}), sync.Once{}
	o := &turns{each: 120 * time.Millisecond}
	s, clk := bench(t, sim.Options{Seed: 3, Before: func(uuid, kind string) {
		once.Do(func() { close(begun) })
		o.before(uuid, kind)
	}})
	reader, till := dial(t, s, clk), dial(t, s, clk)
	ended := make(chan error, 1)
	go func() {
		_, err := reader.Read(within(t, 10*time.Second), clk.Now)
		ended <- err
	}()
	<-begun
	if _, err := till.Do(within(t, 10*time.Second), kkt.Procedure{Name: kkt.ProcRaw, Raw: []byte(`{"type":"openShift"}`)}); err != nil {
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
	if s.Register.Executed("openShift") != 1 {
		t.Errorf("the shift was opened %d times", s.Register.Executed("openShift"))
	}
}
