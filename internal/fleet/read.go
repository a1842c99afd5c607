package fleet

import (
	"cmp"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

// The states of a device, told apart.
const (
	StateOK      = "ok"
	StateIll     = "ill"     // an alert is open
	StateSilent  = "silent"  // its agent says nothing: there is no data
	StateNoReply = "noreply" // its agent lives, the register does not answer
	StateUnknown = "unknown" // never heard of
)

// Overview is how many devices are in which state, and how many open alerts
// there are of which severity.
type Overview struct {
	Devices   int              `json:"devices"`
	States    map[string]int   `json:"states"`
	Alerts    map[Severity]int `json:"alerts"`
	Faults    map[string]int   `json:"faults"`
	Incidents int              `json:"incidents"`
	Agents    map[string]int   `json:"agents"` // "ok", "silent", "unknown"
}

// Overview counts what the scope may see. It reads memory only.
func (s *Service) Overview(sc scope.Scope) (Overview, error) {
	o := Overview{States: map[string]int{}, Alerts: map[Severity]int{}, Faults: map[string]int{}, Agents: map[string]int{}}
	if err := need(sc, scope.SeeFleet, "fleet.Overview"); err != nil {
		return o, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.tenants[sc.Tenant()]
	if t == nil {
		return o, nil
	}
	var states [len(stateNames)]int
	for _, d := range t.devices {
		if sc.Client() != "" && d.place.client != sc.Client() {
			continue
		}
		o.Devices++
		states[d.state()]++
		for _, a := range d.alerts() {
			o.Alerts[a.Severity]++
			o.Faults[a.Fault]++
		}
	}
	for i, n := range states {
		if n > 0 {
			o.States[stateNames[i]] = n
		}
	}
	t.countAgents(sc, &o)
	o.Incidents = len(t.incidents)
	return o, nil
}

func (t *tenant) countAgents(sc scope.Scope, o *Overview) {
	for _, a := range t.agents {
		if client, _ := a.outlet(); sc.Client() != "" && client != sc.Client() {
			continue
		}
		switch {
		case a.alert != nil:
			o.Agents[StateSilent]++
			o.Alerts[a.alert.Severity]++
			o.Faults[a.alert.Fault]++
		case a.contact == 0:
			o.Agents[StateUnknown]++
		default:
			o.Agents[StateOK]++
		}
	}
}

const (
	stOK = iota
	stIll
	stSilent
	stNoReply
	stUnknown
)

var stateNames = [...]string{StateOK, StateIll, StateSilent, StateNoReply, StateUnknown}

// state is the one word for a device. A silent agent outweighs what was last
// known: there is no data.
func (d *device) state() int {
	switch {
	case d.place.agent.alert != nil:
		return stSilent
	case d.contact == 0:
		return stUnknown
	case len(d.alerts()) == 0:
		return stOK
	}
	for _, a := range d.alerts() {
		if a.Group == GroupLink {
			return stNoReply
		}
	}
	return stIll
}

// Line is one device in a list.
type Line struct {
	Device   string    `json:"device"`
	Client   string    `json:"client"`
	Outlet   string    `json:"outlet"`
	Agent    string    `json:"agent"`
	State    string    `json:"state"`
	Severity Severity  `json:"severity"` // of the worst open alert
	Faults   []string  `json:"faults,omitempty"`
	Incident string    `json:"incident,omitempty"`
	Seen     time.Time `json:"seen"` // zero = never
	Next     *Stop     `json:"nextStop,omitempty"`
	Model    string    `json:"model,omitempty"`
	Serial   string    `json:"serial,omitempty"`
	Unsent   int64     `json:"unsent"`
}

// DeviceFilter narrows a list of devices; empty fields do not.
type DeviceFilter struct {
	States   []string
	Fault    string
	Client   string
	Outlet   string
	Severity Severity // at least
	IDs      []string // only these, as a text search found them; nil = all
	After    string   // id of the last device of the page before
	Limit    int      // 0 = 50, at most 500
}

func pageSize(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, MaxPage)
}

// ListDevices is a page of devices in id order. It reads memory only and
// looks no further than the page.
func (s *Service) ListDevices(sc scope.Scope, f DeviceFilter) ([]Line, error) {
	if err := need(sc, scope.SeeFleet, "fleet.ListDevices"); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.tenants[sc.Tenant()]
	if t == nil {
		return nil, nil
	}
	var out []Line
	var set signal.Set
	for _, d := range s.candidates(t, f) {
		if !f.takes(sc, d) {
			continue
		}
		out = append(out, d.line(&set))
		if len(out) == pageSize(f.Limit) {
			break
		}
	}
	return out, nil
}

// candidates are the devices after the page before, of those asked for.
func (s *Service) candidates(t *tenant, f DeviceFilter) []*device {
	list := t.devices
	if f.IDs != nil {
		list = make([]*device, 0, len(f.IDs))
		for _, id := range f.IDs {
			if d := s.devices[id]; d != nil && d.place.tenant == t {
				list = append(list, d)
			}
		}
		slices.SortFunc(list, func(a, b *device) int { return cmp.Compare(a.id, b.id) })
		list = slices.Compact(list)
	}
	if f.After == "" {
		return list
	}
	i, found := slices.BinarySearchFunc(list, f.After, byID)
	if found {
		i++
	}
	return list[i:]
}

func (f *DeviceFilter) takes(sc scope.Scope, d *device) bool {
	switch {
	case sc.Client() != "" && d.place.client != sc.Client(),
		f.Client != "" && d.place.client != f.Client,
		f.Outlet != "" && d.place.outlet != f.Outlet,
		len(f.States) > 0 && !slices.Contains(f.States, stateNames[d.state()]),
		f.Severity != Fine && worst(d.alerts()) < f.Severity:
		return false
	}
	return f.Fault == "" || slices.ContainsFunc(d.alerts(), func(a *Alert) bool { return a.Fault == f.Fault }) ||
		f.Fault == FaultAgentSilent && d.place.agent.alert != nil
}

func worst(alerts []*Alert) (s Severity) {
	for _, a := range alerts {
		s = max(s, a.Severity)
	}
	return s
}

func (d *device) line(set *signal.Set) Line {
	l := Line{
		Device: d.id, Client: d.place.client, Outlet: d.place.outlet, Agent: d.place.agent.id,
		State: stateNames[d.state()], Severity: worst(d.alerts()),
	}
	for _, a := range d.alerts() {
		l.Faults = append(l.Faults, a.Fault)
		if a.Incident != "" {
			l.Incident = a.Incident
		}
	}
	if a := d.place.agent.alert; a != nil {
		l.Faults, l.Severity = append(l.Faults, a.Fault), max(l.Severity, a.Severity)
	}
	if d.contact != 0 {
		l.Seen = millis(d.seen())
	}
	if next := d.stops.list(); len(next) > 0 {
		l.Next = &next[0]
	}
	if set.DecodePacked(d.packed) == nil {
		l.Model, l.Serial, l.Unsent = set.Get(signal.Model).Text(), set.Get(signal.Serial).Text(), set.Get(signal.Unsent).Int()
	}
	return l
}

// Live is one device as it is now.
type Live struct {
	Line
	Values     signal.Set `json:"values"`
	LastNews   time.Time  `json:"lastNews"` // event time of what Values say
	Stops      []Stop     `json:"stops"`
	Alerts     []Alert    `json:"alerts"`
	AgentAlert *Alert     `json:"agentAlert,omitempty"`
	AgentSeen  time.Time  `json:"agentSeen"`
	AgentSkew  int64      `json:"agentSkewMs"`
}

// Device is one device's live state.
func (s *Service) Device(sc scope.Scope, id string) (Live, error) {
	if err := need(sc, scope.SeeFleet, "fleet.Device"); err != nil {
		return Live{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	d := s.devices[id]
	if d == nil || d.place.tenant.id != sc.Tenant() || sc.Client() != "" && d.place.client != sc.Client() {
		return Live{}, problem.New(problem.NotFound, "not_found").In("fleet.Device")
	}
	var l Live
	l.Line = d.line(&l.Values)
	l.Stops, l.AgentAlert, l.AgentSkew = d.stops.list(), d.place.agent.alert, d.place.agent.skew
	if d.lastAt != 0 {
		l.LastNews = millis(d.lastAt)
	}
	if c := d.place.agent.contact; c != 0 {
		l.AgentSeen = millis(c)
	}
	for _, a := range d.alerts() {
		l.Alerts = append(l.Alerts, *a)
	}
	return l, nil
}

// AgentState is one agent as fleet sees it.
type AgentState struct {
	Agent   string    `json:"agent"`
	State   string    `json:"state"` // ok, silent, unknown
	Seen    time.Time `json:"seen"`
	SkewMs  int64     `json:"skewMs"` // server's clock minus the agent's
	Refused int64     `json:"refused"`
	Devices int       `json:"devices"`
}

// AgentStates tells how the company's agents are, by id.
func (s *Service) AgentStates(sc scope.Scope) (map[string]AgentState, error) {
	if err := need(sc, scope.SeeFleet, "fleet.AgentStates"); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := map[string]AgentState{}
	t := s.tenants[sc.Tenant()]
	if t == nil {
		return out, nil
	}
	for _, a := range t.agents {
		if client, _ := a.outlet(); sc.Client() != "" && client != sc.Client() {
			continue
		}
		st := AgentState{Agent: a.id, State: StateOK, SkewMs: a.skew, Refused: a.refused, Devices: len(a.devices)}
		if a.contact != 0 {
			st.Seen = millis(a.contact)
		} else {
			st.State = StateUnknown
		}
		if a.alert != nil {
			st.State = StateSilent
		}
		out[a.id] = st
	}
	return out, nil
}
