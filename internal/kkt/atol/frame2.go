package atol

// The control bytes of transport v2, the older one for serial lines.
const (
	ctlSTX = 0x02
	ctlETX = 0x03
	ctlEOT = 0x04
	ctlENQ = 0x05
	ctlACK = 0x06
	ctlDLE = 0x10
	ctlNAK = 0x15
)

// MaxData2 bounds the data of a v2 frame, so that a line full of noise cannot
// fill the memory. Real replies stay far below it.
const MaxData2 = 4096

// AppendV2 appends the v2 frame of data to b: 02, data with 10 put before
// every 10 and 03, 03, and the XOR of all bytes after the first, escapes and
// the closing 03 included.
func AppendV2(b, data []byte) []byte {
	b = append(b, ctlSTX)
	var sum byte
	put := func(c byte) { b, sum = append(b, c), sum^c }
	for _, c := range data {
		if c == ctlDLE || c == ctlETX {
			put(ctlDLE)
		}
		put(c)
	}
	put(ctlETX)
	return append(b, sum)
}

// Decoder2 takes v2 frames apart byte by byte. What stands before a frame's
// 02 is left to the caller: those are the single control bytes of the talk.
// The zero Decoder2 is ready to use.
type Decoder2 struct {
	data   []byte
	sum    byte
	inside bool
	escape bool
	ended  bool
}

// Inside says whether a frame has begun and is not complete.
func (d *Decoder2) Inside() bool { return d.inside }

// Push takes one byte. Data is valid only with Whole and is a copy. Bytes
// outside a frame other than 02 give More and are forgotten.
func (d *Decoder2) Push(c byte) (data []byte, r Result) {
	if !d.inside {
		if c == ctlSTX {
			*d = Decoder2{inside: true, data: d.data[:0]}
		}
		return nil, More
	}
	if d.ended {
		d.inside = false
		if c != d.sum {
			return nil, Damaged
		}
		return append([]byte(nil), d.data...), Whole
	}
	d.sum ^= c
	switch {
	case !d.escape && c == ctlDLE:
		d.escape = true
	case !d.escape && c == ctlETX:
		d.ended = true
	case len(d.data) == MaxData2:
		d.inside = false
		return nil, Damaged
	default:
		d.escape = false
		d.data = append(d.data, c)
	}
	return nil, More
}
