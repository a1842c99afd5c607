package fleet

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/signal"
)

// load fills the memory from the roster and the database.
func (s *Service) load(ctx context.Context) error {
	s.work.Lock()
	defer s.work.Unlock()
	s.started = s.clock.Now()
	if err := s.loadRoster(ctx); err != nil {
		return err
	}
	var alive int64
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		steps := []func(context.Context, *db.Tx) error{
			s.loadSettings, s.loadStates, s.loadAgents, s.replay, s.loadAlerts, s.loadIncidents, s.loadCommands,
		}
		for _, step := range steps {
			if err := step(ctx, tx); err != nil {
				return fmt.Errorf("fleet: start: %w", err)
			}
		}
		var err error
		alive, err = getMeta(ctx, tx, "alive")
		return err
	})
	if err != nil {
		return err
	}
	s.settleIn()
	if err := s.closeOrphans(ctx); err != nil {
		return err
	}
	return s.noteOutage(ctx, alive)
}

// closeOrphans closes the alerts of devices that were taken out of the roster
// while the service was down.
func (s *Service) closeOrphans(ctx context.Context) error {
	st := s.newStage()
	for _, a := range s.orphans {
		c := a.changed()
		c.ClosedAt, c.Why = s.started, ClosedRemoved
		st.tell(opClosed, c)
	}
	s.orphans = nil
	return st.apply(ctx)
}

func (s *Service) loadRoster(ctx context.Context) error {
	var list []Device
	if err := s.roster.EachDevice(ctx, func(d Device) error { list = append(list, d); return nil }); err != nil {
		return fmt.Errorf("fleet: roster: %w", err)
	}
	// In id order every insert is an append.
	slices.SortFunc(list, func(a, b Device) int { return strings.Compare(a.ID, b.ID) })
	for _, d := range list {
		s.add(d)
	}
	return nil
}

func (s *Service) loadStates(ctx context.Context, tx *db.Tx) error {
	var err error
	if s.seq, err = getMeta(ctx, tx, "seq"); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `SELECT device, seq, last_at, contact, packed, tracks FROM fleet_state ORDER BY device`)
	return eachRow(rows, err, func(rows *sql.Rows) error {
		var r stateRow
		if err := rows.Scan(&r.device, &r.seq, &r.lastAt, &r.contact, &r.packed, &r.tracks); err != nil {
			return err
		}
		s.seq = max(s.seq, r.seq)
		d := s.devices[r.device]
		if d == nil {
			return nil
		}
		var set signal.Set
		if err := set.DecodePacked(r.packed); err != nil {
			return fmt.Errorf("device %s: %w", r.device, err)
		}
		d.packed, d.stops = slices.Clip(r.packed), stopsOf(&set)
		d.seq, d.lastAt, d.contact = r.seq, r.lastAt, r.contact
		tracks, err := s.readTracks(r.tracks)
		d.setTracks(tracks)
		return err
	})
}

func (s *Service) readTracks(b []byte) ([]track, error) {
	r := &logReader{b: b}
	tracks, names := r.tracks()
	if r.err != nil {
		return nil, r.err
	}
	for i := range tracks {
		tracks[i].rule = s.names.number(names[i])
	}
	return tracks, nil
}

func (d *device) setTracks(tracks []track) {
	d.setExtra(func(x *extra) {
		if x.tracks = tracks; len(tracks) == 0 {
			x.tracks = nil
		}
	})
}

func (s *Service) loadAgents(ctx context.Context, tx *db.Tx) error {
	rows, err := tx.Query(ctx, `SELECT agent, tenant, seq, contact, skew, refused FROM fleet_agent ORDER BY agent`)
	return eachRow(rows, err, func(rows *sql.Rows) error {
		var r agentRow
		if err := rows.Scan(&r.agent, &r.tenant, &r.seq, &r.contact, &r.skew, &r.refused); err != nil {
			return err
		}
		a := s.agentOf(r.tenant, r.agent)
		if a.tenant.id == r.tenant {
			a.seq, a.contact, a.skew, a.refused = r.seq, r.contact, r.skew, r.refused
		}
		return nil
	})
}

// replay does again what was durable and in no checkpoint yet.
func (s *Service) replay(ctx context.Context, tx *db.Tx) error {
	rows, err := tx.Query(ctx, `SELECT seq, body FROM fleet_log ORDER BY seq`)
	return eachRow(rows, err, func(rows *sql.Rows) error {
		var seq int64
		var body []byte
		if err := rows.Scan(&seq, &body); err != nil {
			return err
		}
		marks, entries, err := decodeLog(body)
		if err != nil {
			return fmt.Errorf("change log at %d: %w", seq, err)
		}
		s.seq = max(s.seq, seq)
		for _, m := range marks {
			if a := s.agents[m.agent]; a != nil {
				a.seq, a.contact, a.logged = max(a.seq, m.seq), max(a.contact, m.contact), true
				s.touchAgent(a)
			}
		}
		for i := range entries {
			s.replayEntry(&entries[i])
		}
		return nil
	})
}

func (s *Service) replayEntry(e *logged) {
	d := s.devices[e.device]
	if d == nil {
		return
	}
	var fresh []change
	for _, c := range e.changes {
		if c.seq > d.seq {
			fresh = append(fresh, c)
		}
	}
	if len(fresh) == 0 {
		return
	}
	var set signal.Set
	if set.DecodePacked(d.packed) != nil {
		set.Reset() // checked when it was loaded
	}
	for _, c := range fresh {
		for _, it := range c.items {
			set.Apply([]signal.Item{{ID: it.ID, Value: it.New}})
		}
		d.contact = max(d.contact, c.received)
	}
	for i := range e.tracks {
		e.tracks[i].rule = s.names.number(e.ruleNames[i])
	}
	d.packed, d.stops = packExact(&set, &s.packRoom), stopsOf(&set)
	d.seq, d.lastAt = fresh[len(fresh)-1].seq, max(d.lastAt, e.lastAt)
	d.setTracks(e.tracks)
	d.setExtra(func(x *extra) { x.tail = append(x.tail, fresh...) })
	s.markDirty(d)
	s.pending.Add(int64(len(fresh)))
}

func (s *Service) loadAlerts(ctx context.Context, tx *db.Tx) error {
	rows, err := tx.Query(ctx, `SELECT `+alertColumns+` FROM fleet_alert WHERE closed_at = 0 ORDER BY subject, opened_at, id`)
	return eachRow(rows, err, func(rows *sql.Rows) error {
		a, err := scanAlert(rows)
		if err != nil {
			return err
		}
		d, ag := s.devices[a.Device], s.agents[a.Agent]
		switch {
		case a.Device == "" && ag != nil:
			ag.alert = a
		case d != nil && d.place.tenant.id == a.Tenant:
			d.setExtra(func(x *extra) { x.alerts = append(x.alerts, a) })
		default:
			s.orphans = append(s.orphans, a)
		}
		return nil
	})
}

// settleIn gives every agent its chance after the server's own absence and
// builds what follows from the states.
func (s *Service) settleIn() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.agents {
		s.expect(a)
	}
	var dr draft
	for _, d := range s.devices {
		s.watchTimers(d)
		dr.reset(d)
		dr.load()
		s.watchHeld(d)
		s.watchTrouble(&dr, true)
	}
}

// appendJSONValue appends one value as the wire would write it.
func appendJSONValue(b []byte, v signal.Value) []byte {
	text, err := json.Marshal(v.Any())
	if err != nil {
		return append(b, "null"...)
	}
	return append(b, text...)
}
