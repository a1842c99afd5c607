package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/scope"
)

func (a *API) mountOffers() {
	handle(a, operation{
		id: "listOffers", method: http.MethodGet, path: "/agents/{id}/offers", tag: "agents", right: scope.ManageAgents,
		summary: "Registers that an agent came upon and nobody has told it of", about: "With how its searches stand. Hidden ones are in the list too. There is one page.",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.Offers], error) {
		return said(a.offers(ctx, w, in.ID))
	})
	handle(a, operation{
		id: "searchRegisters", method: http.MethodPost, path: "/agents/{id}/search", tag: "agents", right: scope.ManageAgents,
		summary: "Have an agent look for registers now", about: "Also on serial ports whose maker is not known. An agent that is away does it when it comes.",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.Offers], error) {
		if err := a.Agents.SearchNow(ctx, w.sc, in.ID); err != nil {
			return nil, err
		}
		return said(a.offers(ctx, w, in.ID))
	})
	handle(a, operation{
		id: "approveOffer", method: http.MethodPost, path: "/offers/{id}/approve", tag: "agents", right: scope.ManageAgents, status: 201,
		summary: "Make a device of a found register", about: "It stands at the agent's outlet and the agent reads it from now on.",
	}, func(ctx context.Context, w who, in *with[client.ApproveOffer]) (*answer[client.Device], error) {
		id, err := a.Agents.ApproveOffer(ctx, w.sc, in.ID, in.Body.Name)
		if err != nil {
			return nil, err
		}
		d, err := a.Registry.Device(ctx, w.sc, id)
		return said(deviceOf(w, d, nil), err)
	})
	handle(a, operation{
		id: "hideOffer", method: http.MethodPut, path: "/offers/{id}/hidden", tag: "agents", right: scope.ManageAgents,
		summary: "Hide a found register, or show it again", about: "A hidden one is not offered again by later searches.",
	}, func(ctx context.Context, w who, in *with[client.HideOffer]) (*answer[client.Offers], error) {
		o, err := a.Agents.IgnoreOffer(ctx, w.sc, in.ID, in.Body.Hidden)
		if err != nil {
			return nil, err
		}
		return said(a.offers(ctx, w, o.Agent))
	})
}

func (a *API) offers(ctx context.Context, w who, agent string) (client.Offers, error) {
	list, how, err := a.Agents.Offers(ctx, w.sc, agent)
	return client.Offers{
		Running: how.Running(), AskedAt: how.AskedAt, AskedBy: how.AskedBy, SearchedAt: how.DoneAt, More: how.More, Off: how.Off, Items: each(list, offerOf),
	}, err
}

func offerOf(o link.Offer) client.Offer {
	e := o.Endpoint
	return client.Offer{
		ID: o.ID, Agent: o.Agent, Model: o.Model, Serial: o.Serial, Firmware: o.Firmware, Maker: o.Maker, USB: o.USB, Held: o.Held,
		Endpoint: client.Endpoint{Protocol: e.Protocol, Transport: e.Transport, Address: e.Address, Baud: e.Baud},
		FoundAt:  o.FoundAt, HiddenAt: o.IgnoredAt, HiddenBy: o.IgnoredBy,
	}
}
