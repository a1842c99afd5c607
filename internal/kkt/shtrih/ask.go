package shtrih

import (
	"time"

	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// parameters reads what a command says besides its code. The password is left
// out in our records, but people copy commands from logs with it: when the
// bytes do not fit without it, they are read as if it stood there.
func (s spec) parameters(command []byte) (map[string]any, error) {
	if s.ask == nil {
		return map[string]any{}, nil
	}
	p := command[len(s.code):]
	if f, ok := asked(s.ask, p); ok {
		return f, nil
	}
	if !s.open && len(p) >= 4 {
		if f, ok := asked(s.ask, p[4:]); ok {
			return f, nil
		}
	}
	return nil, errCommand
}

func asked(ask func(*reader) map[string]any, p []byte) (map[string]any, bool) {
	r := from(p)
	f := ask(&r)
	return f, r.End() == nil
}

func askNothing(*reader) map[string]any { return map[string]any{} }

func askByte(name string) func(*reader) map[string]any {
	return func(r *reader) map[string]any { return map[string]any{name: r.Byte()} }
}

// askNumber is a number of one byte or, on newer registers, two.
func askNumber(name string) func(*reader) map[string]any {
	return func(r *reader) map[string]any { return map[string]any{name: r.Int(min(max(r.Left(), 1), 2))} }
}

func askDocument(r *reader) map[string]any { return map[string]any{"document": r.Int(4)} }

func askBlock(r *reader) map[string]any { return map[string]any{"offset": r.Int(2), "size": r.Byte()} }

func askSize(r *reader) map[string]any { return map[string]any{"size": r.Int(2)} }

func askReceipt(r *reader) map[string]any {
	return map[string]any{"receiptType": receiptType(r.Byte())}
}

// askCell is a field of a table. Rows and fields are counted from 1, which
// tells a command without password from one with it.
func askCell(r *reader) map[string]any {
	f := map[string]any{"table": r.Byte(), "row": int(r.Int(2)), "field": r.Byte()}
	if f["row"] == 0 || f["field"] == 0 {
		r.Keep(octets.BadValue)
	}
	return f
}

func askWrite(r *reader) map[string]any {
	f := askCell(r)
	if r.Left() == 0 {
		r.Keep(octets.TooShort)
	}
	f["value"] = cellValue(r.Take(r.Left()))
	return f
}

func askField(r *reader) map[string]any {
	return map[string]any{"table": r.Byte(), "field": r.Byte()}
}

func askTime(r *reader) map[string]any {
	h, m, s := r.Byte(), r.Byte(), r.Byte()
	if h > 23 || m > 59 || s > 59 {
		r.Keep(octets.BadDate)
	}
	return map[string]any{"time": time.Date(2000, 1, 1, h, m, s, 0, time.UTC).Format(time.TimeOnly)}
}

func askDate(r *reader) map[string]any {
	return map[string]any{"date": r.Date(octets.DMY).Format(time.DateOnly)}
}
