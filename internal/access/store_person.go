package access

import (
	"context"
	"strings"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

const personColumns = `p.id, p.email, p.name, p.lang, p.theme, p.roles, p.client, p.disabled_at, p.created_at, p.version`

// scanner is what *sql.Row and *sql.Rows have in common.
type scanner interface{ Scan(dest ...any) error }

// scanPerson reads personColumns and then whatever else the query selected.
func scanPerson(r scanner, more ...any) (p Person, err error) {
	var lang, theme, roles string
	var disabled, created int64
	err = r.Scan(append([]any{&p.ID, &p.Email, &p.Name, &lang, &theme, &roles, &p.Client, &disabled, &created, &p.Version}, more...)...)
	p.Lang, p.Theme, p.Roles = i18n.Lang(lang), Theme(theme), splitRoles(roles)
	p.DisabledAt, p.CreatedAt = db.Time(disabled), db.Time(created)
	return p, err
}

func splitRoles(s string) []scope.Role {
	words := strings.Fields(s)
	out := make([]scope.Role, len(words))
	for i, w := range words {
		out[i] = scope.Role(w)
	}
	return out
}

func joinRoles(roles []scope.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// insertPerson fails with email_taken when anybody on the server has the
// address already.
func insertPerson(ctx context.Context, tx *db.Tx, sc scope.Scope, p Person, hash string) error {
	done, err := db.Changed(tx.Exec(ctx, `INSERT INTO access_person
		(id, tenant, email, email_folded, name, name_folded, lang, theme, roles, client, password_hash, created_at, version)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13) ON CONFLICT (email_folded) DO NOTHING`,
		p.ID, sc.Tenant(), p.Email, foldEmail(p.Email), p.Name, foldName(p.Name), string(p.Lang), string(p.Theme),
		joinRoles(p.Roles), p.Client, hash, db.Millis(p.CreatedAt), p.Version))
	if err != nil {
		return wrap("insertPerson", err)
	}
	if !done {
		return problem.New(problem.Invalid, "invalid").In("access.CreatePerson").Field("email", "email_taken")
	}
	return nil
}

// loadPerson reads one person of the tenant.
func loadPerson(ctx context.Context, tx *db.Tx, sc scope.Scope, id, op string) (Person, error) {
	p, err := scanPerson(tx.QueryRow(ctx, `SELECT `+personColumns+` FROM access_person p WHERE p.id = $1 AND p.tenant = $2`, id, sc.Tenant()))
	if db.NoRows(err) {
		return Person{}, notFound(op)
	}
	return p, wrap("loadPerson", err)
}

// savePerson writes what can change about a person. It fails with conflict
// when somebody else changed the person since version was read.
func savePerson(ctx context.Context, tx *db.Tx, sc scope.Scope, p Person, op string) error {
	done, err := db.Changed(tx.Exec(ctx, `UPDATE access_person SET name = $4, name_folded = $5, lang = $6, theme = $7,
		roles = $8, disabled_at = $9, version = version + 1 WHERE id = $1 AND tenant = $2 AND version = $3`,
		p.ID, sc.Tenant(), p.Version, p.Name, foldName(p.Name), string(p.Lang), string(p.Theme), joinRoles(p.Roles), db.Millis(p.DisabledAt)))
	if err != nil {
		return wrap("savePerson", err)
	}
	if !done {
		return problem.New(problem.Conflict, "conflict").In(op)
	}
	return nil
}

// setHash stores a password's hash.
func setHash(ctx context.Context, tx *db.Tx, sc scope.Scope, person, hash string) error {
	_, err := tx.Exec(ctx, `UPDATE access_person SET password_hash = $3, version = version + 1 WHERE id = $1 AND tenant = $2`,
		person, sc.Tenant(), hash)
	return wrap("setHash", err)
}

// loadHash reads a person's stored hash, "" when they have none.
func loadHash(ctx context.Context, tx *db.Tx, sc scope.Scope, person string) (hash string, err error) {
	err = tx.QueryRow(ctx, `SELECT password_hash FROM access_person WHERE id = $1 AND tenant = $2`, person, sc.Tenant()).Scan(&hash)
	if db.NoRows(err) {
		return "", nil
	}
	return hash, wrap("loadHash", err)
}

// lockTenant makes changes of a tenant's people take turns, so that two
// admins cannot remove each other at the same moment.
func lockTenant(ctx context.Context, tx *db.Tx, sc scope.Scope) error {
	var id string
	err := tx.QueryRow(ctx, `SELECT id FROM access_tenant WHERE id = $1`+tx.Dialect.ForUpdate(), sc.Tenant()).Scan(&id)
	if db.NoRows(err) {
		return notFound("access.lockTenant")
	}
	return wrap("lockTenant", err)
}

// otherAdmins counts the tenant's enabled admins but one person.
func otherAdmins(ctx context.Context, tx *db.Tx, sc scope.Scope, but string) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM access_person
		WHERE tenant = $1 AND id <> $2 AND disabled_at = 0 AND ' ' || roles || ' ' LIKE '% admin %'`, sc.Tenant(), but).Scan(&n)
	return n, wrap("otherAdmins", err)
}
