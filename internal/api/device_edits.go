package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

type deviceAnswer = answer[client.Device]

func (a *API) mountDeviceEdits() {
	handle(a, operation{
		id: "addDevice", method: http.MethodPost, path: "/devices", tag: "devices", right: scope.EditRegistry, status: 201,
		summary: "Add a device to an outlet",
	}, func(ctx context.Context, w who, in *bare[client.NewDevice]) (*deviceAnswer, error) {
		d, err := a.Registry.AddDevice(ctx, w.sc, in.Body.Outlet, in.Body.Agent, deviceForm(in.Body.DeviceForm))
		return a.edited(ctx, w, d, err)
	})
	handle(a, operation{
		id: "changeDevice", method: http.MethodPut, path: "/devices/{id}", tag: "devices", right: scope.EditRegistry, conflicts: true,
		summary: "Write what people say about a device anew",
	}, func(ctx context.Context, w who, in *with[client.DeviceChange]) (*deviceAnswer, error) {
		d, err := a.Registry.UpdateDevice(ctx, w.sc, in.ID, in.Body.Version, deviceForm(in.Body.DeviceForm))
		return a.edited(ctx, w, d, err)
	})
	handle(a, operation{
		id: "moveDevice", method: http.MethodPost, path: "/devices/{id}/move", tag: "devices", right: scope.EditRegistry, conflicts: true,
		summary: "Put a device into another outlet", about: "The agent that read it stays behind.",
	}, func(ctx context.Context, w who, in *with[client.DeviceMove]) (*deviceAnswer, error) {
		d, err := a.Registry.MoveDevice(ctx, w.sc, in.ID, in.Body.Version, in.Body.Outlet)
		return a.edited(ctx, w, d, err)
	})
	handle(a, operation{
		id: "assignAgent", method: http.MethodPut, path: "/devices/{id}/agent", tag: "devices", right: scope.EditRegistry,
		summary: "Say which agent reads a device",
	}, func(ctx context.Context, w who, in *with[client.DeviceAgent]) (*deviceAnswer, error) {
		d, err := a.Registry.AssignAgent(ctx, w.sc, in.ID, in.Body.Agent)
		return a.edited(ctx, w, d, err)
	})
	a.mountDeviceLife()
}

func (a *API) mountDeviceLife() {
	handle(a, operation{
		id: "retireDevice", method: http.MethodPost, path: "/devices/{id}/retire", tag: "devices", right: scope.EditRegistry, conflicts: true,
		summary: "Take a device out of service", about: "Its passport stays.",
	}, func(ctx context.Context, w who, in *with[client.DeviceStep]) (*deviceAnswer, error) {
		d, err := a.Registry.RetireDevice(ctx, w.sc, in.ID, in.Body.Version, in.Body.Why)
		return a.edited(ctx, w, d, err)
	})
	handle(a, operation{
		id: "reviveDevice", method: http.MethodPost, path: "/devices/{id}/revive", tag: "devices", right: scope.EditRegistry, conflicts: true,
		summary: "Take a retirement back",
	}, func(ctx context.Context, w who, in *with[client.DeviceStep]) (*deviceAnswer, error) {
		d, err := a.Registry.ReviveDevice(ctx, w.sc, in.ID, in.Body.Version)
		return a.edited(ctx, w, d, err)
	})
	handle(a, operation{
		id: "passport", method: http.MethodGet, path: "/devices/{id}/passport", tag: "devices", right: scope.SeeFleet,
		summary: "What was done to a device or found out about it, the newest first",
	}, func(ctx context.Context, w who, in *pageOf) (*answer[client.List[client.PassportEntry]], error) {
		list, more, err := a.Registry.Passport(ctx, w.sc, in.ID, registry.Page{After: in.After, Limit: in.Limit})
		next := nextIf(list, more, func(e registry.PassportEntry) string { return e.ID })
		return said(listed(list, next, passportOf), err)
	})
	handle(a, operation{
		id: "enterPassport", method: http.MethodPost, path: "/devices/{id}/passport", tag: "devices", right: scope.EditRegistry, status: 201,
		summary: "Write what was done to a device into its passport",
	}, func(ctx context.Context, w who, in *with[client.NewPassportEntry]) (*answer[client.PassportEntry], error) {
		e, err := a.Registry.Enter(ctx, w.sc, in.ID, registry.PassportKind(in.Body.Kind), in.Body.At, in.Body.Text)
		return said(passportOf(e), err)
	})
}

// edited reads the device again: a change is answered with the names of where
// it stands.
func (a *API) edited(ctx context.Context, w who, d registry.Device, err error) (*deviceAnswer, error) {
	if err != nil {
		return nil, err
	}
	d, err = a.Registry.Device(ctx, w.sc, d.ID)
	return said(deviceOf(w, d, nil), err)
}

func passportOf(e registry.PassportEntry) client.PassportEntry {
	return client.PassportEntry{
		ID: e.ID, Device: e.Device, At: e.At, Kind: string(e.Kind), Text: e.Text, Detail: e.Detail,
		By: client.Actor{Kind: e.ActorKind, ID: e.ActorID, Name: e.ActorName},
	}
}
