package access_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

func TestAFormShowsEveryFieldAtFault(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		_, err := h.svc.CreatePerson(t.Context(), h.sc, access.NewPerson{
			Email: "not an address", Lang: "fr", Theme: "pink", Password: "short", Roles: []scope.Role{"king", scope.Cashier},
		})
		for field, code := range map[string]string{
			"email": "email_invalid", "name": "required", "lang": "lang_unknown", "theme": "theme_unknown", "password": "password_short",
		} {
			wantField(t, err, field, code)
		}
		wantField(t, err, "roles", "role_unknown")
		wantField(t, err, "roles", "role_needs_client")
		_, err = h.svc.CreatePerson(t.Context(), h.sc, access.NewPerson{Email: "a@example.org", Name: "A", Client: "c", Roles: []scope.Role{scope.Owner, scope.Admin}})
		wantField(t, err, "roles", "role_not_for_client")
		_, err = h.svc.CreatePerson(t.Context(), h.sc, access.NewPerson{Email: "ANNA@example.ORG", Name: "A", Roles: []scope.Role{scope.Engineer}})
		wantField(t, err, "email", "email_taken")
		_, err = h.svc.CreatePerson(t.Context(), h.other, access.NewPerson{Email: "anna@example.org", Name: "A", Roles: []scope.Role{scope.Engineer}})
		wantField(t, err, "email", "email_taken") // over the whole server
	})
}

type clients map[string]bool

func (c clients) HasClient(_ context.Context, _ scope.Scope, id string) (bool, error) {
	return c[id], nil
}

func TestAShopsPersonBelongsToAClientThatExists(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		svc := access.New(h.db, h.clock, access.Options{Hasher: access.NewHasher(cheap, 1, 8), Clients: clients{"c1": true}})
		n := access.NewPerson{Email: "o@example.org", Name: "Ольга", Roles: []scope.Role{scope.Owner}, Client: "c2", Password: goodPassword}
		_, err := svc.CreatePerson(t.Context(), h.sc, n)
		wantField(t, err, "client", "not_found")
		n.Client = "c1"
		if _, err = svc.CreatePerson(t.Context(), h.sc, n); err != nil {
			t.Fatal(err)
		}
		if in := h.login(t, "o@example.org"); in.Identity.Scope.Client() != "c1" {
			t.Errorf("scope of %q", in.Identity.Scope.Client())
		}
	})
}

func TestNobodyRemovesTheLastAdmin(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		_, err := h.svc.SetRoles(t.Context(), h.sc, h.admin.ID, 0, []scope.Role{scope.Manager})
		wantCode(t, err, "last_admin")
		_, err = h.svc.Disable(t.Context(), h.sc, h.admin.ID)
		wantCode(t, err, "last_admin")
		if p, err := h.svc.Person(t.Context(), h.sc, h.admin.ID); err != nil || p.Disabled() || p.Version != 1 {
			t.Errorf("%+v, %v", p, err)
		}
		second := h.person(t, "second@example.org", scope.Admin)
		if _, err = h.svc.Disable(t.Context(), h.sc, second.ID); err != nil {
			t.Fatal(err)
		}
		_, err = h.svc.Disable(t.Context(), h.sc, h.admin.ID) // a disabled admin is none
		wantCode(t, err, "last_admin")
	})
}

func TestTwoAdminsCannotRemoveEachOtherAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		second := h.person(t, "second@example.org", scope.Admin)
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, id := range []string{h.admin.ID, second.ID} {
			wg.Go(func() { _, errs[i] = h.svc.Disable(t.Context(), h.sc, id) })
		}
		wg.Wait()
		lost := 0
		for _, err := range errs {
			if problem.CodeOf(err) == "last_admin" {
				lost++
			} else if err != nil {
				t.Error(err)
			}
		}
		if lost != 1 {
			t.Errorf("%d of 2 refused", lost)
		}
	})
}

func TestRolesNeedTheVersionThatWasRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		p := h.person(t, "igor@example.org", scope.Engineer)
		got, err := h.svc.SetRoles(t.Context(), h.sc, p.ID, p.Version, []scope.Role{scope.Manager, scope.Dispatcher, scope.Manager})
		if err != nil || got.Version != p.Version+1 || fmt.Sprint(got.Roles) != "[dispatcher manager]" {
			t.Fatalf("%+v, %v", got, err)
		}
		_, err = h.svc.SetRoles(t.Context(), h.sc, p.ID, p.Version, []scope.Role{scope.Engineer})
		wantCode(t, err, "conflict")
		if n := h.audited(t, "person.roles_set"); n != 1 {
			t.Errorf("%d entries", n)
		}
	})
}

