package octets

import (
	"encoding/binary"
	"slices"
	"strings"
)

// Reader takes an answer apart from left to right and keeps the first error, so
// that a layout reads like its table in the protocol. What is read after an
// error is zero. Numbers have their lowest byte first.
type Reader struct {
	data []byte
	err  error
}

// Read begins at the first byte.
func Read(data []byte) Reader { return Reader{data: data} }

// Err is the first error so far.
func (r *Reader) Err() error { return r.err }

// Left is how many bytes have not been read.
func (r *Reader) Left() int { return len(r.data) }

// Keep takes an error in, unless there is one already.
func (r *Reader) Keep(err error) {
	if r.err == nil {
		r.err = err
	}
}

// End refuses what is left over as WrongLength, and gives the first error.
func (r *Reader) End() error {
	if len(r.data) > 0 {
		r.Keep(WrongLength)
	}
	return r.err
}

// Take is the next n bytes; TooShort when there are fewer.
func (r *Reader) Take(n int) []byte {
	if r.err == nil && len(r.data) < n {
		r.err = TooShort
	}
	if r.err != nil {
		return make([]byte, n)
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

// Byte is the next byte.
func (r *Reader) Byte() int { return int(r.Take(1)[0]) }

// Int is a number of n bytes, at most eight.
func (r *Reader) Int(n int) int64 {
	var b [8]byte
	copy(b[:], r.Take(n))
	return int64(binary.LittleEndian.Uint64(b[:]))
}

// Rest is everything that is left.
func (r *Reader) Rest() []byte { return r.Take(len(r.data)) }

// ASCII is n bytes of printable ASCII, padded with spaces or zeros.
func (r *Reader) ASCII(n int) string {
	b := strings.TrimRight(string(r.Take(n)), "\x00")
	for _, c := range []byte(b) {
		if c < ' ' || c > '~' {
			r.Keep(BadValue)
		}
	}
	return strings.TrimSpace(b)
}

// Digits is a number of one of the lengths, written as text in room bytes and
// padded with spaces or zeros; none at all is "".
func (r *Reader) Digits(room int, lengths ...int) string {
	s := r.ASCII(room)
	if s != "" && (strings.Trim(s, "0123456789") != "" || !slices.Contains(lengths, len(s))) {
		r.Keep(BadValue)
	}
	return s
}

// The orders in which the parts of a time stand, for Date: a byte each.
const (
	DMY    = "DMY"
	DMYhm  = "DMYhm"
	DMYhms = "DMYhms"
	YMD    = "YMD"
	YMDhm  = "YMDhm"
)

// Date is a day and at most hour, minute and second, a byte each, in the order
// that the layout names. Zeros alone mean "none" and give the zero time; a time
// that no calendar has is BadDate.
func (r *Reader) Date(layout string) Wall {
	v := map[rune]int{}
	for _, unit := range layout {
		v[unit] = r.Byte()
	}
	t, err := WallOf(v['Y'], v['M'], v['D'], v['h'], v['m'], v['s'])
	r.Keep(err)
	return t
}
