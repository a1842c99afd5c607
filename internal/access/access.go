// Package access knows who may come in: the service companies on this server
// (tenants), their people and roles, how people sign in, the sessions and
// tokens that keep them signed in, and how often a stranger may try.
//
// Two secrets exist, a session token in a cookie and an API token in a
// header. Both are 256 random bits, shown once, and only their SHA-256 is
// stored. What a secret opens is an Identity with a scope.Scope; from there on
// every store asks for that scope. The few methods that work without a scope
// are those that make one: they are listed in DESIGN.md.
package access

import (
	"time"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/scope"
)

// Tenant is one service company on this server.
type Tenant struct {
	ID        string
	Name      string
	Country   string // ISO 3166 alpha-2: "RU", "KZ", "DE"
	Lang      i18n.Lang
	Zone      string // IANA name of the company's own time zone
	CreatedAt time.Time
}

// Theme is how a person wants the pages to look.
type Theme string

// The themes; Auto follows the person's device.
const (
	Auto  Theme = "auto"
	Light Theme = "light"
	Dark  Theme = "dark"
)

// Person is somebody who can sign in: the company's own people, and owners
// and cashiers of its clients.
type Person struct {
	ID         string
	Email      string // as typed, without surrounding space; unique over the server when folded
	Name       string
	Lang       i18n.Lang
	Theme      Theme
	Roles      []scope.Role
	Client     string    // the client a shop's person belongs to, "" for the company's own
	DisabledAt time.Time // zero while the person may sign in
	CreatedAt  time.Time
	Version    int64 // rises with every change of the person
}

// Disabled says whether the person has been shut out.
func (p Person) Disabled() bool { return !p.DisabledAt.IsZero() }

// Session is one signed-in browser.
type Session struct {
	ID         string
	Person     string
	CreatedAt  time.Time
	LastSeenAt time.Time // exact to a minute
	ExpiresAt  time.Time // the absolute end; it may end earlier by idleness
	Remote     string    // address it was opened from
	UserAgent  string
}

// Token is an API token. Its secret is shown once, when it is issued.
type Token struct {
	ID         string
	Person     string
	Name       string // what it is for, in the person's words
	CreatedAt  time.Time
	LastUsedAt time.Time // exact to a minute, zero before the first use
	ExpiresAt  time.Time // zero = does not end by itself
}

// Identity is what a valid secret opens: who it is and what they may do.
type Identity struct {
	Scope   scope.Scope
	Person  Person
	Tenant  string
	Zone    string // the tenant's time zone
	Session string // id of the session, "" when a token was shown
	Token   string // id of the API token, "" when a session was shown
}
