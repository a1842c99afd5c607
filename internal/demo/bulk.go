package demo

import (
	"context"
	"fmt"
	"strings"

	"github.com/tillwright/tillwright/internal/db"
)

// bulk gathers rows of one table and writes them a few hundred at a time. It
// goes past the services on purpose: seeding writes what they would have
// written in months.
type bulk struct {
	tx      *db.Tx
	table   string
	columns []string
	args    []any
}

func newBulk(tx *db.Tx, table, columns string) *bulk {
	return &bulk{tx: tx, table: table, columns: strings.Fields(columns)}
}

// rowsAtOnce keeps a statement under both databases' limit of placeholders.
const rowsAtOnce = 400

func (b *bulk) add(ctx context.Context, values ...any) error {
	if len(values) != len(b.columns) {
		return fmt.Errorf("demo: %s: %d values for %d columns", b.table, len(values), len(b.columns))
	}
	b.args = append(b.args, values...)
	if len(b.args) >= rowsAtOnce*len(b.columns) {
		return b.flush(ctx)
	}
	return nil
}

func (b *bulk) flush(ctx context.Context) error {
	if len(b.args) == 0 {
		return nil
	}
	n := len(b.columns)
	_, err := b.tx.Exec(ctx, "INSERT INTO "+b.table+" ("+strings.Join(b.columns, ",")+") VALUES "+db.Values(len(b.args)/n, n), b.args...)
	b.args = b.args[:0]
	if err != nil {
		return fmt.Errorf("demo: %s: %w", b.table, err)
	}
	return nil
}
