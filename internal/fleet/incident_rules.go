package fleet

import "github.com/tillwright/tillwright/internal/signal"

// gatherIncidents opens, grows and closes incidents by what memory shows, and
// gives each open alert that one explains its id.
func (st *stage) gatherIncidents(now int64) {
	for _, t := range st.s.tenants {
		for host, h := range t.hosts {
			st.gatherOFD(t, host, h.bad, now)
		}
		st.gatherOutlets(t, now)
		st.release(t, now)
	}
	st.gatherSilence(now)
}

func (st *stage) gatherOFD(t *tenant, host string, bad trouble, now int64) {
	inc := t.incidents[IncidentOFD+":"+host]
	if inc == nil {
		if len(bad) < fewOutlets {
			return
		}
		outlets, devices, first := bad.sum(now - togetherOFD.Milliseconds())
		if outlets < manyOutlets && (outlets < fewOutlets || outlets*5 < st.s.outletsOf(t, host)) {
			return
		}
		inc = st.openIncident(t, IncidentOFD, host, first, outlets, devices)
	} else {
		outlets, devices, _ := bad.sum(0)
		if outlets < fewOutlets && outlets*5 <= inc.Outlets {
			st.closeIncident(inc, now)
			return
		}
		st.grow(inc, outlets, devices)
	}
	for d := range bad {
		st.cover(d, GroupOFD, inc.ID)
	}
}

// outletsOf counts the outlets that use a host. It is asked only while a few
// of them are in trouble; in a big company those few are no fifth anyway.
func (s *Service) outletsOf(t *tenant, host string) int {
	seen := map[string]struct{}{}
	var set signal.Set
	for _, d := range t.devices {
		if len(seen) > manyOutlets*5 {
			break
		}
		if set.DecodePacked(d.packed) == nil && set.Get(signal.OFDHost).Text() == host {
			seen[d.place.outlet] = struct{}{}
		}
	}
	return len(seen)
}

// gatherOutlets finds outlets where every register fell away at once while
// the agent lives: a switch or the power of the counter, not each of them.
func (st *stage) gatherOutlets(t *tenant, now int64) {
	if len(t.unreached) == 0 && len(t.incidents) == 0 {
		return
	}
	byOutlet := map[string]trouble{}
	for d, at := range t.unreached {
		if byOutlet[d.place.outlet] == nil {
			byOutlet[d.place.outlet] = trouble{}
		}
		byOutlet[d.place.outlet][d] = at
	}
	for outlet, bad := range byOutlet {
		key := IncidentOutlet + ":" + outlet
		inc, all := t.incidents[key], neighbours(bad)
		if inc == nil {
			if len(bad) < 2 || len(bad) < all || !bad.together(togetherOutlet.Milliseconds()) {
				continue
			}
			_, _, first := bad.sum(0)
			inc = st.openIncident(t, IncidentOutlet, outlet, first, 1, len(bad))
		}
		for d := range bad {
			st.cover(d, GroupLink, inc.ID)
		}
	}
	for _, inc := range t.incidents {
		if bad := byOutlet[inc.About]; inc.Kind == IncidentOutlet && len(bad)*2 <= inc.Devices {
			st.closeIncident(inc, now)
		}
	}
}

// neighbours is how many devices that ever reported the agents of these have
// at their outlet.
func neighbours(bad trouble) (n int) {
	agents := map[*agent]struct{}{}
	for d := range bad {
		agents[d.place.agent] = struct{}{}
	}
	for a := range agents {
		for _, d := range a.devices {
			if _, ill := bad[d]; ill || d.contact != 0 {
				n++
			}
		}
	}
	return n
}

func (tr trouble) together(span int64) bool {
	first, last := int64(never), int64(0)
	for _, at := range tr {
		first, last = min(first, at), max(last, at)
	}
	return last-first <= span
}

// cover gives the device's open alerts of the group to the incident.
func (st *stage) cover(d *device, group, incident string) {
	alerts := d.alerts()
	if d.draft != nil {
		alerts = d.draft.alerts
	}
	for _, a := range alerts {
		if a.Group != group || a.Incident == incident {
			continue
		}
		dr := st.draft(d)
		c := a.changed()
		c.Incident = incident
		dr.setAlert(c)
		st.tell(opChanged, c)
	}
}

