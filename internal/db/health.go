package db

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// health is what the last writings came to, for whoever asks whether the
// database can be written to.
type health struct {
	wrote  atomic.Int64 // when a transaction that changed something was last committed, Unix ms
	failed atomic.Int64 // when one was last refused for want of room, Unix ms
}

// remembered is how long a refusal counts against a database that nobody
// writes to any more.
const remembered = time.Minute

// Writable says whether the database takes changes now. It fails with ErrFull,
// or with whatever else stands in the way. On SQLite it writes one page to find
// out; PostgreSQL is asked for a transaction of its own, and what it last
// refused is held against it until it takes a change again or a minute is over.
// A writer that is only busy is writable as long as it has written within wait.
func (d *DB) Writable(ctx context.Context, wait time.Duration) error {
	now := d.clock.Now()
	wrote, failed := Time(d.health.wrote.Load()), Time(d.health.failed.Load())
	if failed.After(wrote) && now.Sub(failed) < remembered && d.dialect == Postgres {
		return ErrFull.In("db")
	}
	err := d.probe(ctx)
	if err != nil && ctx.Err() != nil && now.Sub(wrote).Abs() < wait {
		return nil
	}
	return err
}

// probe makes a change that nobody sees: of the header's number for programs of
// one's own, which this one leaves at 0, or of the count of transactions.
func (d *DB) probe(ctx context.Context) error {
	statement := "PRAGMA user_version = 0"
	if d.dialect == Postgres {
		statement = "SELECT pg_current_xact_id()"
	}
	return d.Write(ctx, func(tx *Tx) error {
		if _, err := tx.tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("db: probe: %w", err)
		}
		return nil
	})
}

// note keeps how a writing ended.
func (d *DB) note(tx *Tx, err error) {
	switch {
	case err == nil && tx.changed: // then there was one
		d.health.wrote.Store(Millis(d.clock.Now()))
	case errors.Is(err, ErrFull):
		d.health.failed.Store(Millis(d.clock.Now()))
	}
}
