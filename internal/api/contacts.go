package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

type contactIn struct {
	ByID
	Contact string `path:"contact" maxLength:"100"`
	Body    client.ContactChange
}

type contactID struct {
	ByID
	Contact string `path:"contact" maxLength:"100"`
}

func (a *API) mountContacts() {
	handle(a, operation{
		id: "listContacts", method: http.MethodGet, path: "/clients/{id}/contacts", tag: "registry", right: scope.SeeFleet,
		summary: "Who is to be called at a client", about: "There is one page.",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.List[client.Contact]], error) {
		if _, err := a.Registry.Client(ctx, w.sc, in.ID); err != nil {
			return nil, err
		}
		list, err := a.Registry.Contacts(ctx, w.sc, in.ID)
		return said(listed(list, "", contactOf), err)
	})
	handle(a, operation{
		id: "addContact", method: http.MethodPost, path: "/clients/{id}/contacts", tag: "registry", right: scope.EditRegistry, status: 201,
		summary: "Add somebody to be called",
	}, func(ctx context.Context, w who, in *with[client.ContactForm]) (*answer[client.Contact], error) {
		c := contactForm(in.Body)
		c.Client = in.ID
		c, err := a.Registry.SaveContact(ctx, w.sc, c)
		return said(contactOf(c), err)
	})
	handle(a, operation{
		id: "changeContact", method: http.MethodPut, path: "/clients/{id}/contacts/{contact}", tag: "registry", right: scope.EditRegistry,
		conflicts: true, summary: "Write a contact anew",
	}, func(ctx context.Context, w who, in *contactIn) (*answer[client.Contact], error) {
		c := contactForm(in.Body.ContactForm)
		c.ID, c.Client, c.Version = in.Contact, in.ID, in.Body.Version
		c, err := a.Registry.SaveContact(ctx, w.sc, c)
		return said(contactOf(c), err)
	})
	handle(a, operation{
		id: "removeContact", method: http.MethodDelete, path: "/clients/{id}/contacts/{contact}", tag: "registry", right: scope.EditRegistry,
		status: 204, summary: "Forget a contact",
	}, func(ctx context.Context, w who, in *contactID) (*empty, error) {
		if _, err := a.Registry.Client(ctx, w.sc, in.ID); err != nil {
			return nil, err
		}
		return done(a.Registry.RemoveContact(ctx, w.sc, in.Contact))
	})
}

func contactForm(f client.ContactForm) registry.Contact {
	return registry.Contact{Outlet: f.Outlet, Name: f.Name, Phone: f.Phone, Email: f.Email, Role: f.Role}
}

func contactOf(c registry.Contact) client.Contact {
	return client.Contact{ID: c.ID, Client: c.Client, CreatedAt: c.CreatedAt, Version: c.Version, ContactForm: client.ContactForm{
		Outlet: c.Outlet, Name: c.Name, Phone: c.Phone, Email: c.Email, Role: c.Role,
	}}
}
