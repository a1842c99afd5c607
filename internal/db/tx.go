package db

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Tx is one transaction with a now that stands still.
type Tx struct {
	tx      *sql.Tx
	Dialect Dialect
	Now     time.Time // UTC, to the millisecond
	after   []func()
	changed bool // a statement touched at least one row
}

// Exec runs a statement that returns no rows.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	count(ctx)
	res, err := t.tx.ExecContext(ctx, t.text(query), args...)
	if err == nil && !t.changed {
		n, counted := res.RowsAffected()
		t.changed = counted == nil && n > 0
	}
	return res, err
}

// Query runs a statement that returns rows; the caller closes them.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	count(ctx)
	return t.tx.QueryContext(ctx, t.text(query), args...)
}

// QueryRow runs a statement that returns at most one row.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	count(ctx)
	return t.tx.QueryRowContext(ctx, t.text(query), args...)
}

// text is the statement as this database takes it most quickly.
func (t *Tx) text(query string) string {
	if t.Dialect == SQLite {
		return bare(query)
	}
	return query
}

// AfterCommit keeps f to be run once the transaction is durable: waking a
// worker, telling the bus. It does not run after a rollback.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

// Rows reads every row of a query with scan and closes it.
func Rows[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) (out []T, failed error) {
	if err != nil {
		return nil, err
	}
	defer func() { failed = errors.Join(failed, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// NoRows says whether err means that a QueryRow found nothing.
func NoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// Changed says whether a statement changed at least one row; it is how an
// optimistic version check is read.
func Changed(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// Millis is the stored form of an instant: Unix milliseconds, 0 for the zero
// time.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Time is the instant of a stored form, in UTC.
func Time(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Bit is the stored form of a boolean.
func Bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// List is n placeholders counting up from the given number: List(3, 2) is
// "$2,$3,$4".
func List(n, from int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	return b.String()
}

// Values is the placeholders of a multi-row insert: Values(2, 3) is
// "($1,$2,$3),($4,$5,$6)". PostgreSQL takes at most 65535 placeholders in one
// statement, SQLite 32766.
func Values(rows, columns int) string {
	var b strings.Builder
	b.Grow(rows * columns * 6)
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		b.WriteString(List(columns, r*columns+1))
		b.WriteByte(')')
	}
	return b.String()
}

type counterKey struct{}

// CountQueries returns a context that counts the statements run with it, for
// the tests that hold a page to a constant number.
func CountQueries(ctx context.Context) (context.Context, func() int) {
	n := new(atomic.Int64)
	return context.WithValue(ctx, counterKey{}, n), func() int { return int(n.Load()) }
}

func count(ctx context.Context) {
	if n, ok := ctx.Value(counterKey{}).(*atomic.Int64); ok {
		n.Add(1)
	}
}
