package shtrih

import "bytes"

// table is one of the register's tables: rows of fields.
type table struct {
	number byte
	what   subject
	name   string
	rows   int
	fields []field
}

// field is a number of size bytes between min and max, or a text.
type field struct {
	name     string
	text     bool
	size     int
	min, max int64
}

// cell is a field of a row; rows and fields count from 1.
type cell struct {
	table byte
	row   uint16
	field byte
}

// subject is what a table is about, whatever its number.
type subject byte

const (
	aboutOther subject = iota
	aboutFiscal
	aboutOFD
	aboutExchange
	aboutNetwork
	aboutRegion
)

// about finds a table by what it is about; every register has them all.
func (r *Register) about(what subject) byte {
	for _, t := range r.tables {
		if t.what == what {
			return t.number
		}
	}
	return 0
}

func (r *Register) shape(number byte) (table, bool) {
	for _, t := range r.tables {
		if t.number == number {
			return t, true
		}
	}
	return table{}, false
}

// locate finds a cell's field.
func (r *Register) locate(b []byte) (cell, table, field, byte) {
	at := cell{table: b[0], row: uint16(unle(b[1:3])), field: b[3]}
	t, ok := r.shape(at.table)
	switch {
	case !ok:
		return at, t, field{}, codeTable
	case at.row < 1 || int(at.row) > t.rows || at.field < 1 || int(at.field) > len(t.fields):
		return at, t, field{}, codeParameters
	}
	return at, t, t.fields[at.field-1], 0
}

func (r *Register) readTable(c call) ([]byte, byte) {
	at, t, f, code := r.locate(c.args)
	if code != 0 {
		return nil, code
	}
	return r.value(at, t, f), 0
}

// value is what stands in a cell. What the register knows from elsewhere is
// not kept twice.
func (r *Register) value(at cell, t table, f field) []byte {
	if b := r.live(t.what, at.field, f.size); b != nil {
		return b
	}
	if b, ok := r.cells[at]; ok {
		return b
	}
	if f.text {
		return make([]byte, f.size)
	}
	return le(f.min, f.size)
}

func (r *Register) writeTable(c call) ([]byte, byte) {
	at, t, f, code := r.locate(c.args)
	value := c.args[4:]
	switch {
	case code != 0:
		return nil, code
	case r.receipt.open:
		return nil, codeMode
	case t.what == aboutFiscal || t.what == aboutExchange || t.what == aboutRegion && at.field == fieldFFD:
		return nil, codeField
	case len(value) > f.size:
		return nil, codeLength
	case !f.text && (len(value) != f.size || unle(value) < f.min || unle(value) > f.max):
		return nil, codeParameters
	}
	r.cells[at] = join(value, make([]byte, f.size-len(value)))
	if t.what == aboutOFD && r.ofdHost() != "" {
		r.cured(FaultOFDNotSet)
	}
	if t.what == aboutNetwork && r.ofdOn() {
		r.cured(FaultChannel)
	}
	r.again()
	return nil, 0
}

func (r *Register) tableShape(c call) ([]byte, byte) {
	t, ok := r.shape(c.args[0])
	if !ok {
		return nil, codeTable
	}
	return join(text(t.name, 40), le(int64(t.rows), 2), []byte{byte(len(t.fields))}), 0
}

func (r *Register) fieldShape(c call) ([]byte, byte) {
	t, ok := r.shape(c.args[0])
	switch n := int(c.args[1]); {
	case !ok:
		return nil, codeTable
	case n < 1 || n > len(t.fields):
		return nil, codeParameters
	}
	f := t.fields[c.args[1]-1]
	b := join(text(f.name, 40), []byte{yes(f.text), byte(f.size)})
	if !f.text {
		b = join(b, le(f.min, f.size), le(f.max, f.size))
	}
	return b, 0
}

// The fields that the bench itself looks at.
const (
	fieldHost     = 1  // of the OFD's table
	fieldPort     = 2  // of the OFD's table
	fieldExchange = 2  // of the network's: whether the register sends to the OFD by itself
	fieldFFD      = 17 // of the regional settings
)

func (r *Register) ofdHost() string {
	return string(bytes.TrimRight(r.cells[cell{r.about(aboutOFD), 1, fieldHost}], "\x00"))
}

func (r *Register) ofdPort() int64 { return unle(r.cells[cell{r.about(aboutOFD), 1, fieldPort}]) }

// ofdOn says whether the register sends to the OFD by itself.
func (r *Register) ofdOn() bool {
	return r.cells[cell{r.about(aboutNetwork), 1, fieldExchange}][0] != 0
}

// Formats as a register writes them; 1.1 is 3, 1.05 is 2.
const (
	ffd10 = 1
	ffd12 = 4
)

func (r *Register) ffd() byte {
	switch r.opt.FFD {
	case "1.05":
		return 2
	case "1.1":
		return 3
	default:
		return ffd12
	}
}
