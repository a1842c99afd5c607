package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

type clientsIn struct {
	Paging
	Query   string `query:"q" maxLength:"200" doc:"Words of the name, or part of a number."`
	Country string `query:"country" enum:"RU,KZ,DE"`
}

type searchIn struct {
	Query string `query:"q" required:"true" minLength:"1" maxLength:"200"`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"5" doc:"Of each kind."`
}

func (a *API) mountClients() {
	handle(a, operation{
		id: "search", method: http.MethodGet, path: "/search", tag: "registry", right: scope.SeeFleet,
		summary: "Find clients, outlets and devices by what people say", about: "There is one page.",
	}, func(ctx context.Context, w who, in *searchIn) (*answer[client.List[client.Hit]], error) {
		list, err := a.Registry.Search(ctx, w.sc, in.Query, in.Limit)
		return said(listed(list, "", func(h registry.Hit) client.Hit {
			return client.Hit{Kind: string(h.Kind), ID: h.ID, Title: h.Title, Detail: texts(h.Detail)}
		}), err)
	})
	handle(a, operation{
		id: "listClients", method: http.MethodGet, path: "/clients", tag: "registry", right: scope.SeeFleet,
		summary: "Clients by name",
	}, func(ctx context.Context, w who, in *clientsIn) (*answer[client.List[client.Client]], error) {
		list, more, err := a.Registry.Clients(ctx, w.sc, registry.ClientFilter{
			Query: in.Query, Country: registry.Country(in.Country), Page: registry.Page{After: in.After, Limit: in.Limit},
		})
		return said(listed(list, nextIf(list, more, func(c registry.ClientRow) string { return c.ID }), clientRow), err)
	})
	handle(a, operation{
		id: "getClient", method: http.MethodGet, path: "/clients/{id}", tag: "registry", right: scope.SeeFleet,
		summary: "One client",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.Client], error) {
		c, err := a.Registry.Client(ctx, w.sc, in.ID)
		return said(clientOf(c), err)
	})
	handle(a, operation{
		id: "addClient", method: http.MethodPost, path: "/clients", tag: "registry", right: scope.EditRegistry, status: 201,
		summary: "Add a client",
	}, func(ctx context.Context, w who, in *bare[client.ClientForm]) (*answer[client.Client], error) {
		c, err := a.Registry.AddClient(ctx, w.sc, clientForm(in.Body))
		return said(clientOf(c), err)
	})
	handle(a, operation{
		id: "changeClient", method: http.MethodPut, path: "/clients/{id}", tag: "registry", right: scope.EditRegistry, conflicts: true,
		summary: "Write a client anew",
	}, func(ctx context.Context, w who, in *with[client.ClientChange]) (*answer[client.Client], error) {
		c := clientForm(in.Body.ClientForm)
		c.ID, c.Version = in.ID, in.Body.Version
		c, err := a.Registry.UpdateClient(ctx, w.sc, c)
		return said(clientOf(c), err)
	})
}

func clientForm(f client.ClientForm) registry.Client {
	return registry.Client{
		Number: f.Number, Name: f.Name, Kind: registry.ClientKind(f.Kind), Country: registry.Country(f.Country),
		INN: f.INN, KPP: f.KPP, UStID: f.UStID, Terms: calendar.Terms(f.Terms), Note: f.Note,
	}
}

func clientOf(c registry.Client) client.Client {
	return client.Client{ID: c.ID, CreatedAt: c.CreatedAt, Version: c.Version, ClientForm: client.ClientForm{
		Number: c.Number, Name: c.Name, Kind: string(c.Kind), Country: string(c.Country), INN: c.INN, KPP: c.KPP, UStID: c.UStID, Terms: string(c.Terms), Note: c.Note,
	}}
}

func clientRow(r registry.ClientRow) client.Client {
	c := clientOf(r.Client)
	c.Outlets, c.Devices = r.Outlets, r.Devices
	return c
}
