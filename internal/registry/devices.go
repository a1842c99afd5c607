package registry

import (
	"context"
	"slices"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// AddDevice adds a device to an outlet, with the agent that reads it or "".
// It needs EditRegistry. A device in service of the same kind, model and
// serial is the field problem serial_taken: it should be moved instead.
func (s *Service) AddDevice(ctx context.Context, sc scope.Scope, outlet, agent string, form DeviceForm) (Device, error) {
	const op = "registry.AddDevice"
	r, err := edit(sc, op)
	if err != nil {
		return Device{}, err
	}
	form = tidyForm(form)
	if err := checkDevice(&form, op); err != nil {
		return Device{}, err
	}
	if err := s.checkAgent(ctx, sc, agent, op); err != nil {
		return Device{}, err
	}
	d := Device{ID: ids.New(), Outlet: outlet, Agent: agent, DeviceForm: form, Version: 1}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		d.CreatedAt = tx.Now
		if err := place(ctx, tx, r, &d, outlet, op); err != nil {
			return err
		}
		if err := refuseSerial(ctx, tx, r, d, op); err != nil {
			return err
		}
		if err := insertDevice(ctx, tx, r, d); err != nil {
			return err
		}
		s.tell(tx, r, d.ID, Added)
		return note(ctx, tx, sc, "device.added", "device", d.ID, d.fields())
	})
	if err != nil {
		return Device{}, err
	}
	return d, nil
}

// tidyForm copies what the caller may go on to change.
func tidyForm(f DeviceForm) DeviceForm {
	f.TaxSystems = slices.Compact(slices.Clone(f.TaxSystems))
	if f.Endpoint != nil {
		e := *f.Endpoint
		f.Endpoint = &e
	}
	return f
}

func (s *Service) checkAgent(ctx context.Context, sc scope.Scope, agent, op string) error {
	if agent == "" || s.agents == nil {
		return nil
	}
	known, err := s.agents.HasAgent(ctx, sc, agent)
	if err == nil && !known {
		return problem.New(problem.Invalid, "invalid").In(op).Field("agent", "not_found")
	}
	return err
}

// place puts the device into an outlet of the reach and its client.
func place(ctx context.Context, tx *db.Tx, r reach, d *Device, outlet, op string) error {
	o, err := loadOutlet(ctx, tx, r, outlet, op)
	if err != nil {
		return err
	}
	d.Outlet, d.Client = o.ID, o.Client
	d.Place = Place{ClientName: o.ClientName, OutletName: o.Name, City: o.City, Zone: o.Zone}
	return nil
}

// refuseSerial finds the same device entered twice by people. What registers
// tell of themselves is not refused.
func refuseSerial(ctx context.Context, tx *db.Tx, r reach, d Device, op string) error {
	if d.Serial == "" {
		return nil
	}
	var n int
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM registry_device
		WHERE tenant = $1 AND serial = $2 AND kind = $3 AND model = $4 AND retired_at = 0 AND id <> $5`,
		r.tenant, d.Serial, string(d.Kind), d.Model, d.ID).Scan(&n)
	if err == nil && n > 0 {
		return problem.New(problem.Invalid, "invalid").In(op).Field("serial", "serial_taken")
	}
	return wrap("refuseSerial", err)
}

// changeDevice loads a device, lets change alter it, saves it and notes the
// difference. version 0 takes the device as it is. change returns what to
// tell others and may write more; "" means that nothing changed.
func (s *Service) changeDevice(ctx context.Context, sc scope.Scope, r reach, id string, version int64, action, op string,
	change func(tx *db.Tx, d *Device) (Change, error),
) (d Device, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if d, err = loadDevice(ctx, tx, r, id, op); err != nil {
			return err
		}
		if version != 0 && version != d.Version {
			return conflict(op)
		}
		before := d.fields()
		what, err := change(tx, &d)
		if err != nil || what == "" {
			return err
		}
		if err := saveDevice(ctx, tx, r, &d, op); err != nil {
			return err
		}
		s.tell(tx, r, id, what)
		return note(ctx, tx, sc, action, "device", id, diff(before, d.fields()))
	})
	if err != nil {
		return Device{}, err
	}
	return d, nil
}

// UpdateDevice writes what people say about a device anew. Version must be
// the one that was read. An endpoint whose password is "" keeps the password
// it had as long as the address stays: a form does not show it.
func (s *Service) UpdateDevice(ctx context.Context, sc scope.Scope, id string, version int64, form DeviceForm) (Device, error) {
	const op = "registry.UpdateDevice"
	r, err := edit(sc, op)
	if err != nil {
		return Device{}, err
	}
	form = tidyForm(form)
	if err := checkDevice(&form, op); err != nil {
		return Device{}, err
	}
	return s.changeDevice(ctx, sc, r, id, version, "device.changed", op, func(tx *db.Tx, d *Device) (Change, error) {
		if e, old := form.Endpoint, d.Endpoint; e != nil && old != nil && e.Password == "" && e.Address == old.Address && e.Protocol == old.Protocol {
			e.Password = old.Password
		}
		d.DeviceForm = form
		return Changed, refuseSerial(ctx, tx, r, *d, op)
	})
}
