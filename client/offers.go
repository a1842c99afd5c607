package client

import (
	"context"
	"net/http"
)

// Offers is the registers that an agent came upon by itself.
func (a *API) Offers(ctx context.Context, agent string) (Offers, error) {
	return get[Offers](ctx, a, "/agents/"+id(agent)+"/offers")
}

// SearchRegisters has an agent look for registers now.
func (a *API) SearchRegisters(ctx context.Context, agent string) (Offers, error) {
	return send[Offers](ctx, a, http.MethodPost, "/agents/"+id(agent)+"/search", nil)
}

// ApproveOffer makes a device of a found register, which its agent then reads.
// A name of "" gives it its model's.
func (a *API) ApproveOffer(ctx context.Context, offer, name string) (Device, error) {
	return send[Device](ctx, a, http.MethodPost, "/offers/"+id(offer)+"/approve", ApproveOffer{Name: name})
}

// HideOffer hides a found register, or shows it again.
func (a *API) HideOffer(ctx context.Context, offer string, hidden bool) (Offers, error) {
	return send[Offers](ctx, a, http.MethodPut, "/offers/"+id(offer)+"/hidden", HideOffer{Hidden: hidden})
}
