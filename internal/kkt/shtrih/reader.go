package shtrih

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// errCommand is a command that cannot be read; as octets.Fault, but it is no
// register's doing.
var errCommand = errors.New("command_wrong_length")

// reader reads Cyrillic text besides.
type reader struct{ octets.Reader }

func from(data []byte) reader { return reader{octets.Read(data)} }

// text is text in Windows-1251, ended by the first zero.
func (r *reader) text(n int) string {
	s, ok := cyrillic(r.Take(n))
	if !ok {
		r.Keep(octets.BadValue)
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
