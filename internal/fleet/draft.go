package fleet

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// draft is a device's next state, not yet durable and seen by nobody.
type draft struct {
	d             *device
	set           signal.Set
	loaded        bool // set is unpacked
	alerts        []*Alert
	tracks        []track
	changes       []change
	lastAt        int64
	contact       int64
	next          int64
	setChanged    bool
	tracksChanged bool // something of tracks must be logged
	alertsChanged bool
}

// reset makes the draft one of d, keeping its room.
func (dr *draft) reset(d *device) {
	*dr = draft{
		d: d, set: dr.set, alerts: d.alerts(), tracks: d.tracks(), changes: nil,
		lastAt: d.lastAt, contact: d.contact, next: d.next,
	}
}

// load unpacks the values when they are first wanted. What comes from the
// database was checked when it was read, so it always unpacks.
func (dr *draft) load() {
	if dr.loaded {
		return
	}
	if dr.set.DecodePacked(dr.d.packed) != nil {
		dr.set.Reset()
	}
	dr.loaded = true
}

// put takes a report's values and says which keys changed. A full report
// names every key that is known.
func (dr *draft) put(r *wire.Report) []signal.Change {
	if len(r.Values) == 0 && !r.Full {
		return nil
	}
	dr.load()
	items := r.Values
	if r.Full {
		if items = fullDiff(dr.set.Items(), r.Values); len(items) == 0 {
			return nil
		}
	}
	changes := dr.set.Apply(items)
	if len(changes) > 0 {
		dr.setChanged = true
		slices.SortFunc(changes, func(a, b signal.Change) int { return cmp.Compare(a.ID, b.ID) })
	}
	return changes
}

// fullDiff is the items that turn what is known into exactly the values of a
// full report: changed, added, and those that it no longer names as not known.
// Mostly nothing changed, and then it makes nothing.
func fullDiff(have, values []signal.Item) (out []signal.Item) {
	order := func(a, b signal.Item) int { return cmp.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(values, order) {
		values = slices.Clone(values)
		slices.SortStableFunc(values, order)
	}
	i := 0
	for k, v := range values {
		if k+1 < len(values) && values[k+1].ID == v.ID {
			continue // of equal keys the last counts
		}
		for ; i < len(have) && have[i].ID < v.ID; i++ {
			out = append(out, signal.Item{ID: have[i].ID})
		}
		if i < len(have) && have[i].ID == v.ID {
			if have[i].Value != v.Value {
				out = append(out, v)
			}
			i++
		} else if v.Value.Known() {
			out = append(out, v)
		}
	}
	for ; i < len(have); i++ {
		out = append(out, signal.Item{ID: have[i].ID})
	}
	return out
}

// track is where a rule remembers this device; nil when it has nothing.
func (dr *draft) track(rule uint16) *track {
	for i := range dr.tracks {
		if dr.tracks[i].rule == rule {
			return &dr.tracks[i]
		}
	}
	return nil
}

// setTrack keeps, changes or forgets what a rule remembers. The tracks are
// copied on the first change: the device still has the old ones.
func (dr *draft) setTrack(t track) {
	if !dr.tracksChanged {
		dr.tracks, dr.tracksChanged = slices.Clone(dr.tracks), true
	}
	i := slices.IndexFunc(dr.tracks, func(have track) bool { return have.rule == t.rule })
	empty := !t.ill && t.since == 0 && len(t.flips) == 0
	switch {
	case i < 0 && !empty:
		dr.tracks = append(dr.tracks, t)
	case i >= 0 && empty:
		dr.tracks = slices.Delete(dr.tracks, i, i+1)
	case i >= 0:
		dr.tracks[i] = t
	}
}

func (dr *draft) alert(fault string) *Alert {
	for _, a := range dr.alerts {
		if a.Fault == fault {
			return a
		}
	}
	return nil
}

// setAlert puts the alert in the place of the one of its fault, or takes it
// out when it is closed.
func (dr *draft) setAlert(a *Alert) {
	if !dr.alertsChanged {
		dr.alerts, dr.alertsChanged = slices.Clone(dr.alerts), true
	}
	i := slices.IndexFunc(dr.alerts, func(have *Alert) bool { return have.Fault == a.Fault })
	switch {
	case i < 0 && a.Open():
		dr.alerts = append(dr.alerts, a)
	case i >= 0 && !a.Open():
		dr.alerts = slices.Delete(dr.alerts, i, i+1)
	case i >= 0:
		dr.alerts[i] = a
	}
}

// evidence is what the rule wants kept of the values, as one JSON object.
func (dr *draft) evidence(r *rule) json.RawMessage {
	items := make([]signal.Item, 0, len(r.evidence))
	for _, d := range r.evidence {
		if v := dr.set.Get(d); v.Known() {
			items = append(items, signal.Item{ID: d.ID, Value: v})
		}
	}
	return signal.AppendJSON(nil, items)
}
