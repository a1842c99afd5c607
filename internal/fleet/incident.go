package fleet

import (
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/signal"
)

// What an incident is about.
const (
	IncidentOutlet  = "outlet"  // everything at one outlet at once: its router or its power
	IncidentOFD     = "ofd"     // many outlets cannot reach one operator's host
	IncidentSilence = "silence" // many agents at once: a provider, or the way to this server
	IncidentServer  = "server"  // this server was away itself
)

const (
	togetherOFD     = 10 * time.Minute // within which troubles of one host count together
	togetherOutlet  = 2 * time.Minute
	togetherSilence = 10 * time.Minute
	// releaseAfter is how long after an incident its alerts stay with it: what
	// has one cause needs a while to mend after the cause has gone.
	releaseAfter = 15 * time.Minute
	manyOutlets  = 5   // so many outlets together are one cause
	fewOutlets   = 3   // or so many when they are a fifth of all
	manyAgents   = 500 // so many silent together are one cause, whatever the share
)

// Incident is one cause of the troubles of many. It has the case; the alerts
// it explains carry its id and have none.
type Incident struct {
	ID       string    `json:"id"`
	Tenant   string    `json:"-"`
	Kind     string    `json:"kind"`
	About    string    `json:"about,omitempty"` // the outlet's id, the operator's host, or ""
	OpenedAt time.Time `json:"openedAt"`
	ClosedAt time.Time `json:"closedAt"` // zero while open
	Outlets  int       `json:"outlets"`  // at the worst moment
	Devices  int       `json:"devices"`
	Version  int64     `json:"version"`
}

// Open says whether the cause still lasts.
func (i *Incident) Open() bool { return i.ClosedAt.IsZero() }

func (i *Incident) key() string { return i.Kind + ":" + i.About }

type incidentOp struct {
	kind     opKind
	incident *Incident
}

// trouble is the devices that have one trouble, since when (Unix ms, event time).
type trouble map[*device]int64

// hostTrouble is the devices that cannot reach one operator's host.
type hostTrouble struct{ bad trouble }

// ofdBad says whether the operator cannot be reached although the shop's
// internet works: without internet the cause is the shop's own.
func ofdBad(set *signal.Set) bool {
	switch set.Get(signal.OFDReach).Text() {
	case "dns", "tcp", "closed", "foreign":
		return true
	case "no_internet":
		return false
	}
	return set.Get(signal.OFDNetError).Int() != 0
}

// watchTrouble keeps the lists of troubled devices after the draft's values
// were put in place; work and mu are held.
func (s *Service) watchTrouble(dr *draft, always bool) {
	var changed keyMask
	for i := range dr.changes {
		for _, c := range dr.changes[i].items {
			changed.add(c.ID)
		}
	}
	t := dr.d.place.tenant
	if always || changed.has(signal.OFDReach.ID) || changed.has(signal.OFDNetError.ID) || changed.has(signal.OFDHost.ID) {
		host, bad := dr.set.Get(signal.OFDHost).Text(), ofdBad(&dr.set)
		for name, h := range t.hosts {
			if name != host || !bad {
				delete(h.bad, dr.d)
			}
		}
		if bad && host != "" {
			if t.hosts[host] == nil {
				t.hosts[host] = &hostTrouble{bad: trouble{}}
			}
			t.hosts[host].bad.begin(dr.d, dr.lastAt)
		}
	}
	if always || changed.has(signal.Link.ID) {
		if linkBad(&dr.set) {
			t.unreached.begin(dr.d, dr.lastAt)
		} else {
			delete(t.unreached, dr.d)
		}
	}
}

func (tr trouble) begin(d *device, at int64) {
	if _, already := tr[d]; !already {
		tr[d] = at
	}
}

// sum is how many outlets and devices have the trouble, only those since the
// given instant; first is when the first of them had it.
func (tr trouble) sum(since int64) (outlets, devices int, first int64) {
	seen := map[string]struct{}{}
	first = never
	for d, at := range tr {
		if at < since {
			continue
		}
		seen[d.place.outlet] = struct{}{}
		devices++
		first = min(first, at)
	}
	return len(seen), devices, first
}

// explained is the open incident that explains an alert of the group on this
// device, "" when the device is ill for a reason of its own.
func (st *stage) explained(dr *draft, group string) string {
	t := dr.d.place.tenant
	key := ""
	switch group {
	case GroupOFD:
		if ofdBad(&dr.set) {
			key = IncidentOFD + ":" + dr.set.Get(signal.OFDHost).Text()
		}
	case GroupLink:
		key = IncidentOutlet + ":" + dr.d.place.outlet
	}
	if inc := t.incidents[key]; inc != nil {
		return inc.ID
	}
	return ""
}

func (st *stage) openIncident(t *tenant, kind, about string, opened int64, outlets, devices int) *Incident {
	inc := &Incident{
		ID: ids.New(), Tenant: t.id, Kind: kind, About: about, OpenedAt: millis(opened),
		Outlets: outlets, Devices: devices, Version: 1,
	}
	st.incidents = append(st.incidents, incidentOp{opOpened, inc})
	return inc
}

// grow keeps the worst moment.
func (st *stage) grow(inc *Incident, outlets, devices int) {
	if outlets <= inc.Outlets && devices <= inc.Devices {
		return
	}
	c := *inc
	c.Outlets, c.Devices = max(c.Outlets, outlets), max(c.Devices, devices)
	c.Version++
	st.incidents = append(st.incidents, incidentOp{opChanged, &c})
}

func (st *stage) closeIncident(inc *Incident, now int64) {
	c := *inc
	c.ClosedAt = millis(now)
	c.Version++
	st.incidents = append(st.incidents, incidentOp{opClosed, &c})
}

func (st *stage) putIncidents() {
	for _, op := range st.incidents {
		inc := op.incident
		t := st.s.tenants[inc.Tenant]
		t.version++
		if inc.Open() {
			t.incidents[inc.key()] = inc
		} else {
			delete(t.incidents, inc.key())
			t.ended[inc.ID] = inc.ClosedAt.UnixMilli()
		}
		st.events = append(st.events, bus.Event{Tenant: inc.Tenant, Topic: "incident", ID: inc.ID})
	}
}
