package app

import (
	"context"
	"errors"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

// directory tells the desk where a case is to be mended.
type directory struct {
	registry *registry.Service
	access   *access.Service
}

// Place fills in outlet and client from the device, or the client from the
// outlet, with the terms that the client's promises count by.
func (d directory) Place(ctx context.Context, _ *db.Tx, sc scope.Scope, client, outlet, device string) (desk.Place, error) {
	p := desk.Place{Client: client, Outlet: outlet, Device: device, Zone: "UTC", Terms: calendar.Contract}
	reader := asReader(sc)
	if device != "" {
		dev, err := d.registry.Device(ctx, reader, device)
		if err != nil {
			return p, err
		}
		p.Client, p.Outlet = dev.Client, dev.Outlet
	}
	if p.Outlet != "" {
		o, err := d.registry.Outlet(ctx, reader, p.Outlet)
		if err != nil {
			return p, err
		}
		p.Client, p.Zone = o.Client, o.Zone
	}
	if p.Outlet == "" { // nobody knows which shop: the company's own hours count
		own, err := d.access.Tenant(ctx, reader)
		if err != nil {
			return p, err
		}
		p.Zone, p.Country = own.Zone, own.Country
	}
	if p.Client == "" {
		return p, nil
	}
	c, err := d.registry.Client(ctx, reader, p.Client)
	if err != nil {
		return p, err
	}
	p.Country, p.Terms = string(c.Country), c.Terms
	return p, nil
}

// asReader lets a guest or an agent's doing look up names: what they may act on
// has been decided before, and a client stays the client's.
func asReader(sc scope.Scope) scope.Scope {
	if sc.Client() == "" {
		return scope.System(sc.Tenant(), "app")
	}
	return scope.Person(sc.Tenant(), sc.Actor().ID, sc.Actor().Name, sc.Client(), scope.Owner)
}

func errNotFound(op string) error { return problem.New(problem.NotFound, "not_found").In(op) }

// found turns "not there" into an answer.
func found(err error) (bool, error) {
	var p *problem.Error
	if errors.As(err, &p) && p.Kind == problem.NotFound {
		return false, nil
	}
	return err == nil, err
}
