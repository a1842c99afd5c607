package access_test

import (
	"context"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// reach is every call that takes a scope, aimed at the first company's
// people. It fails, or says how much it saw.
func reach(h *house, p access.Person, session, token string) map[string]func(context.Context, scope.Scope) (int, error) {
	s := h.svc
	one := func(_ access.Person, err error) (int, error) { return 1, err }
	none := func(err error) (int, error) { return 1, err }
	return map[string]func(context.Context, scope.Scope) (int, error){
		"Person": func(ctx context.Context, sc scope.Scope) (int, error) { return one(s.Person(ctx, sc, p.ID)) },
		"SetRoles": func(ctx context.Context, sc scope.Scope) (int, error) {
			return one(s.SetRoles(ctx, sc, p.ID, 0, []scope.Role{scope.Manager}))
		},
		"SetName": func(ctx context.Context, sc scope.Scope) (int, error) {
			return one(s.SetName(ctx, sc, p.ID, "Чужой"))
		},
		"SetLang": func(ctx context.Context, sc scope.Scope) (int, error) { return one(s.SetLang(ctx, sc, p.ID, i18n.EN)) },
		"SetTheme": func(ctx context.Context, sc scope.Scope) (int, error) {
			return one(s.SetTheme(ctx, sc, p.ID, access.Dark))
		},
		"Disable": func(ctx context.Context, sc scope.Scope) (int, error) { return one(s.Disable(ctx, sc, p.ID)) },
		"Enable":  func(ctx context.Context, sc scope.Scope) (int, error) { return one(s.Enable(ctx, sc, p.ID)) },
		"SetPassword": func(ctx context.Context, sc scope.Scope) (int, error) {
			return none(s.SetPassword(ctx, sc, p.ID, "ein ganz neues Passwort"))
		},
		"ChangePassword": func(ctx context.Context, sc scope.Scope) (int, error) {
			return none(s.ChangePassword(ctx, access.Identity{Scope: sc, Person: p}, goodPassword, "ein ganz neues Passwort"))
		},
		"Revoke":      func(ctx context.Context, sc scope.Scope) (int, error) { return none(s.Revoke(ctx, sc, session)) },
		"RevokeAll":   func(ctx context.Context, sc scope.Scope) (int, error) { return s.RevokeAll(ctx, sc, p.ID, "") },
		"RevokeToken": func(ctx context.Context, sc scope.Scope) (int, error) { return none(s.RevokeToken(ctx, sc, token)) },
		"IssueToken": func(ctx context.Context, sc scope.Scope) (int, error) {
			_, _, err := s.IssueToken(ctx, sc, p.ID, "x", time.Time{})
			return 1, err
		},
		"Sessions": func(ctx context.Context, sc scope.Scope) (int, error) {
			list, err := s.Sessions(ctx, sc, p.ID)
			return len(list), err
		},
		"Tokens": func(ctx context.Context, sc scope.Scope) (int, error) {
			list, err := s.Tokens(ctx, sc, p.ID)
			return len(list), err
		},
		"People": func(ctx context.Context, sc scope.Scope) (int, error) {
			list, _, err := s.People(ctx, sc, access.PeopleFilter{Query: p.Email, Disabled: true})
			return len(list), err
		},
		"Tenant": func(ctx context.Context, sc scope.Scope) (int, error) {
			tenant, err := s.Tenant(ctx, sc)
			if tenant.ID == h.tenant.ID {
				return 1, err
			}
			return 0, err
		},
		"Colleagues": func(ctx context.Context, sc scope.Scope) (n int, err error) {
			list, err := s.Colleagues(ctx, sc)
			for _, c := range list {
				if c.ID == p.ID {
					n++
				}
			}
			return n, err
		},
	}
}

func TestAnotherTenantSeesAndDoesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		p := h.person(t, "igor@example.org", scope.Engineer)
		in := h.login(t, p.Email)
		secret, token, err := h.svc.IssueToken(t.Context(), h.sc, p.ID, "his", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		for name, call := range reach(h, p, in.Session.ID, token.ID) {
			if n, err := call(t.Context(), h.other); err == nil && n > 0 {
				t.Errorf("%s reached another tenant's person", name)
			}
			if _, err := call(t.Context(), scope.Scope{}); problem.CodeOf(err) != "no_scope" {
				t.Errorf("%s without a scope: %v", name, err)
			}
		}
		if got, err := h.svc.Person(t.Context(), h.sc, p.ID); err != nil || got.Version != p.Version || got.Disabled() {
			t.Errorf("changed from outside: %+v, %v", got, err)
		}
		if err := bySession(t.Context(), h, in.Secret); err != nil {
			t.Errorf("signed out from outside: %v", err)
		}
		if _, err := h.svc.ByToken(t.Context(), secret); err != nil {
			t.Errorf("token ended from outside: %v", err)
		}
	})
}

func TestAColleagueReachesOnlyNames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		p, nosy := h.person(t, "igor@example.org", scope.Engineer), h.person(t, "nosy@example.org", scope.Manager)
		in := h.login(t, p.Email)
		_, token, err := h.svc.IssueToken(t.Context(), h.sc, p.ID, "his", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		shop := scope.Person(h.tenant.ID, "o", "Ольга", "c1", scope.Owner, scope.Admin) // even if a row claimed so
		for name, call := range reach(h, p, in.Session.ID, token.ID) {
			if name == "Tenant" {
				continue
			}
			if n, err := call(t.Context(), shop); err == nil && n > 0 {
				t.Errorf("a shop's person did %s", name)
			}
			if n, err := call(t.Context(), h.scopeOf(nosy)); name != "Colleagues" && err == nil && n > 0 {
				t.Errorf("a colleague did %s", name)
			}
		}
	})
}
