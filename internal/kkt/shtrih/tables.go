package shtrih

import (
	"encoding/binary"
	"strconv"

	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// The tables that are read, as registers number them. Registers on the maker's
// cash core number the first two otherwise; see layout.
const (
	tableRegional = 17
	tableFN       = 18
	tableOFD      = 19
	tableExchange = 20
	tableNetwork  = 21
)

// The fields that are read.
const (
	fieldSerial   = 1 // of tableFN
	fieldHost     = 1 // of tableOFD
	fieldPort     = 2
	fieldFFD      = 17 // of tableRegional
	fieldFNAnswer = 6  // of tableExchange: the drive's last word on a receipt
	fieldAnswer   = 7  // the operator's last answer
	fieldPPP      = 1  // of tableNetwork
	fieldOFDMode  = 2
	fieldWiFi     = 6
	fieldRNDIS    = 9
)

// readCell is the command that reads a table's field in its first row.
func readCell(table, field byte) []byte { return []byte{cmdReadTable, table, 1, 0, field} }

// tableStructure is the reply to 2D.
type tableStructure struct {
	name         string
	rows, fields int64
}

func parseTable(data []byte) (tableStructure, error) {
	r := from(data)
	t := tableStructure{name: r.text(40), rows: r.Int(2), fields: r.Int(1)}
	return t, r.End()
}

// fieldStructure is the reply to 2E: what a field is called, whether it is a
// text, how many bytes it has, and the bounds of a number.
type fieldStructure struct {
	name           string
	text           bool
	size           int
	lowest, utmost int64
}

func parseField(data []byte) (fieldStructure, error) {
	r := from(data)
	f := fieldStructure{name: r.text(40)}
	kind := r.Byte()
	f.text, f.size = kind == 1, r.Byte()
	switch {
	case r.Err() != nil:
	case kind > 1, !f.text && f.size > 8:
		r.Keep(octets.BadValue)
	case !f.text:
		f.lowest, f.utmost = r.Int(f.size), r.Int(f.size)
	default:
		r.Take(r.Left()) // bounds mean nothing for a text; registers differ in whether they send any
	}
	return f, r.End()
}

// cellNumber reads a field that holds a number.
func cellNumber(data []byte) (int64, error) {
	if len(data) == 0 || len(data) > 8 {
		return 0, octets.WrongLength
	}
	r := from(data)
	return r.Int(len(data)), r.End()
}

// cellText reads a field that holds a text.
func cellText(data []byte) (string, error) {
	s, ok := cyrillic(data)
	if !ok {
		return "", octets.BadValue
	}
	return s, nil
}

// cellValue writes a field whose type is not known: short ones are numbers, long
// ones texts where they can be, bytes otherwise.
func cellValue(data []byte) string {
	if len(data) <= 4 {
		var b [8]byte
		copy(b[:], data)
		return strconv.FormatUint(binary.LittleEndian.Uint64(b[:]), 10)
	}
	if s, ok := cyrillic(data); ok {
		return s
	}
	return octets.Hex(data)
}

// ffdName is the format that a number in the regional settings stands for. 4 is
// read off a register of 2026 that works in 1.2; the others are counted from it.
func ffdName(n int64) string {
	switch n {
	case 1:
		return "1.0"
	case 2:
		return "1.05"
	case 3:
		return "1.1"
	case 4:
		return "1.2"
	default:
		return ""
	}
}
