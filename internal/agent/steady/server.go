package steady

import (
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
)

// fresh is how long a measure of the server's clock is preferred to a worse
// but newer one.
const fresh = 10 * time.Minute

// Server is the server's clock as far as the agent knows it: the agent's own
// clock and the difference that the server's answers showed. It is safe for
// concurrent use.
type Server struct {
	own clock.Clock

	mu     sync.Mutex
	known  bool
	offset time.Duration
	error  time.Duration // how far off the measure may be
	at     time.Time     // own clock when it was measured
}

// NewServer knows nothing yet: Now is the own clock's time.
func NewServer(own clock.Clock) *Server { return &Server{own: own} }

// Learn takes the server's time out of an answer that was asked for at sent
// and came at received, both by the own clock. The better measure stays.
func (s *Server) Learn(server, sent, received time.Time) {
	trip := received.Sub(sent)
	if trip < 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known && trip > s.error && received.Sub(s.at) < fresh {
		return
	}
	s.known, s.error, s.at = true, trip, received
	s.offset = server.Sub(sent.Add(trip / 2))
}

// Now is the server's time, and whether it was ever learned.
func (s *Server) Now() (now time.Time, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.own.Now().Add(s.offset), s.known
}

// Ahead is what must be added to the own clock to have the server's, and
// whether it was ever learned.
func (s *Server) Ahead() (by time.Duration, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.offset, s.known
}

// Clock is the server's time as a clock, the own time as long as it is not
// known.
func (s *Server) Clock() clock.Clock { return serverClock{s} }

type serverClock struct{ s *Server }

// Now is the server's time as far as known.
func (c serverClock) Now() time.Time {
	now, _ := c.s.Now()
	return now
}
