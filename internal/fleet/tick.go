package fleet

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/signal"
)

const (
	// ownGap is how long the server's own clockwork may stand still before it
	// must not blame the agents for the silence.
	ownGap = 30 * time.Second
	// settled is how long news may be on its way: a hold time is over only when
	// nothing against it came for this long after it.
	settled = 3 * time.Second
	// silentPerTick bounds one transaction; what is over waits for the next second.
	silentPerTick = 60_000
)

// expect sets when the agent becomes silent: its heartbeat and a grace after
// it was last heard of, and never before it had its chance since the start.
// An agent that was never heard of is not waited for.
func (s *Service) expect(a *agent) {
	if a.contact == 0 || a.alert != nil {
		s.deadlines[a.slot] = never
		if a.alert != nil {
			s.silent[a] = struct{}{}
			return
		}
	} else {
		s.deadlines[a.slot] = max(a.contact, s.started.UnixMilli()) + (s.heartbeat + silenceGrace).Milliseconds()
	}
	delete(s.silent, a)
}

// Tick does what time alone brings: silence, hold times, ends of maintenance
// windows, incidents, deadlines of commands. Start calls it every second.
func (s *Service) Tick(ctx context.Context) error {
	s.work.Lock()
	defer s.work.Unlock()
	now := s.clock.Now()
	if err := s.ownPause(ctx, now); err != nil {
		return err
	}
	st := s.newStage()
	ms := now.UnixMilli()
	st.silence(ms)
	st.holds(ms)
	st.endWindows(now)
	st.gatherIncidents(ms)
	if err := st.apply(ctx); err != nil {
		return err
	}
	return s.expireCommands(ctx, now)
}

// ownPause notices that this process itself stood still (a sleeping machine,
// a database that did not answer): everybody gets a new chance to be heard.
func (s *Service) ownPause(ctx context.Context, now time.Time) error {
	last := s.ticked
	s.ticked = now
	if last.IsZero() || now.Sub(last) < ownGap {
		return nil
	}
	s.mu.Lock()
	s.started = now
	for _, a := range s.agents {
		s.expect(a)
	}
	s.mu.Unlock()
	return s.noteOutage(ctx, last.UnixMilli())
}

// silence opens the alert of every agent whose limit has passed.
func (st *stage) silence(now int64) {
	s, n := st.s, 0
	for slot, deadline := range s.deadlines {
		if deadline > now {
			continue
		}
		if n++; n > silentPerTick {
			return
		}
		a := s.slots[slot]
		ad := st.agent(a)
		if len(a.devices) == 0 {
			ad.contact = 0 // nobody is served by it: it is not waited for
			continue
		}
		st.openSilent(ad, now)
	}
}

func (st *stage) openSilent(ad *agentDraft, now int64) {
	a := ad.a
	client, outlet := a.outlet()
	evidence, err := json.Marshal(map[string]int64{"last_contact": a.contact / 1000, "devices": int64(len(a.devices))})
	if err != nil {
		evidence = []byte("{}")
	}
	al := &Alert{
		ID: ids.New(), Tenant: a.tenant.id, Client: client, Outlet: outlet, Agent: a.id,
		Fault: FaultAgentSilent, Rule: FaultAgentSilent, Severity: Important,
		OpenedAt: millis(max(a.contact, st.s.started.UnixMilli())), Noticed: millis(now), Evidence: evidence, Version: 1,
	}
	al.Suppressed = a.tenant.windowFor(al, millis(now))
	al.Announced = al.Suppressed == ""
	ad.alert, ad.fresh, ad.current = al, true, false
	st.tell(opOpened, al)
}

// watchTimers remembers a device for which a hold time runs; work is held.
func (s *Service) watchTimers(d *device) {
	for _, t := range d.tracks() {
		if t.since != 0 && !t.ill {
			s.timers[d] = struct{}{}
			return
		}
	}
	delete(s.timers, d)
}

// holds lets hold times end without a report. An agent tells every change at
// once, so while it is heard and current, no news for a moment means that the
// condition went on.
func (st *stage) holds(now int64) {
	at := now - settled.Milliseconds()
	byID := func(a, b *device) int { return strings.Compare(a.id, b.id) }
	for _, d := range slices.SortedFunc(maps.Keys(st.s.timers), byID) { // in id order, as rows like it
		a := d.place.agent
		alive := a.alert == nil && a.current && st.s.deadlines[a.slot] != never && st.s.deadlines[a.slot] > now && a.contact >= st.s.started.UnixMilli()
		if !alive || at < d.next || at <= d.lastAt || a.draft != nil && a.draft.alert != nil {
			continue
		}
		dr := st.draft(d)
		dr.lastAt = at
		st.judge(dr, &keyMask{}, now, false, false)
	}
}

// endWindows raises what was suppressed and is still true when no window
// covers it any more.
func (st *stage) endWindows(now time.Time) {
	for d := range st.s.held {
		for _, a := range d.alerts() {
			if a.Suppressed == "" {
				continue
			}
			dr := st.draft(d)
			if c := st.s.released(a, d.place.tenant, now, a.Late && !d.place.agent.current); c != nil && dr.alert(a.Fault) != nil {
				dr.setAlert(c)
				st.tell(opAnnounced, c)
			}
		}
	}
	for a := range st.s.silent {
		if a.alert == nil || a.alert.Suppressed == "" {
			continue
		}
		if c := st.s.released(a.alert, a.tenant, now, false); c != nil {
			st.agent(a).alert = c
			st.tell(opAnnounced, c)
		}
	}
}

// released is the alert as it is once no window covers it; nil while one does.
func (s *Service) released(a *Alert, t *tenant, now time.Time, wait bool) *Alert {
	if t.windowFor(a, now) != "" {
		return nil
	}
	c := a.changed()
	c.Suppressed, c.Announced = "", !wait
	return c
}

// watchHeld remembers a device that has a suppressed alert; work is held.
func (s *Service) watchHeld(d *device) {
	for _, a := range d.alerts() {
		if a.Suppressed != "" {
			s.held[d] = struct{}{}
			return
		}
	}
	delete(s.held, d)
}

// linkBad says whether the register cannot be reached although its agent can.
func linkBad(set *signal.Set) bool {
	switch set.Get(signal.Link).Text() {
	case signal.LinkNoAnswer, signal.LinkRefused, signal.LinkMissing:
		return true
	default:
		return false
	}
}
