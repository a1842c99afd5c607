package client

import "time"

// Me is whom a token opens.
type Me struct {
	ID     string   `json:"id"`
	Email  string   `json:"email"`
	Name   string   `json:"name"`
	Lang   string   `json:"lang" enum:"ru,de,en"`
	Roles  []string `json:"roles"`
	Rights []string `json:"rights"`
	Tenant string   `json:"tenant"`
	Client string   `json:"client,omitempty" doc:"Set for a shop's own people: they reach this client alone."`
}

// Person is somebody who can sign in.
type Person struct {
	ID         string    `json:"id"`
	Email      string    `json:"email"`
	Name       string    `json:"name"`
	Lang       string    `json:"lang" enum:"ru,de,en"`
	Roles      []string  `json:"roles"`
	Client     string    `json:"client,omitempty" doc:"The client that a shop's person belongs to."`
	DisabledAt time.Time `json:"disabledAt,omitzero"`
	CreatedAt  time.Time `json:"createdAt"`
	Version    int64     `json:"version"`
}

// NewPerson is a person to be added. Without a password they cannot sign in
// until one is set.
type NewPerson struct {
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Lang     string   `json:"lang,omitempty" enum:"ru,de,en"`
	Roles    []string `json:"roles" enum:"cashier,owner,dispatcher,engineer,manager,admin"`
	Client   string   `json:"client,omitempty"`
	Password string   `json:"password,omitempty"`
}

// PersonRoles gives a person other roles.
type PersonRoles struct {
	Version int64    `json:"version" doc:"The one that was read; an older one is answered with 409."`
	Roles   []string `json:"roles" enum:"cashier,owner,dispatcher,engineer,manager,admin"`
}

// PersonProfile is a person's name and language; what is left out stays.
type PersonProfile struct {
	Name string `json:"name,omitempty"`
	Lang string `json:"lang,omitempty" enum:"ru,de,en"`
}

// Password is a person's new password.
type Password struct {
	Password string `json:"password"`
}

// Colleague is what everybody in the company may know of another.
type Colleague struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

// Token is an API token, without its secret.
type Token struct {
	ID         string    `json:"id"`
	Person     string    `json:"person"`
	Name       string    `json:"name"`
	CreatedAt  time.Time `json:"createdAt"`
	LastUsedAt time.Time `json:"lastUsedAt,omitzero" doc:"Exact to a minute."`
	ExpiresAt  time.Time `json:"expiresAt,omitzero" doc:"Left out: does not end by itself."`
}

// NewToken asks for an API token.
type NewToken struct {
	Name      string    `json:"name"`
	ExpiresAt time.Time `json:"expiresAt,omitzero"`
}

// IssuedToken is a new token. Its secret is shown once.
type IssuedToken struct {
	Token
	Secret string `json:"secret"`
}

// AuditEntry is who did what to what.
type AuditEntry struct {
	Number    int64     `json:"number"`
	At        time.Time `json:"at"`
	Actor     Actor     `json:"actor"`
	Action    string    `json:"action" example:"command.asked"`
	Subject   string    `json:"subject"`
	SubjectID string    `json:"subjectId"`
	Detail    any       `json:"detail,omitempty"`
	Hash      string    `json:"hash" doc:"Of this entry and the one before."`
}
