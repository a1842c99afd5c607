package link

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

// answerJSON writes a body that marshals.
func answerJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the agent may be gone; it will come again
}

func answerProblem(w http.ResponseWriter, status int, p wire.Problem) { answerJSON(w, status, p) }

// statuses of what the checks of an exchange refuse.
var fatalStatus = map[string]int{
	CodeUnknownAgent: http.StatusUnauthorized,
	CodeBadSignature: http.StatusUnauthorized,
	CodeRevoked:      http.StatusForbidden,
	CodeInstant:      http.StatusUnauthorized,
	CodeReplayed:     http.StatusConflict,
	CodeTooLarge:     http.StatusRequestEntityTooLarge,
	CodeMalformed:    http.StatusBadRequest,
	CodeNoHello:      http.StatusBadRequest,
	CodeVersion:      http.StatusBadRequest,
	CodeMethod:       http.StatusMethodNotAllowed,
	CodeTooManyBytes: http.StatusTooManyRequests,
	CodeEnrolTooMany: http.StatusTooManyRequests,
}

func (h *Hub) answerFatal(w http.ResponseWriter, p wire.Problem) {
	h.counters.refuse(p.Code, 1)
	status, ok := fatalStatus[p.Code]
	if !ok {
		status = http.StatusServiceUnavailable
	}
	answerProblem(w, status, p)
}

func (h *Hub) answerError(w http.ResponseWriter, op string, err error) {
	e := problem.Of(err)
	h.counters.refuse(e.Code, 1)
	if e.Kind == problem.Internal {
		h.Log.ErrorContext(h.ctx, "link: a request failed", "op", op, "error", err)
	}
	answerProblem(w, e.Status(), wire.Problem{Code: e.Code, Fatal: true})
}

// doors bounds attempts per remote address, so that codes cannot be guessed
// by the million.
type doors struct {
	mu      sync.Mutex
	buckets map[string]*bucket
}

// maxDoors is at how many addresses those that are full again are forgotten.
const maxDoors = 10_000

func (d *doors) knock(remote string, r Rate, now time.Time) (wait time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.buckets == nil || len(d.buckets) >= maxDoors {
		d.forget(r, now)
	}
	key := door(remote)
	b := d.buckets[key]
	if b == nil {
		b = &bucket{}
		d.buckets[key] = b
	}
	return b.take(r, now, 1)
}

// forget drops the addresses that have their whole burst again. When an
// attacker holds so many that this does not help, all begin anew: 60 bits
// outlast that too.
func (d *doors) forget(r Rate, now time.Time) {
	full := time.Duration(r.Burst / r.PerSecond * float64(time.Second))
	for k, b := range d.buckets {
		if now.Sub(b.at) > full {
			delete(d.buckets, k)
		}
	}
	if d.buckets == nil || len(d.buckets) >= maxDoors {
		d.buckets = make(map[string]*bucket)
	}
}

// door is what counts as one remote: an IPv4 address, or the /64 that one
// subscriber of IPv6 has all of.
func door(remote string) string {
	addr, err := netip.ParseAddr(remote)
	if err != nil {
		return remote
	}
	if addr = addr.Unmap(); addr.Is4() {
		return addr.String()
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return remote
	}
	return prefix.String()
}
