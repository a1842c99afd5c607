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
	if known := d.proto.recall(d.address).tables; known != nil && known.serial == serial {
		return *known, nil
	}
	l, err := d.findTables(ctx)
	if err != nil {
		return l, err
	}
	l.serial = serial
	d.proto.remember(d.address, func(m *memory) { m.tables = &l })
	return l, nil
}

func (d *Driver) findTables(ctx context.Context) (l layout, err error) {
	var found bool
	for _, n := range []byte{tableOFD, 14} {
		if found, err = d.isTable(ctx, n, "офд", "ofd"); err != nil {
			return l, err
		} else if found {
			l.ofd = n
			break
		}
	}
	for _, n := range []byte{tableFN, 13} {
		if found, err = d.isTable(ctx, n, "fiscal", "фискал", "фн", "fn"); err != nil {
			return l, err
		} else if found {
			l.fn = n
			break
		}
	}
	if l.exchange, err = d.isTable(ctx, tableExchange, "обмен", "exchange"); err != nil {
		return l, err
	}
	if l.networks, err = d.isField(ctx, tableNetwork, fieldOFDMode, "офд", "ofd"); err != nil {
		return l, err
	}
	l.regional, err = d.isField(ctx, tableRegional, fieldFFD, "формат фд", "ффд", "ffd")
	return l, err
}

// isTable says whether the register's table of this number has one of the
// words in its name. A register that refuses has no such table.
func (d *Driver) isTable(ctx context.Context, table byte, words ...string) (bool, error) {
	data, err := d.told(ctx, []byte{cmdTable, table})
	if err != nil || data == nil {
		return false, err
	}
	t, err := parseTable(data)
	return err == nil && named(t.name, words...), nil
}

func (d *Driver) isField(ctx context.Context, table, field byte, words ...string) (bool, error) {
	data, err := d.told(ctx, []byte{cmdField, table, field})
	if err != nil || data == nil {
		return false, err
	}
	f, err := parseField(data)
	return err == nil && !f.text && named(f.name, words...), nil
}

// told is a reply's data, nil when the register refuses or says what cannot be
// read; an error means that it does not answer.
func (d *Driver) told(ctx context.Context, command []byte) ([]byte, error) {
	reply, err := d.ask(ctx, command)
	if err != nil {
		return nil, err
	}
	data, err := body(command, reply)
	var refused *kkt.RefusalError
	if errors.As(err, &refused) || err != nil {
		return nil, nil //nolint:nilerr // a refusal is the answer "there is none"
	}
	return data, nil
}
