package registry

import (
	"context"
	"database/sql"
	"iter"
	"slices"
	"strings"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// Device reads one device, retired or not.
func (s *Service) Device(ctx context.Context, sc scope.Scope, id string) (d Device, err error) {
	const op = "registry.Device"
	r, err := see(sc, op)
	if err != nil {
		return Device{}, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		d, err = loadDevice(ctx, tx, r, id, op)
		return err
	})
	return d, err
}

// DeviceFilter narrows a list of devices.
type DeviceFilter struct {
	Client, Outlet, Agent string
	Kind                  DeviceKind
	Query                 string // words of name or model, or part of a serial, РНМ or FN number
	Retired               bool   // also those out of service
	Page
}

// Devices lists devices by name in one query. more says that another page
// follows.
func (s *Service) Devices(ctx context.Context, sc scope.Scope, f DeviceFilter) (list []Device, more bool, err error) {
	r, err := see(sc, "registry.Devices")
	if err != nil {
		return nil, false, err
	}
	q := r.startDevices()
	q.equal("d.client", f.Client)
	q.equal("d.outlet", f.Outlet)
	q.equal("d.agent", f.Agent)
	q.equal("d.kind", string(f.Kind))
	q.words("d.folded", f.Query)
	q.after("registry_device", "d", r.tenant, f.After)
	if !f.Retired {
		q.and("d.retired_at = 0")
	}
	list, err = s.devices(ctx, r, q, ` ORDER BY d.sort, d.id LIMIT `+q.arg(f.limit()+1))
	list, more = cut(list, f.limit())
	return list, more, err
}

func (s *Service) devices(ctx context.Context, r reach, q *query, tail string) (list []Device, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+deviceColumns+deviceTables+q.String()+tail, q.args...)
		list, err = db.Rows(rows, err, func(row *sql.Rows) (Device, error) { return r.scanDevice(row) })
		return wrap("devices", err)
	})
	return list, err
}

// maxIDs is how many ids one question may name.
const maxIDs = 5000

// DevicesByIDs reads the named devices in one query, by id. What the scope
// does not reach is left out, and so is what comes after the first 5000.
func (s *Service) DevicesByIDs(ctx context.Context, sc scope.Scope, ids []string) (map[string]Device, error) {
	r, err := see(sc, "registry.DevicesByIDs")
	if err != nil || len(ids) == 0 {
		return map[string]Device{}, err
	}
	ids = ids[:min(len(ids), maxIDs)]
	q := r.startDevices()
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	q.where = append(q.where, "d.id IN ("+db.List(len(ids), len(q.args)+1)+")")
	q.args = append(q.args, args...)
	list, err := s.devices(ctx, r, q, "")
	found := make(map[string]Device, len(list))
	for _, d := range list {
		found[d.ID] = d
	}
	return found, err
}

// DevicesOfAgent lists what an agent is to read: its devices in service that
// have an endpoint, in the order they were added.
func (s *Service) DevicesOfAgent(ctx context.Context, sc scope.Scope, agent string) ([]Device, error) {
	r, err := see(sc, "registry.DevicesOfAgent")
	if err != nil || agent == "" {
		return nil, err
	}
	q := r.startDevices()
	q.and("d.agent = ? AND d.agent <> '' AND d.retired_at = 0 AND d.endpoint <> ''", agent) // said twice, for the partial index
	list, err := s.devices(ctx, r, q, "")
	// Sorted here: asked to sort by id, SQLite would walk the tenant's whole
	// index of ids in place of the agent's few devices.
	slices.SortFunc(list, func(a, b Device) int { return strings.Compare(a.ID, b.ID) })
	return list, err
}

// rosterPage is how many devices of the roster are in memory at a time.
const rosterPage = 1000

// AllDevices walks every device of the tenant in service, in id order, a
// page at a time. The walk is not one snapshot: a device that changes
// meanwhile is told by its event.
func (s *Service) AllDevices(ctx context.Context, sc scope.Scope) iter.Seq2[Device, error] {
	return func(yield func(Device, error) bool) {
		r, err := see(sc, "registry.AllDevices")
		if err != nil {
			yield(Device{}, err)
			return
		}
		for after, more := "", true; more; {
			q := r.startDevices()
			q.and("d.retired_at = 0 AND d.id > ?", after)
			list, err := s.devices(ctx, r, q, ` ORDER BY d.id LIMIT `+q.arg(rosterPage))
			if err != nil {
				yield(Device{}, err)
				return
			}
			for _, d := range list {
				if !yield(d, nil) {
					return
				}
				after = d.ID
			}
			more = len(list) == rosterPage
		}
	}
}
