package access

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// NewPerson is what a person is made of. Without a password they cannot sign
// in until one is set. Lang "" is English, Theme "" is Auto.
type NewPerson struct {
	Email    string
	Name     string
	Lang     i18n.Lang
	Theme    Theme
	Roles    []scope.Role
	Client   string // "" = one of the company's own people
	Password string
}

// CreatePerson adds a person to the tenant. It needs ManagePeople. A wrong
// form names every field at fault.
func (s *Service) CreatePerson(ctx context.Context, sc scope.Scope, n NewPerson) (Person, error) {
	const op = "access.CreatePerson"
	if err := mayManage(sc, op); err != nil {
		return Person{}, err
	}
	p := newPerson(n)
	if err := s.checkPerson(ctx, sc, p, n.Password, op); err != nil {
		return Person{}, err
	}
	hash, err := s.hashNew(ctx, n.Password)
	if err != nil {
		return Person{}, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := lockTenant(ctx, tx, sc); err != nil {
			return err
		}
		p.CreatedAt = tx.Now
		if err := insertPerson(ctx, tx, sc, p, hash); err != nil {
			return err
		}
		return note(ctx, tx, sc, "person.created", p.ID, map[string]any{"email": p.Email, "name": p.Name, "roles": p.Roles, "client": p.Client})
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

func newPerson(n NewPerson) Person {
	p := Person{
		ID: ids.New(), Email: strings.TrimSpace(n.Email), Name: strings.TrimSpace(n.Name),
		Lang: n.Lang, Theme: n.Theme, Roles: tidyRoles(n.Roles), Client: n.Client, Version: 1,
	}
	if p.Lang == "" {
		p.Lang = i18n.EN
	}
	if p.Theme == "" {
		p.Theme = Auto
	}
	return p
}

func (s *Service) checkPerson(ctx context.Context, sc scope.Scope, p Person, password, op string) error {
	var f findings
	f.email("email", p.Email)
	f.text("name", p.Name)
	f.lang("lang", p.Lang)
	f.theme("theme", p.Theme)
	f.roles(p.Roles, p.Client)
	if password != "" {
		if err := CheckPassword(password, p.Email); err != nil {
			f.fields = append(f.fields, problem.Of(err).Fields...)
		}
	}
	if p.Client != "" && s.clients != nil {
		has, err := s.clients.HasClient(ctx, sc, p.Client)
		if err != nil {
			return err
		}
		if !has {
			f.add("client", "not_found")
		}
	}
	return f.err(op)
}

// hashNew hashes a password, and leaves "" for no password.
func (s *Service) hashNew(ctx context.Context, password string) (string, error) {
	if password == "" {
		return "", nil
	}
	return s.known.Hash(ctx, password)
}

// Person reads one person: oneself, or with ManagePeople anybody of the
// tenant.
func (s *Service) Person(ctx context.Context, sc scope.Scope, id string) (p Person, err error) {
	const op = "access.Person"
	if err := mayTouch(sc, id, op); err != nil {
		return Person{}, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		p, err = loadPerson(ctx, tx, sc, id, op)
		return err
	})
	return p, err
}

// PeopleFilter narrows and pages a list of people.
type PeopleFilter struct {
	Query    string // part of a name or an address
	Client   string // only this client's people
	Disabled bool   // also those shut out
	After    string // id of the last person of the page before
	Limit    int    // 0 = 50, at most 200
}

// People lists the tenant's people by name. It needs ManagePeople. more says
// that another page follows.
func (s *Service) People(ctx context.Context, sc scope.Scope, f PeopleFilter) (list []Person, more bool, err error) {
	if err := mayManage(sc, "access.People"); err != nil {
		return nil, false, err
	}
	limit := pageLimit(f.Limit)
	like := "%" + db.EscapeLike(foldName(f.Query)) + "%"
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+personColumns+` FROM access_person p WHERE p.tenant = $1
			AND (p.name_folded LIKE $2 ESCAPE '\' OR p.email_folded LIKE $2 ESCAPE '\')
			AND ($3 = '' OR p.client = $3) AND ($4 = 1 OR p.disabled_at = 0)
			AND ($5 = '' OR (p.name_folded, p.id) > (SELECT a.name_folded, a.id FROM access_person a WHERE a.tenant = $1 AND a.id = $5))
			ORDER BY p.name_folded, p.id LIMIT $6`, sc.Tenant(), like, f.Client, db.Bit(f.Disabled), f.After, limit+1)
		list, err = db.Rows(rows, err, func(r *sql.Rows) (Person, error) { return scanPerson(r) })
		return wrap("People", err)
	})
	if len(list) > limit {
		return list[:limit], true, err
	}
	return list, false, err
}

func pageLimit(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 200)
}

// Colleague is what everybody in the company may know of another: enough to
// hand over a case.
type Colleague struct {
	ID, Name string
	Roles    []scope.Role
}

// Colleagues lists the company's own people who may sign in, by name. A
// shop's people do not see them.
func (s *Service) Colleagues(ctx context.Context, sc scope.Scope) (list []Colleague, err error) {
	const op = "access.Colleagues"
	if err := valid(sc, op); err != nil {
		return nil, err
	}
	if sc.Client() != "" {
		return nil, problem.New(problem.Forbidden, "forbidden").In(op)
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, name, roles FROM access_person
			WHERE tenant = $1 AND client = '' AND disabled_at = 0 ORDER BY name_folded, id`, sc.Tenant())
		list, err = db.Rows(rows, err, func(r *sql.Rows) (c Colleague, err error) {
			var roles string
			err = r.Scan(&c.ID, &c.Name, &roles)
			c.Roles = splitRoles(roles)
			return c, err
		})
		return wrap("Colleagues", err)
	})
	return list, err
}

// isAdmin says whether the person counts as an admin of the tenant.
func isAdmin(p Person) bool { return !p.Disabled() && slices.Contains(p.Roles, scope.Admin) }
