package link

import (
	"cmp"
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/wire"
)

// Search is how an agent's searches for registers stand.
type Search struct {
	Wanted  int64 // number of the search that is wanted
	AskedAt time.Time
	AskedBy string // a person's name
	Done    int64  // number of the last that the agent told of
	DoneAt  time.Time
	More    bool // it found more than wire.MaxOffers
	Off     bool // the agent's own file forbids it to search
}

// What stands in the column more.
const (
	moreFound = 1
	searchOff = 2
)

// Running says whether a search is wanted that the agent has not told of.
func (s Search) Running() bool { return s.Wanted > s.Done }

// Offer is a register that an agent came upon.
type Offer struct {
	wire.Offer
	ID, Agent string
	FoundAt   time.Time
	IgnoredAt time.Time // zero = it is offered
	IgnoredBy string
}

// Name is what a device made of the offer is called until somebody gives it a
// name: its model and the last four digits of its serial, or its address.
func (o Offer) Name() string {
	name := cmp.Or(o.Model, o.Maker)
	if tail := o.Serial[max(0, len(o.Serial)-4):]; tail != "" {
		name += " …" + tail
	}
	return cmp.Or(strings.TrimSpace(name), o.Endpoint.Address)
}

// search is nought for an agent that was never asked and never told.
func (store) search(ctx context.Context, tx *db.Tx, sc scope.Scope, agent string) (s Search, err error) {
	var asked, doneAt, more int64
	err = tx.QueryRow(ctx, `SELECT wanted, asked_at, asked_by, done, done_at, more FROM link_search WHERE tenant = $1 AND agent = $2`,
		sc.Tenant(), agent).Scan(&s.Wanted, &asked, &s.AskedBy, &s.Done, &doneAt, &more)
	if db.NoRows(err) {
		return Search{Wanted: 1}, nil
	}
	s.AskedAt, s.DoneAt, s.More = db.Time(asked), db.Time(doneAt), more == moreFound
	s.Off = more == searchOff
	return s, err
}

// want asks for one more search.
func (s store) want(ctx context.Context, tx *db.Tx, sc scope.Scope, agent string) error {
	_, err := tx.Exec(ctx, `INSERT INTO link_search (agent, tenant, wanted, asked_at, asked_by) VALUES ($1, $2, 2, $3, $4)
		ON CONFLICT (agent) DO UPDATE SET wanted = link_search.wanted + 1, asked_at = excluded.asked_at, asked_by = excluded.asked_by`,
		agent, sc.Tenant(), db.Millis(tx.Now), sc.Actor().Name)
	return err
}

// told keeps that a search is over and how it ended.
func (s store) told(ctx context.Context, tx *db.Tx, sc scope.Scope, agent string, f wire.Found, at time.Time) error {
	more := db.Bit(f.More)
	if f.Off {
		more = searchOff
	}
	_, err := tx.Exec(ctx, `INSERT INTO link_search (agent, tenant, wanted, done, done_at, more) VALUES ($1, $2, 1, $3, $4, $5)
		ON CONFLICT (agent) DO UPDATE SET done = excluded.done, done_at = excluded.done_at, more = excluded.more`,
		agent, sc.Tenant(), f.Search, db.Millis(at), more)
	return err
}

const offerColumns = `id, agent, protocol, transport, address, baud, model, serial, firmware, maker, usb, held, found_at, ignored_at, ignored_by`

func scanOffer(rows *sql.Rows) (o Offer, err error) {
	var held, found, ignored int64
	err = rows.Scan(&o.ID, &o.Agent, &o.Endpoint.Protocol, &o.Endpoint.Transport, &o.Endpoint.Address, &o.Endpoint.Baud,
		&o.Model, &o.Serial, &o.Firmware, &o.Maker, &o.USB, &held, &found, &ignored, &o.IgnoredBy)
	o.Held, o.FoundAt, o.IgnoredAt = held != 0, db.Time(found), db.Time(ignored)
	return o, err
}

func (store) offers(ctx context.Context, tx *db.Tx, sc scope.Scope, agent string) ([]Offer, error) {
	rows, err := tx.Query(ctx, `SELECT `+offerColumns+` FROM link_offer WHERE tenant = $1 AND agent = $2 ORDER BY address, id`, sc.Tenant(), agent)
	return db.Rows(rows, err, scanOffer)
}

func (store) offer(ctx context.Context, tx *db.Tx, sc scope.Scope, id string) (Offer, error) {
	rows, err := tx.Query(ctx, `SELECT `+offerColumns+` FROM link_offer WHERE tenant = $1 AND id = $2`, sc.Tenant(), id)
	found, err := db.Rows(rows, err, scanOffer)
	if err == nil && len(found) == 0 {
		err = errNotFound
	}
	if err != nil {
		return Offer{}, err
	}
	return found[0], nil
}

// replace puts what a search found in the place of what earlier ones did. An
// ignored register keeps its row, also while it is away.
func (s store) replace(ctx context.Context, tx *db.Tx, sc scope.Scope, agent string, list []wire.Offer) error {
	if _, err := tx.Exec(ctx, `DELETE FROM link_offer WHERE tenant = $1 AND agent = $2 AND ignored_at = 0`, sc.Tenant(), agent); err != nil {
		return err
	}
	for _, o := range list {
		e := o.Endpoint
		_, err := tx.Exec(ctx, `INSERT INTO link_offer (id, tenant, agent, protocol, transport, address, baud, model, serial, firmware, maker, usb, held, found_at)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14) ON CONFLICT (agent, protocol, transport, address, serial) DO NOTHING`,
			ids.New(), sc.Tenant(), agent, e.Protocol, e.Transport, e.Address, e.Baud, o.Model, o.Serial, o.Firmware, o.Maker, o.USB, db.Bit(o.Held), db.Millis(tx.Now))
		if err != nil {
			return err
		}
	}
	return s.trimIgnored(ctx, tx, sc, agent)
}

// maxIgnored bounds what an agent can make us remember.
const maxIgnored = 200

func (store) trimIgnored(ctx context.Context, tx *db.Tx, sc scope.Scope, agent string) error {
	_, err := tx.Exec(ctx, `DELETE FROM link_offer WHERE tenant = $1 AND agent = $2 AND ignored_at > 0 AND id NOT IN
		(SELECT id FROM link_offer WHERE tenant = $1 AND agent = $2 AND ignored_at > 0 ORDER BY ignored_at DESC, id LIMIT $3)`, sc.Tenant(), agent, maxIgnored)
	return err
}

// ignore remembers that nobody wants the register, or forgets it.
func (store) ignore(ctx context.Context, tx *db.Tx, sc scope.Scope, id string, yes bool) error {
	at, by := int64(0), ""
	if yes {
		at, by = db.Millis(tx.Now), sc.Actor().Name
	}
	return one(tx.Exec(ctx, `UPDATE link_offer SET ignored_at = $3, ignored_by = $4 WHERE tenant = $1 AND id = $2`, sc.Tenant(), id, at, by))
}

func (store) dropOffer(ctx context.Context, tx *db.Tx, sc scope.Scope, id string) error {
	return one(tx.Exec(ctx, `DELETE FROM link_offer WHERE tenant = $1 AND id = $2`, sc.Tenant(), id))
}
