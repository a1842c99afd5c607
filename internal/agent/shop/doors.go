package shop

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/problem"
)

// How the PIN is guarded: a few tries, then a wait that doubles.
const (
	freeTries   = 5
	firstWait   = time.Minute
	longestWait = 24 * time.Hour
	stayIn      = 12 * time.Hour // a shop's day
	maxGuests   = 200            // addresses that tried, and people who are in
	cookieIn    = "tillwright_shop"
)

var errPIN = problem.New(problem.Unauthenticated, "shop_pin")

// doors lets people in who know the PIN; everybody where there is none.
type doors struct {
	pin   string
	clock clock.Clock

	mu    sync.Mutex
	in    map[string]time.Time // until when, by the cookie
	tries map[netip.Prefix]*tries
}

type tries struct {
	wrong int
	until time.Time // no try before it
}

func newDoors(pin string, clk clock.Clock) *doors {
	return &doors{pin: pin, clock: clk, in: map[string]time.Time{}, tries: map[netip.Prefix]*tries{}}
}

// open says whether a request may come in.
func (d *doors) open(r *http.Request) bool {
	if d.pin == "" {
		return true
	}
	c, err := r.Cookie(cookieIn)
	if err != nil {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.clock.Now().Before(d.in[c.Value])
}

// enter tries a PIN. It fails with shop_pin or, where too many were wrong,
// too_many.
func (d *doors) enter(r *http.Request, pin string) (*http.Cookie, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.clock.Now()
	t := d.of(r)
	if wait := t.until.Sub(now); wait > 0 {
		return nil, problem.New(problem.TooMany, "too_many").With("seconds", int64(wait/time.Second)+1)
	}
	given, right := sha256.Sum256([]byte(pin)), sha256.Sum256([]byte(d.pin))
	if subtle.ConstantTimeCompare(given[:], right[:]) != 1 {
		if t.wrong++; t.wrong >= freeTries {
			t.until = now.Add(min(firstWait<<min(t.wrong-freeTries, 20), longestWait))
		}
		return nil, errPIN
	}
	t.wrong = 0
	for token, until := range d.in {
		if len(d.in) >= maxGuests || !now.Before(until) {
			delete(d.in, token)
		}
	}
	token := rand.Text()
	d.in[token] = now.Add(stayIn)
	return &http.Cookie{
		Name: cookieIn, Value: token, Path: "/", MaxAge: int(stayIn / time.Second), HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}, nil
}

// of is what is known of the one who asks: an address, or the network of one of
// the many addresses that a machine may have. When too many tried, the rest
// share one count.
func (d *doors) of(r *http.Request) *tries {
	var who netip.Prefix
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		if ip, err := netip.ParseAddr(host); err == nil {
			ip = ip.Unmap().WithZone("")
			who, _ = ip.Prefix(min(ip.BitLen(), 64)) // a prefix no longer than the address cannot fail
		}
	}
	if d.tries[who] == nil && len(d.tries) >= maxGuests {
		who = netip.Prefix{}
	}
	if d.tries[who] == nil {
		d.tries[who] = &tries{}
	}
	return d.tries[who]
}
