// Package ratelimit lets each key (an address, an agent, a token) do so many
// things in a time, in a memory that does not grow with the number of keys.
//
// It is for what may be forgotten at a restart. Failed logins are counted in
// the database by package access.
package ratelimit

import (
	"math"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
)

// Limiter is a token bucket for each key. It is safe for concurrent use.
//
// Keys live in two generations. A key that is used moves to the young one;
// when that is half of the room the old one is forgotten whole. So a key that
// is in use is kept, and forgetting costs nothing per key.
type Limiter struct {
	clock clock.Clock
	rate  float64 // tokens a second
	burst float64
	room  int
	mu    sync.Mutex
	young map[string]bucket
	old   map[string]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

// New makes a limiter that allows n things every per, up to burst at once,
// and remembers at most room keys. n, per and burst must be above zero; a
// room below two is taken as two.
func New(clk clock.Clock, n int, per time.Duration, burst, room int) *Limiter {
	return &Limiter{
		clock: clk, rate: float64(n) / per.Seconds(), burst: float64(burst), room: max(room, 2),
		young: make(map[string]bucket), old: make(map[string]bucket),
	}
}

// Allow takes one token of the key. When there is none, ok is false and retry
// is the time until there will be, rounded up to a millisecond.
func (l *Limiter) Allow(key string) (ok bool, retry time.Duration) { return l.AllowN(key, 1) }

// AllowN takes n tokens at once or none. More than the burst is never allowed.
func (l *Limiter) AllowN(key string, n int) (ok bool, retry time.Duration) {
	now := l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.refilled(key, now)
	if need := float64(n) - b.tokens; need > 0 {
		retry = time.Duration(math.Ceil(need/l.rate*1000)) * time.Millisecond
	} else {
		b.tokens -= float64(n)
	}
	l.keep(key, b)
	return retry == 0, retry
}

// Len is how many keys are remembered.
func (l *Limiter) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.young) + len(l.old)
}

// refilled is the key's bucket at now. A clock that went back refills
// nothing.
func (l *Limiter) refilled(key string, now time.Time) bucket {
	b, known := l.young[key]
	if !known {
		b, known = l.old[key]
	}
	if !known {
		return bucket{tokens: l.burst, at: now}
	}
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.tokens = math.Min(l.burst, b.tokens+passed*l.rate)
		b.at = now
	}
	return b
}

func (l *Limiter) keep(key string, b bucket) {
	if _, known := l.young[key]; !known {
		delete(l.old, key)
		if len(l.young) >= l.room/2 {
			l.old, l.young = l.young, make(map[string]bucket)
		}
	}
	l.young[key] = b
}
