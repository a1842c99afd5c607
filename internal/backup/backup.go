// Package backup copies a whole database into one file while the program goes
// on, proves that the copy can be read, and puts it back, into SQLite or
// PostgreSQL whichever it came from.
//
// The file is a ZIP: one JSON-lines entry per table, read from one snapshot,
// and a manifest with the row counts and SHA-256 of every entry. That it is
// not a copy of the database's own files is on purpose: the same file moves a
// company from SQLite to PostgreSQL, and can be read in twenty years.
package backup

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/tillwright/tillwright/internal/db"
)

// Format is the version of the file's form.
const Format = 1

const manifestName = "manifest.json"

// Manifest says what a backup holds.
type Manifest struct {
	Format  int       `json:"format"`
	Made    time.Time `json:"made"`
	Schema  int64     `json:"schema"` // number of the newest migration in it
	Dialect string    `json:"dialect"`
	Tables  []Table   `json:"tables"`
	Files   []File    `json:"files,omitempty"` // of the data folder
	Blobs   []string  `json:"blobs,omitempty"` // people's files, by SHA-256
}

// Table is one table of a backup.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	SHA256  string   `json:"sha256"`
}

// Write makes a backup of d and the files at path and verifies it. It appears
// under its name only when it is whole, and for the owner's eyes alone.
func Write(ctx context.Context, d *db.DB, path string, now time.Time, files ...File) (m Manifest, err error) {
	return WriteAll(ctx, d, path, now, nil, files...)
}

// WriteAll is Write with people's files.
func WriteAll(ctx context.Context, d *db.DB, path string, now time.Time, blobs Blobs, files ...File) (m Manifest, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".backup-*")
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	m, err = write(ctx, d, f, now, blobs, files)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	if _, err := Verify(f.Name()); err != nil {
		return m, err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	return m, nil
}

func write(ctx context.Context, d *db.DB, w io.Writer, now time.Time, blobs Blobs, files []File) (Manifest, error) {
	m := Manifest{Format: Format, Made: now.UTC(), Dialect: string(d.Dialect())}
	z := zip.NewWriter(w)
	err := d.Read(ctx, func(tx *db.Tx) error {
		tables, err := tables(ctx, tx)
		if err != nil {
			return err
		}
		if m.Schema, err = schema(ctx, tx); err != nil {
			return err
		}
		for _, name := range tables {
			t, err := writeTable(ctx, tx, z, name)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			m.Tables = append(m.Tables, t)
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	for _, f := range files {
		if f, err = writeFile(z, f); err != nil {
			return m, err
		}
		m.Files = append(m.Files, f)
	}
	if m.Blobs, err = writeBlobs(ctx, z, blobs); err != nil {
		return m, err
	}
	e, err := z.Create(manifestName)
	if err != nil {
		return m, err
	}
	enc := json.NewEncoder(e)
	enc.SetIndent("", "  ")
	return m, errors.Join(enc.Encode(m), z.Close())
}

func writeTable(ctx context.Context, tx *db.Tx, z *zip.Writer, name string) (t Table, failed error) {
	entry, err := z.Create("data/" + name + ".jsonl")
	if err != nil {
		return t, err
	}
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(entry, sum), 64<<10)
	rows, err := tx.Query(ctx, `SELECT * FROM `+name)
	if err != nil {
		return t, err
	}
	defer func() { failed = errors.Join(failed, rows.Close()) }()
	t.Name = name
	if t.Columns, err = rows.Columns(); err != nil {
		return t, err
	}
	if t.Rows, err = writeRows(rows, len(t.Columns), json.NewEncoder(out)); err != nil {
		return t, err
	}
	if err := out.Flush(); err != nil {
		return t, err
	}
	t.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return t, nil
}

func writeRows(rows *sql.Rows, columns int, enc *json.Encoder) (n int64, err error) {
	enc.SetEscapeHTML(false)
	values, targets := make([]any, columns), make([]any, columns)
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return n, err
		}
		line := make([]any, columns)
		for i, v := range values {
			line[i] = encode(v)
		}
		if err := enc.Encode(line); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

// encode keeps bytes apart from texts: they are an object with one member.
func encode(v any) any {
	if b, ok := v.([]byte); ok {
		return map[string][]byte{"bytes": b}
	}
	return v
}

// Verify reads a whole backup and checks every sum and count.
func Verify(path string) (m Manifest, err error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return m, fmt.Errorf("backup: %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, z.Close()) }()
	if m, err = manifest(&z.Reader); err != nil {
		return m, err
	}
	for _, t := range m.Tables {
		n, sum, err := digest(&z.Reader, t.Name)
		if err != nil {
			return m, fmt.Errorf("backup: %s: %w", t.Name, err)
		}
		if n != t.Rows || sum != t.SHA256 {
			return m, fmt.Errorf("backup: %s: damaged: %d rows, %d expected", t.Name, n, t.Rows)
		}
	}
	for _, f := range m.Files {
		if _, err := readFile(&z.Reader, f); err != nil {
			return m, err
		}
	}
	for _, hash := range m.Blobs {
		if err := verifyBlob(&z.Reader, hash); err != nil {
			return m, err
		}
	}
	return m, nil
}

func manifest(z *zip.Reader) (m Manifest, err error) {
	f, err := z.Open(manifestName)
	if err != nil {
		return m, fmt.Errorf("backup: this is not a backup of Tillwright: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err := io.ReadAll(f) // to its end: only there the archive's own sum is checked
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	if m.Format != Format {
		return m, fmt.Errorf("backup: its format is %d, this program reads %d", m.Format, Format)
	}
	return m, nil
}

func digest(z *zip.Reader, table string) (lines int64, sum string, err error) {
	f, err := z.Open("data/" + table + ".jsonl")
	if err != nil {
		return 0, "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := &lineCounter{Hash: sha256.New()}
	if _, err := io.Copy(h, f); err != nil {
		return 0, "", err
	}
	return h.lines, hex.EncodeToString(h.Sum(nil)), nil
}

type lineCounter struct {
	hash.Hash
	lines int64
}

func (c *lineCounter) Write(p []byte) (int, error) {
	for _, b := range p {
		if b == '\n' {
			c.lines++
		}
	}
	return c.Hash.Write(p)
}
