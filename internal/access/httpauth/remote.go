package httpauth

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/access/ratelimit"
	"github.com/tillwright/tillwright/internal/problem"
)

// Remote is the address that the request came from. X-Forwarded-For is
// believed as far as trusted proxies wrote it: it is read from the right, and
// the first address that is not a proxy's is the one.
func (g *Guard) Remote(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && g.isProxy(addr); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
	}
	return addr.String()
}

func (g *Guard) isProxy(a netip.Addr) bool {
	for _, p := range g.o.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// Limit refuses an address that asks more often than the limiter allows, with
// too_many and the seconds to wait.
func (g *Guard) Limit(l *ratelimit.Limiter) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if ok, retry := l.Allow(access.Network(g.Remote(r))); !ok {
				seconds := int64((retry.Milliseconds() + 999) / 1000)
				g.refuse(w, r, problem.New(problem.TooMany, "too_many").With("seconds", seconds).In("httpauth"))
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
