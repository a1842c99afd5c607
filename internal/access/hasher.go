package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/tillwright/tillwright/internal/problem"
)

// Params are the costs of argon2id.
type Params struct {
	MemoryKiB uint32
	Time      uint32
	Threads   uint8
}

// DefaultParams is the second choice of the OWASP password storage cheat
// sheet: 19 MiB, two passes, one lane.
func DefaultParams() Params { return Params{MemoryKiB: 19 * 1024, Time: 2, Threads: 1} }

const (
	saltBytes = 16
	hashBytes = 32
)

// Hasher turns passwords into argon2id strings and checks them. It runs only
// a few at a time, because each takes the memory of Params: a storm of logins
// waits, and when too many wait already the next is told so.
type Hasher struct {
	params  Params
	slots   chan struct{}
	waiting atomic.Int64
	queue   int64
	dummy   string // hash that the password of an unknown person is checked against
}

// NewHasher makes a hasher that runs at most parallel hashes at a time and
// lets at most queue more wait.
func NewHasher(p Params, parallel, queue int) *Hasher {
	h := &Hasher{params: p, slots: make(chan struct{}, max(parallel, 1)), queue: int64(queue)}
	h.dummy = h.compute(newSecret())
	return h
}

// Lane is a hasher with the same costs and slots of its own.
func (h *Hasher) Lane(parallel, queue int) *Hasher {
	return &Hasher{params: h.params, slots: make(chan struct{}, max(parallel, 1)), queue: int64(queue), dummy: h.dummy}
}

// Hash makes the string to store for a password.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	release, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return h.compute(password), nil
}

// Verify says whether the password fits the stored string, and whether the
// string was made with other costs and should be made anew. An empty or
// unreadable stored string never fits, and takes as long as one that does not.
func (h *Hasher) Verify(ctx context.Context, stored, password string) (fits, outdated bool, err error) {
	release, err := h.enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer release()
	parsed, perr := parsePHC(stored)
	if perr != nil {
		parsed, _ = parsePHC(h.dummy)
		h.match(parsed, password)
		return false, false, nil
	}
	return h.match(parsed, password), parsed.params != h.params, nil
}

func (h *Hasher) compute(password string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	p := phc{params: h.params, salt: salt}
	p.hash = derive(p, password, hashBytes)
	return p.String()
}

func (h *Hasher) match(p phc, password string) bool {
	got := derive(p, password, len(p.hash))
	return subtle.ConstantTimeCompare(got, p.hash) == 1
}

// derive folds the password to one Unicode form first: the same keys give
// different bytes on a Mac and on Windows.
func derive(p phc, password string, size int) []byte {
	text := []byte(norm.NFKC.String(password))
	return argon2.IDKey(text, p.salt, p.params.Time, p.params.MemoryKiB, p.params.Threads, uint32(size)) //nolint:gosec // size is 16…64
}

// enter waits for a free slot.
func (h *Hasher) enter(ctx context.Context) (release func(), err error) {
	select {
	case h.slots <- struct{}{}:
		return h.leave, nil
	default:
	}
	if h.waiting.Add(1) > h.queue {
		h.waiting.Add(-1)
		return nil, problem.New(problem.Unavailable, "login_busy").In("access.Hasher")
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
		return h.leave, nil
	case <-ctx.Done():
		return nil, problem.New(problem.Unavailable, "login_busy").In("access.Hasher").Because(ctx.Err())
	}
}

func (h *Hasher) leave() { <-h.slots }
