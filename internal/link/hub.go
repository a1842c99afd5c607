package link

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/link/frame"
	"github.com/tillwright/tillwright/internal/wire"
)

// Options make a Hub. DB, Clock and Handler are needed; the rest has usual
// values.
type Options struct {
	DB      *db.DB
	Clock   clock.Clock
	Handler Handler
	Books   Books // nil = what shops write down is not taken
	Log     *slog.Logger
	Bus     *bus.Bus // told of topic "agent" whenever one comes, goes or is changed
	Limits  Limits
	Frame   frame.Options
	// RemoteAddr is who a request comes from; usual is the connection's own
	// address. Behind a proxy that is trusted it reads the proxy's header.
	RemoteAddr func(*http.Request) string
	Hello      time.Duration // 10 s: from the challenge to the hello
	LongPoll   time.Duration // wire.ExchangeWait: how long an empty answer of an exchange is held
	Flush      time.Duration // 3 s: between two writings of hellos and notes
	// Held is how many bytes of large messages may be in work at one time, 64
	// MiB; the messages beyond it wait in the agents' sockets.
	Held int64
}

func (o Options) orUsual() Options {
	usual := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	usual(&o.Hello, 10*time.Second)
	usual(&o.LongPoll, wire.ExchangeWait)
	usual(&o.Flush, 3*time.Second)
	o.Limits = o.Limits.orUsual()
	o.Held = max(o.Held, 0)
	if o.Held == 0 {
		o.Held = 64 << 20
	}
	o.Held = max(o.Held, 2*wire.MaxMessage)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.RemoteAddr == nil {
		o.RemoteAddr = func(r *http.Request) string {
			host, _, err := net.SplitHostPort(r.RemoteAddr)
			if err != nil {
				return r.RemoteAddr
			}
			return host
		}
	}
	return o
}

// Hub holds the connections of all agents. It is running from New to Close.
type Hub struct {
	Options
	registry registry
	ledger   *ledger
	counters counters
	bodies   *semaphore.Weighted // bytes of exchange requests that are being read
	doors    doors
	cuts     atomic.Int64 // how often Cut was called

	mu      sync.Mutex
	peers   map[string]*peer
	asked   map[*socket]struct{} // who has been asked for a hello and has not joined yet
	stopped bool
	work    sync.WaitGroup

	ctx    context.Context // of the handlers' work; it outlives the requests
	cancel context.CancelFunc
	flush  context.CancelFunc
	ended  chan struct{} // the ledger has written its last
}

// New makes a hub and starts its ledger.
func New(o Options) *Hub {
	o = o.orUsual()
	o.Frame.Budget = semaphore.NewWeighted(o.Held)
	h := &Hub{
		Options: o, peers: make(map[string]*peer), asked: make(map[*socket]struct{}), ended: make(chan struct{}),
		ledger: newLedger(o.DB, o.Log), bodies: semaphore.NewWeighted(16 * wire.MaxMessage),
	}
	h.registry.init()
	h.ctx, h.cancel = context.WithCancel(context.Background())
	flush, cancel := context.WithCancel(context.Background())
	h.flush = cancel
	go func() {
		defer close(h.ended)
		h.ledger.run(flush, o.Flush)
	}()
	return h
}

// Mount puts the channel's three paths on mux.
func (h *Hub) Mount(mux *http.ServeMux) {
	mux.HandleFunc(wire.PathSocket, h.serveSocket)
	mux.HandleFunc(wire.PathExchange, h.serveExchange)
	mux.HandleFunc(wire.PathEnrol, h.serveEnrol)
}

// Send gives a connected agent a message: a command or a new configuration.
// It is false when the agent is not connected to this process or the message
// could not be written. True does not mean that the agent has it: only its own
// answer does. It may wait for the connection for up to the write timeout.
func (h *Hub) Send(agent string, m wire.Message) bool {
	s := h.registry.get(agent)
	return s != nil && s.send(m)
}

// Cut ends an agent's connection at once, telling it the code.
func (h *Hub) Cut(agent, code string) {
	h.cuts.Add(1)
	if s := h.registry.get(agent); s != nil {
		s.end(wire.Problem{Code: code, Fatal: true})
	}
}

// Contact says whether an agent is connected to this process, and when it was
// last heard; zero when not since the start.
func (h *Hub) Contact(agent string) (connected bool, last time.Time) {
	h.mu.Lock()
	p := h.peers[agent]
	h.mu.Unlock()
	if p != nil {
		last = db.Time(p.contact.Load())
	}
	return h.registry.get(agent) != nil, last
}

// Close tells every agent to come again in a little while, each at a time of
// its own, and waits until the work in hand is done or ctx ends. What is not
// answered by then the agents send again.
func (h *Hub) Close(ctx context.Context) error {
	h.mu.Lock()
	h.stopped = true
	var sessions []session
	for s := range h.asked {
		sessions = append(sessions, s)
	}
	h.mu.Unlock()
	for _, s := range append(sessions, h.registry.all()...) {
		s.end(wire.Problem{Code: CodeStopping, RetryAfter: 1000 + rand.Int64N(9000), Fatal: true})
	}
	done := make(chan struct{})
	go func() {
		h.work.Wait()
		close(done)
	}()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	h.cancel()
	h.flush()
	<-h.ended
	return err
}

// begin counts one piece of work that Close waits for; false when the hub has
// been stopped.
func (h *Hub) begin() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		return false
	}
	h.work.Add(1)
	return true
}

// asking keeps those who have not joined where Close finds them.
func (h *Hub) asking(s *socket, yes bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !yes {
		delete(h.asked, s)
		return
	}
	h.asked[s] = struct{}{}
	if h.stopped { // between begin and here
		s.end(wire.Problem{Code: CodeStopping, RetryAfter: retry.Milliseconds(), Fatal: true})
	}
}

// peer finds or makes what is remembered of an agent.
func (h *Hub) peer(agent string) *peer {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.peers[agent]
	if p == nil {
		p = newPeer(agent)
		h.peers[agent] = p
	}
	return p
}

// join makes s the agent's session; an older one is ended.
func (h *Hub) join(s session, hello wire.Hello) {
	a := s.who()
	lock := h.registry.stripe(a.ID)
	lock.Lock()
	defer lock.Unlock()
	if old := h.registry.put(s); old != nil {
		old.end(wire.Problem{Code: CodeSuperseded, Fatal: true})
	}
	h.counters.opened.Add(1)
	_ = h.guard("connected", func() error { h.Handler.Connected(h.ctx, a, hello); return nil })
	h.tell(a.Tenant, a.ID)
}

// leave is called once by every session that joined.
func (h *Hub) leave(s session, reason string) {
	a := s.who()
	lock := h.registry.stripe(a.ID)
	lock.Lock()
	defer lock.Unlock()
	if !h.registry.remove(s) {
		return
	}
	_ = h.guard("disconnected", func() error { h.Handler.Disconnected(h.ctx, a, reason); return nil })
	h.tell(a.Tenant, a.ID)
}

func (h *Hub) tell(tenant, agent string) {
	if h.Bus != nil {
		h.Bus.Publish(bus.Event{Tenant: tenant, Topic: "agent", ID: agent})
	}
}

// notable counts something about an agent and notes it for the pages.
func (h *Hub) notable(a Agent, code, detail string, n int64) {
	h.counters.refuse(code, n)
	h.ledger.note(a, code, detail, n, h.Clock.Now())
}
