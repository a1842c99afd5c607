package registry

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/kkt"
)

const (
	deviceColumns = `d.id, d.client, d.outlet, d.agent, d.kind, d.name, d.model, d.serial, d.firmware, d.endpoint, d.poll_ms, d.reg_number, d.fn_serial,
		d.produced_on, d.activated_on, d.purchased_on, d.tax_systems, d.ffd, d.note, d.retired_at, d.created_at, d.version,
		c.name, o.name, o.city, o.zone`
	deviceTables = ` FROM registry_device d JOIN registry_client c ON c.id = d.client JOIN registry_outlet o ON o.id = d.outlet`
)

// scanDevice reads deviceColumns. What a shop's person may not see is left
// out here, so that no reader can forget it.
func (r reach) scanDevice(row scanner) (d Device, err error) {
	var kind, endpoint, taxes string
	var poll, retired, created int64
	err = row.Scan(&d.ID, &d.Client, &d.Outlet, &d.Agent, &kind, &d.Name, &d.Model, &d.Serial, &d.Firmware, &endpoint, &poll, &d.RegNumber, &d.FNSerial,
		&d.ProducedOn, &d.ActivatedOn, &d.PurchasedOn, &taxes, &d.FFD, &d.Note, &retired, &created, &d.Version,
		&d.Place.ClientName, &d.Place.OutletName, &d.Place.City, &d.Place.Zone)
	if err != nil {
		return Device{}, err
	}
	d.Kind, d.Poll, d.TaxSystems = DeviceKind(kind), time.Duration(poll)*time.Millisecond, splitTaxes(taxes)
	d.RetiredAt, d.CreatedAt = db.Time(retired), db.Time(created)
	if r.client == "" {
		d.Endpoint, err = readEndpoint(endpoint)
	}
	return d, err
}

func splitTaxes(s string) (out []TaxSystem) {
	for _, w := range strings.Fields(s) {
		out = append(out, TaxSystem(w))
	}
	return out
}

func joinTaxes(list []TaxSystem) string {
	words := make([]string, len(list))
	for i, t := range list {
		words[i] = string(t)
	}
	return strings.Join(words, " ")
}

func readEndpoint(s string) (*kkt.Endpoint, error) {
	if s == "" {
		return nil, nil //nolint:nilnil // a device without an endpoint is no error
	}
	e := new(kkt.Endpoint)
	if err := json.Unmarshal([]byte(s), e); err != nil {
		return nil, wrap("readEndpoint", err)
	}
	return e, nil
}

func writeEndpoint(e *kkt.Endpoint) (string, error) {
	if e == nil {
		return "", nil
	}
	b, err := json.Marshal(e)
	return string(b), wrap("writeEndpoint", err)
}

// columns are the values of what a form fills, in the order of the statements
// below.
func (d Device) columns() ([]any, error) {
	endpoint, err := writeEndpoint(d.Endpoint)
	return []any{
		string(d.Kind), d.Name, d.Model, d.Serial, d.Firmware, endpoint, d.Poll.Milliseconds(), d.RegNumber, d.FNSerial,
		d.ProducedOn, d.ActivatedOn, d.PurchasedOn, joinTaxes(d.TaxSystems), d.FFD, d.Note, fold(d.Name), d.folded(),
	}, err
}

func (d Device) folded() string {
	return foldWords(d.Name, d.Model, d.Serial, d.RegNumber, d.FNSerial)
}

// fields leaves out the endpoint's password.
func (d Device) fields() fields {
	f := fields{
		"client": d.Client, "outlet": d.Outlet, "agent": d.Agent, "kind": string(d.Kind), "name": d.Name, "model": d.Model,
		"serial": d.Serial, "firmware": d.Firmware, "endpoint": "", "poll": d.Poll.String(), "reg_number": d.RegNumber,
		"fn_serial": d.FNSerial, "produced_on": d.ProducedOn, "activated_on": d.ActivatedOn, "purchased_on": d.PurchasedOn,
		"tax_systems": joinTaxes(d.TaxSystems), "ffd": d.FFD, "note": d.Note,
	}
	if e := d.Endpoint; e != nil {
		f["endpoint"] = e.Protocol + " " + e.Transport + " " + e.Address
	}
	return f
}

func insertDevice(ctx context.Context, tx *db.Tx, r reach, d Device) error {
	cols, err := d.columns()
	if err != nil {
		return err
	}
	args := append([]any{d.ID, r.tenant, d.Client, d.Outlet, d.Agent, db.Millis(d.CreatedAt), d.Version}, cols...)
	_, err = tx.Exec(ctx, `INSERT INTO registry_device (id, tenant, client, outlet, agent, created_at, version, kind, name, model, serial, firmware,
		endpoint, poll_ms, reg_number, fn_serial, produced_on, activated_on, purchased_on, tax_systems, ffd, note, sort, folded)
		VALUES (`+db.List(len(args), 1)+`)`, args...)
	return wrap("insertDevice", err)
}

// saveDevice writes everything that can change. It fails with conflict when
// the stored version is not d's.
func saveDevice(ctx context.Context, tx *db.Tx, r reach, d *Device, op string) error {
	cols, err := d.columns()
	if err != nil {
		return err
	}
	args := append([]any{d.ID, r.tenant, d.Version, d.Client, d.Outlet, d.Agent, db.Millis(d.RetiredAt)}, cols...)
	done, err := db.Changed(tx.Exec(ctx, `UPDATE registry_device SET client = $4, outlet = $5, agent = $6, retired_at = $7, kind = $8, name = $9,
		model = $10, serial = $11, firmware = $12, endpoint = $13, poll_ms = $14, reg_number = $15, fn_serial = $16, produced_on = $17,
		activated_on = $18, purchased_on = $19, tax_systems = $20, ffd = $21, note = $22, sort = $23, folded = $24, version = version + 1
		WHERE id = $1 AND tenant = $2 AND version = $3`, args...))
	if err == nil && !done {
		return conflict(op)
	}
	d.Version++
	return wrap("saveDevice", err)
}

// startDevices is a query for devices within the reach.
func (r reach) startDevices() *query {
	q := r.start("d", "d.client")
	q.equal("d.agent", r.agent)
	return q
}

func loadDevice(ctx context.Context, tx *db.Tx, r reach, id, op string) (Device, error) {
	q := r.startDevices()
	q.and("d.id = ?", id)
	d, err := r.scanDevice(tx.QueryRow(ctx, `SELECT `+deviceColumns+deviceTables+q.String(), q.args...))
	if db.NoRows(err) {
		return Device{}, notFound(op)
	}
	return d, wrap("loadDevice", err)
}
