// Package bus tells the parts of one process what has happened. Events carry
// what changed, never the new state: whoever cares reads it again. They are
// published after the commit that made them true.
//
// A subscriber that does not keep up loses events and is told so by one event
// of topic Lost; it then reads everything it shows again.
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
	Topic  string // "device", "alert", "incident", "case", "agent", "command", "session"
	ID     string
	Data   any // small and immutable, or nil
}

// Bus carries events inside one process.
type Bus struct {
	mu   sync.RWMutex
	subs map[*Subscription]struct{}
}

// New makes a bus without subscribers.
func New() *Bus { return &Bus{subs: make(map[*Subscription]struct{})} }

// Subscription is one listener. C is never closed; stop reading after Close.
type Subscription struct {
	C    <-chan Event
	c    chan Event
	want func(Event) bool
	bus  *Bus
	mu   sync.Mutex
	lost bool
}

// Subscribe listens to the events that want accepts. want must be quick and
// must not publish.
func (b *Bus) Subscribe(want func(Event) bool) *Subscription {
	c := make(chan Event, room)
	s := &Subscription{C: c, c: c, want: want, bus: b}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs[s] = struct{}{}
	return s
}

// Close ends the subscription.
func (s *Subscription) Close() {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	delete(s.bus.subs, s)
}

// Publish hands the events to every subscriber that wants them. It never
// waits for one.
func (b *Bus) Publish(events ...Event) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for s := range b.subs {
		for _, e := range events {
			if s.want(e) {
				s.offer(e)
			}
		}
	}
}

// offer keeps one place free for the Lost event, so that a subscriber always
// learns that it missed something.
func (s *Subscription) offer(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost && len(s.c) < room/2 {
		s.lost = false
	}
	if s.lost {
		return
	}
	if len(s.c) >= room-1 {
		s.lost = true
		s.c <- Event{Tenant: e.Tenant, Topic: Lost}
		return
	}
	s.c <- e
}
