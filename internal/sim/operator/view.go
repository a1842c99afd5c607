package operator

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/i18n"
)

// Paper is a document as people and programs read it.
type Paper struct {
	Drive    string    `json:"drive"`
	Number   uint32    `json:"number"`
	Form     uint8     `json:"form"`
	Name     string    `json:"name"`
	At       string    `json:"at"`   // the clock on the register's wall: 2026-03-10 15:04:00
	Sign     uint32    `json:"sign"` // drawn by a bench: it proves nothing
	Kind     uint8     `json:"kind,omitempty"`
	KindName string    `json:"kindName,omitempty"`
	Sum      int64     `json:"sum,omitempty"` // kopecks
	Received time.Time `json:"received"`
	Repeats  int       `json:"repeats"`
	Findings []string  `json:"findings"` // what the format's check finds wrong with it
	Fields   []Line    `json:"fields"`
	TLV      string    `json:"tlv"` // hex
}

// Line is one field with its name.
type Line struct {
	Tag    uint16 `json:"tag"`
	Name   string `json:"name"`
	Value  string `json:"value,omitempty"`
	Fields []Line `json:"fields,omitempty"`
}

// paper decodes a document.
func paper(v i18n.Voice, d Document) Paper {
	fields, found := d.Fields()
	p := Paper{
		Drive: d.Drive, Number: d.Number, Form: d.Form, Name: v.Or(ffd.Key(uint16(d.Form)), strconv.Itoa(int(d.Form))), At: d.At.Format(time.DateTime),
		Sign: d.Sign, Kind: d.Kind, Sum: d.Sum, Received: d.Received, Repeats: d.Repeats, Findings: []string{}, Fields: lines(v, fields),
		TLV: strings.ToUpper(hex.EncodeToString(d.Data)),
	}
	if d.Kind != 0 {
		p.KindName = v.Or("sim.ofd.kind."+strconv.Itoa(int(d.Kind)), strconv.Itoa(int(d.Kind)))
	}
	for _, f := range found {
		pairs := []any{"tag", strconv.Itoa(int(f.Tag))}
		for k, s := range f.Args {
			pairs = append(pairs, k, s)
		}
		p.Findings = append(p.Findings, v.T(f.Key(), pairs...))
	}
	return p
}

func lines(v i18n.Voice, fields []ffd.Field) []Line {
	out := make([]Line, 0, len(fields))
	for i := range fields {
		f := &fields[i]
		l := Line{Tag: f.Tag, Name: v.Or(ffd.Key(f.Tag), "")}
		if d, known := ffd.Known(f.Tag); known && d.Kind == ffd.STLV {
			l.Fields = lines(v, f.Fields)
		} else {
			l.Value = value(f)
		}
		out = append(out, l)
	}
	return out
}

// value writes a field so that people can read it.
func value(f *ffd.Field) string {
	d, known := ffd.Known(f.Tag)
	switch {
	case !known || d.Kind == ffd.Bytes:
		return fmt.Sprintf("% X", f.Raw)
	case d.Kind == ffd.Text:
		return f.Trimmed()
	case d.Kind == ffd.Unix:
		return f.Time().Format(time.DateTime)
	case d.Kind == ffd.FVLN:
		return point(f.Num, int(f.Places))
	case d.Kind == ffd.VLN: // all of them are sums of kopecks
		return point(f.Num, 2)
	default:
		return strconv.FormatUint(f.Num, 10)
	}
}

// point is a number of so many decimal places. A document may say any number
// of them; more than a number has digits are not written out.
func point(n uint64, places int) string {
	if places == 0 || places > 20 {
		return strconv.FormatUint(n, 10)
	}
	s := fmt.Sprintf("%0*d", places+1, n)
	return s[:len(s)-places] + "." + s[len(s)-places:]
}
