package poll

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

const (
	firstWithin = 5 * time.Second         // a new device is read at the latest
	maxBackoff  = 15 * time.Second        // between tries at a register that does not talk
	secondLook  = 1500 * time.Millisecond // before a held port is called busy
)

// watch looks after one device in one goroutine.
type watch struct {
	p     *Poller
	dev   wire.Device
	proto kkt.Protocol
	port  chan struct{}
	jobs  chan wire.Command
	left  chan struct{} // closed when the device is taken away
	once  sync.Once

	attempted atomic.Bool
	unsent    int64 // documents that waited at the last reading
	failing   bool  // the register could not send then

	mu       sync.Mutex
	full     bool // the next report is to be a full one
	view     view
	failures int // readings in a row that did not come through
}

func (w *watch) quit() { w.once.Do(func() { close(w.left) }) }

// gone says whether the device was taken away: nothing more is begun on it.
func (w *watch) gone() bool {
	select {
	case <-w.left:
		return true
	default:
		return false
	}
}

func (w *watch) wantFull() {
	w.mu.Lock()
	w.full = true
	w.mu.Unlock()
}

func (w *watch) every() time.Duration { return time.Duration(w.dev.Poll) * time.Millisecond }

func (w *watch) run(ctx context.Context) {
	defer w.giveBack(ctx)
	timer := time.NewTimer(phase(w.dev.ID, min(w.every(), firstWithin)))
	defer timer.Stop()
	for {
		if w.gone() {
			return
		}
		select { // a command comes before a reading that is due as well
		case c := <-w.jobs:
			w.commandThenRead(ctx, c, timer)
			continue
		default:
		}
		select {
		case <-ctx.Done():
			return
		case <-w.left:
			return
		case c := <-w.jobs:
			w.commandThenRead(ctx, c, timer)
		case <-timer.C:
			timer.Reset(w.read(ctx))
		}
	}
}

func (w *watch) commandThenRead(ctx context.Context, c wire.Command, timer *time.Timer) {
	if ctx.Err() != nil {
		return
	}
	w.command(ctx, c)
	if len(w.jobs) == 0 && ctx.Err() == nil && !w.gone() {
		timer.Reset(w.read(ctx))
	}
}

// giveBack hands queued commands of a device that was taken away to whoever
// gave them. At the program's end they stay in the journal.
func (w *watch) giveBack(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case c := <-w.jobs:
			w.p.opt.Commands.Orphaned(c)
		default:
			return
		}
	}
}

// read makes one reading and returns the time until the next.
func (w *watch) read(ctx context.Context) time.Duration {
	due := w.p.opt.Clock.Now()
	if !take(ctx, w.p.slots) {
		return w.every()
	}
	set, hold, err := w.conversation(ctx)
	<-w.p.slots
	if ctx.Err() != nil {
		return w.every()
	}
	link, detail := linkOf(err)
	if w.giveWay(link) {
		return secondLook/3 + w.p.opt.Jitter(secondLook*2/3)
	}
	if err != nil {
		w.p.opt.Log.Debug("poll: reading failed", "device", w.dev.ID, "link", link, "error", err)
	}
	w.markReach(&set)
	w.report(look{set: set, link: link, detail: detail, hold: hold})
	return w.pause(link, w.p.opt.Clock.Now().Sub(due))
}

// markReach adds how the operator that the register names was last found, and
// has it looked at soon when documents pile up: one that is just on its way is
// gone at the next reading.
func (w *watch) markReach(set *signal.Set) {
	host := set.Get(signal.OFDHost)
	if w.p.opt.Reach == nil || !host.Known() {
		return
	}
	port := int(set.Get(signal.OFDPort).Int())
	if reach := w.p.opt.Reach(host.Text(), port); reach != "" {
		set.Put(signal.OFDReach, signal.TextOf(reach))
	}
	unsent, failing := set.Get(signal.Unsent).Int(), set.Get(signal.OFDNetError).Int() != 0
	if w.p.opt.Hurry != nil && (w.unsent > 0 && unsent > w.unsent || failing && !w.failing) {
		w.p.opt.Hurry(host.Text(), port)
	}
	w.unsent, w.failing = unsent, failing
}

// giveWay is true once for a port that is held: the point-of-sale program is
// most likely printing a receipt, which is not worth a word.
func (w *watch) giveWay(link string) bool {
	if link == signal.LinkOK {
		w.failures = 0
		return false
	}
	w.failures++
	w.mu.Lock()
	before := w.view.last.Get(signal.Link).Text()
	w.mu.Unlock()
	return w.failures == 1 && before == signal.LinkOK && (link == signal.LinkBusy || link == signal.LinkRefused)
}

