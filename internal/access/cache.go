package access

import (
	"sync"
	"time"
)

const (
	cacheFor  = 5 * time.Second // how late another node may learn of a revocation
	cacheRoom = 4096
)

// cache remembers for a moment whom a secret opens, so that a page costs no
// query for it. It is emptied of a person as soon as something about them
// changes on this node; on other nodes it is right again after cacheFor.
type cache struct {
	mu      sync.Mutex
	age     uint64 // rises with every drop
	entries map[[32]byte]cached
}

type cached struct {
	id    Identity
	until time.Time
}

func newCache() *cache { return &cache{entries: make(map[[32]byte]cached)} }

// get finds who the secret with this hash opens at now. The age must be given
// back to put after a reading that began now.
func (c *cache) get(hash []byte, now time.Time) (id Identity, age uint64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[[32]byte(hash)]
	if ok && now.Before(e.until) {
		return e.id, c.age, true
	}
	return Identity{}, c.age, false
}

// put keeps an identity until the given instant. It does nothing when
// something was dropped since age was read: the reading may be older than
// what was dropped.
func (c *cache) put(hash []byte, id Identity, until time.Time, age uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.age != age {
		return
	}
	if len(c.entries) >= cacheRoom {
		clear(c.entries) // rarer and cheaper than keeping an order
	}
	c.entries[[32]byte(hash)] = cached{id: id, until: until}
}

// drop forgets every identity that match names.
func (c *cache) drop(match func(Identity) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.age++
	for k, e := range c.entries {
		if match(e.id) {
			delete(c.entries, k)
		}
	}
}

func (c *cache) dropPerson(person string) {
	c.drop(func(id Identity) bool { return id.Person.ID == person })
}

// forget drops what one secret opens.
func (c *cache) forget(hash []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.age++
	delete(c.entries, [32]byte(hash))
}
