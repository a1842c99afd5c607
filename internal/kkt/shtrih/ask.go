package shtrih

import (
	"time"
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
	r := reader{data: p}
	f := ask(&r)
	return f, r.end() == nil
}

func askNothing(*reader) map[string]any { return map[string]any{} }

func askByte(name string) func(*reader) map[string]any {
	return func(r *reader) map[string]any { return map[string]any{name: r.byte()} }
}

// askNumber is a number of one byte or, on newer registers, two.
func askNumber(name string) func(*reader) map[string]any {
	return func(r *reader) map[string]any { return map[string]any{name: r.le(min(max(len(r.data), 1), 2))} }
}

func askDocument(r *reader) map[string]any { return map[string]any{"document": r.le(4)} }

func askBlock(r *reader) map[string]any { return map[string]any{"offset": r.le(2), "size": r.byte()} }

func askSize(r *reader) map[string]any { return map[string]any{"size": r.le(2)} }

func askReceipt(r *reader) map[string]any {
	return map[string]any{"receiptType": receiptType(r.byte())}
}

// askCell is a field of a table. Rows and fields are counted from 1, which
// tells a command without password from one with it.
func askCell(r *reader) map[string]any {
	f := map[string]any{"table": r.byte(), "row": int(r.le(2)), "field": r.byte()}
	if f["row"] == 0 || f["field"] == 0 {
		r.keep(errValue)
	}
	return f
}

func askWrite(r *reader) map[string]any {
	f := askCell(r)
	if len(r.data) == 0 {
		r.keep(errShort)
	}
	f["value"] = cellValue(r.take(len(r.data)))
	return f
}

func askField(r *reader) map[string]any {
	return map[string]any{"table": r.byte(), "field": r.byte()}
}

func askTime(r *reader) map[string]any {
	h, m, s := r.byte(), r.byte(), r.byte()
	if h > 23 || m > 59 || s > 59 {
		r.keep(errDate)
	}
	return map[string]any{"time": time.Date(2000, 1, 1, h, m, s, 0, time.UTC).Format(time.TimeOnly)}
}

func askDate(r *reader) map[string]any {
	return map[string]any{"date": r.date(layoutDay).Format(time.DateOnly)}
}
