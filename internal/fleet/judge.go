package fleet

import (
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/signal"
)

// Flap damping: four turns within half an hour hold the alert open until it
// has not turned for a quarter of an hour.
const (
	flapTurns = 4
	flapSpan  = 30 * time.Minute
	flapQuiet = 15 * time.Minute
)

// judge evaluates rules on a draft at the event time dr.lastAt. changed are
// the keys that changed; whole means every rule, whatever changed.
func (st *stage) judge(dr *draft, changed *keyMask, received int64, late, whole bool) {
	dr.load()
	tn := dr.d.place.tenant
	whole = whole || changed.has(signal.Link.ID) || dr.lastAt >= dr.next
	e := &st.env
	*e = env{set: &dr.set, now: dr.lastAt, next: never, late: late, limits: tn.limits}
	link := dr.set.Get(signal.Link)
	answering := !link.Known() || link.Text() == signal.LinkOK
	for _, r := range tn.rules {
		if !answering && !r.always || !whole && !r.reads.meets(changed) {
			continue
		}
		st.judgeRule(dr, r, received)
	}
	if whole {
		dr.next = e.next
	} else {
		dr.next = min(dr.next, e.next)
	}
}

// judgeRule moves one rule's memory of the device and its alert.
func (st *stage) judgeRule(dr *draft, r *rule, received int64) {
	e := &st.env
	was := track{rule: r.number}
	if t := dr.track(r.number); t != nil {
		was = *t
	}
	now := was
	severity, well := r.holds(e)
	switch {
	case was.ill && r.cleared(e, well):
		now.ill, now.since = false, 0
	case was.ill:
		// Stays ill: also when nothing is known.
	case severity != Fine:
		if now.since == 0 {
			now.since = e.now
		}
		if due := now.since + r.holdMillis(e); e.now >= due {
			now.ill = true
		} else {
			e.next = min(e.next, due)
		}
	case well:
		now.since = 0
	}
	if was.ill != now.ill {
		now.flips = append(slices.Clone(was.flips), e.now)
	}
	now.flips = recent(now.flips, e.now)
	st.settle(dr, r, &now, severity, received)
	if was.ill != now.ill || was.since != now.since || len(was.flips) != len(now.flips) {
		dr.setTrack(now)
	}
}

// recent drops the turns that lie too far back. The list is shared with the
// device's own: it is cut, never changed.
func recent(flips []int64, now int64) []int64 {
	for len(flips) > 0 && flips[0] <= now-flapSpan.Milliseconds() {
		flips = flips[1:]
	}
	return flips
}

// settle brings the alert in line with what the rule found. The states are
// drawn in DESIGN.md.
func (st *stage) settle(dr *draft, r *rule, t *track, severity Severity, received int64) {
	e := &st.env
	a := dr.alert(r.def.Fault)
	if a != nil && a.Rule != r.def.ID {
		return // another rule's alert of the same fault
	}
	last := int64(0)
	if n := len(t.flips); n > 0 {
		last = t.flips[n-1]
	}
	flapping := len(t.flips) >= flapTurns || a != nil && a.Flapping && e.now < last+flapQuiet.Milliseconds()
	if flapping {
		quietAt := last + flapQuiet.Milliseconds()
		if e.now >= quietAt {
			flapping, t.flips = false, nil
		} else {
			e.next = min(e.next, quietAt)
		}
	}
	switch {
	case a == nil && (t.ill || flapping):
		if t.ill {
			st.open(dr, r, severity, flapping, received)
		}
	case a == nil:
	case !t.ill && !flapping:
		why := ClosedRecovered
		if a.Flapping {
			why = ClosedQuiet
		}
		st.close(dr, a, e.now, why)
	case a.Flapping != flapping || t.ill && severity > a.Severity:
		c := a.changed()
		c.Flapping = flapping
		if severity > a.Severity {
			c.Severity, c.Evidence = severity, dr.evidence(r)
		}
		dr.setAlert(c)
		st.tell(opChanged, c)
	}
}

func (st *stage) open(dr *draft, r *rule, severity Severity, flapping bool, received int64) {
	p := dr.d.place
	a := &Alert{
		ID: ids.New(), Tenant: p.tenant.id, Client: p.client, Outlet: p.outlet, Agent: p.agent.id, Device: dr.d.id,
		Fault: r.def.Fault, Rule: r.def.ID, Group: r.def.Group, Severity: severity,
		OpenedAt: millis(st.env.now), Noticed: millis(received), Late: st.env.late, Flapping: flapping,
		Evidence: dr.evidence(r), Version: 1,
	}
	a.Suppressed = p.tenant.windowFor(a, millis(st.env.now))
	a.Incident = st.explained(dr, r.def.Group)
	a.Announced = !a.Late && a.Suppressed == ""
	dr.setAlert(a)
	st.tell(opOpened, a)
}

func (st *stage) close(dr *draft, a *Alert, at int64, why string) {
	c := a.changed()
	c.ClosedAt, c.Why = millis(at), why
	dr.setAlert(c)
	st.tell(opClosed, c)
}

// announce tells the hooks of late alerts that are still open now that the
// device is current.
func (st *stage) announce(dr *draft) {
	for _, a := range dr.alerts {
		if a.Announced || a.Suppressed != "" {
			continue
		}
		c := a.changed()
		c.Announced = true
		dr.setAlert(c)
		st.tell(opAnnounced, c)
	}
}
