package atol

import (
	"bytes"
	"strings"

	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// reader reads what is packed decimal besides.
type reader struct{ octets.Reader }

func from(data []byte) reader { return reader{octets.Read(data)} }

func (r *reader) bcd(n int) int64 {
	v, err := number(r.Take(n))
	r.Keep(err)
	return v
}

func (r *reader) digits(n int) string {
	s, err := digits(r.Take(n))
	r.Keep(err)
	return s
}

func (r *reader) when(layout func([]byte) (octets.Wall, error), n int) octets.Wall {
	t, err := layout(r.Take(n))
	r.Keep(err)
	return t
}

// version is two ASCII characters, "41" for 4.1.
func (r *reader) version() string {
	b := r.Take(2)
	if b[0] < ' ' || b[1] < ' ' || b[0] > '~' || b[1] > '~' {
		r.Keep(octets.BadValue)
	}
	return string(b)
}

func trimZeros(b []byte) []byte { return bytes.TrimRight(b, "\x00") }

// trimLeft drops leading zeros but keeps one digit.
func trimLeft(s string) string {
	if t := strings.TrimLeft(s, "0"); t != "" {
		return t
	}
	return "0"
}
