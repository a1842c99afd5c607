package powercut

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

const settlementColumns = `id, no, at, operation, items, payments, total, note, by_name, entered_at, draft, version`

func scanSettlement(r *sql.Rows) (Settlement, error) {
	var s Settlement
	var items, payments string
	var at, entered int64
	if err := r.Scan(&s.ID, &s.No, &at, &s.Operation, &items, &payments, &s.Total, &s.Note, &s.By, &entered, &s.Draft, &s.Version); err != nil {
		return s, err
	}
	s.At, s.EnteredAt = db.Time(at), db.Time(entered)
	if err := json.Unmarshal([]byte(items), &s.Items); err != nil {
		return s, fmt.Errorf("powercut: items of %s: %w", s.ID, err)
	}
	if err := json.Unmarshal([]byte(payments), &s.Payments); err != nil {
		return s, fmt.Errorf("powercut: payments of %s: %w", s.ID, err)
	}
	return s, nil
}

// settlementsOf are a journal's settlements in the order of their time.
func settlementsOf(ctx context.Context, tx *db.Tx, sc scope.Scope, journal string) ([]Settlement, error) {
	rows, err := tx.Query(ctx, `SELECT `+settlementColumns+` FROM powercut_settlement WHERE tenant = $1 AND journal = $2 ORDER BY at, no`, sc.Tenant(), journal)
	return db.Rows(rows, err, scanSettlement)
}

func packed(s *Settlement) (items, payments string, err error) {
	a, err := json.Marshal(s.Items)
	if err != nil {
		return "", "", fmt.Errorf("powercut: %w", err)
	}
	b, err := json.Marshal(s.Payments)
	return string(a), string(b), err
}

func insertSettlement(ctx context.Context, tx *db.Tx, sc scope.Scope, journal string, s *Settlement) error {
	items, payments, err := packed(s)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO powercut_settlement (tenant, journal, `+settlementColumns+`) VALUES `+db.Values(1, 14),
		sc.Tenant(), journal, s.ID, s.No, db.Millis(s.At), int64(s.Operation), items, payments, s.Total, s.Note, s.By, db.Millis(s.EnteredAt), s.Draft, s.Version)
	return err
}

// updateSettlement stores a settlement under its version; false: somebody was
// faster.
func updateSettlement(ctx context.Context, tx *db.Tx, sc scope.Scope, journal string, s *Settlement) (bool, error) {
	items, payments, err := packed(s)
	if err != nil {
		return false, err
	}
	return db.Changed(tx.Exec(ctx, `UPDATE powercut_settlement SET at = $5, operation = $6, items = $7, payments = $8, total = $9, note = $10, by_name = $11,
		version = version + 1 WHERE tenant = $1 AND journal = $2 AND id = $3 AND version = $4`,
		sc.Tenant(), journal, s.ID, s.Version, db.Millis(s.At), int64(s.Operation), items, payments, s.Total, s.Note, s.By))
}

func deleteSettlement(ctx context.Context, tx *db.Tx, sc scope.Scope, journal, id string, version int64) (bool, error) {
	return db.Changed(tx.Exec(ctx, `DELETE FROM powercut_settlement WHERE tenant = $1 AND journal = $2 AND id = $3 AND version = $4`,
		sc.Tenant(), journal, id, version))
}

const draftColumns = `id, no, state, uuid, correction, ground, command, run_key, asked_at, doubt, tries, code, refusal, said, marks`

func scanDraft(r *sql.Rows) (Draft, error) {
	var d Draft
	var correction, said, marks string
	var asked, doubt int64
	err := r.Scan(&d.ID, &d.No, &d.State, &d.UUID, &correction, &d.Ground, &d.Command, &d.Key, &asked, &doubt, &d.Tries, &d.Code, &d.Refusal, &said, &marks)
	if err != nil {
		return d, err
	}
	d.AskedAt, d.Doubt = db.Time(asked), doubt != 0
	if err := json.Unmarshal([]byte(correction), &d.Correction); err != nil {
		return d, fmt.Errorf("powercut: correction %s: %w", d.ID, err)
	}
	if marks != "" {
		if err := json.Unmarshal([]byte(marks), &d.Marks); err != nil {
			return d, fmt.Errorf("powercut: marking codes of %s: %w", d.ID, err)
		}
	}
	if said != "" {
		d.Said = &Said{}
		if err := json.Unmarshal([]byte(said), d.Said); err != nil {
			return d, fmt.Errorf("powercut: what was said of %s: %w", d.ID, err)
		}
	}
	return d, nil
}

// draftsOf are a journal's drafts in their order.
func draftsOf(ctx context.Context, tx *db.Tx, sc scope.Scope, journal string) ([]Draft, error) {
	rows, err := tx.Query(ctx, `SELECT `+draftColumns+` FROM powercut_draft WHERE tenant = $1 AND journal = $2 ORDER BY no`, sc.Tenant(), journal)
	return db.Rows(rows, err, scanDraft)
}

// packedDraft is the parts of a draft that are kept as JSON; one that is not
// there is an empty text.
func packedDraft(d *Draft) (correction, said, marks string, err error) {
	pack := func(v any) string {
		b, wrong := json.Marshal(v)
		err = errors.Join(err, wrong)
		return string(b)
	}
	correction = pack(d.Correction)
	if d.Said != nil {
		said = pack(d.Said)
	}
	if d.Marks != nil {
		marks = pack(d.Marks)
	}
	return correction, said, marks, err
}

func insertDraft(ctx context.Context, tx *db.Tx, sc scope.Scope, journal string, d *Draft) error {
	correction, said, marks, err := packedDraft(d)
	if err != nil {
		return fmt.Errorf("powercut: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO powercut_draft (tenant, journal, `+draftColumns+`) VALUES `+db.Values(1, 17),
		sc.Tenant(), journal, d.ID, d.No, string(d.State), d.UUID, correction, d.Ground, d.Command, d.Key, db.Millis(d.AskedAt), db.Bit(d.Doubt), int64(d.Tries), d.Code,
		int64(d.Refusal), said, marks)
	return err
}