func TestPeopleSetTheirOwnLangAndThemeAndPassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		p := h.person(t, "igor@example.org", scope.Engineer)
		own := h.scopeOf(p)
		if _, err := h.svc.SetLang(t.Context(), own, p.ID, i18n.DE); err != nil {
			t.Fatal(err)
		}
		if _, err := h.svc.SetName(t.Context(), own, p.ID, " Игорь "); err != nil {
			t.Fatal(err)
		}
		got, err := h.svc.SetTheme(t.Context(), own, p.ID, access.Dark)
		if err != nil || got.Lang != i18n.DE || got.Theme != access.Dark || got.Name != "Игорь" {
			t.Fatalf("%+v, %v", got, err)
		}
		_, err = h.svc.SetTheme(t.Context(), own, p.ID, "pink")
		wantField(t, err, "theme", "theme_unknown")
		_, err = h.svc.SetLang(t.Context(), own, h.admin.ID, i18n.DE)
		wantCode(t, err, "forbidden")
	})
}

func TestChangingOnesPassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		here, there := h.login(t, "anna@example.org"), h.login(t, "anna@example.org")
		id := here.Identity
		const next = "ganz neue Wörter hier"
		wantField(t, h.svc.ChangePassword(t.Context(), id, "falsch", next), "present", "password_wrong")
		for range 10 { // a weak choice is not an attack
			wantField(t, h.svc.ChangePassword(t.Context(), id, goodPassword, "passwort2024"), "password", "password_common")
		}
		if err := h.svc.ChangePassword(t.Context(), id, goodPassword, next); err != nil {
			t.Fatal(err)
		}
		if err := bySession(t.Context(), h, here.Secret); err != nil {
			t.Errorf("one's own session ended: %v", err)
		}
		wantCode(t, bySession(t.Context(), h, there.Secret), "unauthenticated")
		_, err := h.svc.Login(t.Context(), access.Credentials{Email: "anna@example.org", Password: goodPassword})
		wantCode(t, err, "login_failed")
		if _, err = h.svc.Login(t.Context(), access.Credentials{Email: "anna@example.org", Password: next}); err != nil {
			t.Error(err)
		}
		for range 4 { // one failure is already booked by the old password above
			wantField(t, h.svc.ChangePassword(t.Context(), id, "falsch", goodPassword), "present", "password_wrong")
		}
	})
}

func TestPeopleArePagedByName(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		for _, name := range []string{"яна", "Борис", "ёлка", "Ёлка", "елена", "Ян"} {
			_, err := h.svc.CreatePerson(t.Context(), h.sc, access.NewPerson{
				Email: fmt.Sprintf("x%x@example.org", name), Name: name, Roles: []scope.Role{scope.Engineer},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		var names []string
		ctx, counted := db.CountQueries(t.Context())
		f := access.PeopleFilter{Limit: 3}
		for more := true; more; {
			var list []access.Person
			var err error
			if list, more, err = h.svc.People(ctx, h.sc, f); err != nil {
				t.Fatal(err)
			}
			for _, p := range list {
				names = append(names, p.Name)
				f.After = p.ID
			}
		}
		want := "[Анна Ёлкина Борис елена ёлка Ёлка Ян яна]"
		if fmt.Sprint(names) != want || counted() != 3 {
			t.Errorf("%v in %d queries, want %s in 3", names, counted(), want)
		}
		list, _, err := h.svc.People(t.Context(), h.sc, access.PeopleFilter{Query: "ЁЛ"})
		if err != nil || len(list) != 4 { // Ёлкина, ёлка, Ёлка, елена
			t.Errorf("found %d, %v", len(list), err)
		}
		if list, _, err = h.svc.People(t.Context(), h.sc, access.PeopleFilter{Query: "%"}); err != nil || len(list) != 0 {
			t.Errorf("a per cent sign found %d, %v", len(list), err)
		}
		colleagues, err := h.svc.Colleagues(t.Context(), h.scopeOf(list0(t, h)))
		if err != nil || len(colleagues) != 7 {
			t.Errorf("%d colleagues, %v", len(colleagues), err)
		}
	})
}

func list0(t *testing.T, h *house) access.Person {
	t.Helper()
	list, _, err := h.svc.People(t.Context(), h.sc, access.PeopleFilter{Query: "Борис"})
	if err != nil || len(list) != 1 {
		t.Fatal(err)
	}
	return list[0]
}
