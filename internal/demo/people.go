package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/scope"
)

// Person is one of the demo's people, with the password of this run.
type Person struct {
	Role     scope.Role
	Name     string
	Email    string
	Password string
	Lang     i18n.Lang
}

// cast is who works at the demo company, and two of a client's people.
func cast() []Person {
	return []Person{
		{Role: scope.Admin, Name: "Инна Корабельникова", Email: "admin@example.org", Lang: i18n.RU},
		{Role: scope.Dispatcher, Name: "Тимур Вешняков", Email: "dispatcher@example.org", Lang: i18n.RU},
		{Role: scope.Engineer, Name: "Arne Kieselbach", Email: "engineer@example.org", Lang: i18n.DE},
		{Role: scope.Manager, Name: "Polina Marlow", Email: "manager@example.org", Lang: i18n.EN},
		{Role: scope.Owner, Name: "Марат Чернозёмов", Email: "owner@example.org", Lang: i18n.RU},
		{Role: scope.Cashier, Name: "Лиза Первоцветова", Email: "cashier@example.org", Lang: i18n.RU},
	}
}

// Password is a new one of 16 letters and digits. The demo takes one at every
// start, so that one left open on a network is not everybody's.
func Password() string { return rand.Text()[:16] }

// hire makes the people, or gives those that are there a new password.
func hire(ctx context.Context, a *access.Service, sc scope.Scope, client string) ([]Person, string, error) {
	people := cast()
	var token string
	for i := range people {
		p := &people[i]
		p.Password = Password()
		id, err := employ(ctx, a, sc, *p, client)
		if err != nil {
			return nil, "", fmt.Errorf("demo: %s: %w", p.Email, err)
		}
		if p.Role != scope.Admin {
			continue
		}
		if token, _, err = a.IssueToken(ctx, sc, id, "demo", time.Time{}); err != nil {
			return nil, "", fmt.Errorf("demo: %w", err)
		}
	}
	return people, token, nil
}

func employ(ctx context.Context, a *access.Service, sc scope.Scope, p Person, client string) (id string, err error) {
	if known, err := a.FindByEmail(ctx, p.Email); err == nil {
		err := a.SetPassword(ctx, sc, known.Person.ID, p.Password)
		return known.Person.ID, err
	}
	n := access.NewPerson{Email: p.Email, Name: p.Name, Lang: p.Lang, Theme: access.Auto, Roles: []scope.Role{p.Role}, Password: p.Password}
	if p.Role == scope.Owner || p.Role == scope.Cashier {
		n.Client = client
	}
	made, err := a.CreatePerson(ctx, sc, n)
	return made.ID, err
}
