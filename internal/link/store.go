package link

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// store is the channel's own tables. Every method reaches only the scope's
// tenant. The two exceptions, identify and findCode, are how a scope is found
// for somebody who only knows an unguessable id or code.
type store struct{}

// identify finds an agent by the id it claims. What is returned becomes an
// agent's scope only after its signature has been checked.
func (store) identify(ctx context.Context, tx *db.Tx, id string) (identity, error) {
	a := identity{Agent: Agent{ID: id}}
	var revoked int64
	err := tx.QueryRow(ctx, `SELECT tenant, outlet, name, public_key, revoked_at FROM link_agent WHERE id = $1`, id).
		Scan(&a.Tenant, &a.Outlet, &a.Name, &a.key, &revoked)
	a.revoked = revoked != 0
	if err != nil {
		return identity{}, fmt.Errorf("link: identify: %w", err)
	}
	return a, nil
}

// AgentInfo is an agent as the pages show it.
type AgentInfo struct {
	ID, Outlet, Name      string
	EnrolledAt            time.Time
	EnrolledBy            string // who made the code: a person's id
	RevokedAt             time.Time
	Build, OS, Arch, Host string
	RemoteAddr            string
	LastHelloAt           time.Time
	ClockSkew             time.Duration // agent's clock minus the server's, at the last hello
	Pending               int64         // reports in its buffer at the last hello
	Oldest                time.Time     // the oldest of them, by the agent's clock
	Lost                  int64         // reports it had to drop since enrolment
	ConfigVersion         int64         // last sent with a welcome
	Connected             bool          // to this process
	LastContact           time.Time     // from memory; zero when not heard since the start
}

const infoColumns = `id, outlet, name, enrolled_at, enrolled_by, revoked_at, build, os, arch, host, remote_addr,
	last_hello_at, clock_skew_ms, pending, oldest, lost, config_version`

func scanInfo(rows *sql.Rows) (a AgentInfo, err error) {
	var enrolled, revoked, hello, skew, oldest int64
	err = rows.Scan(&a.ID, &a.Outlet, &a.Name, &enrolled, &a.EnrolledBy, &revoked, &a.Build, &a.OS, &a.Arch, &a.Host,
		&a.RemoteAddr, &hello, &skew, &a.Pending, &oldest, &a.Lost, &a.ConfigVersion)
	a.EnrolledAt, a.RevokedAt, a.LastHelloAt, a.Oldest = db.Time(enrolled), db.Time(revoked), db.Time(hello), db.Time(oldest)
	a.ClockSkew = time.Duration(skew) * time.Millisecond
	return a, err
}

func (store) list(ctx context.Context, tx *db.Tx, sc scope.Scope, f AgentFilter) ([]AgentInfo, error) {
	rows, err := tx.Query(ctx, `SELECT `+infoColumns+` FROM link_agent
		WHERE tenant = $1 AND ($2 = '' OR outlet = $2) AND ($3 = 1 OR revoked_at = 0) AND (name, id) > ($4, $5)
		ORDER BY name, id LIMIT $6`, sc.Tenant(), f.Outlet, flag(f.Revoked), f.AfterName, f.AfterID, f.limit())
	return db.Rows(rows, err, scanInfo)
}

func (store) get(ctx context.Context, tx *db.Tx, sc scope.Scope, id string) (AgentInfo, error) {
	rows, err := tx.Query(ctx, `SELECT `+infoColumns+` FROM link_agent WHERE tenant = $1 AND id = $2`, sc.Tenant(), id)
	found, err := db.Rows(rows, err, scanInfo)
	if err == nil && len(found) == 0 {
		err = errNotFound
	}
	if err != nil {
		return AgentInfo{}, err
	}
	return found[0], nil
}

// addAgent writes a new agent.
func (store) addAgent(ctx context.Context, tx *db.Tx, sc scope.Scope, a identity, by string, info hello) error {
	_, err := tx.Exec(ctx, `INSERT INTO link_agent (id, tenant, outlet, name, public_key, enrolled_at, enrolled_by, build, os, arch, host, remote_addr)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`, a.ID, sc.Tenant(), a.Outlet, a.Name, a.key, db.Millis(tx.Now), by,
		info.Build, info.OS, info.Arch, info.Host, info.remote)
	return err
}

func (store) rename(ctx context.Context, tx *db.Tx, sc scope.Scope, id, name string) error {
	return one(tx.Exec(ctx, `UPDATE link_agent SET name = $3 WHERE tenant = $1 AND id = $2`, sc.Tenant(), id, name))
}

// revoke shuts an agent out; false when it was out already.
func (s store) revoke(ctx context.Context, tx *db.Tx, sc scope.Scope, id string) (bool, error) {
	a, err := s.get(ctx, tx, sc, id)
	if err != nil || !a.RevokedAt.IsZero() {
		return false, err
	}
	return true, one(tx.Exec(ctx, `UPDATE link_agent SET revoked_at = $3, revoked_by = $4 WHERE tenant = $1 AND id = $2`,
		sc.Tenant(), id, db.Millis(tx.Now), sc.Actor().ID))
}

// advance keeps the instant of a signed exchange; false when it is not later
// than the last one, which is a request played back.
func (store) advance(ctx context.Context, tx *db.Tx, sc scope.Scope, id string, instant int64) (bool, error) {
	res, err := tx.Exec(ctx, `UPDATE link_agent SET last_instant = $3 WHERE tenant = $1 AND id = $2 AND last_instant < $3 AND revoked_at = 0`,
		sc.Tenant(), id, instant)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// saveHello keeps what an agent said of itself.
func (store) saveHello(ctx context.Context, tx *db.Tx, sc scope.Scope, id string, h hello) error {
	_, err := tx.Exec(ctx, `UPDATE link_agent SET build = $3, os = $4, arch = $5, host = $6, remote_addr = $7, last_hello_at = $8,
		clock_skew_ms = $9, pending = $10, oldest = $11, lost = $12, config_version = $13 WHERE tenant = $1 AND id = $2`,
		sc.Tenant(), id, h.Build, h.OS, h.Arch, h.Host, h.remote, db.Millis(h.at), h.skew, h.Pending, h.Oldest, h.Lost, h.config)
	return err
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// one turns "no row was touched" into not found.
func one(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		if err == nil {
			err = errNotFound
		}
		return err
	}
	return nil
}
