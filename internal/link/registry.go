package link

import (
	"hash/maphash"
	"sync"

	"github.com/tillwright/tillwright/internal/wire"
)

// session is one agent's connection, of either kind.
type session interface {
	who() Agent
	// send gives the agent a message; false when it cannot.
	send(m wire.Message) bool
	// end tells the agent why, and ends the connection without waiting.
	end(p wire.Problem)
	polling() bool
}

// registry is who is connected to this process.
type registry struct {
	mu   sync.RWMutex
	live map[string]session
	// stripes keep what the handler is told of one agent's coming and going in
	// the order in which it happened.
	stripes [64]sync.Mutex
	seed    maphash.Seed
}

func (r *registry) init() { r.live, r.seed = make(map[string]session), maphash.MakeSeed() }

func (r *registry) stripe(agent string) *sync.Mutex {
	return &r.stripes[maphash.String(r.seed, agent)%uint64(len(r.stripes))]
}

// put makes s the agent's session and returns the one before it.
func (r *registry) put(s session) session {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.live[s.who().ID]
	r.live[s.who().ID] = s
	return old
}

// remove forgets s unless a newer session has taken its place.
func (r *registry) remove(s session) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.live[s.who().ID] != s {
		return false
	}
	delete(r.live, s.who().ID)
	return true
}

func (r *registry) get(agent string) session {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.live[agent]
}

func (r *registry) all() []session {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make([]session, 0, len(r.live))
	for _, s := range r.live {
		out = append(out, s)
	}
	return out
}

func (r *registry) count() (sockets, polling int64) {
	for _, s := range r.all() {
		if s.polling() {
			polling++
		} else {
			sockets++
		}
	}
	return sockets, polling
}
