package agent

import (
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/wire"
)

// fileConfig is what the server last told, so that an agent that starts while
// the server is away reads and keeps all the same. It may hold passwords of
// registers and is for the owner alone.
const fileConfig = "config.json"

// Bounds of what a server may set.
const (
	minHeartbeat = time.Second
	maxHeartbeat = time.Hour
)

// settings is the configuration in force.
type settings struct {
	mu      sync.Mutex
	config  wire.Config
	changed chan struct{} // one token when the heartbeat may have changed
}

func loadConfig(path string, log *slog.Logger) wire.Config {
	var c wire.Config
	data, err := folder.ReadFile(path)
	if err == nil && data != nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		log.Warn("agent: the server's last configuration cannot be read; waiting for a new one", "error", err)
		return wire.Config{}
	}
	return c
}

func (s *settings) set(c wire.Config) {
	s.mu.Lock()
	s.config = c
	s.mu.Unlock()
	nudge(s.changed)
}

func (s *settings) get() wire.Config {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.config
}

// rhythm is how often and when in its span the heartbeat goes out.
func (s *settings) rhythm() (every, slot time.Duration) {
	c := s.get()
	ms := c.Heartbeat
	if ms <= 0 {
		ms = wire.DefaultHeartbeat.Milliseconds()
	}
	ms = min(max(ms, minHeartbeat.Milliseconds()), maxHeartbeat.Milliseconds())
	return time.Duration(ms) * time.Millisecond, time.Duration(c.Slot%ms) * time.Millisecond
}

// merge puts the devices of the file before those of the server; of one id the
// file's stays, because whoever stands in the shop knows the port best.
func merge(file, server []wire.Device) []wire.Device {
	seen := map[string]bool{}
	var out []wire.Device
	for _, d := range append(append([]wire.Device(nil), file...), server...) {
		if d.ID != "" && !seen[d.ID] {
			seen[d.ID] = true
			out = append(out, d)
		}
	}
	return out
}

// nudge leaves a token where none lies.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