// gatherSilence finds many agents that fell silent together. One that was
// silent before stays apart: it is silent for a reason of its own.
func (st *stage) gatherSilence(now int64) {
	since := now - (togetherSilence + st.s.heartbeat + silenceGrace).Milliseconds()
	found := map[*tenant][]*agentDraft{}
	for a := range st.s.silent {
		found[a.tenant] = append(found[a.tenant], st.peek(a))
	}
	for _, ad := range st.agents {
		if ad.fresh {
			found[ad.a.tenant] = append(found[ad.a.tenant], ad)
		}
	}
	for _, t := range st.s.tenants {
		key, inc := IncidentSilence+":", t.incidents[IncidentSilence+":"]
		var together []*agentDraft
		for _, ad := range found[t] {
			if ad.alert != nil && (ad.alert.OpenedAt.UnixMilli() >= since || inc != nil && (ad.alert.Incident == inc.ID || !ad.alert.OpenedAt.Before(inc.OpenedAt))) {
				together = append(together, ad)
			}
		}
		st.silenceOf(t, t.incidents[key], together, now)
	}
}

// peek is the agent's draft, or a look at the agent that changes nothing.
func (st *stage) peek(a *agent) *agentDraft {
	if a.draft != nil {
		return a.draft
	}
	return &agentDraft{a: a, contact: a.contact, alert: a.alert}
}

func (st *stage) silenceOf(t *tenant, inc *Incident, together []*agentDraft, now int64) {
	outlets, devices, first := silentOutlets(together)
	switch {
	case inc == nil && outlets >= manyOutlets && (outlets >= manyAgents || len(together)*5 >= heard(t)):
		inc = st.openIncident(t, IncidentSilence, "", first, outlets, devices)
	case inc == nil:
		return
	case outlets < fewOutlets || outlets*5 <= inc.Outlets:
		st.closeIncident(inc, now)
		return
	default:
		st.grow(inc, outlets, devices)
	}
	for _, ad := range together {
		if ad.alert.Incident == inc.ID {
			continue
		}
		if ad.fresh { // opened in this very stage: nobody has seen it yet
			ad.alert.Incident = inc.ID
			continue
		}
		c := ad.alert.changed()
		c.Incident = inc.ID
		st.agent(ad.a).alert = c
		st.tell(opChanged, c)
	}
}

func silentOutlets(together []*agentDraft) (outlets, devices int, first int64) {
	seen := make(map[string]struct{}, len(together))
	first = never
	for _, ad := range together {
		_, outlet := ad.a.outlet()
		seen[outlet] = struct{}{}
		devices += len(ad.a.devices)
		first = min(first, ad.alert.OpenedAt.UnixMilli())
	}
	return len(seen), devices, first
}

// heard is how many agents of the tenant are waited for or silent.
func heard(t *tenant) (n int) {
	for _, a := range t.agents {
		if a.contact != 0 {
			n++
		}
	}
	return n
}

// release lets go of alerts whose incident ended a while ago and that are
// still open: they were ill for a reason of their own after all.
func (st *stage) release(t *tenant, now int64) {
	for id, ended := range t.ended {
		if now-ended < releaseAfter.Milliseconds() {
			continue
		}
		for _, d := range t.devices {
			for _, a := range d.alerts() {
				if dr := d.draft; a.Incident == id && (dr == nil || dr.alert(a.Fault) == a) {
					c := a.changed()
					c.Incident = ""
					st.draft(d).setAlert(c)
					st.tell(opAnnounced, c)
				}
			}
		}
		for _, a := range t.agents {
			if a.alert != nil && a.alert.Incident == id && a.draft == nil {
				c := a.alert.changed()
				c.Incident = ""
				st.agent(a).alert = c
				st.tell(opAnnounced, c)
			}
		}
		st.install = append(st.install, func() { delete(t.ended, id) })
	}
}
