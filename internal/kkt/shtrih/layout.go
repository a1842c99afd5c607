package shtrih

import (
	"context"
	"errors"

	"github.com/tillwright/tillwright/internal/kkt"
)

// layout is where a register keeps its settings: a table's number, 0 for one
// that it does not have. Most registers number them alike; those on the maker's
// cash core (SmartPOS) have the drive in 13 and the OFD in 14. So tables are
// known by their names.
type layout struct {
	serial                       int64 // of the register that was asked
	fn, ofd                      byte
	regional, exchange, networks bool
}

// layout gives the tables of this register, remembered by address until another
// register answers there.
func (d *Driver) layout(ctx context.Context, serial int64) (layout, error) {
	if known := d.proto.recall(d.endpoint.Address).tables; known != nil && known.serial == serial {
		return *known, nil
	}
	l := layout{serial: serial}
	names := namer{driver: d}
	l.ofd = names.table(ctx, []byte{tableOFD, 14}, "офд", "ofd")
	l.fn = names.table(ctx, []byte{tableFN, 13}, "fiscal", "фискал", "фн", "fn")
	l.exchange = names.table(ctx, []byte{tableExchange}, "обмен", "exchange") != 0
	l.networks = names.field(ctx, tableNetwork, fieldOFDMode, "офд", "ofd")
	l.regional = names.field(ctx, tableRegional, fieldFFD, "формат фд", "ффд", "ffd")
	if names.err == nil && !names.unsure {
		d.proto.remember(d.endpoint.Address, func(m *memory) { m.tables = &l })
	}
	return l, names.err
}

// namer asks for the names of tables and fields. It keeps the first error, after
// which it asks no more, and whether a name could not be read.
type namer struct {
	driver *Driver
	unsure bool
	err    error
}

// table is the first of the numbers whose table has one of the words in its
// name, 0 when there is none.
func (n *namer) table(ctx context.Context, numbers []byte, words ...string) byte {
	for _, number := range numbers {
		if n.named(ctx, []byte{cmdTable, number}, words, func(data []byte) (string, error) {
			t, err := parseTable(data)
			return t.name, err
		}) {
			return number
		}
	}
	return 0
}

// field says whether a field is a number and has one of the words in its name.
func (n *namer) field(ctx context.Context, table, field byte, words ...string) bool {
	return n.named(ctx, []byte{cmdField, table, field}, words, func(data []byte) (string, error) {
		f, err := parseField(data)
		if f.text {
			return "", err
		}
		return f.name, err
	})
}

// named asks once, and once more when the answer cannot be read. A register that
// refuses has no such table.
func (n *namer) named(ctx context.Context, command []byte, words []string, name func([]byte) (string, error)) bool {
	for range 2 {
		if n.err != nil {
			return false
		}
		reply, err := n.driver.question(ctx, command, func() {})
		if err != nil {
			n.err = err
			return false
		}
		data, err := body(command, reply)
		var refused *kkt.RefusalError
		if errors.As(err, &refused) {
			return false
		}
		if err == nil {
			if s, err := name(data); err == nil {
				return named(s, words...)
			}
		}
	}
	n.unsure = true
	return false
}
