package agent

import (
	"encoding/json"
	"log/slog"
	"sync"

	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/agent/poll"
)

const fileSince = "since.json"

// memory keeps over a restart since when devices are as they are. It is
// written with the heartbeat; a crash costs it a minute.
type memory struct {
	dir *folder.Folder

	mu    sync.Mutex
	since map[string]poll.Since
	dirty bool
}

func loadMemory(dir *folder.Folder, log *slog.Logger) *memory {
	m := &memory{dir: dir, since: map[string]poll.Since{}}
	data, err := dir.Read(fileSince)
	if err == nil && data != nil {
		err = json.Unmarshal(data, &m.since)
	}
	if err != nil || m.since == nil {
		log.Warn("agent: since-times are lost", "error", err)
		m.since = map[string]poll.Since{}
	}
	return m
}

// Load is what is known of a device.
func (m *memory) Load(device string) poll.Since {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.since[device]
}

// Save keeps what is known of a device until the next flush.
func (m *memory) Save(device string, s poll.Since) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.since[device] = s
	m.dirty = true
}

func (m *memory) flush() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.dirty {
		return nil
	}
	data, err := json.Marshal(m.since)
	if err == nil {
		err = m.dir.Write(fileSince, data)
	}
	m.dirty = err != nil
	return err
}
