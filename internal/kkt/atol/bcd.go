package atol

import (
	"errors"
	"fmt"

	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// digits writes packed decimal bytes as their digits.
func digits(b []byte) (string, error) {
	s := make([]byte, 0, 2*len(b))
	for _, c := range b {
		if c>>4 > 9 || c&0x0F > 9 {
			return "", octets.BadDigits
		}
		s = append(s, '0'+c>>4, '0'+c&0x0F)
	}
	return string(s), nil
}

// number reads packed decimal bytes, at most nine of them.
func number(b []byte) (int64, error) {
	s, err := digits(b)
	if err != nil || len(s) > 18 {
		return 0, octets.BadDigits
	}
	var n int64
	for _, c := range s {
		n = n*10 + int64(c-'0')
	}
	return n, nil
}

// packed writes n into size packed decimal bytes; digits that do not fit are
// cut off on the left, as a register's counter overflows.
func packed(n int64, size int) []byte {
	b := make([]byte, size)
	for i := size - 1; i >= 0; i-- {
		b[i] = byte(n%10) | byte(n/10%10)<<4
		n /= 100
	}
	return b
}

// password turns at most four digits into the two bytes before each command.
func password(s string) ([]byte, error) {
	if len(s) > 4 {
		return nil, fmt.Errorf("atol: access password has %d digits, at most 4", len(s))
	}
	var n int64
	for _, c := range s {
		if c < '0' || c > '9' {
			return nil, errors.New("atol: access password must be digits")
		}
		n = n*10 + int64(c-'0')
	}
	return packed(n, 2), nil
}

// dmy reads packed DD MM YY hh mm [ss].
func dmy(b []byte) (octets.Wall, error) {
	v, err := fields(b)
	if err != nil {
		return octets.Wall{}, err
	}
	return octets.WallOf(v[2], v[1], v[0], v[3], v[4], v[5])
}

// ymd reads packed YY MM DD hh mm [ss].
func ymd(b []byte) (octets.Wall, error) {
	v, err := fields(b)
	if err != nil {
		return octets.Wall{}, err
	}
	return octets.WallOf(v[0], v[1], v[2], v[3], v[4], v[5])
}

// fields reads up to six packed bytes as numbers; those missing are 0.
func fields(b []byte) (v [6]int, err error) {
	for i, c := range b {
		n, err := number([]byte{c})
		if err != nil {
			return v, err
		}
		v[i] = int(n)
	}
	return v, nil
}
