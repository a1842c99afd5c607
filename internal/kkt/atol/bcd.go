package atol

import (
	"errors"
	"fmt"
	"time"
)

// Why a reply cannot be read. The texts are stable codes: they go into
// kkt.Meaning.Error.
var (
	errNoReply = errors.New("no_reply")
	errShort   = errors.New("reply_too_short")
	errLength  = errors.New("reply_wrong_length")
	errStart   = errors.New("reply_bad_start")
	errDigits  = errors.New("reply_bad_digits")
	errDate    = errors.New("reply_bad_date")
	errValue   = errors.New("reply_bad_value")
)

// digits writes packed decimal bytes as their digits.
func digits(b []byte) (string, error) {
	s := make([]byte, 0, 2*len(b))
	for _, c := range b {
		if c>>4 > 9 || c&0x0F > 9 {
			return "", errDigits
		}
		s = append(s, '0'+c>>4, '0'+c&0x0F)
	}
	return string(s), nil
}

// number reads packed decimal bytes, at most nine of them.
func number(b []byte) (int64, error) {
	s, err := digits(b)
	if err != nil || len(s) > 18 {
		return 0, errDigits
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

// wall is a time as a register shows it: without a zone, kept in UTC.
type wall = time.Time

// dateTime builds a wall time and refuses one that no calendar has. Six
// zeros mean "none" and give the zero time.
func dateTime(y, mo, d, h, mi, s int) (wall, error) {
	if y == 0 && mo == 0 && d == 0 && h == 0 && mi == 0 && s == 0 {
		return wall{}, nil
	}
	t := time.Date(2000+y, time.Month(mo), d, h, mi, s, 0, time.UTC)
	if t.Year() != 2000+y || int(t.Month()) != mo || t.Day() != d || t.Hour() != h || t.Minute() != mi || t.Second() != s {
		return wall{}, errDate
	}
	return t, nil
}

// dmy reads packed DD MM YY hh mm [ss].
func dmy(b []byte) (wall, error) {
	v, err := fields(b)
	if err != nil {
		return wall{}, err
	}
	return dateTime(v[2], v[1], v[0], v[3], v[4], v[5])
}

// ymd reads packed YY MM DD hh mm [ss].
func ymd(b []byte) (wall, error) {
	v, err := fields(b)
	if err != nil {
		return wall{}, err
	}
	return dateTime(v[0], v[1], v[2], v[3], v[4], v[5])
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

// fnTime reads the drive's own time: YY MM DD hh mm in plain binary.
func fnTime(b []byte) (wall, error) {
	v := [5]int{}
	for i := range min(len(b), 5) {
		v[i] = int(b[i])
	}
	return dateTime(v[0], v[1], v[2], v[3], v[4], 0)
}

// inZone gives a wall time the zone that the register stands in.
func inZone(t wall, loc *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, loc)
}
