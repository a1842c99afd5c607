package link

import (
	"maps"
	"sync"
	"sync/atomic"
)

// counters are what the hub counts since it was made.
type counters struct {
	opened, messages, reports, bytesIn, bytesOut, exchanges, enrolled atomic.Int64

	mu      sync.Mutex
	refused map[string]int64
}

// refuse counts one refusal. Codes are stable and few: the map stays small.
func (c *counters) refuse(code string, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refused == nil {
		c.refused = make(map[string]int64)
	}
	if _, known := c.refused[code]; !known && len(c.refused) >= maxCodes {
		code = "other"
	}
	c.refused[code] += n
}

const maxCodes = 200

// Stats are numbers for the metrics page. All but Sockets and Polling only
// grow.
type Stats struct {
	Sockets   int64            // agents connected by WebSocket now
	Polling   int64            // agents that come by HTTPS exchange now
	Opened    int64            // connections that got as far as a welcome
	Messages  int64            // from agents
	Reports   int64            // made durable
	Exchanges int64            // signed HTTPS requests
	Enrolled  int64            // new agents
	BytesIn   int64            // of messages, without TLS
	BytesOut  int64            //
	Refused   map[string]int64 // by stable code
}

// Stats reads the counters.
func (h *Hub) Stats() Stats {
	c := &h.counters
	s := Stats{
		Opened: c.opened.Load(), Messages: c.messages.Load(), Reports: c.reports.Load(), Exchanges: c.exchanges.Load(),
		Enrolled: c.enrolled.Load(), BytesIn: c.bytesIn.Load(), BytesOut: c.bytesOut.Load(),
	}
	s.Sockets, s.Polling = h.registry.count()
	c.mu.Lock()
	defer c.mu.Unlock()
	s.Refused = maps.Clone(c.refused)
	return s
}
