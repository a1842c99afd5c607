package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/scope"
)

// enter writes into a device's passport in the caller's transaction.
func enter(ctx context.Context, tx *db.Tx, sc scope.Scope, e PassportEntry) error {
	detail := "{}"
	if len(e.Detail) > 0 {
		b, err := json.Marshal(e.Detail)
		if err != nil {
			return wrap("enter", err)
		}
		detail = string(b)
	}
	if e.ID == "" {
		e.ID = ids.New()
	}
	a := sc.Actor()
	_, err := tx.Exec(ctx, `INSERT INTO registry_passport (id, tenant, device, at, kind, text, detail, actor_kind, actor_id, actor_name)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`, e.ID, sc.Tenant(), e.Device, db.Millis(e.At), string(e.Kind), e.Text, detail,
		string(a.Kind), a.ID, a.Name)
	return wrap("enter", err)
}

// Enter writes what a person did to a device into its passport. at may lie
// in the past, not in the future; zero is now. It needs EditRegistry.
func (s *Service) Enter(ctx context.Context, sc scope.Scope, device string, kind PassportKind, at time.Time, text string) (PassportEntry, error) {
	const op = "registry.Enter"
	r, err := edit(sc, op)
	if err != nil {
		return PassportEntry{}, err
	}
	a := sc.Actor()
	e := PassportEntry{
		ID: ids.New(), Device: device, Kind: kind, At: at, Text: strings.TrimSpace(text),
		ActorKind: string(a.Kind), ActorID: a.ID, ActorName: a.Name,
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if e.At.IsZero() {
			e.At = tx.Now
		}
		var f findings
		f.when(!has(PeoplesKinds(), kind), "kind", "passport_kind_unknown")
		f.when(e.Text == "", "text", "required")
		f.upTo("text", e.Text, maxNote)
		f.when(e.At.After(tx.Now), "at", "in_future")
		if err := f.err(op); err != nil {
			return err
		}
		if _, err := loadDevice(ctx, tx, r, device, op); err != nil {
			return err
		}
		if err := enter(ctx, tx, sc, e); err != nil {
			return err
		}
		return note(ctx, tx, sc, "passport.entered", "device", device, fields{"entry": e.ID, "kind": string(kind), "text": e.Text})
	})
	if err != nil {
		return PassportEntry{}, err
	}
	return e, nil
}

// Passport lists a device's entries, the newest first. more says that another
// page follows.
func (s *Service) Passport(ctx context.Context, sc scope.Scope, device string, p Page) (list []PassportEntry, more bool, err error) {
	const op = "registry.Passport"
	r, err := see(sc, op)
	if err != nil {
		return nil, false, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := loadDevice(ctx, tx, r, device, op); err != nil {
			return err // it also says whether the device may be seen at all
		}
		rows, err := tx.Query(ctx, `SELECT id, device, at, kind, text, detail, actor_kind, actor_id, actor_name FROM registry_passport
			WHERE tenant = $1 AND device = $2
			AND ($3 = '' OR (at, id) < (SELECT k.at, k.id FROM registry_passport k WHERE k.tenant = $1 AND k.id = $3))
			ORDER BY at DESC, id DESC LIMIT $4`, r.tenant, device, p.After, p.limit()+1)
		list, err = db.Rows(rows, err, scanEntry)
		return wrap("Passport", err)
	})
	list, more = cut(list, p.limit())
	return list, more, err
}

func scanEntry(row *sql.Rows) (e PassportEntry, err error) {
	var at int64
	var kind, detail string
	if err := row.Scan(&e.ID, &e.Device, &at, &kind, &e.Text, &detail, &e.ActorKind, &e.ActorID, &e.ActorName); err != nil {
		return PassportEntry{}, err
	}
	e.At, e.Kind = db.Time(at), PassportKind(kind)
	return e, json.Unmarshal([]byte(detail), &e.Detail)
}
