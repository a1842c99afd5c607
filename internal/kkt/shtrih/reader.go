package shtrih

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// Why a command or a reply cannot be read. The texts are stable codes: they go
// into kkt.Meaning.Error.
var (
	errCommand = errors.New("command_wrong_length")
	errNoReply = errors.New("no_reply")
	errShort   = errors.New("reply_too_short")
	errLength  = errors.New("reply_wrong_length")
	errStart   = errors.New("reply_bad_start")
	errDate    = errors.New("reply_bad_date")
	errValue   = errors.New("reply_bad_value")
)

// reader takes a message apart from left to right and keeps the first error, so
// that a layout reads like its table in the protocol. Numbers are little-endian.
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

func (r *reader) le(n int) int64 {
	var b [8]byte
	copy(b[:], r.take(n))
	return int64(binary.LittleEndian.Uint64(b[:]))
}

// ascii is text of printable ASCII, padded with spaces or zeros.
func (r *reader) ascii(n int) string {
	b := strings.TrimRight(string(r.take(n)), "\x00")
	for _, c := range []byte(b) {
		if c < ' ' || c > '~' {
			r.keep(errValue)
		}
	}
	return strings.TrimSpace(b)
}

// number is digits of one of the lengths, padded with spaces or zeros; none at
// all is "".
func (r *reader) number(room int, lengths ...int) string {
	s := r.ascii(room)
	if s != "" && (strings.Trim(s, "0123456789") != "" || !slices.Contains(lengths, len(s))) {
		r.keep(errValue)
	}
	return s
}

// text is text in Windows-1251, ended by the first zero.
func (r *reader) text(n int) string {
	s, ok := cyrillic(r.take(n))
	if !ok {
		r.keep(errValue)
	}
	return s
}

// cyrillic reads Windows-1251 and says whether it can be a text: it has no
// control characters before the first zero.
func cyrillic(b []byte) (string, bool) {
	head, _, _ := strings.Cut(string(b), "\x00")
	for _, c := range []byte(head) {
		if c < ' ' || c == 0x7F || c == 0x98 { // 98 stands for nothing in this alphabet
			return "", false
		}
	}
	s, err := charmap.Windows1251.NewDecoder().String(head)
	return strings.TrimSpace(s), err == nil
}

// rest is everything that is left, as people write bytes.
func (r *reader) rest() string { return hexString(r.take(len(r.data))) }

// end refuses what is left over.
func (r *reader) end() error {
	if r.err == nil && len(r.data) > 0 {
		r.err = errLength
	}
	return r.err
}

// wall is a time as a register shows it: without a zone, kept in UTC.
type wall = time.Time

// date is a day and at most hour, minute and second in the order that the
// layout names; zeros alone mean "none" and give the zero time.
func (r *reader) date(layout string) wall {
	v := map[rune]int{}
	none := true
	for _, unit := range layout {
		v[unit] = r.byte()
		none = none && v[unit] == 0
	}
	if r.err != nil || none {
		return wall{}
	}
	t := time.Date(2000+v['Y'], time.Month(v['M']), v['D'], v['h'], v['m'], v['s'], 0, time.UTC)
	if v['Y'] > 99 || int(t.Month()) != v['M'] || t.Day() != v['D'] || v['h'] > 23 || v['m'] > 59 || v['s'] > 59 {
		r.keep(errDate)
	}
	return t
}

// The orders in which dates stand: the register's own commands begin with the
// day, those that the drive answers with the year.
const (
	layoutDay     = "DMY"
	layoutMoment  = "DMYhms"
	layoutFN      = "YMDhm"
	layoutFNDay   = "YMD"
	layoutDayTime = "hms"
)

// putTime adds a wall time to fields as the pair date and time; nothing when
// there is none.
func putTime(f map[string]any, t wall, seconds bool) {
	if t.IsZero() {
		return
	}
	f["date"], f["time"] = t.Format(time.DateOnly), t.Format("15:04")
	if seconds {
		f["time"] = t.Format(time.TimeOnly)
	}
}

// inZone gives a wall time the zone that the register stands in.
func inZone(t wall, loc *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, loc)
}

// hexString writes bytes as people who service registers do: "FF 39 00".
func hexString(b []byte) string {
	var s strings.Builder
	for i := range b {
		if i > 0 {
			s.WriteByte(' ')
		}
		s.WriteString(strings.ToUpper(hex.EncodeToString(b[i : i+1])))
	}
	return s.String()
}

// password turns at most eight digits into the four bytes after each command's
// code; "" is the system administrator's usual 30.
func password(s string) ([]byte, error) {
	if s == "" {
		s = "30"
	}
	if len(s) > 8 {
		return nil, fmt.Errorf("shtrih: password has %d digits, at most 8", len(s))
	}
	var n uint32
	for _, c := range s {
		if c < '0' || c > '9' {
			return nil, errors.New("shtrih: password must be digits")
		}
		n = n*10 + uint32(c-'0')
	}
	return binary.LittleEndian.AppendUint32(nil, n), nil
}
