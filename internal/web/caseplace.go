package web

import (
	"context"
	"strings"

	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

// casePlace is where something is, in words and with the ids to link to.
type casePlace struct {
	Device, Outlet, Client             string // ids
	DeviceName, OutletName, ClientName string
	City, Zone                         string
}

// shop is the outlet with its city, or the client's name when there is none.
func (p casePlace) shop() string {
	if p.OutletName == "" {
		return p.ClientName
	}
	if p.City == "" || strings.Contains(p.OutletName, p.City) {
		return p.OutletName
	}
	return p.OutletName + ", " + p.City
}

func placeOfDevice(d registry.Device) casePlace {
	return casePlace{
		Device: d.ID, Outlet: d.Outlet, Client: d.Client, DeviceName: deviceName(d),
		OutletName: d.Place.OutletName, ClientName: d.Place.ClientName, City: d.Place.City, Zone: d.Place.Zone,
	}
}

// deviceName is what the shop calls it, and else what its maker does.
func deviceName(d registry.Device) string {
	if d.Name != "" {
		return d.Name
	}
	return d.Model
}

// placesOf names where each case is. Cases about a whole outlet or client are
// named through any register that is watched there, which costs no question;
// what is left, shops without a register, costs one more for all of them.
func (w *Web) placesOf(ctx context.Context, rq *request, cases []desk.Case) (func(desk.Case) casePlace, error) {
	through := map[string]string{} // id of a device, an outlet or a client → a device there
	ids := make([]string, 0, len(cases))
	for _, c := range cases {
		key := placeKey(c)
		if _, known := through[key]; known || key == "" {
			continue
		}
		if through[key] = w.deviceAt(rq.sc, c); through[key] != "" {
			ids = append(ids, through[key])
		}
	}
	devices, err := w.Registry.DevicesByIDs(ctx, rq.sc, ids)
	if err != nil {
		return nil, err
	}
	bare, err := w.bareOutlets(ctx, rq.sc, cases, through)
	if err != nil {
		return nil, err
	}
	return func(c desk.Case) casePlace {
		if o, ok := bare[c.Outlet]; ok && c.Device == "" {
			return placeOfOutlet(o)
		}
		d, ok := devices[through[placeKey(c)]]
		if !ok {
			return casePlace{Device: c.Device, Outlet: c.Outlet, Client: c.Client}
		}
		return placeOfDevice(d).only(c)
	}, nil
}

func placeKey(c desk.Case) string {
	switch {
	case c.Device != "":
		return c.Device
	case c.Outlet != "":
		return c.Outlet
	}
	return c.Client
}

// deviceAt is the case's device, or one that is watched where the case is.
func (w *Web) deviceAt(sc scope.Scope, c desk.Case) string {
	if c.Device != "" {
		return c.Device
	}
	f := fleet.DeviceFilter{Outlet: c.Outlet, Limit: 1}
	if c.Outlet == "" {
		f.Client = c.Client
	}
	lines, err := w.Fleet.ListDevices(sc, f)
	if err != nil || len(lines) == 0 { // who may not see the fleet sees the case without the name
		return ""
	}
	return lines[0].Device
}

// only leaves out what the case is not about: a case of the whole outlet names
// no register.
func (p casePlace) only(c desk.Case) casePlace {
	if c.Device == "" {
		p.Device, p.DeviceName = "", ""
	}
	if c.Device == "" && c.Outlet == "" {
		p.Outlet, p.OutletName, p.City = "", "", ""
	}
	return p
}

// bareOutlets reads outlets in which no register is watched, one question for
// all that the list needs.
func (w *Web) bareOutlets(ctx context.Context, sc scope.Scope, cases []desk.Case, through map[string]string) (map[string]registry.Outlet, error) {
	found := map[string]registry.Outlet{}
	need := false
	for _, c := range cases {
		need = need || c.Device == "" && c.Outlet != "" && through[c.Outlet] == ""
	}
	if !need {
		return found, nil
	}
	list, _, err := w.Registry.Outlets(ctx, sc, registry.OutletFilter{Page: registry.Page{Limit: 500}})
	for _, o := range list {
		if through[o.ID] == "" {
			found[o.ID] = o.Outlet
		}
	}
	return found, err
}

func placeOfOutlet(o registry.Outlet) casePlace {
	return casePlace{Outlet: o.ID, Client: o.Client, OutletName: o.Name, ClientName: o.ClientName, City: o.City, Zone: o.Zone}
}

// placeOf names one place by the narrowest id that is given.
func (w *Web) placeOf(ctx context.Context, sc scope.Scope, device, outlet, client string) (casePlace, error) {
	switch {
	case device != "":
		d, err := w.Registry.Device(ctx, sc, device)
		return placeOfDevice(d), err
	case outlet != "":
		o, err := w.Registry.Outlet(ctx, sc, outlet)
		return placeOfOutlet(o), err
	case client != "":
		c, err := w.Registry.Client(ctx, sc, client)
		return casePlace{Client: c.ID, ClientName: c.Name}, err
	}
	return casePlace{}, nil
}

// placeOfCase is placeOf for a case; one that is about nobody, as an operator's
// outage is, has none, and a place that is gone leaves the case readable.
func (w *Web) placeOfCase(ctx context.Context, sc scope.Scope, c desk.Case) (casePlace, error) {
	p, err := w.placeOf(ctx, sc, c.Device, c.Outlet, c.Client)
	if pr := problem.Of(err); pr != nil && (pr.Kind == problem.NotFound || pr.Kind == problem.Forbidden) {
		return casePlace{Device: c.Device, Outlet: c.Outlet, Client: c.Client}, nil
	}
	return p, err
}
