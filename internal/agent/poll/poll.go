// Package poll reads registers and runs commands on them.
//
// A register's port belongs to the point-of-sale program. So a reading opens
// the port, reads once and closes it at once, is cut when it takes too long,
// and gives way when the port is held. One register never has two
// conversations: readings and commands of a device follow each other, and two
// devices with one address share one lock.
package poll

import (
	"context"
	"hash/fnv"
	"log/slog"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// What a Poller works by where Options says nothing.
const (
	DefaultParallel = 8
	DefaultBudget   = 5 * time.Second // a driver holds the port for less at a time
	DefaultCommand  = time.Minute
	DefaultPoll     = 10 * time.Second
	MinPoll         = 100 * time.Millisecond
	MaxPoll         = time.Hour
	maxQueued       = 64
)

// Sink takes what was seen of a device. Full says that items are everything
// known, else they are what changed.
type Sink interface {
	Report(device string, at time.Time, full bool, items []signal.Item)
}

// Commands is where commands come from and results go to.
type Commands interface {
	// Begin is asked when the port is open, right before the first byte. An
	// error means that the command must not run; its end was seen to.
	Begin(c wire.Command) error
	// End takes the result of a command, begun or not.
	End(r wire.Result)
	// Orphaned gives back a command whose device was taken away or changed.
	Orphaned(c wire.Command)
	// Expired says whether the command's deadline is over by the server's clock.
	Expired(c wire.Command) bool
}

// Memory keeps since when things are as they are, over a restart.
type Memory interface {
	Load(device string) Since
	Save(device string, s Since)
}

// Options are what a Poller needs. Protocols, Sink, Commands and Memory must
// be set.
type Options struct {
	Protocols map[string]kkt.Protocol
	Sink      Sink
	Commands  Commands
	Memory    Memory
	Clock     clock.Clock                            // the agent's clock
	Ahead     func() (by time.Duration, known bool)  // the server's clock before the agent's, for a register's drift; nil = they are one
	Jitter    func(most time.Duration) time.Duration // between 0 and most
	Hurry     func(host string, port int)            // told when documents pile up for an operator; nil = nobody
	Reach     func(host string, port int) string     // how an operator was last found, "" = not known; nil = nobody looks
	Parallel  int                                    // readings at a time
	Budget    time.Duration                          // of one reading
	Command   time.Duration                          // of one command
	Log       *slog.Logger
}

// Poller looks after a set of devices. Make it with New.
type Poller struct {
	opt   Options
	slots chan struct{}

	mu      sync.Mutex
	ctx     context.Context // of Run; nil before and after
	watches map[string]*watch
	ports   map[string]chan struct{}
	running sync.WaitGroup
}

// New makes a poller without devices.
func New(opt Options) *Poller {
	if opt.Parallel <= 0 {
		opt.Parallel = DefaultParallel
	}
	if opt.Budget <= 0 {
		opt.Budget = DefaultBudget
	}
	if opt.Command <= 0 {
		opt.Command = DefaultCommand
	}
	if opt.Ahead == nil {
		opt.Ahead = func() (time.Duration, bool) { return 0, true }
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	return &Poller{
		opt: opt, slots: make(chan struct{}, opt.Parallel),
		watches: map[string]*watch{}, ports: map[string]chan struct{}{},
	}
}

// Run reads until ctx ends and every conversation is over.
func (p *Poller) Run(ctx context.Context) {
	p.mu.Lock()
	p.ctx = ctx
	for _, w := range p.watches {
		p.start(w)
	}
	p.mu.Unlock()
	<-ctx.Done()
	p.mu.Lock()
	p.ctx = nil // no watch starts from now on
	p.mu.Unlock()
	p.running.Wait()
}

// Configure replaces the set of devices. A device that stays as it is goes on
// undisturbed.
func (p *Poller) Configure(devices []wire.Device) {
	p.mu.Lock()
	defer p.mu.Unlock()
	keep := map[string]bool{}
	for _, d := range devices {
		d.Poll = clampPoll(d.Poll)
		keep[d.ID] = true
		if w, ok := p.watches[d.ID]; ok {
			if w.dev == d {
				continue
			}
			w.quit()
		}
		p.watches[d.ID] = p.newWatch(d)
		if p.watches[d.ID].proto == nil {
			p.opt.Log.Error("poll: this agent does not know the protocol", "device", d.ID, "protocol", d.Endpoint.Protocol)
		}
		p.start(p.watches[d.ID])
	}
	for id, w := range p.watches {
		if !keep[id] {
			w.quit()
			delete(p.watches, id)
		}
	}
}

func clampPoll(ms int64) int64 {
	if ms <= 0 {
		return DefaultPoll.Milliseconds()
	}
	return min(max(ms, MinPoll.Milliseconds()), MaxPoll.Milliseconds())
}

func (p *Poller) newWatch(d wire.Device) *watch {
	return &watch{
		p: p, dev: d, proto: p.opt.Protocols[d.Endpoint.Protocol], port: p.port(d.Endpoint),
		jobs: make(chan wire.Command, maxQueued), left: make(chan struct{}),
		view: view{since: p.opt.Memory.Load(d.ID)}, full: true,
	}
}

// port is the lock of an address, shared by all who talk to it.
func (p *Poller) port(e kkt.Endpoint) chan struct{} {
	key := e.Transport + " " + e.Address
	if p.ports[key] == nil {
		p.ports[key] = make(chan struct{}, 1)
	}
	return p.ports[key]
}

func (p *Poller) start(w *watch) {
	if p.ctx == nil {
		return
	}
	ctx := p.ctx
	p.running.Go(func() { w.run(ctx) })
}

// Submit queues a command for its device; false when there is no such device
// or too much waits for it.
func (p *Poller) Submit(c wire.Command) bool {
	p.mu.Lock() // over the sending too: a watch that was taken away gets nothing more
	defer p.mu.Unlock()
	w, ok := p.watches[c.Device]
	if !ok {
		return false
	}
	select {
	case w.jobs <- c:
		return true
	default:
		return false
	}
}

// Full makes the next report of every device a full one.
func (p *Poller) Full() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.watches {
		w.wantFull()
	}
}

// Attempted is the devices with which a conversation was tried since the last
// call, whatever came of it.
func (p *Poller) Attempted() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ids []string
	for id, w := range p.watches {
		if w.attempted.Swap(false) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Seen is what was last seen of a device; empty when it was not looked at yet.
func (p *Poller) Seen(device string) signal.Set {
	p.mu.Lock()
	w := p.watches[device]
	p.mu.Unlock()
	if w == nil {
		return signal.Set{}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.view.last.Clone()
}

// phase spreads devices over a span by their id, the same after a restart.
func phase(id string, span time.Duration) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // a hash takes everything
	return time.Duration(h.Sum64() % uint64(max(span, 1)))
}
