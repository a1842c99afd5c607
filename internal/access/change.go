package access

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// change loads a person, lets edit alter them, and saves them with an entry
// in the audit trail. edit returns the action's name and detail; an action of
// "" means that nothing changed. Version 0 takes the person as they are.
func (s *Service) change(ctx context.Context, sc scope.Scope, id string, version int64, op string,
	edit func(tx *db.Tx, p *Person) (action string, detail map[string]any, err error),
) (p Person, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := lockTenant(ctx, tx, sc); err != nil {
			return err
		}
		if p, err = loadPerson(ctx, tx, sc, id, op); err != nil {
			return err
		}
		if version != 0 && version != p.Version {
			return problem.New(problem.Conflict, "conflict").In(op)
		}
		wasAdmin := isAdmin(p)
		action, detail, err := edit(tx, &p)
		if err != nil || action == "" {
			return err
		}
		if wasAdmin && !isAdmin(p) {
			if err := keepAnAdmin(ctx, tx, sc, id, op); err != nil {
				return err
			}
		}
		if err := savePerson(ctx, tx, sc, p, op); err != nil {
			return err
		}
		p.Version++
		tx.AfterCommit(func() { s.cache.dropPerson(id) })
		return note(ctx, tx, sc, action, id, detail)
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

// keepAnAdmin refuses a change that would leave the tenant without anybody
// who can undo it.
func keepAnAdmin(ctx context.Context, tx *db.Tx, sc scope.Scope, leaving, op string) error {
	n, err := otherAdmins(ctx, tx, sc, leaving)
	if err == nil && n == 0 {
		return problem.New(problem.Conflict, "last_admin").In(op)
	}
	return err
}

// SetRoles gives a person other roles. It needs ManagePeople, fails with
// conflict when the version is not the present one, and with last_admin when
// nobody else could manage people afterwards. The change holds from the next
// request on.
func (s *Service) SetRoles(ctx context.Context, sc scope.Scope, id string, version int64, roles []scope.Role) (Person, error) {
	const op = "access.SetRoles"
	if err := mayManage(sc, op); err != nil {
		return Person{}, err
	}
	roles = tidyRoles(roles)
	return s.change(ctx, sc, id, version, op, func(_ *db.Tx, p *Person) (string, map[string]any, error) {
		var f findings
		f.roles(roles, p.Client)
		if err := f.err(op); err != nil {
			return "", nil, err
		}
		if slices.Equal(p.Roles, roles) {
			return "", nil, nil
		}
		detail := map[string]any{"from": p.Roles, "to": roles}
		p.Roles = roles
		return "person.roles_set", detail, nil
	})
}

// SetName corrects a person's name: one's own, or with ManagePeople another's.
func (s *Service) SetName(ctx context.Context, sc scope.Scope, id, name string) (Person, error) {
	const op = "access.SetName"
	name = strings.TrimSpace(name)
	var f findings
	f.text("name", name)
	return s.changeOwn(ctx, sc, id, op, f, func(p *Person) (string, any, any) {
		from := p.Name
		p.Name = name
		return "person.name_set", from, name
	})
}

// SetLang chooses the language a person is spoken to in.
func (s *Service) SetLang(ctx context.Context, sc scope.Scope, id string, l i18n.Lang) (Person, error) {
	var f findings
	f.lang("lang", l)
	return s.changeOwn(ctx, sc, id, "access.SetLang", f, func(p *Person) (string, any, any) {
		from := p.Lang
		p.Lang = l
		return "person.lang_set", from, l
	})
}

// SetTheme chooses how the pages look to a person.
func (s *Service) SetTheme(ctx context.Context, sc scope.Scope, id string, t Theme) (Person, error) {
	var f findings
	f.theme("theme", t)
	return s.changeOwn(ctx, sc, id, "access.SetTheme", f, func(p *Person) (string, any, any) {
		from := p.Theme
		p.Theme = t
		return "person.theme_set", from, t
	})
}

// changeOwn is change for what everybody may set about themselves.
func (s *Service) changeOwn(ctx context.Context, sc scope.Scope, id, op string, f findings,
	edit func(*Person) (action string, from, to any),
) (Person, error) {
	if err := mayTouch(sc, id, op); err != nil {
		return Person{}, err
	}
	if err := f.err(op); err != nil {
		return Person{}, err
	}
	return s.change(ctx, sc, id, 0, op, func(_ *db.Tx, p *Person) (string, map[string]any, error) {
		action, from, to := edit(p)
		if from == to {
			return "", nil, nil
		}
		return action, map[string]any{"from": from, "to": to}, nil
	})
}

// Disable shuts a person out at once: no login, every session and token of
// theirs ended. What they did stays under their name. It needs ManagePeople
// and fails with last_admin for the last one.
func (s *Service) Disable(ctx context.Context, sc scope.Scope, id string) (Person, error) {
	const op = "access.Disable"
	if err := mayManage(sc, op); err != nil {
		return Person{}, err
	}
	return s.change(ctx, sc, id, 0, op, func(tx *db.Tx, p *Person) (string, map[string]any, error) {
		if p.Disabled() {
			return "", nil, nil
		}
		p.DisabledAt = tx.Now
		sessions, err := endSessions(ctx, tx, sc, id, "")
		if err != nil {
			return "", nil, err
		}
		tokens, err := endTokens(ctx, tx, sc, id)
		return "person.disabled", map[string]any{"sessions": sessions, "tokens": tokens}, err
	})
}

// Enable lets a disabled person sign in again, with the password they had.
func (s *Service) Enable(ctx context.Context, sc scope.Scope, id string) (Person, error) {
	const op = "access.Enable"
	if err := mayManage(sc, op); err != nil {
		return Person{}, err
	}
	return s.change(ctx, sc, id, 0, op, func(_ *db.Tx, p *Person) (string, map[string]any, error) {
		if !p.Disabled() {
			return "", nil, nil
		}
		p.DisabledAt = time.Time{}
		return "person.enabled", nil, nil
	})
}
