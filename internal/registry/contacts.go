package registry

import (
	"context"
	"database/sql"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

const contactColumns = `k.id, k.client, k.outlet, k.name, k.phone, k.email, k.role, k.created_at, k.version`

func scanContact(r scanner) (c Contact, err error) {
	var created int64
	err = r.Scan(&c.ID, &c.Client, &c.Outlet, &c.Name, &c.Phone, &c.Email, &c.Role, &created, &c.Version)
	c.CreatedAt = db.Time(created)
	return c, err
}

// SaveContact adds a contact (ID "") or writes one anew, Version being the
// one that was read. It needs EditRegistry. The phone may be written as
// people of the client's country do.
func (s *Service) SaveContact(ctx context.Context, sc scope.Scope, c Contact) (Contact, error) {
	const op = "registry.SaveContact"
	r, err := edit(sc, op)
	if err != nil {
		return Contact{}, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		client, err := loadClient(ctx, tx, r, c.Client, op)
		if err != nil {
			return err
		}
		if err := checkContact(&c, client.Country, op); err != nil {
			return err
		}
		if err := outletOf(ctx, tx, r, c, op); err != nil {
			return err
		}
		action := "contact.changed"
		if c.ID == "" {
			action = "contact.added"
			c.ID, c.CreatedAt, c.Version = ids.New(), tx.Now, 1
			err = insertContact(ctx, tx, r, c)
		} else {
			err = updateContact(ctx, tx, r, &c, op)
		}
		if err != nil {
			return err
		}
		return note(ctx, tx, sc, action, "client", c.Client, fields{"contact": c.ID, "name": c.Name, "role": c.Role})
	})
	if err != nil {
		return Contact{}, err
	}
	return c, nil
}

// outletOf checks that the contact's outlet is one of its client's.
func outletOf(ctx context.Context, tx *db.Tx, r reach, c Contact, op string) error {
	if c.Outlet == "" {
		return nil
	}
	o, err := loadOutlet(ctx, tx, r, c.Outlet, op)
	if err == nil && o.Client != c.Client {
		err = problem.New(problem.Invalid, "invalid").In(op).Field("outlet", "outlet_of_other_client")
	}
	return err
}

func insertContact(ctx context.Context, tx *db.Tx, r reach, c Contact) error {
	_, err := tx.Exec(ctx, `INSERT INTO registry_contact (id, tenant, client, outlet, name, phone, email, role, created_at, version)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`, c.ID, r.tenant, c.Client, c.Outlet, c.Name, c.Phone, c.Email, c.Role, db.Millis(c.CreatedAt), c.Version)
	return wrap("insertContact", err)
}

func updateContact(ctx context.Context, tx *db.Tx, r reach, c *Contact, op string) error {
	var created int64
	err := tx.QueryRow(ctx, `UPDATE registry_contact SET outlet = $5, name = $6, phone = $7, email = $8, role = $9, version = version + 1
		WHERE id = $1 AND tenant = $2 AND client = $3 AND version = $4 RETURNING created_at, version`,
		c.ID, r.tenant, c.Client, c.Version, c.Outlet, c.Name, c.Phone, c.Email, c.Role).Scan(&created, &c.Version)
	if db.NoRows(err) {
		return conflict(op)
	}
	c.CreatedAt = db.Time(created)
	return wrap("updateContact", err)
}

// RemoveContact deletes a contact: whoever left a client need not be
// remembered.
func (s *Service) RemoveContact(ctx context.Context, sc scope.Scope, id string) error {
	const op = "registry.RemoveContact"
	r, err := edit(sc, op)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		var client string
		err := tx.QueryRow(ctx, `DELETE FROM registry_contact WHERE id = $1 AND tenant = $2 RETURNING client`, id, r.tenant).Scan(&client)
		if db.NoRows(err) {
			return notFound(op)
		}
		if err != nil {
			return wrap("RemoveContact", err)
		}
		return note(ctx, tx, sc, "contact.removed", "client", client, fields{"contact": id})
	})
}

// Contacts lists a client's contacts, the oldest first.
func (s *Service) Contacts(ctx context.Context, sc scope.Scope, client string) ([]Contact, error) {
	return s.contacts(ctx, sc, "registry.Contacts", func(q *query) { q.and("k.client = ?", client) })
}

// ContactsByPhone finds whose number it is, in E.164: a call comes in, and
// the client should stand on the screen before the first word.
func (s *Service) ContactsByPhone(ctx context.Context, sc scope.Scope, phone string) ([]Contact, error) {
	return s.contacts(ctx, sc, "registry.ContactsByPhone", func(q *query) { q.and("k.phone = ? AND k.phone <> ''", phone) })
}

func (s *Service) contacts(ctx context.Context, sc scope.Scope, op string, narrow func(*query)) (list []Contact, err error) {
	r, err := seePlaces(sc, op)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		q := r.start("k", "k.client")
		narrow(q)
		rows, err := tx.Query(ctx, `SELECT `+contactColumns+` FROM registry_contact k`+q.String()+` ORDER BY k.id LIMIT 500`, q.args...)
		list, err = db.Rows(rows, err, func(row *sql.Rows) (Contact, error) { return scanContact(row) })
		return wrap("contacts", err)
	})
	return list, err
}
