package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/problem"
)

func (a *API) mountTokens() {
	handle(a, operation{
		id: "listTokens", method: http.MethodGet, path: "/people/{id}/tokens", tag: "people",
		summary: "A person's living API tokens, the newest first",
		about:   "One's own, or with the right `manage_people` anybody's. There is one page.",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.List[client.Token]], error) {
		if _, err := a.Access.Person(ctx, w.sc, in.ID); err != nil {
			return nil, err
		}
		list, err := a.Access.Tokens(ctx, w.sc, in.ID)
		return said(listed(list, "", tokenOf), err)
	})
	handle(a, operation{
		id: "issueToken", method: http.MethodPost, path: "/people/{id}/tokens", tag: "people", status: 201, conflicts: true,
		summary: "Make an API token", about: "It may do what its person may do at the time of each use. The secret is shown once.",
	}, func(ctx context.Context, w who, in *with[client.NewToken]) (*answer[client.IssuedToken], error) {
		if e := in.Body.ExpiresAt; !e.IsZero() && !e.After(a.Clock.Now()) {
			return nil, problem.New(problem.Invalid, "invalid").Field("expiresAt", "time_past").In("api.token")
		}
		secret, t, err := a.Access.IssueToken(ctx, w.sc, in.ID, in.Body.Name, in.Body.ExpiresAt)
		return said(client.IssuedToken{Token: tokenOf(t), Secret: secret}, err)
	})
	handle(a, operation{
		id: "revokeToken", method: http.MethodDelete, path: "/tokens/{id}", tag: "people", status: 204,
		summary: "End an API token at once",
	}, func(ctx context.Context, w who, in *ByID) (*empty, error) {
		return done(a.Access.RevokeToken(ctx, w.sc, in.ID))
	})
}

func tokenOf(t access.Token) client.Token {
	return client.Token{ID: t.ID, Person: t.Person, Name: t.Name, CreatedAt: t.CreatedAt, LastUsedAt: t.LastUsedAt, ExpiresAt: t.ExpiresAt}
}
