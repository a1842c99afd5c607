package web

import (
	"cmp"
	"context"
	"slices"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// sections of the fleet's list, the most urgent first. Only the first is put
// in order by severity, for which it is read as a whole.
func sections() [][]string {
	return [][]string{
		{fleet.StateIll, fleet.StateNoReply}, {fleet.StateSilent}, {fleet.StateUnknown}, {fleet.StateOK},
	}
}

// statesFor is the fleet's states in which a mark may be found.
func statesFor(s ui.State, planned bool) []string {
	switch s {
	case ui.StateOK:
		return []string{fleet.StateOK}
	case ui.StateIll, ui.StateNoOFD:
		return []string{fleet.StateIll}
	case ui.StateNoAnswer:
		return []string{fleet.StateNoReply}
	case ui.StateSilent:
		return []string{fleet.StateSilent}
	case ui.StateUnknown:
		return []string{fleet.StateUnknown}
	case ui.StateMaintenance:
		if !planned {
			return []string{}
		}
	}
	return nil
}

// finder finds a page of devices: the fleet's filter, and beside it what only
// the page knows.
type finder struct {
	standing
	q     fleetQuery
	only  []string               // ids, nil = all
	takes func(*fleet.Line) bool // of a text that names outlets or clients
}

// find is at most limit devices after the query's place; next is where the
// page after it begins, zero at the end.
func (f *finder) find(limit int) (lines []fleet.Line, next place, err error) {
	wanted := statesFor(f.q.state, len(f.windows) > 0)
	for no, states := range sections() {
		if no < f.q.after.section {
			continue
		}
		if wanted != nil {
			states = common(states, wanted)
		}
		if len(states) == 0 {
			continue
		}
		more, err := f.section(no, states, limit+1-len(lines))
		if err != nil {
			return nil, place{}, err
		}
		if lines = append(lines, more...); len(lines) > limit {
			lines = lines[:limit]
			return lines, placeOf(&lines[limit-1]), nil
		}
	}
	return lines, place{}, nil
}

func common(a, b []string) []string {
	var out []string
	for _, s := range a {
		if slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	return out
}

// section is the part of the page that lies in one section.
func (f *finder) section(no int, states []string, limit int) ([]fleet.Line, error) {
	filter := fleet.DeviceFilter{States: states, Fault: f.q.fault, Client: f.q.client, Outlet: f.q.outlet, IDs: f.only}
	sorted := no == 0
	if !sorted && f.q.after.section == no {
		filter.After = f.q.after.id
	}
	var lines []fleet.Line
	err := f.each(filter, func(l *fleet.Line) bool {
		if f.takes != nil && !f.takes(l) {
			return true
		}
		if state, _ := f.of(l); f.q.state != "" && state != f.q.state {
			return true
		}
		if !sorted || f.q.after.id == "" || f.q.after.before(placeOf(l)) {
			lines = append(lines, *l)
		}
		return sorted || len(lines) < limit
	})
	if sorted {
		slices.SortFunc(lines, func(a, b fleet.Line) int {
			return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Device, b.Device))
		})
		lines = lines[:min(len(lines), limit)]
	}
	return lines, err
}

// placeOf is where a device stands in the list.
func placeOf(l *fleet.Line) place {
	for no, states := range sections() {
		if slices.Contains(states, l.State) {
			p := place{section: no, id: l.Device}
			if no == 0 {
				p.severity = l.Severity
			}
			return p
		}
	}
	return place{section: len(sections()), id: l.Device}
}

// byText narrows a finder to what a text names: devices by their own words,
// or all devices of the outlets and clients that it names. Six questions at
// most, whatever it finds.
func (w *Web) byText(ctx context.Context, rq *request, f *finder) error {
	if f.q.text == "" {
		return nil
	}
	const enough = 500
	devices, _, err := w.Registry.Devices(ctx, rq.sc, registry.DeviceFilter{Query: f.q.text, Page: registry.Page{Limit: enough}})
	if err != nil {
		return err
	}
	outlets, _, err := w.Registry.Outlets(ctx, rq.sc, registry.OutletFilter{Query: f.q.text, Page: registry.Page{Limit: enough}})
	if err != nil {
		return err
	}
	clients, _, err := w.Registry.Clients(ctx, rq.sc, registry.ClientFilter{Query: f.q.text, Page: registry.Page{Limit: enough}})
	if err != nil {
		return err
	}
	named := map[string]bool{}
	f.only = []string{}
	for _, d := range devices {
		named[d.ID] = true
		f.only = append(f.only, d.ID)
	}
	if len(outlets)+len(clients) == 0 {
		return nil
	}
	for _, o := range outlets {
		named[o.ID] = true
	}
	for _, c := range clients {
		named[c.ID] = true
	}
	f.only, f.takes = nil, func(l *fleet.Line) bool { return named[l.Device] || named[l.Outlet] || named[l.Client] }
	return nil
}