func saveDraft(ctx context.Context, tx *db.Tx, sc scope.Scope, journal string, d *Draft) error {
	_, said, marks, err := packedDraft(d)
	if err != nil {
		return fmt.Errorf("powercut: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE powercut_draft SET state = $4, uuid = $5, command = $6, run_key = $7, asked_at = $8, doubt = $9, tries = $10, code = $11, refusal = $12, said = $13, marks = $14
		WHERE tenant = $1 AND journal = $2 AND id = $3`,
		sc.Tenant(), journal, d.ID, string(d.State), d.UUID, d.Command, d.Key, db.Millis(d.AskedAt), db.Bit(d.Doubt), int64(d.Tries), d.Code, int64(d.Refusal), said, marks)
	return err
}

// dropDraft takes a draft away that no document stands behind, and frees its
// settlements.
func dropDraft(ctx context.Context, tx *db.Tx, sc scope.Scope, journal, id string) error {
	if _, err := tx.Exec(ctx, `UPDATE powercut_settlement SET draft = '' WHERE tenant = $1 AND journal = $2 AND draft = $3`, sc.Tenant(), journal, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM powercut_draft WHERE tenant = $1 AND journal = $2 AND id = $3`, sc.Tenant(), journal, id)
	return err
}

// cover puts a settlement into a draft; false: it is in one already.
func cover(ctx context.Context, tx *db.Tx, sc scope.Scope, journal, settlement, draft string) (bool, error) {
	return db.Changed(tx.Exec(ctx, `UPDATE powercut_settlement SET draft = $4 WHERE tenant = $1 AND journal = $2 AND id = $3 AND draft = ''`,
		sc.Tenant(), journal, settlement, draft))
}
