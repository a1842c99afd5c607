package atol

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// reader takes a reply apart from left to right and keeps the first error, so
// that a layout reads like its table in the protocol.
type reader struct {
	data []byte
	err  error
}

func (r *reader) take(n int) []byte {
	if r.err == nil && len(r.data) < n {
		r.err = errShort
	}
	if r.err != nil {
		return make([]byte, n)
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) keep(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) byte() int { return int(r.take(1)[0]) }

func (r *reader) bcd(n int) int64 {
	v, err := number(r.take(n))
	r.keep(err)
	return v
}

func (r *reader) digits(n int) string {
	s, err := digits(r.take(n))
	r.keep(err)
	return s
}

func (r *reader) le(n int) int64 {
	var b [8]byte
	copy(b[:], r.take(n))
	return int64(binary.LittleEndian.Uint64(b[:]))
}

func (r *reader) when(layout func([]byte) (wall, error), n int) wall {
	t, err := layout(r.take(n))
	r.keep(err)
	return t
}

// version is two ASCII characters, "41" for 4.1.
func (r *reader) version() string {
	b := r.take(2)
	if r.err == nil && (b[0] < ' ' || b[1] < ' ' || b[0] > '~' || b[1] > '~') {
		r.err = errValue
	}
	return string(b)
}

// ascii is text of printable ASCII, padded with spaces or zeros.
func (r *reader) ascii(n int) string {
	b := trimZeros(r.take(n))
	for _, c := range b {
		if r.err == nil && (c < ' ' || c > '~') {
			r.err = errValue
		}
	}
	return strings.TrimSpace(string(b))
}

// end refuses what is left over.
func (r *reader) end() error {
	if r.err == nil && len(r.data) > 0 {
		r.err = errLength
	}
	return r.err
}

func trimZeros(b []byte) []byte { return bytes.TrimRight(b, "\x00") }

// trimLeft drops leading zeros but keeps one digit.
func trimLeft(s string) string {
	if t := strings.TrimLeft(s, "0"); t != "" {
		return t
	}
	return "0"
}

// putTime adds a wall time to fields as the pair date and time; nothing when
// there is none.
func putTime(f map[string]any, t wall, seconds bool) {
	if t.IsZero() {
		return
	}
	f["date"] = t.Format("2006-01-02")
	f["time"] = t.Format("15:04")
	if seconds {
		f["time"] = t.Format("15:04:05")
	}
}
