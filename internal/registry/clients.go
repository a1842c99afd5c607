package registry

import (
	"context"
	"strconv"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

func (c Client) fields() fields {
	return fields{
		"number": c.Number, "name": c.Name, "kind": string(c.Kind), "country": string(c.Country),
		"inn": c.INN, "kpp": c.KPP, "ust_id": c.UStID, "terms": string(c.Terms), "note": c.Note,
	}
}

func (c Client) folded() string { return foldWords(c.Name, c.Number, c.INN, c.UStID) }

// AddClient adds a client; ID, CreatedAt and Version are given by the
// registry, and Number too when it is "". It needs EditRegistry. The same tax
// number twice is the field problem client_exists.
func (s *Service) AddClient(ctx context.Context, sc scope.Scope, c Client) (Client, error) {
	const op = "registry.AddClient"
	r, err := edit(sc, op)
	if err != nil {
		return Client{}, err
	}
	if err := checkClient(&c, op); err != nil {
		return Client{}, err
	}
	c.ID, c.Version = ids.New(), 1
	if c.Terms == "" {
		c.Terms = calendar.Contract
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		c.CreatedAt = tx.Now
		if err := refuseTwin(ctx, tx, r, c, op); err != nil {
			return err
		}
		if err := insertClient(ctx, tx, r, &c, op); err != nil {
			return err
		}
		return note(ctx, tx, sc, "client.added", "client", c.ID, c.fields())
	})
	if err != nil {
		return Client{}, err
	}
	return c, nil
}

// refuseTwin finds another client with the same tax numbers. Branches share
// the ИНН and differ in the КПП.
func refuseTwin(ctx context.Context, tx *db.Tx, r reach, c Client, op string) error {
	if c.INN == "" && c.UStID == "" {
		return nil
	}
	var n int
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM registry_client
		WHERE tenant = $1 AND country = $2 AND inn = $3 AND kpp = $4 AND ust_id = $5 AND id <> $6`,
		r.tenant, string(c.Country), c.INN, c.KPP, c.UStID, c.ID).Scan(&n)
	if err != nil {
		return wrap("refuseTwin", err)
	}
	if n > 0 && c.INN != "" {
		return problem.New(problem.Invalid, "invalid").In(op).Field("inn", "client_exists")
	}
	if n > 0 {
		return problem.New(problem.Invalid, "invalid").In(op).Field("ust_id", "client_exists")
	}
	return nil
}

// firstNumber is where numbers start, so that all have the same length for
// long.
const firstNumber = 1000

// insertClient gives a number when there is none. Numbers given by hand are
// skipped over.
func insertClient(ctx context.Context, tx *db.Tx, r reach, c *Client, op string) error {
	byHand := c.Number != ""
	for {
		if !byHand {
			n, err := nextNumber(ctx, tx, r)
			if err != nil {
				return err
			}
			c.Number = strconv.FormatInt(firstNumber+n, 10)
		}
		done, err := db.Changed(tx.Exec(ctx, `INSERT INTO registry_client
			(id, tenant, number, name, kind, country, inn, kpp, ust_id, note, sort, folded, created_at, version, terms)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15) ON CONFLICT (tenant, number) DO NOTHING`,
			c.ID, r.tenant, c.Number, c.Name, string(c.Kind), string(c.Country), c.INN, c.KPP, c.UStID, c.Note,
			fold(c.Name), c.folded(), db.Millis(c.CreatedAt), c.Version, string(c.Terms)))
		switch {
		case err != nil:
			return wrap("insertClient", err)
		case done:
			return nil
		case byHand:
			return numberTaken(op)
		}
	}
}

func numberTaken(op string) error {
	return problem.New(problem.Invalid, "invalid").In(op).Field("number", "number_taken")
}

func nextNumber(ctx context.Context, tx *db.Tx, r reach) (n int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO registry_counter (tenant, name, value) VALUES ($1, 'client', 1)
		ON CONFLICT (tenant, name) DO UPDATE SET value = registry_counter.value + 1 RETURNING value`, r.tenant).Scan(&n)
	return n, wrap("nextNumber", err)
}

// UpdateClient writes a client anew. Version must be the one that was read;
// an empty Number keeps the present one.
func (s *Service) UpdateClient(ctx context.Context, sc scope.Scope, c Client) (Client, error) {
	const op = "registry.UpdateClient"
	r, err := edit(sc, op)
	if err != nil {
		return Client{}, err
	}
	if err := checkClient(&c, op); err != nil {
		return Client{}, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		old, err := loadClient(ctx, tx, r, c.ID, op)
		if err != nil {
			return err
		}
		if c.CreatedAt = old.CreatedAt; c.Number == "" {
			c.Number = old.Number
		}
		if c.Terms == "" {
			c.Terms = old.Terms
		}
		if err := refuseTwin(ctx, tx, r, c, op); err != nil {
			return err
		}
		if err := updateClient(ctx, tx, r, c, op); err != nil {
			return err
		}
		c.Version++
		return note(ctx, tx, sc, "client.changed", "client", c.ID, diff(old.fields(), c.fields()))
	})
	if err != nil {
		return Client{}, err
	}
	return c, nil
}

func updateClient(ctx context.Context, tx *db.Tx, r reach, c Client, op string) error {
	var twins int
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM registry_client WHERE tenant = $1 AND number = $2 AND id <> $3`, r.tenant, c.Number, c.ID).Scan(&twins)
	if err != nil {
		return wrap("updateClient", err)
	}
	if twins > 0 {
		return numberTaken(op)
	}
	done, err := db.Changed(tx.Exec(ctx, `UPDATE registry_client SET number = $4, name = $5, kind = $6, country = $7, inn = $8, kpp = $9,
		ust_id = $10, note = $11, sort = $12, folded = $13, terms = $14, version = version + 1 WHERE id = $1 AND tenant = $2 AND version = $3`,
		c.ID, r.tenant, c.Version, c.Number, c.Name, string(c.Kind), string(c.Country), c.INN, c.KPP, c.UStID, c.Note, fold(c.Name), c.folded(), string(c.Terms)))
	if err == nil && !done {
		return conflict(op)
	}
	return wrap("updateClient", err)
}
