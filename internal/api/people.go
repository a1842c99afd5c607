package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/scope"
)

type peopleIn struct {
	Paging
	Query    string `query:"q" maxLength:"200" doc:"Part of a name or an address."`
	Client   string `query:"client" doc:"Only this client's people."`
	Disabled bool   `query:"disabled" doc:"Also those shut out."`
}

type personAnswer = answer[client.Person]

func (a *API) mountPeople() {
	handle(a, operation{
		id: "listPeople", method: http.MethodGet, path: "/people", tag: "people", right: scope.ManagePeople,
		summary: "People by name",
	}, func(ctx context.Context, w who, in *peopleIn) (*answer[client.List[client.Person]], error) {
		list, more, err := a.Access.People(ctx, w.sc, access.PeopleFilter{
			Query: in.Query, Client: in.Client, Disabled: in.Disabled, After: in.After, Limit: in.Limit,
		})
		return said(listed(list, nextIf(list, more, func(p access.Person) string { return p.ID }), personOf), err)
	})
	handle(a, operation{
		id: "addPerson", method: http.MethodPost, path: "/people", tag: "people", right: scope.ManagePeople, status: 201,
		summary: "Add a person",
	}, func(ctx context.Context, w who, in *bare[client.NewPerson]) (*personAnswer, error) {
		n := in.Body
		p, err := a.Access.CreatePerson(ctx, w.sc, access.NewPerson{
			Email: n.Email, Name: n.Name, Lang: i18n.Lang(n.Lang), Roles: rolesOf(n.Roles), Client: n.Client, Password: n.Password,
		})
		return said(personOf(p), err)
	})
	handle(a, operation{
		id: "getPerson", method: http.MethodGet, path: "/people/{id}", tag: "people",
		summary: "One person", about: "Oneself, or with the right `manage_people` anybody.",
	}, func(ctx context.Context, w who, in *ByID) (*personAnswer, error) {
		p, err := a.Access.Person(ctx, w.sc, in.ID)
		return said(personOf(p), err)
	})
	handle(a, operation{
		id: "changePerson", method: http.MethodPut, path: "/people/{id}", tag: "people", conflicts: true,
		summary: "Change a person's name or language", about: "One's own, or with the right `manage_people` anybody's.",
	}, func(ctx context.Context, w who, in *with[client.PersonProfile]) (*personAnswer, error) {
		return said(a.profile(ctx, w, in.ID, in.Body))
	})
	a.mountPeopleAdmin()
}

func (a *API) mountPeopleAdmin() {
	handle(a, operation{
		id: "setRoles", method: http.MethodPut, path: "/people/{id}/roles", tag: "people", right: scope.ManagePeople, conflicts: true,
		summary: "Give a person other roles", about: "It holds from the next request on. Somebody must stay an administrator.",
	}, func(ctx context.Context, w who, in *with[client.PersonRoles]) (*personAnswer, error) {
		p, err := a.Access.SetRoles(ctx, w.sc, in.ID, in.Body.Version, rolesOf(in.Body.Roles))
		return said(personOf(p), err)
	})
	handle(a, operation{
		id: "setPassword", method: http.MethodPut, path: "/people/{id}/password", tag: "people", right: scope.ManagePeople, status: 204,
		summary: "Give a person a new password; their sessions end",
	}, func(ctx context.Context, w who, in *with[client.Password]) (*empty, error) {
		return done(a.Access.SetPassword(ctx, w.sc, in.ID, in.Body.Password))
	})
	handle(a, operation{
		id: "disablePerson", method: http.MethodPost, path: "/people/{id}/disable", tag: "people", right: scope.ManagePeople, conflicts: true,
		summary: "Shut a person out at once", about: "Every session and token of theirs ends.",
	}, func(ctx context.Context, w who, in *ByID) (*personAnswer, error) {
		p, err := a.Access.Disable(ctx, w.sc, in.ID)
		return said(personOf(p), err)
	})
	handle(a, operation{
		id: "enablePerson", method: http.MethodPost, path: "/people/{id}/enable", tag: "people", right: scope.ManagePeople,
		summary: "Let a person in again",
	}, func(ctx context.Context, w who, in *ByID) (*personAnswer, error) {
		p, err := a.Access.Enable(ctx, w.sc, in.ID)
		return said(personOf(p), err)
	})
}

func (a *API) profile(ctx context.Context, w who, id string, p client.PersonProfile) (client.Person, error) {
	out, err := a.Access.Person(ctx, w.sc, id)
	if err == nil && p.Lang != "" {
		out, err = a.Access.SetLang(ctx, w.sc, id, i18n.Lang(p.Lang))
	}
	if err == nil && p.Name != "" {
		out, err = a.Access.SetName(ctx, w.sc, id, p.Name)
	}
	return personOf(out), err
}

func rolesOf(names []string) (out []scope.Role) {
	for _, n := range names {
		out = append(out, scope.Role(n))
	}
	return out
}

func personOf(p access.Person) client.Person {
	return client.Person{
		ID: p.ID, Email: p.Email, Name: p.Name, Lang: string(p.Lang), Roles: texts(p.Roles), Client: p.Client,
		DisabledAt: p.DisabledAt, CreatedAt: p.CreatedAt, Version: p.Version,
	}
}
