package fleet

import (
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/signal"
)

// Device is what fleet must know of a device to watch it; the registry knows
// the rest.
type Device struct {
	ID, Tenant, Client, Outlet, Agent string
}

// device is the state of one device in memory. There may be a million, so
// what only an ill or just changed device needs is in extra.
type device struct {
	id      string
	place   *place
	packed  []byte // the known values, signal's packed form; replaced, never changed
	x       *extra
	draft   *draft // set while a stage works on the device
	lastAt  int64  // event time of the last news, Unix ms
	contact int64  // when the last news arrived, Unix ms
	next    int64  // event time at which a rule may flip by itself, Unix ms
	seq     int64  // of the last durable change
	stops   stops
	dirty   bool // its row is older than this
}

// extra is kept only while it holds something.
type extra struct {
	alerts []*Alert
	tracks []track
	tail   []change // durable in the log, not yet in the history
}

func (x *extra) empty() bool { return len(x.alerts)+len(x.tracks)+len(x.tail) == 0 }

// place is where a device stands; devices of one place share it.
type place struct {
	tenant         *tenant
	client, outlet string
	agent          *agent
}

// track is what a rule remembers of one device between two reports. A rule
// that has nothing to remember has none.
type track struct {
	rule  uint16  // number of the rule's name
	ill   bool    // by hysteresis and hold time, before damping
	since int64   // event time since when the condition holds, 0 = it does not
	flips []int64 // event times at which ill changed, of the last flapSpan
}

// change is one durable change of a device's values.
type change struct {
	seq, at, received int64
	late              bool
	items             []signal.Change
}

// quiet says whether the change holds nothing but what changes all day long.
func (c *change) quiet() bool {
	for _, it := range c.items {
		switch it.ID {
		case signal.LastDocNo.ID, signal.LastDocAt.ID, signal.LastDocSign.ID, signal.HoldMillis.ID, signal.Temperature.ID,
			signal.ClockDrift.ID, signal.Battery.ID, signal.ReceiptOpen.ID, signal.ReceiptType.ID, signal.ReceiptSince.ID:
		default:
			return false
		}
	}
	return true
}

// agent is an agent as fleet sees it.
type agent struct {
	id      string
	tenant  *tenant
	devices []*device // sorted by id
	slot    int       // place in Service.deadlines
	seq     int64     // highest number of a report that was taken
	contact int64     // Unix ms, 0 = never heard of
	skew    int64     // server's clock minus the agent's, ms
	refused int64
	current bool   // its last report was not late
	alert   *Alert // agent-silent, while open
	logged  bool   // seq stands in the log and not yet in its row
	draft   *agentDraft
}

// outlet is the outlet of the agent's first device.
func (a *agent) outlet() (client, outlet string) {
	if len(a.devices) == 0 {
		return "", ""
	}
	return a.devices[0].place.client, a.devices[0].place.outlet
}

// tenant is one company's part of the memory.
type tenant struct {
	id        string
	devices   []*device // sorted by id
	agents    []*agent
	rules     []*rule
	custom    []RuleDef
	limits    []int64
	windows   []Window
	incidents map[string]*Incident // open, by key
	hosts     map[string]*hostTrouble
	unreached trouble          // registers that do not answer a living agent
	ended     map[string]int64 // incidents that ended lately, when (Unix ms)
	version   uint64           // grows when anything that a page shows changes
	forecast  *forecastCache
}

func newTenant(id string, c *catalogue) *tenant {
	return &tenant{
		id: id, rules: c.rules, limits: slices.Clone(c.defaults),
		incidents: map[string]*Incident{}, hosts: map[string]*hostTrouble{},
		unreached: trouble{}, ended: map[string]int64{},
	}
}

func byID(d *device, id string) int { return strings.Compare(d.id, id) }

func insertDevice(list []*device, d *device) []*device {
	i, found := slices.BinarySearchFunc(list, d.id, byID)
	if found {
		return list
	}
	return slices.Insert(list, i, d)
}

func removeDevice(list []*device, d *device) []*device {
	if i, found := slices.BinarySearchFunc(list, d.id, byID); found {
		return slices.Delete(list, i, i+1)
	}
	return list
}

func (d *device) alerts() []*Alert {
	if d.x == nil {
		return nil
	}
	return d.x.alerts
}

func (d *device) tracks() []track {
	if d.x == nil {
		return nil
	}
	return d.x.tracks
}

// setExtra changes the extra part and lets it go when nothing is left.
func (d *device) setExtra(f func(*extra)) {
	if d.x == nil {
		d.x = &extra{}
	}
	f(d.x)
	if d.x.empty() {
		d.x = nil
	}
}

// seen is when anything was last heard of the device: from itself or, as its
// agent would say if something had changed, from its agent.
func (d *device) seen() int64 { return max(d.contact, d.place.agent.contact) }

// names numbers the rules' names, so that a track is small. A number once
// given stays for the life of the process.
type names struct {
	numbers map[string]uint16
	texts   []string
}

func (n *names) number(text string) uint16 {
	if i, ok := n.numbers[text]; ok {
		return i
	}
	if n.numbers == nil {
		n.numbers = map[string]uint16{}
	}
	i := uint16(len(n.texts)) // at most maxRules names a tenant; see AddRule
	n.texts, n.numbers[text] = append(n.texts, text), i
	return i
}

func millis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
