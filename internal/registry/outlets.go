package registry

import (
	"context"
	"database/sql"
	"math"
	"strconv"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/scope"
)

func (o Outlet) fields() fields {
	f := fields{"client": o.Client, "name": o.Name, "address": o.Address, "city": o.City, "zone": o.Zone, "note": o.Note, "point": ""}
	if o.Point != nil {
		f["point"] = strconv.FormatFloat(o.Point.Lat, 'f', 6, 64) + " " + strconv.FormatFloat(o.Point.Lon, 'f', 6, 64)
	}
	return f
}

func (o Outlet) folded() string { return foldWords(o.Name, o.City, o.Address) }

// micro is the stored form of a point: millionths of a degree, or NULL.
func (o Outlet) micro() (lat, lon any) {
	if o.Point == nil {
		return nil, nil
	}
	return int64(math.Round(o.Point.Lat * 1e6)), int64(math.Round(o.Point.Lon * 1e6))
}

// AddOutlet adds an outlet to a client. It needs EditRegistry.
func (s *Service) AddOutlet(ctx context.Context, sc scope.Scope, o Outlet) (Outlet, error) {
	const op = "registry.AddOutlet"
	r, err := edit(sc, op)
	if err != nil {
		return Outlet{}, err
	}
	if err := checkOutlet(&o, op); err != nil {
		return Outlet{}, err
	}
	o.ID, o.Version = ids.New(), 1
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		client, err := loadClient(ctx, tx, r, o.Client, op)
		if err != nil {
			return err
		}
		o.ClientName, o.CreatedAt = client.Name, tx.Now
		lat, lon := o.micro()
		_, err = tx.Exec(ctx, `INSERT INTO registry_outlet (id, tenant, client, name, address, city, zone, lat_e6, lon_e6, note, sort, folded, created_at, version)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`, o.ID, r.tenant, o.Client, o.Name, o.Address, o.City, o.Zone,
			lat, lon, o.Note, fold(o.Name), o.folded(), db.Millis(o.CreatedAt), o.Version)
		if err != nil {
			return wrap("AddOutlet", err)
		}
		return note(ctx, tx, sc, "outlet.added", "outlet", o.ID, o.fields())
	})
	if err != nil {
		return Outlet{}, err
	}
	return o, nil
}

// UpdateOutlet writes an outlet anew. Version must be the one that was read;
// an outlet stays with its client.
func (s *Service) UpdateOutlet(ctx context.Context, sc scope.Scope, o Outlet) (Outlet, error) {
	const op = "registry.UpdateOutlet"
	r, err := edit(sc, op)
	if err != nil {
		return Outlet{}, err
	}
	if err := checkOutlet(&o, op); err != nil {
		return Outlet{}, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		old, err := loadOutlet(ctx, tx, r, o.ID, op)
		if err != nil {
			return err
		}
		o.Client, o.ClientName, o.CreatedAt = old.Client, old.ClientName, old.CreatedAt
		lat, lon := o.micro()
		done, err := db.Changed(tx.Exec(ctx, `UPDATE registry_outlet SET name = $4, address = $5, city = $6, zone = $7, lat_e6 = $8, lon_e6 = $9,
			note = $10, sort = $11, folded = $12, version = version + 1 WHERE id = $1 AND tenant = $2 AND version = $3`,
			o.ID, r.tenant, o.Version, o.Name, o.Address, o.City, o.Zone, lat, lon, o.Note, fold(o.Name), o.folded()))
		if err != nil {
			return wrap("UpdateOutlet", err)
		}
		if !done {
			return conflict(op)
		}
		o.Version++
		return note(ctx, tx, sc, "outlet.changed", "outlet", o.ID, diff(old.fields(), o.fields()))
	})
	if err != nil {
		return Outlet{}, err
	}
	return o, nil
}

const (
	outletColumns = `o.id, o.client, o.name, o.address, o.city, o.zone, o.lat_e6, o.lon_e6, o.note, o.created_at, o.version, c.name`
	outletTables  = ` FROM registry_outlet o JOIN registry_client c ON c.id = o.client`
)

func scanOutlet(r scanner) (o Outlet, err error) {
	var lat, lon sql.NullInt64
	var created int64
	err = r.Scan(&o.ID, &o.Client, &o.Name, &o.Address, &o.City, &o.Zone, &lat, &lon, &o.Note, &created, &o.Version, &o.ClientName)
	o.CreatedAt = db.Time(created)
	if lat.Valid && lon.Valid {
		o.Point = &Point{Lat: float64(lat.Int64) / 1e6, Lon: float64(lon.Int64) / 1e6}
	}
	return o, err
}

func loadOutlet(ctx context.Context, tx *db.Tx, r reach, id, op string) (Outlet, error) {
	q := r.start("o", "o.client")
	q.and("o.id = ?", id)
	o, err := scanOutlet(tx.QueryRow(ctx, `SELECT `+outletColumns+outletTables+q.String(), q.args...))
	if db.NoRows(err) {
		return Outlet{}, notFound(op)
	}
	return o, wrap("loadOutlet", err)
}

// Outlet reads one outlet.
func (s *Service) Outlet(ctx context.Context, sc scope.Scope, id string) (o Outlet, err error) {
	const op = "registry.Outlet"
	r, err := seePlaces(sc, op)
	if err != nil {
		return Outlet{}, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		o, err = loadOutlet(ctx, tx, r, id, op)
		return err
	})
	return o, err
}

// OutletFilter narrows a list of outlets.
type OutletFilter struct {
	Client string
	City   string
	Query  string // words of name, city or address
	Page
}

// Outlets lists outlets by name with how many devices each has, in two
// queries. more says that another page follows.
func (s *Service) Outlets(ctx context.Context, sc scope.Scope, f OutletFilter) (list []OutletRow, more bool, err error) {
	r, err := seePlaces(sc, "registry.Outlets")
	if err != nil {
		return nil, false, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		q := r.start("o", "o.client")
		q.equal("o.client", f.Client)
		q.equal("o.city", f.City)
		q.words("o.folded", f.Query)
		q.after("registry_outlet", "o", r.tenant, f.After)
		rows, err := tx.Query(ctx, `SELECT `+outletColumns+outletTables+q.String()+` ORDER BY o.sort, o.id LIMIT `+q.arg(f.limit()+1), q.args...)
		list, err = db.Rows(rows, err, func(row *sql.Rows) (OutletRow, error) {
			o, err := scanOutlet(row)
			return OutletRow{Outlet: o}, err
		})
		if err != nil {
			return wrap("Outlets", err)
		}
		list, more = cut(list, f.limit())
		return countOutlets(ctx, tx, r, list)
	})
	return list, more, err
}

func countOutlets(ctx context.Context, tx *db.Tx, r reach, list []OutletRow) error {
	keys := make([]string, len(list))
	for i := range list {
		keys[i] = list[i].ID
	}
	devices, err := countBy(ctx, tx, r, `SELECT outlet, COUNT(*) FROM registry_device WHERE tenant = $1 AND retired_at = 0 AND outlet IN (`, keys)
	for i := range list {
		list[i].Devices = devices[list[i].ID]
	}
	return err
}
