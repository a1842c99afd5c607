package web

import (
	"slices"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
)

// presentFor is how long a person counts as present after her page last said
// so; it does every 20 seconds.
const presentFor = 45 * time.Second

// presence knows who has which case open. It is a courtesy and not a lock, so
// it lives in memory alone. It is safe for concurrent use.
type presence struct {
	clock clock.Clock
	mu    sync.Mutex
	seen  map[spot]map[string]visitor // by person
}

type spot struct{ tenant, id string }

type visitor struct {
	name string
	at   time.Time
}

func newPresence(c clock.Clock) *presence {
	return &presence{clock: c, seen: map[spot]map[string]visitor{}}
}

// enter notes that a person looks at something, and names who else does.
func (p *presence) enter(tenant, id, person, name string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	p.sweep(now)
	at := spot{tenant, id}
	if p.seen[at] == nil {
		p.seen[at] = map[string]visitor{}
	}
	p.seen[at][person] = visitor{name, now}
	return others(p.seen[at], person)
}

// leave forgets that a person looks at something.
func (p *presence) leave(tenant, id, person string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.seen[spot{tenant, id}], person)
}

// inCases names who but the reader is where, by id.
func (p *presence) inCases(tenant, reader string) map[string][]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweep(p.clock.Now())
	out := map[string][]string{}
	for at, who := range p.seen {
		if names := others(who, reader); at.tenant == tenant && len(names) > 0 {
			out[at.id] = names
		}
	}
	return out
}

// sweep forgets who has not been heard of for a while.
func (p *presence) sweep(now time.Time) {
	for at, who := range p.seen {
		for person, v := range who {
			if now.Sub(v.at) > presentFor {
				delete(who, person)
			}
		}
		if len(who) == 0 {
			delete(p.seen, at)
		}
	}
}

func others(who map[string]visitor, person string) []string {
	var names []string
	for id, v := range who {
		if id != person {
			names = append(names, v.name)
		}
	}
	slices.Sort(names)
	return names
}
