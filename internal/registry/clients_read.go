package registry

import (
	"context"
	"database/sql"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

const clientColumns = `c.id, c.number, c.name, c.kind, c.country, c.inn, c.kpp, c.ust_id, c.note, c.created_at, c.version, c.terms`

// scanner is what *sql.Row and *sql.Rows have in common.
type scanner interface{ Scan(dest ...any) error }

func scanClient(r scanner) (c Client, err error) {
	var kind, country, terms string
	var created int64
	err = r.Scan(&c.ID, &c.Number, &c.Name, &kind, &country, &c.INN, &c.KPP, &c.UStID, &c.Note, &created, &c.Version, &terms)
	c.Kind, c.Country, c.Terms, c.CreatedAt = ClientKind(kind), Country(country), calendar.Terms(terms), db.Time(created)
	return c, err
}

func loadClient(ctx context.Context, tx *db.Tx, r reach, id, op string) (Client, error) {
	q := r.start("c", "c.id")
	q.and("c.id = ?", id)
	c, err := scanClient(tx.QueryRow(ctx, `SELECT `+clientColumns+` FROM registry_client c`+q.String(), q.args...))
	if db.NoRows(err) {
		return Client{}, notFound(op)
	}
	return c, wrap("loadClient", err)
}

// Client reads one client.
func (s *Service) Client(ctx context.Context, sc scope.Scope, id string) (c Client, err error) {
	const op = "registry.Client"
	r, err := seePlaces(sc, op)
	if err != nil {
		return Client{}, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		c, err = loadClient(ctx, tx, r, id, op)
		return err
	})
	return c, err
}

// HasClient says whether the scope reaches a client with this id.
func (s *Service) HasClient(ctx context.Context, sc scope.Scope, id string) (bool, error) {
	r, err := seePlaces(sc, "registry.HasClient")
	if err != nil {
		return false, err
	}
	n := 0
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		q := r.start("c", "c.id")
		q.and("c.id = ?", id)
		return wrap("HasClient", tx.QueryRow(ctx, `SELECT COUNT(*) FROM registry_client c`+q.String(), q.args...).Scan(&n))
	})
	return n > 0, err
}

// ClientFilter narrows a list of clients.
type ClientFilter struct {
	Query   string // words of the name, or a part of a number
	Country Country
	Page
}

// Clients lists clients by name with how many outlets and devices each has,
// in three queries. more says that another page follows.
func (s *Service) Clients(ctx context.Context, sc scope.Scope, f ClientFilter) (list []ClientRow, more bool, err error) {
	r, err := seePlaces(sc, "registry.Clients")
	if err != nil {
		return nil, false, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		q := r.start("c", "c.id")
		q.equal("c.country", string(f.Country))
		q.words("c.folded", f.Query)
		q.after("registry_client", "c", r.tenant, f.After)
		rows, err := tx.Query(ctx, `SELECT `+clientColumns+` FROM registry_client c`+q.String()+` ORDER BY c.sort, c.id LIMIT `+q.arg(f.limit()+1), q.args...)
		list, err = db.Rows(rows, err, func(row *sql.Rows) (ClientRow, error) {
			c, err := scanClient(row)
			return ClientRow{Client: c}, err
		})
		if err != nil {
			return wrap("Clients", err)
		}
		list, more = cut(list, f.limit())
		return countClients(ctx, tx, r, list)
	})
	return list, more, err
}

func countClients(ctx context.Context, tx *db.Tx, r reach, list []ClientRow) error {
	keys := make([]string, len(list))
	for i := range list {
		keys[i] = list[i].ID
	}
	outlets, err := countBy(ctx, tx, r, `SELECT client, COUNT(*) FROM registry_outlet WHERE tenant = $1 AND client IN (`, keys)
	if err != nil {
		return err
	}
	devices, err := countBy(ctx, tx, r, `SELECT client, COUNT(*) FROM registry_device WHERE tenant = $1 AND retired_at = 0 AND client IN (`, keys)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Outlets, list[i].Devices = outlets[list[i].ID], devices[list[i].ID]
	}
	return nil
}

// countBy runs a count for each of the keys; the query ends where their list
// begins and groups by its first column.
func countBy(ctx context.Context, tx *db.Tx, r reach, query string, keys []string) (map[string]int, error) {
	counts := make(map[string]int, len(keys))
	if len(keys) == 0 {
		return counts, nil
	}
	args := []any{r.tenant}
	for _, k := range keys {
		args = append(args, k)
	}
	rows, err := tx.Query(ctx, query+db.List(len(keys), 2)+`) GROUP BY 1`, args...)
	_, err = db.Rows(rows, err, func(row *sql.Rows) (n int, err error) {
		var key string
		err = row.Scan(&key, &n)
		counts[key] = n
		return n, err
	})
	return counts, wrap("countBy", err)
}

// Totals counts what the scope reaches, in one query.
func (s *Service) Totals(ctx context.Context, sc scope.Scope) (t Totals, err error) {
	r, err := seePlaces(sc, "registry.Totals")
	if err != nil {
		return Totals{}, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		return wrap("Totals", tx.QueryRow(ctx, `SELECT
			(SELECT COUNT(*) FROM registry_client WHERE tenant = $1 AND ($2 = '' OR id = $2)),
			(SELECT COUNT(*) FROM registry_outlet WHERE tenant = $1 AND ($2 = '' OR client = $2)),
			(SELECT COUNT(*) FROM registry_device WHERE tenant = $1 AND ($2 = '' OR client = $2) AND retired_at = 0)`,
			r.tenant, r.client).Scan(&t.Clients, &t.Outlets, &t.Devices))
	})
	return t, err
}