// pause keeps the rhythm: what the reading took, waiting for its turn and all,
// comes off it, up to a half, because a slow register needs its rest. It grows
// while the register does not talk, so that it is never knocked at in a tight
// loop, and is never longer than it would be anyway.
func (w *watch) pause(link string, took time.Duration) time.Duration {
	every := w.every()
	if link == signal.LinkOK {
		return max(every-took, every/2)
	}
	grown := min(max(every, time.Second)<<min(w.failures, 10), max(every, maxBackoff))
	return grown/2 + w.p.opt.Jitter(grown/2)
}

// conversation opens the port, reads once and closes it at once.
func (w *watch) conversation(ctx context.Context) (signal.Set, time.Duration, error) {
	if !take(ctx, w.port) {
		return signal.Set{}, 0, ctx.Err()
	}
	defer func() { <-w.port }()
	w.attempted.Store(true)
	start := w.p.opt.Clock.Now()
	ahead, known := w.p.opt.Ahead() // of the whole reading: it may be learned meanwhile
	set, err := readOnce(ctx, w.proto, w.dev.Endpoint, w.p.opt.Budget, func() time.Time { return w.p.opt.Clock.Now().Add(ahead) })
	if !known { // by this computer's clock alone a right register may look wrong
		set.Put(signal.ClockDrift, signal.Value{})
	}
	return set, holdOf(&set, w.p.opt.Clock.Now().Sub(start)), err
}

// holdOf is how long the port was held in one go: the whole of a conversation,
// unless the driver says that it gave the port back in between.
func holdOf(set *signal.Set, whole time.Duration) time.Duration {
	if said := set.Get(signal.HoldMillis); said.Known() {
		return min(whole, time.Duration(said.Int())*time.Millisecond)
	}
	return whole
}

func readOnce(ctx context.Context, proto kkt.Protocol, e kkt.Endpoint, budget time.Duration, now func() time.Time) (signal.Set, error) {
	if proto == nil {
		return signal.Set{}, kkt.ErrUnsupported
	}
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	driver, err := proto.Open(ctx, e)
	if err != nil {
		return signal.Set{}, err
	}
	set, err := driver.Read(ctx, now)
	if cerr := driver.Close(); err == nil {
		err = cerr
	}
	return set, err
}

// Look is what a single reading shows, for the self-check.
type Look struct {
	Link   string // as signal.Link
	Detail string // of garbage, in hex
	Set    signal.Set
	Err    error
}

// Once reads a register a single time. Nobody else may be talking to it.
func Once(ctx context.Context, protocols map[string]kkt.Protocol, e kkt.Endpoint, now func() time.Time) Look {
	var l Look
	l.Set, l.Err = readOnce(ctx, protocols[e.Protocol], e, DefaultBudget, now)
	l.Link, l.Detail = linkOf(l.Err)
	return l
}

// report tells what changed, or everything where that is wanted.
func (w *watch) report(l look) {
	w.mu.Lock()
	now := w.p.opt.Clock.Now()
	since := w.view.since
	delta := w.view.see(l, now)
	full := w.full
	w.full = false
	items := delta
	if full {
		known := w.view.last.Clone()
		items = known.Items()
	}
	changed := w.view.since != since
	since = w.view.since
	w.mu.Unlock()
	if changed {
		w.p.opt.Memory.Save(w.dev.ID, since)
	}
	if full || len(delta) > 0 {
		w.p.opt.Sink.Report(w.dev.ID, now, full, items)
	}
}

// linkOf tells what a failed conversation says about the register.
func linkOf(err error) (link, detail string) {
	var garbage *kkt.GarbageError
	var refusal *kkt.RefusalError
	switch {
	case err == nil, errors.As(err, &refusal): // a "no" is an answer
		return signal.LinkOK, ""
	case errors.As(err, &garbage):
		return signal.LinkGarbage, hexOf(garbage.Bytes)
	case errors.Is(err, kkt.ErrBusy):
		return signal.LinkBusy, ""
	case errors.Is(err, kkt.ErrRefused):
		return signal.LinkRefused, ""
	case errors.Is(err, kkt.ErrMissing), errors.Is(err, kkt.ErrUnsupported):
		return signal.LinkMissing, ""
	default:
		return signal.LinkNoAnswer, ""
	}
}

func take(ctx context.Context, slot chan struct{}) bool {
	select {
	case slot <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}
