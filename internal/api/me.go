package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/scope"
)

func (a *API) mountMe() {
	handle(a, operation{id: "me", method: http.MethodGet, path: "/me", tag: "people", summary: "Who am I, by this token"},
		func(_ context.Context, w who, _ *struct{}) (*answer[client.Me], error) {
			p := w.id.Person
			return said(client.Me{
				ID: p.ID, Email: p.Email, Name: p.Name, Lang: string(p.Lang), Roles: texts(p.Roles), Rights: rightsOf(w.sc),
				Tenant: w.sc.Tenant(), Client: w.sc.Client(),
			}, nil)
		})
	handle(a, operation{
		id: "listColleagues", method: http.MethodGet, path: "/colleagues", tag: "people",
		summary: "The company's own people, to hand a case to", about: "A shop's people do not see them. There is one page.",
	}, func(ctx context.Context, w who, _ *struct{}) (*answer[client.List[client.Colleague]], error) {
		list, err := a.Access.Colleagues(ctx, w.sc)
		return said(listed(list, "", func(c access.Colleague) client.Colleague {
			return client.Colleague{ID: c.ID, Name: c.Name, Roles: texts(c.Roles)}
		}), err)
	})
}

// rightsOf is what the scope may do, in the order in which the rights are told.
func rightsOf(sc scope.Scope) []string {
	out := []string{}
	for _, r := range []scope.Right{
		scope.SeeFleet, scope.SeeCases, scope.WorkCases, scope.RunCommands, scope.RunDangerous, scope.EditRegistry, scope.EditRules,
		scope.ManagePeople, scope.ManageAgents, scope.SeeAudit, scope.SeeMoney, scope.AnswerReaders,
	} {
		if sc.Can(r) {
			out = append(out, string(r))
		}
	}
	return out
}
