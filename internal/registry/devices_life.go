package registry

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// MoveDevice puts a device into another outlet, of any client. The agent
// that read it stays behind.
func (s *Service) MoveDevice(ctx context.Context, sc scope.Scope, id string, version int64, outlet string) (Device, error) {
	const op = "registry.MoveDevice"
	r, err := edit(sc, op)
	if err != nil {
		return Device{}, err
	}
	return s.changeDevice(ctx, sc, r, id, version, "device.moved", op, func(tx *db.Tx, d *Device) (Change, error) {
		if d.Outlet == outlet {
			return "", nil
		}
		detail := map[string]string{"field": "outlet", "from": d.Place.OutletName, "from_id": d.Outlet}
		if err := place(ctx, tx, r, d, outlet, op); err != nil {
			return "", err
		}
		d.Agent = ""
		detail["to"], detail["to_id"] = d.Place.OutletName, d.Outlet
		return Moved, enter(ctx, tx, sc, PassportEntry{Device: id, Kind: Move, At: tx.Now, Detail: detail})
	})
}

// AssignAgent says which agent reads the device; "" for none.
func (s *Service) AssignAgent(ctx context.Context, sc scope.Scope, id, agent string) (Device, error) {
	const op = "registry.AssignAgent"
	r, err := edit(sc, op)
	if err != nil {
		return Device{}, err
	}
	if err := s.checkAgent(ctx, sc, agent, op); err != nil {
		return Device{}, err
	}
	return s.changeDevice(ctx, sc, r, id, 0, "device.assigned", op, func(_ *db.Tx, d *Device) (Change, error) {
		if d.Agent == agent {
			return "", nil
		}
		d.Agent = agent
		return Assigned, nil
	})
}

// RetireDevice takes a device out of service; its passport stays. why is a
// person's words and may be "".
func (s *Service) RetireDevice(ctx context.Context, sc scope.Scope, id string, version int64, why string) (Device, error) {
	const op = "registry.RetireDevice"
	r, err := edit(sc, op)
	if err != nil {
		return Device{}, err
	}
	var f findings
	f.upTo("why", why, maxNote)
	if err := f.err(op); err != nil {
		return Device{}, err
	}
	return s.changeDevice(ctx, sc, r, id, version, "device.retired", op, func(tx *db.Tx, d *Device) (Change, error) {
		if d.Retired() {
			return "", nil
		}
		d.RetiredAt = tx.Now
		return Removed, enter(ctx, tx, sc, PassportEntry{Device: id, Kind: Retirement, At: tx.Now, Text: why})
	})
}

// ReviveDevice takes a retirement back.
func (s *Service) ReviveDevice(ctx context.Context, sc scope.Scope, id string, version int64) (Device, error) {
	const op = "registry.ReviveDevice"
	r, err := edit(sc, op)
	if err != nil {
		return Device{}, err
	}
	return s.changeDevice(ctx, sc, r, id, version, "device.revived", op, func(tx *db.Tx, d *Device) (Change, error) {
		if !d.Retired() {
			return "", nil
		}
		if err := refuseSerial(ctx, tx, r, *d, op); err != nil {
			return "", err
		}
		d.RetiredAt = time.Time{}
		return Added, enter(ctx, tx, sc, PassportEntry{Device: id, Kind: Revival, At: tx.Now})
	})
}
