package ffd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// What bounds a document: a drive takes 30 KiB of receipt, 2 KiB of anything
// else; five levels are more than any document has.
const (
	MaxDocument = 32 << 10
	maxDepth    = 5
)

// ErrTLV is what every mistake in a document's bytes or fields wraps. The
// error's text names tag and place.
var ErrTLV = errors.New("ffd: not a document")

// Field is one value of a document. One of the values is set, by the tag's
// kind; an unknown tag has its bytes in Raw alone.
type Field struct {
	Tag    uint16
	Num    uint64 // u8 u16 u32 bits vln, the digits of fvln, seconds of unix
	Places uint8  // of fvln
	Text   string
	Raw    []byte // bytes, and every unknown tag
	Fields []Field
}

// Time is the instant of a unix field. The format writes the clock on the wall
// as if it were UTC.
func (f *Field) Time() time.Time { return time.Unix(int64(f.Num), 0).UTC() }

// Decode reads the fields of a document.
func Decode(b []byte) ([]Field, error) {
	if len(b) > MaxDocument {
		return nil, fmt.Errorf("%w: %d bytes", ErrTLV, len(b))
	}
	return decode(b, 0, 0)
}

func decode(b []byte, at, depth int) ([]Field, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%w: more than %d levels at byte %d", ErrTLV, maxDepth, at)
	}
	var out []Field
	for len(b) > 0 {
		if len(b) < 4 {
			return nil, fmt.Errorf("%w: a field breaks off at byte %d", ErrTLV, at)
		}
		tag, n := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if n > len(b)-4 {
			return nil, fmt.Errorf("%w: tag %d at byte %d announces %d bytes, %d are left", ErrTLV, tag, at, n, len(b)-4)
		}
		f, err := decodeField(tag, b[4:4+n], at+4, depth)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
		b, at = b[4+n:], at+4+n
	}
	return out, nil
}

func decodeField(tag uint16, v []byte, at, depth int) (f Field, err error) {
	f.Tag = tag
	d, known := Known(tag)
	if !known {
		f.Raw = append([]byte{}, v...)
		return f, nil
	}
	if d.Length > 0 && len(v) > d.Length {
		return f, fmt.Errorf("%w: tag %d at byte %d has %d bytes, at most %d", ErrTLV, tag, at, len(v), d.Length)
	}
	switch d.Kind {
	case STLV:
		f.Fields, err = decode(v, at, depth+1)
	case Bytes:
		f.Raw = append([]byte{}, v...)
	case Text:
		f.Text, err = charmap.CodePage866.NewDecoder().String(string(v))
	case FVLN:
		if len(v) < 2 {
			return f, fmt.Errorf("%w: tag %d at byte %d is too short", ErrTLV, tag, at)
		}
		f.Places, v = v[0], v[1:]
		fallthrough
	default:
		if f.Num, err = number(d.Kind, v); err != nil {
			err = fmt.Errorf("%w: tag %d at byte %d: %d bytes for %s", ErrTLV, tag, at, len(v), d.Kind)
		}
	}
	return f, err
}

// size is the length of a number of fixed length, 0 for those of any.
func size(k Kind) int {
	switch k {
	case U8, Bits8:
		return 1
	case U16:
		return 2
	case U32, Bits32, Unix:
		return 4
	default:
		return 0
	}
}

func number(k Kind, v []byte) (n uint64, err error) {
	want := size(k)
	if len(v) == 0 || len(v) > 8 || want != 0 && len(v) != want {
		return 0, ErrTLV
	}
	for i := len(v) - 1; i >= 0; i-- {
		n = n<<8 | uint64(v[i])
	}
	return n, nil
}

// Encode writes the fields of a document. It refuses what no reader could take
// for what was meant: a text that CP866 cannot write, a number too long for its
// tag, a value of another kind.
func Encode(fields []Field) ([]byte, error) {
	b, err := encode(nil, fields, 0)
	if err == nil && len(b) > MaxDocument {
		err = fmt.Errorf("%w: %d bytes", ErrTLV, len(b))
	}
	return b, err
}

func encode(b []byte, fields []Field, depth int) ([]byte, error) {
	if depth > maxDepth {
		return b, fmt.Errorf("%w: more than %d levels", ErrTLV, maxDepth)
	}
	for i := range fields {
		f := &fields[i]
		v, err := encodeField(f, depth)
		if err != nil {
			return b, err
		}
		if d, known := Known(f.Tag); len(v) > 0xFFFF || known && d.Length > 0 && len(v) > d.Length {
			return b, fmt.Errorf("%w: tag %d would have %d bytes", ErrTLV, f.Tag, len(v))
		}
		b = binary.LittleEndian.AppendUint16(b, f.Tag)
		b = binary.LittleEndian.AppendUint16(b, uint16(len(v)))
		b = append(b, v...)
	}
	return b, nil
}

func encodeField(f *Field, depth int) ([]byte, error) {
	d, known := Known(f.Tag)
	switch {
	case !known || d.Kind == Bytes:
		return f.Raw, nil
	case d.Kind == STLV:
		return encode(nil, f.Fields, depth+1)
	case d.Kind == Text:
		v, err := charmap.CodePage866.NewEncoder().String(f.Text)
		if err != nil {
			return nil, fmt.Errorf("%w: tag %d cannot be written: %q", ErrTLV, f.Tag, f.Text)
		}
		return []byte(v), nil
	}
	n := size(d.Kind)
	if n != 0 && f.Num>>(8*n) != 0 {
		return nil, fmt.Errorf("%w: tag %d: %d is too great for %s", ErrTLV, f.Tag, f.Num, d.Kind)
	}
	var v []byte
	if d.Kind == FVLN {
		v = append(v, f.Places)
	}
	for rest := f.Num; ; {
		v = append(v, byte(rest))
		rest >>= 8
		if n == 0 && rest == 0 || n != 0 && len(v) == n {
			return v, nil
		}
	}
}

// Find is the first field of a tag; nil when there is none.
func Find(fields []Field, tag uint16) *Field {
	for i := range fields {
		if fields[i].Tag == tag {
			return &fields[i]
		}
	}
	return nil
}

// All are the fields of a tag.
func All(fields []Field, tag uint16) []*Field {
	var list []*Field
	for i := range fields {
		if fields[i].Tag == tag {
			list = append(list, &fields[i])
		}
	}
	return list
}

// Trimmed is a text without the blanks that fixed texts are filled up with.
func (f *Field) Trimmed() string { return strings.TrimRight(f.Text, " ") }
