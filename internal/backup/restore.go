package backup

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/migrate"
)

// ErrNotEmpty: a backup is put back into an empty database alone, so that a
// wrong word on the command line cannot overwrite a company.
var ErrNotEmpty = errors.New("backup: the database is not empty")

// Restore verifies the backup, migrates d, fills it in one transaction and
// compares the counts. After an error d is as empty as before.
func Restore(ctx context.Context, d *db.DB, path string) (m Manifest, err error) {
	if m, err = Verify(path); err != nil {
		return m, err
	}
	if _, err := migrate.Up(ctx, d); err != nil {
		return m, err
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, z.Close()) }()
	err = d.Write(ctx, func(tx *db.Tx) error { return restore(ctx, tx, &z.Reader, m) })
	return m, err
}

func restore(ctx context.Context, tx *db.Tx, z *zip.Reader, m Manifest) error {
	have, err := tables(ctx, tx)
	if err != nil {
		return err
	}
	number, err := schema(ctx, tx)
	if err != nil {
		return err
	}
	if m.Schema > number {
		return fmt.Errorf("backup: it was made by a newer program (schema %d, this one has %d)", m.Schema, number)
	}
	for _, name := range have {
		if err := mustBeEmpty(ctx, tx, name); err != nil {
			return err
		}
	}
	for _, t := range m.Tables {
		if !slices.Contains(have, t.Name) {
			return fmt.Errorf("backup: this program has no table %s", t.Name)
		}
		if err := restoreTable(ctx, tx, z, t); err != nil {
			return fmt.Errorf("backup: %s: %w", t.Name, err)
		}
	}
	return nil
}

func mustBeEmpty(ctx context.Context, tx *db.Tx, table string) error {
	var one int
	err := tx.QueryRow(ctx, `SELECT 1 FROM `+table+` LIMIT 1`).Scan(&one)
	if db.NoRows(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: %s has rows", ErrNotEmpty, table)
}

// rowsAtOnce keeps a statement's placeholders far under both databases' limits.
const rowsAtOnce = 100

func restoreTable(ctx context.Context, tx *db.Tx, z *zip.Reader, t Table) (err error) {
	f, err := z.Open("data/" + t.Name + ".jsonl")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	dec := json.NewDecoder(f)
	dec.UseNumber()
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		n := len(t.Columns)
		_, err := tx.Exec(ctx, `INSERT INTO `+t.Name+` (`+join(t.Columns)+`) VALUES `+db.Values(len(args)/n, n), args...)
		args = args[:0]
		return err
	}
	for range t.Rows {
		var line []json.RawMessage
		if err := dec.Decode(&line); err != nil {
			return err
		}
		if len(line) != len(t.Columns) {
			return fmt.Errorf("a row has %d values for %d columns", len(line), len(t.Columns))
		}
		for _, raw := range line {
			v, err := decode(raw)
			if err != nil {
				return err
			}
			args = append(args, v)
		}
		if len(args) >= rowsAtOnce*len(t.Columns) {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// decode is the inverse of encode.
func decode(raw json.RawMessage) (any, error) {
	switch {
	case bytes.Equal(raw, []byte("null")):
		return nil, nil
	case raw[0] == '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case raw[0] == '{':
		var b struct{ Bytes []byte }
		err := json.Unmarshal(raw, &b)
		return b.Bytes, err
	default:
		return json.Number(raw).Int64() // our tables hold no fractions
	}
}

func join(columns []string) string {
	var b bytes.Buffer
	for i, c := range columns {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(c)
	}
	return b.String()
}

func schema(ctx context.Context, tx *db.Tx) (number int64, err error) {
	err = tx.QueryRow(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&number)
	return number, err
}
