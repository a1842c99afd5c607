package web

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func (w *Web) mountAdminPeople(mux Mux) {
	may := scope.ManagePeople
	mux.Handle("GET /admin/people", w.page(may, w.peopleList))
	mux.Handle("GET /admin/people/new", w.page(may, w.personNew))
	mux.Handle("POST /admin/people", w.page(may, w.personCreate))
	mux.Handle("GET /admin/people/{id}", w.page(may, w.personShow))
	mux.Handle("POST /admin/people/{id}/roles", w.page(may, w.personDo(w.personRoles)))
	mux.Handle("POST /admin/people/{id}/name", w.page(may, w.personDo(func(ctx context.Context, rq *request, id string) error {
		_, err := w.Access.SetName(ctx, rq.sc, id, rq.FormValue("name"))
		return err
	})))
	mux.Handle("POST /admin/people/{id}/password", w.page(may, w.personDo(func(ctx context.Context, rq *request, id string) error {
		return w.Access.SetPassword(ctx, rq.sc, id, rq.FormValue("password"))
	})))
	mux.Handle("POST /admin/people/{id}/disable", w.page(may, w.personDo(func(ctx context.Context, rq *request, id string) error {
		_, err := w.Access.Disable(ctx, rq.sc, id)
		return err
	})))
	mux.Handle("POST /admin/people/{id}/enable", w.page(may, w.personDo(func(ctx context.Context, rq *request, id string) error {
		_, err := w.Access.Enable(ctx, rq.sc, id)
		return err
	})))
	mux.Handle("POST /admin/people/{id}/sessions", w.page(may, w.personDo(w.personSessions)))
}

// peopleView is the list of people.
type peopleView struct {
	people   []access.Person
	next     string
	q        string
	disabled bool
}

func (w *Web) peopleList(ctx context.Context, rq *request) (answer, error) {
	v := peopleView{q: rq.FormValue("q"), disabled: rq.FormValue("all") != ""}
	list, more, err := w.Access.People(ctx, rq.sc, access.PeopleFilter{Query: v.q, Disabled: v.disabled, After: rq.FormValue("after")})
	if err != nil {
		return answer{}, err
	}
	v.people = list
	if more {
		v.next = address("/admin/people", withAfter(rq, list[len(list)-1].ID))
	}
	f, err := rq.admin(ctx, "people", rq.T("admin.people.title"))
	return answer{body: peoplePage(f, v)}, err
}

func (w *Web) personNew(ctx context.Context, rq *request) (answer, error) {
	return w.personForm(ctx, rq, typed{Values: rq.URL.Query()})
}

func (w *Web) personForm(ctx context.Context, rq *request, t typed) (answer, error) {
	clients, _, err := w.Registry.Clients(ctx, rq.sc, registry.ClientFilter{Page: registry.Page{Limit: 500}})
	if err != nil {
		return answer{}, err
	}
	f, err := rq.admin(ctx, "people", rq.T("admin.people.new"))
	return answer{body: personNewPage(f, t, clients), status: t.status()}, err
}

func (w *Web) personCreate(ctx context.Context, rq *request) (answer, error) {
	t := rq.typed()
	p, err := w.Access.CreatePerson(ctx, rq.sc, access.NewPerson{
		Email: t.Get("email"), Name: t.Get("name"), Lang: i18n.Lang(t.Get("lang")), Roles: rolesOf(t), Client: t.Get("client"), Password: t.Get("password"),
	})
	if err == nil {
		return goTo("/admin/people/" + p.ID)
	}
	again, ok := t.refused(err)
	if !ok {
		return answer{}, err
	}
	return w.personForm(ctx, rq, again)
}

func rolesOf(t typed) []scope.Role {
	roles := make([]scope.Role, 0, len(t.Values["role"]))
	for _, r := range t.Values["role"] {
		roles = append(roles, scope.Role(r))
	}
	return roles
}

// personView is one person with her sessions.
type personView struct {
	access.Person
	sessions []access.Session
	tokens   []access.Token
	client   string
	form     typed
	own      bool
}

func (w *Web) personShow(ctx context.Context, rq *request) (answer, error) {
	return w.personPage(ctx, rq, typed{})
}

func (w *Web) personPage(ctx context.Context, rq *request, t typed) (answer, error) {
	v := personView{form: t, own: rq.PathValue("id") == rq.id.Person.ID}
	var err error
	if v.Person, err = w.Access.Person(ctx, rq.sc, rq.PathValue("id")); err != nil {
		return answer{}, err
	}
	if v.sessions, err = w.Access.Sessions(ctx, rq.sc, v.ID); err != nil {
		return answer{}, err
	}
	if v.tokens, err = w.Access.Tokens(ctx, rq.sc, v.ID); err != nil {
		return answer{}, err
	}
	if v.Client != "" {
		c, err := w.Registry.Client(ctx, rq.sc, v.Client)
		if err != nil {
			return answer{}, err
		}
		v.client = c.Name
	}
	f, err := rq.admin(ctx, "people", v.Name)
	return answer{body: personFullPage(f, v), status: t.status()}, err
}

// personDo makes a handler of one change to a person.
func (w *Web) personDo(do func(ctx context.Context, rq *request, id string) error) handler {
	return func(ctx context.Context, rq *request) (answer, error) {
		err := do(ctx, rq, rq.PathValue("id"))
		if err == nil {
			return goTo("/admin/people/" + rq.PathValue("id"))
		}
		again, ok := rq.typed().refused(err)
		if !ok {
			return answer{}, err
		}
		return w.personPage(ctx, rq, again)
	}
}

func (w *Web) personRoles(ctx context.Context, rq *request, id string) error {
	version, err := strconv.ParseInt(rq.FormValue("version"), 10, 64)
	if err != nil {
		version = -1 // fits no version
	}
	_, err = w.Access.SetRoles(ctx, rq.sc, id, version, rolesOf(rq.typed()))
	return err
}

// personSessions ends one session or API token, or all sessions.
func (w *Web) personSessions(ctx context.Context, rq *request, id string) error {
	if token := rq.FormValue("token"); token != "" {
		return w.Access.RevokeToken(ctx, rq.sc, token)
	}
	if session := rq.FormValue("session"); session != "" {
		return w.Access.Revoke(ctx, rq.sc, session)
	}
	_, err := w.Access.RevokeAll(ctx, rq.sc, id, rq.id.Session)
	return err
}

// rolesText names the roles side by side.
func rolesText(v ui.View, roles []scope.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = v.T("role." + string(r))
	}
	return strings.Join(words, ", ")
}

func hasRole(t typed, have []scope.Role, r scope.Role) bool {
	if t.Values != nil && t.Has("role") {
		return slices.Contains(t.Values["role"], string(r))
	}
	return slices.Contains(have, r)
}

func langOptions(v ui.View, now string) []ui.Option {
	var out []ui.Option
	for _, l := range i18n.Langs() {
		out = append(out, ui.Option{Value: string(l), Text: v.T("admin.lang." + string(l)), On: string(l) == now})
	}
	return out
}

// clientOptions are the clients, with nobody first.
func clientOptions(none string, clients []registry.ClientRow, now string) []ui.Option {
	out := []ui.Option{{Text: none, On: now == ""}}
	for _, c := range clients {
		out = append(out, ui.Option{Value: c.ID, Text: c.Name, On: c.ID == now})
	}
	return out
}
