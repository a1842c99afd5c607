package fleet

import (
	"context"

	"github.com/tillwright/tillwright/internal/db"
)

// tenantOf, agentOf and placeOf find or make; work is held. mu is taken only
// when something is made, so that readers never see a half-made one.
func (s *Service) tenantOf(id string) *tenant {
	if t := s.tenants[id]; t != nil {
		return t
	}
	t := newTenant(id, s.rules)
	s.mu.Lock()
	s.tenants[id] = t
	s.mu.Unlock()
	return t
}

func (s *Service) agentOf(tenantID, id string) *agent {
	if a := s.agents[id]; a != nil {
		return a
	}
	t := s.tenantOf(tenantID)
	a := &agent{id: id, tenant: t, slot: len(s.slots), current: true}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agents[id] = a
	t.agents = append(t.agents, a)
	s.slots = append(s.slots, a)
	s.deadlines = append(s.deadlines, never)
	return a
}

func (s *Service) placeOf(dv Device) *place {
	t, a := s.tenantOf(dv.Tenant), s.agentOf(dv.Tenant, dv.Agent)
	p := place{tenant: t, client: dv.Client, outlet: dv.Outlet, agent: a}
	for _, d := range a.devices { // few, and nearly always of one place
		if *d.place == p {
			return d.place
		}
	}
	return &p
}

// AddDevice begins to watch a device; its reports are taken from now on. One
// that is watched already is moved.
func (s *Service) AddDevice(ctx context.Context, dv Device) error {
	s.work.Lock()
	defer s.work.Unlock()
	if s.devices[dv.ID] != nil {
		return s.move(ctx, dv)
	}
	s.add(dv)
	return nil
}

func (s *Service) add(dv Device) *device {
	d := &device{id: dv.ID, place: s.placeOf(dv)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.devices[d.id] = d
	t, a := d.place.tenant, d.place.agent
	t.devices, a.devices = insertDevice(t.devices, d), insertDevice(a.devices, d)
	t.version++
	return d
}

// MoveDevice changes the client, outlet or agent of a device. Its state and
// its open alerts go with it. A device cannot change its tenant.
func (s *Service) MoveDevice(ctx context.Context, dv Device) error {
	s.work.Lock()
	defer s.work.Unlock()
	if s.devices[dv.ID] == nil {
		s.add(dv)
		return nil
	}
	return s.move(ctx, dv)
}

func (s *Service) move(ctx context.Context, dv Device) error {
	d := s.devices[dv.ID]
	if d.place.tenant.id != dv.Tenant {
		if err := s.remove(ctx, d); err != nil {
			return err
		}
		s.add(dv)
		return nil
	}
	p := s.placeOf(dv)
	if *p == *d.place {
		return nil
	}
	st := s.newStage()
	dr := st.draft(d)
	for _, a := range d.alerts() {
		c := a.changed()
		c.Client, c.Outlet, c.Agent = p.client, p.outlet, p.agent.id
		dr.setAlert(c)
		st.tell(opChanged, c)
	}
	st.install = append(st.install, func() {
		old := d.place
		old.agent.devices = removeDevice(old.agent.devices, d)
		d.place = p
		p.agent.devices = insertDevice(p.agent.devices, d)
		p.tenant.version++
	})
	return st.apply(ctx)
}

// RemoveDevice stops watching a device. Its open alerts close; its history
// stays until it is too old.
func (s *Service) RemoveDevice(ctx context.Context, id string) error {
	s.work.Lock()
	defer s.work.Unlock()
	d := s.devices[id]
	if d == nil {
		return nil
	}
	return s.remove(ctx, d)
}

func (s *Service) remove(ctx context.Context, d *device) error {
	st := s.newStage()
	dr := st.draft(d)
	now := s.clock.Now().UnixMilli()
	for _, a := range d.alerts() {
		st.close(dr, a, now, ClosedRemoved)
	}
	st.extra = append(st.extra, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM fleet_state WHERE device = $1`, d.id)
		return err
	})
	st.install = append(st.install, func() {
		t, a := d.place.tenant, d.place.agent
		t.devices, a.devices = removeDevice(t.devices, d), removeDevice(a.devices, d)
		for _, h := range t.hosts {
			delete(h.bad, d)
		}
		delete(s.devices, d.id)
		if d.x != nil {
			s.pending.Add(int64(-len(d.x.tail)))
		}
		delete(t.unreached, d)
		delete(s.timers, d)
		delete(s.held, d)
		t.version++
	})
	return st.apply(ctx)
}

// RemoveAgent forgets an agent that was revoked: nobody waits for it any
// more. Its devices stay and have no data until they are moved.
func (s *Service) RemoveAgent(ctx context.Context, tenantID, id string) error {
	s.work.Lock()
	defer s.work.Unlock()
	a := s.agents[id]
	if a == nil || a.tenant.id != tenantID {
		return nil
	}
	st := s.newStage()
	ad := st.agent(a)
	if ad.alert != nil {
		c := ad.alert.changed()
		c.ClosedAt, c.Why = s.clock.Now().UTC(), ClosedRemoved
		ad.alert = nil
		st.tell(opClosed, c)
	}
	ad.contact = 0
	return st.apply(ctx)
}
