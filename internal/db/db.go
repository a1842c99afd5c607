// Package db is the one door to the database: SQLite by default, PostgreSQL
// when a company has outgrown it, one SQL text for both.
//
// Every statement runs inside a transaction that carries a frozen now.
// Writing goes through one connection on SQLite (a second writer would only
// wait for its lock), reading through a pool of its own. Values have the
// same form on both: TEXT ids, BIGINT numbers, booleans as 0 or 1, times as
// Unix milliseconds in UTC, BYTEA bytes, JSON as TEXT.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver
	_ "modernc.org/sqlite"             // the "sqlite" driver

	"github.com/tillwright/tillwright/internal/clock"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	write, read *sql.DB
	dialect     Dialect
	clock       clock.Clock
	path        string // of the SQLite file, "" on PostgreSQL
	health      health
}

// readers is how many pages may read at once. More connections than cores
// help only while one of them waits for the disk.
const readers = 8

// Open opens "sqlite:/path/to/file.db" or "postgres://…". It does not
// migrate. A file that does not exist yet is made.
func Open(ctx context.Context, dsn string, clk clock.Clock) (*DB, error) {
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		return openSQLite(ctx, path, clk)
	}
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return openPostgres(ctx, dsn, clk)
	}
	return nil, fmt.Errorf("db: the address must begin with sqlite: or postgres://")
}

// openSQLite sets what every connection needs in the address itself, so that
// a connection the pool opens later has it too. synchronous=FULL because an
// answer to an agent means "durable", also when the power fails.
func openSQLite(ctx context.Context, path string, clk clock.Clock) (*DB, error) {
	common := url.Values{"_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"temp_store(MEMORY)", "cache_size(-8000)", "journal_size_limit(67108864)",
	}}
	writer := url.Values{"_txlock": {"immediate"}, "_pragma": append([]string(nil), common["_pragma"]...)}
	reader := url.Values{"_pragma": append([]string{"query_only(1)"}, common["_pragma"]...)}
	open := func(v url.Values, n int) (*sql.DB, error) {
		pool, err := sql.Open("sqlite", "file:"+url.PathEscape(path)+"?"+v.Encode())
		if err != nil {
			return nil, fmt.Errorf("db: %w", err)
		}
		pool.SetMaxOpenConns(n)
		pool.SetMaxIdleConns(n)
		return pool, nil
	}
	d := &DB{dialect: SQLite, clock: clk, path: path}
	var err error
	if d.write, err = open(writer, 1); err != nil {
		return nil, err
	}
	if err := d.write.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("db: %s: %w", path, err), d.write.Close())
	}
	if d.read, err = open(reader, readers); err != nil {
		return nil, errors.Join(err, d.write.Close())
	}
	return d, nil
}

func openPostgres(ctx context.Context, dsn string, clk clock.Clock) (*DB, error) {
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	pool.SetMaxOpenConns(2 * readers)
	pool.SetMaxIdleConns(readers)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("db: %w", err), pool.Close())
	}
	return &DB{write: pool, read: pool, dialect: Postgres, clock: clk}, nil
}

// Close closes all connections.
func (d *DB) Close() error {
	if d.read == d.write {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.write.Close())
}

// Dialect says which of the two databases it is.
func (d *DB) Dialect() Dialect { return d.dialect }

// Path is the SQLite file, "" on PostgreSQL.
func (d *DB) Path() string { return d.path }

// Pool is the writers' pool itself, for the migrations and the backup, which
// need statements outside a transaction. Nothing else may use it.
func (d *DB) Pool() *sql.DB { return d.write }

// Ping says whether the database answers a reader.
func (d *DB) Ping(ctx context.Context) error { return d.read.PingContext(ctx) }

// Write runs fn in one writing transaction, commits when it returns nil and
// rolls back otherwise. What fn asked for with AfterCommit runs after a
// successful commit. It is never repeated: fn may have had effects in memory.
func (d *DB) Write(ctx context.Context, fn func(tx *Tx) error) error {
	var last *Tx
	err := d.run(ctx, d.write, nil, func(tx *Tx) error { last = tx; return fn(tx) })
	d.note(last, err)
	return err
}

// Read runs fn on a snapshot that does not change while fn looks at it.
func (d *DB) Read(ctx context.Context, fn func(tx *Tx) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if d.dialect == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	return d.run(ctx, d.read, opts, fn)
}

// Check asks the database whether it is whole: every page of an SQLite file; on
// PostgreSQL, which checks itself, only that it answers.
func (d *DB) Check(ctx context.Context) error {
	if d.dialect == Postgres {
		return d.Ping(ctx)
	}
	var said string
	if err := d.read.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said); err != nil {
		return fmt.Errorf("db: %w", err)
	}
	if said != "ok" {
		return fmt.Errorf("db: %s: damaged: %s", d.path, said)
	}
	return nil
}

func (d *DB) run(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, fn func(tx *Tx) error) error {
	stx, err := pool.BeginTx(ctx, opts)
	if err != nil {
		return full(fmt.Errorf("db: begin: %w", err))
	}
	tx := &Tx{tx: stx, Dialect: d.dialect, Now: Time(Millis(d.clock.Now()))}
	defer func() { _ = stx.Rollback() }() // after Commit this is a no-op that says so
	if err := fn(tx); err != nil {
		return full(err)
	}
	if err := stx.Commit(); err != nil {
		return full(fmt.Errorf("db: commit: %w", err))
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}
