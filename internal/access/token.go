package access

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// IssueToken makes an API token that may do what its person may do at the
// time of each use. The secret is returned once and cannot be read again. A
// zero expires is a token that does not end by itself. One's own, or with
// ManagePeople another's.
func (s *Service) IssueToken(ctx context.Context, sc scope.Scope, person, name string, expires time.Time) (secret string, t Token, err error) {
	const op = "access.IssueToken"
	if err := mayTouch(sc, person, op); err != nil {
		return "", Token{}, err
	}
	t = Token{ID: ids.New(), Person: person, Name: strings.TrimSpace(name), ExpiresAt: expires}
	var f findings
	f.text("name", t.Name)
	if err := f.err(op); err != nil {
		return "", Token{}, err
	}
	secret = tokenPrefix + newSecret()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := loadPerson(ctx, tx, sc, person, op)
		if err != nil {
			return err
		}
		if p.Disabled() {
			return problem.New(problem.Conflict, "person_disabled").In(op)
		}
		t.CreatedAt = tx.Now
		if err := insertToken(ctx, tx, sc, t, secret); err != nil {
			return err
		}
		return note(ctx, tx, sc, "token.issued", person, map[string]any{"token": t.ID, "name": t.Name, "expires_at": db.Millis(expires)})
	})
	if err != nil {
		return "", Token{}, err
	}
	return secret, t, nil
}

func insertToken(ctx context.Context, tx *db.Tx, sc scope.Scope, t Token, secret string) error {
	hash, _ := secretHash(secret)
	_, err := tx.Exec(ctx, `INSERT INTO access_token (id, person, tenant, name, token_hash, created_at, expires_at) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		t.ID, t.Person, sc.Tenant(), t.Name, hash, db.Millis(t.CreatedAt), db.Millis(t.ExpiresAt))
	return wrap("insertToken", err)
}

// Tokens lists a person's living API tokens, the newest first.
func (s *Service) Tokens(ctx context.Context, sc scope.Scope, person string) (list []Token, err error) {
	if err := mayTouch(sc, person, "access.Tokens"); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, person, name, created_at, last_used_at, expires_at FROM access_token
			WHERE tenant = $1 AND person = $2 AND revoked_at = 0 AND (expires_at = 0 OR expires_at > $3) ORDER BY id DESC LIMIT 200`,
			sc.Tenant(), person, db.Millis(tx.Now))
		list, err = db.Rows(rows, err, scanToken)
		return wrap("Tokens", err)
	})
	return list, err
}

func scanToken(r *sql.Rows) (t Token, err error) {
	var created, used, expires int64
	err = r.Scan(&t.ID, &t.Person, &t.Name, &created, &used, &expires)
	t.CreatedAt, t.LastUsedAt, t.ExpiresAt = db.Time(created), db.Time(used), db.Time(expires)
	return t, err
}

// RevokeToken ends an API token at once: one's own, or with ManagePeople
// another's.
func (s *Service) RevokeToken(ctx context.Context, sc scope.Scope, token string) error {
	const op = "access.RevokeToken"
	if err := valid(sc, op); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		var person string
		err := tx.QueryRow(ctx, `SELECT person FROM access_token WHERE id = $1 AND tenant = $2 AND revoked_at = 0`, token, sc.Tenant()).Scan(&person)
		if err != nil && !db.NoRows(err) {
			return wrap("RevokeToken", err)
		}
		if err != nil || mayTouch(sc, person, op) != nil {
			return notFound(op)
		}
		if _, err := tx.Exec(ctx, `UPDATE access_token SET revoked_at = $3 WHERE id = $1 AND tenant = $2`, token, sc.Tenant(), db.Millis(tx.Now)); err != nil {
			return wrap("RevokeToken", err)
		}
		tx.AfterCommit(func() { s.cache.drop(func(id Identity) bool { return id.Token == token }) })
		return note(ctx, tx, sc, "token.revoked", person, map[string]any{"token": token})
	})
}

func endTokens(ctx context.Context, tx *db.Tx, sc scope.Scope, person string) (int, error) {
	res, err := tx.Exec(ctx, `UPDATE access_token SET revoked_at = $3 WHERE tenant = $1 AND person = $2 AND revoked_at = 0`,
		sc.Tenant(), person, db.Millis(tx.Now))
	if err != nil {
		return 0, wrap("endTokens", err)
	}
	n, err := res.RowsAffected()
	return int(n), wrap("endTokens", err)
}

// openToken reads a token with its person by the hash of its secret; none is
// an opened without a token.
func openToken(ctx context.Context, tx *db.Tx, hash []byte) (o opened, err error) {
	var used, expires, revoked int64
	o.id.Person, err = scanPerson(tx.QueryRow(ctx, `SELECT `+personColumns+`, k.id, k.tenant, t.zone, k.last_used_at, k.expires_at, k.revoked_at
		FROM access_token k JOIN access_person p ON p.id = k.person JOIN access_tenant t ON t.id = k.tenant
		WHERE k.token_hash = $1`, hash), &o.id.Token, &o.id.Tenant, &o.id.Zone, &used, &expires, &revoked)
	if db.NoRows(err) {
		return opened{}, nil
	}
	return o.finish(used, expires, revoked), wrap("openToken", err)
}

// FindByEmail is the identity of a person by their address, over the whole
// server, for the command line: who may run it can read the database anyway.
// It fails with not_found, and with person_disabled.
func (s *Service) FindByEmail(ctx context.Context, email string) (Identity, error) {
	const op = "access.FindByEmail"
	var l login
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		l, err = findLogin(ctx, tx, foldEmail(email))
		return err
	})
	switch {
	case err != nil:
		return Identity{}, err
	case l.person.ID == "":
		return Identity{}, notFound(op)
	case l.person.Disabled():
		return Identity{}, problem.New(problem.Conflict, "person_disabled").In(op)
	}
	return Identity{Scope: l.scope(), Person: l.person, Tenant: l.tenant, Zone: l.zone}, nil
}
