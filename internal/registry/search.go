package registry

import (
	"context"
	"database/sql"
	"strings"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// HitKind is what a search found.
type HitKind string

// The kinds of hit.
const (
	HitClient HitKind = "client"
	HitOutlet HitKind = "outlet"
	HitDevice HitKind = "device"
)

// Hit is one thing found, with the words to show it.
type Hit struct {
	Kind   HitKind
	ID     string
	Title  string   // its name
	Detail []string // what tells it from others: number and ИНН; client, city, address; model, serial, outlet
}

// maxHits is how many of each kind are found at most.
const maxHits = 20

// Search answers the command bar: clients by name, number or tax number,
// outlets by name, city or address, devices by name, model, serial, РНМ or FN
// number, up to limit of each (0 = 5), in three queries. A question without
// letters or digits finds nothing.
func (s *Service) Search(ctx context.Context, sc scope.Scope, question string, limit int) (hits []Hit, err error) {
	r, err := seePlaces(sc, "registry.Search")
	if err != nil || len(patterns(question)) == 0 {
		return nil, err
	}
	if limit <= 0 {
		limit = 5
	}
	limit = min(limit, maxHits)
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		for _, find := range []func(context.Context, *db.Tx, reach, string, int) ([]Hit, error){findClients, findOutlets, findDevices} {
			more, err := find(ctx, tx, r, question, limit)
			if err != nil {
				return wrap("Search", err)
			}
			hits = append(hits, more...)
		}
		return nil
	})
	return hits, err
}

func findClients(ctx context.Context, tx *db.Tx, r reach, question string, limit int) ([]Hit, error) {
	q := r.start("c", "c.id")
	q.words("c.folded", question)
	exact := q.arg(strings.TrimSpace(question)) // who types a whole number means that client
	rows, err := tx.Query(ctx, `SELECT c.id, c.name, c.number, c.inn, c.ust_id FROM registry_client c`+q.String()+
		` ORDER BY CASE WHEN c.number = `+exact+` THEN 0 ELSE 1 END, c.sort, c.id LIMIT `+q.arg(limit), q.args...)
	return scanHits(rows, err, HitClient, 3)
}

func findOutlets(ctx context.Context, tx *db.Tx, r reach, question string, limit int) ([]Hit, error) {
	q := r.start("o", "o.client")
	q.words("o.folded", question)
	whole := q.arg(fold(question))
	rows, err := tx.Query(ctx, `SELECT o.id, o.name, c.name, o.city, o.address`+outletTables+q.String()+
		` ORDER BY CASE WHEN o.sort = `+whole+` THEN 0 ELSE 1 END, o.sort, o.id LIMIT `+q.arg(limit), q.args...)
	return scanHits(rows, err, HitOutlet, 3)
}

func findDevices(ctx context.Context, tx *db.Tx, r reach, question string, limit int) ([]Hit, error) {
	q := r.startDevices()
	q.words("d.folded", question)
	whole := q.arg(fold(question)) // who types a whole name means that register: "ККТ 3" is not "ККТ 30"
	rows, err := tx.Query(ctx, `SELECT d.id, d.name, d.model, d.serial, c.name, o.name`+deviceTables+q.String()+
		` ORDER BY CASE WHEN d.retired_at = 0 THEN 0 ELSE 1 END, CASE WHEN d.sort = `+whole+` THEN 0 ELSE 1 END, d.sort, d.id LIMIT `+q.arg(limit), q.args...)
	return scanHits(rows, err, HitDevice, 4)
}

// scanHits reads id, title and so many columns of detail; empty ones are left
// out.
func scanHits(rows *sql.Rows, err error, kind HitKind, details int) ([]Hit, error) {
	return db.Rows(rows, err, func(row *sql.Rows) (Hit, error) {
		h := Hit{Kind: kind}
		detail := make([]string, details)
		dest := []any{&h.ID, &h.Title}
		for i := range detail {
			dest = append(dest, &detail[i])
		}
		err := row.Scan(dest...)
		for _, d := range detail {
			if d != "" {
				h.Detail = append(h.Detail, d)
			}
		}
		return h, err
	})
}
