// Package reach keeps an eye on the way to the operators of fiscal data: for
// each address that a register names it looks, now and then, whether anybody
// is there. It uses the shop's line and never a register's port.
package reach

import (
	"context"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/ofd"
)

// How often an address is looked at: rarely while all is well, often enough
// while it is not that a person at the router sees it come back.
const (
	WhenWell = 5 * time.Minute
	WhenIll  = 30 * time.Second
	forget   = 30 * time.Minute // an address that nobody asked for any more
	most     = 64               // addresses; a shop has one or two
	budget   = 30 * time.Second // of one look, the control addresses included
)

// Look is one look at an operator.
type Look func(ctx context.Context, t ofd.Target) ofd.Result

// Options are what a Watch needs. Look may be nil: then nothing is looked at.
type Options struct {
	Look   Look
	Clock  clock.Clock
	Jitter func(most time.Duration) time.Duration // between 0 and most
}

// Watch remembers how each address was last found.
type Watch struct {
	opt  Options
	wake chan struct{}

	mu      sync.Mutex
	targets map[ofd.Target]*state
}

type state struct {
	reach string // "" = not looked at yet
	due   time.Time
	asked time.Time
	ended time.Time // when it was last looked at
}

// New makes a watch without addresses.
func New(opt Options) *Watch {
	return &Watch{opt: opt, wake: make(chan struct{}, 1), targets: map[ofd.Target]*state{}}
}

// Reach is how the address was last found, "" while that is not known. An
// address that is asked for is looked at from then on. It never waits.
func (w *Watch) Reach(host string, port int) string {
	t := ofd.Target{Host: host, Port: port}
	if w.opt.Look == nil || host == "" {
		return ""
	}
	now := w.opt.Clock.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.targets[t]
	if s == nil {
		if len(w.targets) >= most {
			return ""
		}
		s = &state{due: now}
		w.targets[t] = s
		nudge(w.wake)
	}
	s.asked = now
	return s.reach
}

// Hurry has an address looked at soon, because a register's documents pile up
// for it. However often it is said, WhenIll lies between two looks.
func (w *Watch) Hurry(host string, port int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.targets[ofd.Target{Host: host, Port: port}]
	if s == nil {
		return
	}
	if soon := s.ended.Add(WhenIll); soon.Before(s.due) {
		s.due = soon
		nudge(w.wake)
	}
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run looks until ctx ends, one address after the other.
func (w *Watch) Run(ctx context.Context) {
	if w.opt.Look == nil {
		return
	}
	for {
		t, wait, ok := w.next()
		switch {
		case ok && wait <= 0:
			w.look(ctx, t)
		case !ok:
			wait = WhenWell
		}
		if ok && wait <= 0 {
			if ctx.Err() != nil {
				return
			}
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-w.wake:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// next is the address whose turn comes first and how long until then. What
// nobody has asked for lately is forgotten.
func (w *Watch) next() (t ofd.Target, wait time.Duration, ok bool) {
	now := w.opt.Clock.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for target, s := range w.targets {
		if now.Sub(s.asked) > forget {
			delete(w.targets, target)
			continue
		}
		if d := s.due.Sub(now); !ok || d < wait {
			t, wait, ok = target, d, true
		}
	}
	return t, wait, ok
}

func (w *Watch) look(ctx context.Context, t ofd.Target) {
	ctx, cancel := context.WithTimeout(ctx, budget)
	r := w.opt.Look(ctx, t)
	ended := ctx.Err() != nil
	cancel()
	pause := WhenWell
	if r.Reach != ofd.ReachOK {
		pause = WhenIll
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.targets[t]
	if s == nil {
		return
	}
	if !ended { // a look that was broken off has found nothing out
		s.reach = r.Reach
	}
	s.ended = w.opt.Clock.Now()
	s.due = s.ended.Add(pause + w.opt.Jitter(pause/10))
}
