package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tillwright/tillwright/internal/backup"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/files"
	"github.com/tillwright/tillwright/internal/migrate"
)

type migrateCmd struct{ store }

// Run applies what is missing.
func (c migrateCmd) Run(ctx context.Context, e env) (err error) {
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	n, err := migrate.Up(ctx, d)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%d migrations applied\n", n)
	return err
}

type backupCmd struct {
	store
	File string `arg:"" help:"The file to write." type:"path"`
}

// Run writes the backup and says what is in it.
func (c backupCmd) Run(ctx context.Context, e env) (err error) {
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	key, err := backup.KeyOf(c.Data)
	if err != nil {
		return err
	}
	folder, err := files.OpenFolder(filepath.Join(c.Data, "files"))
	if err != nil {
		return err
	}
	m, err := backup.WriteAll(ctx, d, c.File, clock.System{}.Now(), folder, key...)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%s: %d rows of %d tables, %d files%s, verified\n", c.File, total(m), len(m.Tables), len(m.Blobs), withKey(len(m.Files) > 0))
	return err
}

type restoreCmd struct {
	store
	File   string `arg:"" help:"The backup." type:"existingfile"`
	Verify bool   `help:"Only check that the backup is whole; change nothing."`
}

// Run puts the backup back, or only proves that it could be.
func (c restoreCmd) Run(ctx context.Context, e env) error {
	if c.Verify {
		m, err := backup.Verify(c.File)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "%s: whole, made %s, %d rows\n", c.File, m.Made.Format(time.RFC3339), total(m))
		return err
	}
	put, err := backup.PutKey(c.File, c.Data) // first: another server's folder is noticed before anything is filled
	if err != nil {
		return err
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	m, err := backup.Restore(ctx, d, c.File)
	if err := errors.Join(err, d.Close()); err != nil {
		return err
	}
	folder, err := files.OpenFolder(filepath.Join(c.Data, "files"))
	if err != nil {
		return err
	}
	n, err := backup.PutBlobs(ctx, c.File, folder)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%d rows of %d tables, %d files%s put back\n", total(m), len(m.Tables), n, withKey(put))
	return err
}

// withKey says whether the key that agents know the server by is part of it.
func withKey(is bool) string {
	if is {
		return " and the server's key"
	}
	return ""
}

type moveCmd struct {
	store
	To string `help:"The empty database to copy into: sqlite:FILE or postgres://…" required:"" placeholder:"URL"`
}

// Run copies through a backup file, so that what is moved has been verified.
func (c moveCmd) Run(ctx context.Context, e env) (err error) {
	dir, err := os.MkdirTemp("", "tillwright-move-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "move.zip")
	from, err := c.open(ctx)
	if err != nil {
		return err
	}
	_, err = backup.Write(ctx, from, file, clock.System{}.Now())
	if err := errors.Join(err, from.Close()); err != nil {
		return err
	}
	to, err := db.Open(ctx, c.To, clock.System{})
	if err != nil {
		return err
	}
	m, err := backup.Restore(ctx, to, file)
	if err := errors.Join(err, to.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%d rows of %d tables moved; the old database is untouched\n", total(m), len(m.Tables))
	return err
}

func total(m backup.Manifest) (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}
