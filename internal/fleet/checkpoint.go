package fleet

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/signal"
)

const (
	// checkpointChunk is how many devices and checkpointRows how many changes
	// one transaction of a checkpoint takes: few enough that a commit waiting
	// for the writer hardly notices.
	checkpointChunk = 200
	checkpointRows  = 1000
	// contactsEvery is how often agents' contacts go to their rows when nothing
	// else of them changed. After a crash a page shows them this much too old.
	contactsEvery = time.Minute
	// maxPending is how many changes may wait for a checkpoint. Beyond it
	// reports wait too: what comes faster than the disk takes it must be felt by
	// its senders, not pile up in memory.
	maxPending = 400_000
)

func (s *Service) markDirty(d *device) {
	if !d.dirty {
		d.dirty = true
		s.dirty = append(s.dirty, d)
	}
}

func (s *Service) touchAgent(a *agent) { s.touched[a] = struct{}{} }

// Checkpoint writes the state and the history of every device that changed
// since the last one, in id order and in small transactions, and then deletes
// the log up to where it began. Dying at any point of it loses nothing: a
// device's row says up to which change it goes.
func (s *Service) Checkpoint(ctx context.Context) error {
	s.checking.Lock()
	defer s.checking.Unlock()
	s.mu.Lock()
	upTo, dirty := s.seq, s.dirty
	s.dirty = nil
	for _, d := range dirty {
		d.dirty = false
	}
	s.mu.Unlock()
	slices.SortFunc(dirty, func(a, b *device) int { return cmp.Compare(a.id, b.id) })
	for rest := dirty; len(rest) > 0; {
		n := s.portion(rest)
		if err := s.checkpointDevices(ctx, rest[:n]); err != nil {
			s.mu.Lock()
			for _, d := range rest {
				s.markDirty(d)
			}
			s.mu.Unlock()
			return err
		}
		rest = rest[n:]
	}
	if err := s.checkpointRest(ctx, upTo); err != nil {
		return err
	}
	s.count.checkpoints.Add(1)
	return nil
}

// portion is how many of the devices fit into one transaction, at least one.
func (s *Service) portion(devices []*device) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	rows := 0
	for i, d := range devices[:min(len(devices), checkpointChunk)] {
		if d.x != nil {
			rows += len(d.x.tail)
		}
		if rows > checkpointRows && i > 0 {
			return i
		}
	}
	return min(len(devices), checkpointChunk)
}

func (s *Service) checkpointDevices(ctx context.Context, devices []*device) error {
	states, history := s.rowsOf(devices)
	if len(states) == 0 {
		return nil
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if err := writeStates(ctx, tx, states); err != nil {
			return err
		}
		return writeHistory(ctx, tx, history)
	})
	if err != nil {
		return err
	}
	s.work.Lock() // whoever works on a device may read it without mu
	defer s.work.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range states {
		if d := s.devices[states[i].device]; d != nil {
			d.cutTail(states[i].seq, &s.pending)
		}
	}
	return nil
}

// rowsOf copies what the rows need. A device that was removed meanwhile has none.
func (s *Service) rowsOf(devices []*device) (states []stateRow, history []historyRow) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, d := range devices {
		if s.devices[d.id] != d {
			continue
		}
		tenantID := d.place.tenant.id
		states = append(states, stateRow{
			device: d.id, tenant: tenantID, seq: d.seq, lastAt: d.lastAt, contact: d.contact,
			packed: notNil(d.packed), tracks: s.names.appendTracks(nil, d.tracks()),
		})
		if d.x == nil {
			continue
		}
		for _, c := range d.x.tail {
			if len(c.items) > 0 {
				history = append(history, historyRow{device: d.id, tenant: tenantID, change: c})
			}
		}
	}
	return states, history
}

// notNil keeps an empty state from becoming NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func (d *device) cutTail(seq int64, pending *atomic.Int64) {
	if d.x == nil {
		return
	}
	d.setExtra(func(x *extra) {
		i := 0
		for i < len(x.tail) && x.tail[i].seq <= seq {
			i++
		}
		pending.Add(int64(-i))
		if x.tail = slices.Clone(x.tail[i:]); len(x.tail) == 0 {
			x.tail = nil
		}
	})
}

// checkpointRest writes the agents and lets the log go.
func (s *Service) checkpointRest(ctx context.Context, upTo int64) error {
	now := s.clock.Now().UnixMilli()
	all := now-s.agentsAt >= contactsEvery.Milliseconds()
	rows, agents := s.agentRows(all)
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if err := writeAgents(ctx, tx, rows); err != nil {
			return err
		}
		if err := setMeta(ctx, tx, "alive", now); err != nil {
			return err
		}
		if err := setMeta(ctx, tx, "seq", upTo); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM fleet_log WHERE seq <= $1`, upTo)
		return err
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		for _, a := range agents {
			s.touched[a] = struct{}{}
			a.logged = true
		}
		return err
	}
	if all {
		s.agentsAt = now
	}
	return nil
}

// agentRows takes the agents whose number stands in the log, or all that
// were heard of.
func (s *Service) agentRows(all bool) ([]agentRow, []*agent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []agentRow
	var agents []*agent
	for a := range s.touched {
		if !all && !a.logged {
			continue
		}
		delete(s.touched, a)
		a.logged = false
		agents = append(agents, a)
		rows = append(rows, agentRow{agent: a.id, tenant: a.tenant.id, seq: a.seq, contact: a.contact, skew: a.skew, refused: a.refused})
	}
	slices.SortFunc(rows, func(a, b agentRow) int { return cmp.Compare(a.agent, b.agent) })
	return rows, agents
}

// changesJSON is the history's form of a change: {"key": [old, new]}.
func changesJSON(items []signal.Change) []byte {
	b := []byte{'{'}
	for i, c := range items {
		if i > 0 {
			b = append(b, ',')
		}
		d, _ := signal.ByID(c.ID)
		b = append(b, '"')
		b = append(b, d.Key...)
		b = append(b, `":[`...)
		b = appendJSONValue(b, c.Old)
		b = append(b, ',')
		b = appendJSONValue(b, c.New)
		b = append(b, ']')
	}
	return append(b, '}')
}
