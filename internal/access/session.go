package access

import (
	"context"
	"database/sql"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

func insertSession(ctx context.Context, tx *db.Tx, sc scope.Scope, n Session, secret string) error {
	hash, _ := secretHash(secret)
	_, err := tx.Exec(ctx, `INSERT INTO access_session (id, person, tenant, token_hash, created_at, last_seen_at, expires_at, remote, user_agent)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`, n.ID, n.Person, sc.Tenant(), hash,
		db.Millis(n.CreatedAt), db.Millis(n.LastSeenAt), db.Millis(n.ExpiresAt), n.Remote, n.UserAgent)
	return wrap("insertSession", err)
}

const sessionColumns = `id, person, created_at, last_seen_at, expires_at, remote, user_agent`

func scanSession(r scanner) (n Session, err error) {
	var created, seen, expires int64
	err = r.Scan(&n.ID, &n.Person, &created, &seen, &expires, &n.Remote, &n.UserAgent)
	n.CreatedAt, n.LastSeenAt, n.ExpiresAt = db.Time(created), db.Time(seen), db.Time(expires)
	return n, err
}

// Sessions lists a person's living sessions, the newest first: one's own, or
// with ManagePeople another's.
func (s *Service) Sessions(ctx context.Context, sc scope.Scope, person string) (list []Session, err error) {
	if err := mayTouch(sc, person, "access.Sessions"); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+sessionColumns+` FROM access_session
			WHERE tenant = $1 AND person = $2 AND revoked_at = 0 AND expires_at > $3 AND last_seen_at > $4 ORDER BY id DESC LIMIT 200`,
			sc.Tenant(), person, db.Millis(tx.Now), db.Millis(tx.Now.Add(-SessionIdle)))
		list, err = db.Rows(rows, err, func(r *sql.Rows) (Session, error) { return scanSession(r) })
		return wrap("Sessions", err)
	})
	return list, err
}

// Revoke ends one session: one's own, or with ManagePeople another's.
func (s *Service) Revoke(ctx context.Context, sc scope.Scope, session string) error {
	const op = "access.Revoke"
	if err := valid(sc, op); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := scanSession(tx.QueryRow(ctx, `SELECT `+sessionColumns+` FROM access_session
			WHERE id = $1 AND tenant = $2 AND revoked_at = 0`, session, sc.Tenant()))
		if db.NoRows(err) {
			return notFound(op)
		}
		if err != nil {
			return wrap("Revoke", err)
		}
		if mayTouch(sc, n.Person, op) != nil {
			return notFound(op) // whether it exists is nobody else's business
		}
		return s.endSession(ctx, tx, sc, n)
	})
}

// endSession ends a session that has been checked to be within sc's reach.
func (s *Service) endSession(ctx context.Context, tx *db.Tx, sc scope.Scope, n Session) error {
	_, err := tx.Exec(ctx, `UPDATE access_session SET revoked_at = $3 WHERE id = $1 AND tenant = $2`, n.ID, sc.Tenant(), db.Millis(tx.Now))
	if err != nil {
		return wrap("endSession", err)
	}
	tx.AfterCommit(func() { s.cache.drop(func(id Identity) bool { return id.Session == n.ID }) })
	return note(ctx, tx, sc, "session.revoked", n.Person, map[string]any{"session": n.ID})
}

// RevokeAll ends every session of a person but the one named by except (""
// for none), and returns how many that were.
func (s *Service) RevokeAll(ctx context.Context, sc scope.Scope, person, except string) (ended int, err error) {
	const op = "access.RevokeAll"
	if err := mayTouch(sc, person, op); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := loadPerson(ctx, tx, sc, person, op); err != nil {
			return err
		}
		if ended, err = endSessions(ctx, tx, sc, person, except); err != nil {
			return err
		}
		tx.AfterCommit(func() { s.cache.dropPerson(person) })
		return note(ctx, tx, sc, "session.revoked_all", person, map[string]any{"sessions": ended})
	})
	return ended, err
}

func endSessions(ctx context.Context, tx *db.Tx, sc scope.Scope, person, except string) (int, error) {
	res, err := tx.Exec(ctx, `UPDATE access_session SET revoked_at = $4 WHERE tenant = $1 AND person = $2 AND id <> $3 AND revoked_at = 0`,
		sc.Tenant(), person, except, db.Millis(tx.Now))
	if err != nil {
		return 0, wrap("endSessions", err)
	}
	n, err := res.RowsAffected()
	return int(n), wrap("endSessions", err)
}

// Logout ends the session of a secret. A secret that opens nothing is no
// error: whoever leaves is out.
func (s *Service) Logout(ctx context.Context, secret string) error {
	hash, ok := secretHash(secret)
	if !ok {
		return nil
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		o, err := openSession(ctx, tx, hash)
		if err != nil || o.id.Session == "" {
			return err
		}
		sc := o.id.Scope
		if _, err := tx.Exec(ctx, `UPDATE access_session SET revoked_at = $3 WHERE id = $1 AND tenant = $2`,
			o.id.Session, sc.Tenant(), db.Millis(tx.Now)); err != nil {
			return wrap("Logout", err)
		}
		tx.AfterCommit(func() { s.cache.drop(func(id Identity) bool { return id.Session == o.id.Session }) })
		return audit.Write(ctx, tx, sc, audit.Entry{
			Action: "session.closed", Subject: "person", SubjectID: o.id.Person.ID, Detail: map[string]any{"session": o.id.Session},
		})
	})
}

// replace ends the session that a browser had before it signed in anew, so
// that no secret known before the login is good after it.
func (s *Service) replace(ctx context.Context, tx *db.Tx, secret string) error {
	hash, ok := secretHash(secret)
	if !ok {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE access_session SET revoked_at = $2 WHERE token_hash = $1 AND revoked_at = 0`, hash, db.Millis(tx.Now))
	tx.AfterCommit(func() { s.cache.forget(hash) })
	return wrap("replace", err)
}

// opened is what a stored secret opens, before its ends are looked at.
type opened struct {
	id      Identity
	seen    time.Time // last use, zero for a token never used
	expires time.Time // zero = never
	revoked bool
}

// openSession reads a session with its person by the hash of its secret; none
// is an opened without a session.
func openSession(ctx context.Context, tx *db.Tx, hash []byte) (o opened, err error) {
	var seen, expires, revoked int64
	o.id.Person, err = scanPerson(tx.QueryRow(ctx, `SELECT `+personColumns+`, s.id, s.tenant, t.zone, s.last_seen_at, s.expires_at, s.revoked_at
		FROM access_session s JOIN access_person p ON p.id = s.person JOIN access_tenant t ON t.id = s.tenant
		WHERE s.token_hash = $1`, hash), &o.id.Session, &o.id.Tenant, &o.id.Zone, &seen, &expires, &revoked)
	if db.NoRows(err) {
		return opened{}, nil
	}
	return o.finish(seen, expires, revoked), wrap("openSession", err)
}

func (o opened) finish(seen, expires, revoked int64) opened {
	p := o.id.Person
	o.seen, o.expires, o.revoked = db.Time(seen), db.Time(expires), revoked != 0
	if o.id.Tenant != "" {
		o.id.Scope = scope.Person(o.id.Tenant, p.ID, p.Name, p.Client, p.Roles...)
	}
	return o
}
