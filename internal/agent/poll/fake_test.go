package poll_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/agent/poll"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// register is a fake register that notices a second conversation.
type register struct {
	mu      sync.Mutex
	talking int
	most    int // conversations at a time, over all addresses
	faults  []string
	perPort map[string]int
	opens   []time.Time
	did     []string

	set     signal.Set
	openErr error
	readErr error
	doErr   error
	takes   time.Duration // of a reading or a command
	deaf    bool          // a reading waits for its context
}

func (r *register) Open(_ context.Context, e kkt.Endpoint) (kkt.Driver, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.opens = append(r.opens, time.Now())
	if r.openErr != nil {
		return nil, r.openErr
	}
	if r.perPort == nil {
		r.perPort = map[string]int{}
	}
	if r.perPort[e.Address]++; r.perPort[e.Address] > 1 {
		r.faults = append(r.faults, "two conversations with "+e.Address)
	}
	r.talking++
	r.most = max(r.most, r.talking)
	return &driver{r: r, address: e.Address}, nil
}

func (r *register) Plan(kkt.Procedure) ([][]byte, error) { return nil, nil }
func (r *register) Explain(_, _ []byte) kkt.Meaning      { return kkt.Meaning{} }
func (r *register) change(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
}

type driver struct {
	r       *register
	address string
}

func (d *driver) Read(ctx context.Context, _ func() time.Time) (signal.Set, error) {
	d.r.mu.Lock()
	set, err, takes, deaf := d.r.set.Clone(), d.r.readErr, d.r.takes, d.r.deaf
	d.r.mu.Unlock()
	if deaf {
		<-ctx.Done()
		return signal.Set{}, ctx.Err()
	}
	time.Sleep(takes)
	return set, err
}

func (d *driver) Do(ctx context.Context, p kkt.Procedure) ([]kkt.Exchange, error) {
	d.r.mu.Lock()
	d.r.did = append(d.r.did, p.Name)
	err, takes, deaf := d.r.doErr, d.r.takes, d.r.deaf
	d.r.mu.Unlock()
	if deaf {
		<-ctx.Done()
		return nil, kkt.ErrUnknownOutcome
	}
	time.Sleep(takes)
	return []kkt.Exchange{{Sent: []byte{1}}}, err
}

func (d *driver) Close() error {
	d.r.mu.Lock()
	defer d.r.mu.Unlock()
	d.r.perPort[d.address]--
	d.r.talking--
	return nil
}

// seen is one report.
type seen struct {
	dev   string
	full  bool
	at    time.Time
	items signal.Set
	gone  []string
}

// rig is a poller with everything around it faked.
type rig struct {
	*poll.Poller
	t       *testing.T
	reg     *register
	mu      sync.Mutex
	reports []seen
	results []wire.Result
	orphans []wire.Command
	begun   []string
	refuse  error
	memory  map[string]poll.Since
	unsure  bool // the server's clock is not known
	stop    context.CancelFunc
	ended   chan struct{}
}

func (g *rig) Report(dev string, at time.Time, full bool, items []signal.Item) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := seen{dev: dev, full: full, at: at, items: signal.Of(items...)}
	for _, it := range items {
		if !it.Value.Known() {
			d, _ := signal.ByID(it.ID)
			s.gone = append(s.gone, d.Key)
		}
	}
	g.reports = append(g.reports, s)
}

func (g *rig) Begin(c wire.Command) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begun = append(g.begun, c.ID)
	return g.refuse
}

func (g *rig) End(r wire.Result) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.results = append(g.results, r)
}

func (g *rig) Orphaned(c wire.Command) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.orphans = append(g.orphans, c)
}

func (g *rig) Expired(c wire.Command) bool { return time.Now().UnixMilli() > c.Deadline }

func (g *rig) Load(dev string) poll.Since {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.memory[dev]
}

func (g *rig) Save(dev string, s poll.Since) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.memory[dev] = s
}

func (g *rig) ahead() (time.Duration, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return 0, !g.unsure
}

func (g *rig) take() []seen {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := g.reports
	g.reports = nil
	return out
}

func (g *rig) ends() []wire.Result {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.results)
}

// newRig must be called inside a synctest bubble.
func newRig(t *testing.T, devices ...wire.Device) *rig {
	g := &rig{t: t, reg: &register{set: healthy()}, memory: map[string]poll.Since{}, ended: make(chan struct{})}
	g.Poller = poll.New(poll.Options{
		Protocols: map[string]kkt.Protocol{"fake": g.reg}, Sink: g, Commands: g, Memory: g,
		Clock: clock.System{}, Ahead: g.ahead, Jitter: func(most time.Duration) time.Duration { return most / 2 },
	})
	g.Configure(devices)
	ctx, stop := context.WithCancel(context.Background())
	g.stop = stop
	go func() { defer close(g.ended); g.Run(ctx) }()
	return g
}

// close stops the poller and fails the test for what the register noticed.
func (g *rig) close() {
	g.stop()
	<-g.ended
	if len(g.reg.faults) > 0 || g.reg.talking != 0 {
		g.t.Errorf("%v, %d ports left open", g.reg.faults, g.reg.talking)
	}
}

func device(id string, every time.Duration) wire.Device {
	return wire.Device{ID: id, Poll: every.Milliseconds(), Endpoint: kkt.Endpoint{Protocol: "fake", Transport: "tcp", Address: "addr-" + id}}
}

func command(id, dev string, within time.Duration) wire.Command {
	return wire.Command{ID: id, Device: dev, Procedure: kkt.Procedure{Name: kkt.ProcCancel}, Deadline: time.Now().Add(within).UnixMilli()}
}

func healthy() signal.Set {
	var s signal.Set
	s.Put(signal.Serial, signal.TextOf("00106112345678"))
	s.Put(signal.Mode, signal.IntOf(1))
	s.Put(signal.ReceiptOpen, signal.BoolOf(false))
	s.Put(signal.ClockDrift, signal.IntOf(0))
	return s
}

var errOdd = errors.New("something odd")

func (s seen) String() string {
	text, _ := s.items.MarshalJSON()
	return fmt.Sprintf("%s full=%v gone=%v %s", s.dev, s.full, s.gone, text)
}
