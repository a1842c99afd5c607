// Package octets takes the bytes of a register's answer apart, for every maker
// whose protocol is bytes: a reader from left to right, and the forms in which
// times and bytes are shown. Nothing here knows what the bytes mean.
package octets

import (
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// Fault is why bytes cannot be read. Its text is a stable code: it goes into
// kkt.Meaning.Error.
type Fault string

// The faults of an answer.
const (
	NoReply     Fault = "no_reply"
	TooShort    Fault = "reply_too_short"
	WrongLength Fault = "reply_wrong_length"
	BadStart    Fault = "reply_bad_start" // it is no answer to this command
	BadDigits   Fault = "reply_bad_digits"
	BadDate     Fault = "reply_bad_date"
	BadValue    Fault = "reply_bad_value"
)

// Error is the code.
func (f Fault) Error() string { return string(f) }

// AsGarbage turns a Fault into a *kkt.GarbageError with the answer's bytes;
// other errors, and nil, stay.
func AsGarbage(err error, reply []byte) error {
	var fault Fault
	if errors.As(err, &fault) {
		return kkt.Garbage(reply, fault.Error())
	}
	return err
}

// Hex writes bytes as people who service registers do: "FF 39 00".
func Hex(b []byte) string {
	var s strings.Builder
	for i := range b {
		if i > 0 {
			s.WriteByte(' ')
		}
		s.WriteString(strings.ToUpper(hex.EncodeToString(b[i : i+1])))
	}
	return s.String()
}

// Wall is a time as a register shows it: without a zone, kept in UTC.
type Wall = time.Time

// WallOf builds a wall time of this century from two digits of the year and the
// rest. Zeros alone mean "none" and give the zero time; a time that no calendar
// has is BadDate.
func WallOf(y, mo, d, h, mi, s int) (Wall, error) {
	if y == 0 && mo == 0 && d == 0 && h == 0 && mi == 0 && s == 0 {
		return Wall{}, nil
	}
	t := time.Date(2000+y, time.Month(mo), d, h, mi, s, 0, time.UTC)
	if y > 99 || t.Year() != 2000+y || int(t.Month()) != mo || t.Day() != d || t.Hour() != h || t.Minute() != mi || t.Second() != s {
		return Wall{}, BadDate
	}
	return t, nil
}

// InZone gives a wall time the zone that the register stands in.
func InZone(t Wall, loc *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, loc)
}

// PutTime adds a wall time to fields as the pair date and time; nothing when
// there is none.
func PutTime(f map[string]any, t Wall, seconds bool) {
	if t.IsZero() {
		return
	}
	f["date"], f["time"] = t.Format(time.DateOnly), t.Format("15:04")
	if seconds {
		f["time"] = t.Format(time.TimeOnly)
	}
}
