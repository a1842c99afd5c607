package web

import (
	"context"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

// names gathers the ids that a page shows and then asks the registry once.
type names struct {
	ids     []string
	outlets map[string]string // outlet → one of its devices
	found   map[string]registry.Device
}

// device notes that a device's name will be needed.
func (n *names) device(id string) {
	if id != "" {
		n.ids = append(n.ids, id)
	}
}

// outlet notes that an outlet's name will be needed: any device there knows
// it, and the fleet's memory knows one.
func (n *names) outlet(f *fleet.Service, sc scope.Scope, id string) error {
	if n.outlets == nil {
		n.outlets = map[string]string{}
	}
	if _, asked := n.outlets[id]; asked || id == "" {
		return nil
	}
	lines, err := f.ListDevices(sc, fleet.DeviceFilter{Outlet: id, Limit: 1})
	if err != nil {
		return err
	}
	n.outlets[id] = ""
	if len(lines) > 0 {
		n.outlets[id] = lines[0].Device
		n.ids = append(n.ids, lines[0].Device)
	}
	return nil
}

// ask puts the one question.
func (n *names) ask(ctx context.Context, r *registry.Service, sc scope.Scope) (err error) {
	n.found, err = r.DevicesByIDs(ctx, sc, n.ids)
	return err
}

// of is the device, and the place of the outlet when there is no device.
func (n *names) of(device, outlet string) registry.Device {
	if d, ok := n.found[device]; ok {
		return d
	}
	return registry.Device{Place: n.found[n.outlets[outlet]].Place}
}

// faultName is a fault's title in the reader's language, its id when no article
// is about it.
func (w *Web) faultName(sc scope.Scope, l i18n.Lang, id string) string {
	if title, ok := w.Faults.Title(sc, id, l); ok {
		return title
	}
	return id
}

// mendable says whether the catalogue has steps against a fault.
func (w *Web) mendable(sc scope.Scope, id string) bool {
	a, err := w.Faults.Article(sc, id)
	return err == nil && len(a.Steps) > 0
}
