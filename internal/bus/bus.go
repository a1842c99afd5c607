// Package bus tells the parts of one process what has happened. Events carry
// what changed, never the new state: whoever cares reads it again. They are
// published after the commit that made them true.
//
// A subscriber that does not keep up loses events and is told so by one event
// of topic Lost; it then reads everything it shows again.
//
// The last events of each tenant are kept, so that whoever has read something
// can begin to listen later and still hear what happened between; see Mark.
package bus

import "sync"

// Lost is the topic of the event that stands for those a slow subscriber
// missed.
const Lost = "lost"

// room is how many events wait for one subscriber.
const room = 256

// Event says that something of a tenant changed.
type Event struct {
	Tenant string
	Topic  string // "device", "alert", "incident", "case", "agent", "command", "session", "question"
	ID     string
	Data   any  // small and immutable, or nil
	At     Mark // its place among the tenant's events; Publish gives it
}

// Bus carries events inside one process.
type Bus struct {
	mu    sync.Mutex
	subs  map[*Subscription]struct{}
	lines map[string]*line // by tenant
}

// New makes a bus without subscribers.
func New() *Bus {
	return &Bus{subs: make(map[*Subscription]struct{}), lines: make(map[string]*line)}
}

// Subscription is one listener. C is never closed; stop reading after Close.
type Subscription struct {
	C      <-chan Event
	From   Mark // where a follower began to listen
	c      chan Event
	all    bool   // listens to every tenant
	tenant string // whose events, unless all
	want   func(Event) bool
	bus    *Bus
	lost   bool // guarded by the bus
}

// Subscribe listens to the events of every tenant that want accepts. want must
// be quick and must not call the bus.
func (b *Bus) Subscribe(want func(Event) bool) *Subscription {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.add(&Subscription{all: true, want: want})
}

func (b *Bus) add(s *Subscription) *Subscription {
	s.c = make(chan Event, room)
	s.C, s.bus = s.c, b
	b.subs[s] = struct{}{}
	return s
}

// Close ends the subscription.
func (s *Subscription) Close() {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	delete(s.bus.subs, s)
}

// Publish hands the events to every subscriber that wants them, to each in the
// same order. It never waits for one.
func (b *Bus) Publish(events ...Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range events {
		e = b.line(e.Tenant).add(e)
		for s := range b.subs {
			if (s.all || s.tenant == e.Tenant) && s.want(e) {
				s.offer(e)
			}
		}
	}
}

// offer keeps one place free for the Lost event, so that a subscriber always
// learns that it missed something. The bus is locked: nobody else fills the
// channel meanwhile.
func (s *Subscription) offer(e Event) {
	if s.lost && len(s.c) < room/2 {
		s.lost = false
	}
	if s.lost {
		return
	}
	if len(s.c) >= room-1 {
		s.lost = true
		s.c <- Event{Tenant: e.Tenant, Topic: Lost, At: e.At}
		return
	}
	s.c <- e
}
