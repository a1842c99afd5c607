package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

type outletsIn struct {
	Paging
	Client string `query:"client"`
	City   string `query:"city" maxLength:"200"`
	Query  string `query:"q" maxLength:"200" doc:"Words of name, city or address."`
}

func (a *API) mountOutlets() {
	handle(a, operation{
		id: "listOutlets", method: http.MethodGet, path: "/outlets", tag: "registry", right: scope.SeeFleet,
		summary: "Outlets by name",
	}, func(ctx context.Context, w who, in *outletsIn) (*answer[client.List[client.Outlet]], error) {
		list, more, err := a.Registry.Outlets(ctx, w.sc, registry.OutletFilter{
			Client: in.Client, City: in.City, Query: in.Query, Page: registry.Page{After: in.After, Limit: in.Limit},
		})
		return said(listed(list, nextIf(list, more, func(o registry.OutletRow) string { return o.ID }), outletRow), err)
	})
	handle(a, operation{
		id: "getOutlet", method: http.MethodGet, path: "/outlets/{id}", tag: "registry", right: scope.SeeFleet,
		summary: "One outlet",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.Outlet], error) {
		o, err := a.Registry.Outlet(ctx, w.sc, in.ID)
		return said(outletOf(o), err)
	})
	handle(a, operation{
		id: "addOutlet", method: http.MethodPost, path: "/outlets", tag: "registry", right: scope.EditRegistry, status: 201,
		summary: "Add an outlet to a client",
	}, func(ctx context.Context, w who, in *bare[client.NewOutlet]) (*answer[client.Outlet], error) {
		o := outletForm(in.Body.OutletForm)
		o.Client = in.Body.Client
		o, err := a.Registry.AddOutlet(ctx, w.sc, o)
		return said(outletOf(o), err)
	})
	handle(a, operation{
		id: "changeOutlet", method: http.MethodPut, path: "/outlets/{id}", tag: "registry", right: scope.EditRegistry, conflicts: true,
		summary: "Write an outlet anew", about: "It stays with its client.",
	}, func(ctx context.Context, w who, in *with[client.OutletChange]) (*answer[client.Outlet], error) {
		o := outletForm(in.Body.OutletForm)
		o.ID, o.Version = in.ID, in.Body.Version
		o, err := a.Registry.UpdateOutlet(ctx, w.sc, o)
		return said(outletOf(o), err)
	})
}

func outletForm(f client.OutletForm) registry.Outlet {
	o := registry.Outlet{Name: f.Name, Address: f.Address, City: f.City, Zone: f.Zone, Note: f.Note}
	if f.Point != nil {
		o.Point = &registry.Point{Lat: f.Point.Lat, Lon: f.Point.Lon}
	}
	return o
}

func outletOf(o registry.Outlet) client.Outlet {
	out := client.Outlet{
		ID: o.ID, Client: o.Client, ClientName: o.ClientName, CreatedAt: o.CreatedAt, Version: o.Version,
		OutletForm: client.OutletForm{Name: o.Name, Address: o.Address, City: o.City, Zone: o.Zone, Note: o.Note},
	}
	if o.Point != nil {
		out.Point = &client.Point{Lat: o.Point.Lat, Lon: o.Point.Lon}
	}
	return out
}

func outletRow(r registry.OutletRow) client.Outlet {
	o := outletOf(r.Outlet)
	o.Devices = r.Devices
	return o
}
