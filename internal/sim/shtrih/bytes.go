package shtrih

import (
	"encoding/binary"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// le writes the low size bytes of n, lowest first.
func le(n int64, size int) []byte {
	return binary.LittleEndian.AppendUint64(nil, uint64(n))[:size]
}

// unle reads at most eight bytes, lowest first.
func unle(b []byte) int64 {
	var n int64
	for i := len(b) - 1; i >= 0; i-- {
		n = n<<8 | int64(b[i])
	}
	return n
}

// join puts the pieces of a reply together.
func join(pieces ...[]byte) []byte {
	var b []byte
	for _, p := range pieces {
		b = append(b, p...)
	}
	return b
}

// text is CP1251 padded with noughts to size, or cut. What CP1251 lacks
// becomes a question mark.
func text(s string, size int) []byte {
	b := make([]byte, 0, size)
	for _, c := range s {
		if len(b) == size {
			return b
		}
		e, ok := charmap.Windows1251.EncodeRune(c)
		if !ok {
			e = '?'
		}
		b = append(b, e)
	}
	return append(b, make([]byte, size-len(b))...)
}

// spaced is text padded with spaces, as the drive writes its numbers.
func spaced(s string, size int) []byte {
	b := text(s, size)
	for i := len(s); i < size; i++ {
		b[i] = ' '
	}
	return b
}

// dmy and hms are the register's writing of a date and of a time, in plain
// binary.
func dmy(t time.Time) []byte { return []byte{byte(t.Day()), byte(t.Month()), byte(t.Year() % 100)} }

func hms(t time.Time) []byte { return []byte{byte(t.Hour()), byte(t.Minute()), byte(t.Second())} }

// ymd and stamp are the drive's.
func ymd(t time.Time) []byte { return []byte{byte(t.Year() % 100), byte(t.Month()), byte(t.Day())} }

func stamp(t time.Time) []byte {
	if t.IsZero() {
		return make([]byte, 5)
	}
	return append(ymd(t), byte(t.Hour()), byte(t.Minute()))
}
