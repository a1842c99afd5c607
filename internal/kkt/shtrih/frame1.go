package shtrih

import "errors"

// The control bytes of framing v1.
const (
	ctlSTX  = 0x02
	ctlENQ  = 0x05
	ctlACK  = 0x06
	ctlNAK  = 0x15
	ctlIdle = 0xFF // real registers put it before NAK and after ACK
)

// MaxV1 is the longest message of framing v1: its length is one byte.
const MaxV1 = 255

// errSize is a command that no frame can carry, or an empty one.
var errSize = errors.New("shtrih: the command has no length that a frame can carry")

// AppendV1 appends data as a frame of framing v1: STX, the length, the data
// and their check, the exclusive or of everything from the length on. data is
// a command's code with all its parameters, 1 to MaxV1 bytes.
func AppendV1(b, data []byte) ([]byte, error) {
	if len(data) == 0 || len(data) > MaxV1 {
		return b, errSize
	}
	b = append(b, ctlSTX, byte(len(data)))
	b = append(b, data...)
	return append(b, lrc(data)), nil
}

func lrc(data []byte) byte {
	c := byte(len(data))
	for _, d := range data {
		c ^= d
	}
	return c
}

// Result is what one more byte has completed.
type Result int

// The results of Push.
const (
	More    Result = iota // nothing complete yet
	Whole                 // a good frame
	Damaged               // a frame with a wrong check, length or escape
)

// DecoderV1 takes frames of framing v1 apart byte by byte. Bytes before STX
// belong to nobody. STX may stand inside a frame too, so after a damaged one
// only a pause tells where the next begins: the caller drops what comes until
// then. The zero DecoderV1 is ready to use; it is not safe for concurrent use.
type DecoderV1 struct {
	buf    []byte // length and data so far
	inside bool
}

// Inside says whether a frame has begun and is not finished.
func (d *DecoderV1) Inside() bool { return d.inside }

// Push takes one byte. The data, which are a copy, come with Whole alone.
func (d *DecoderV1) Push(c byte) ([]byte, Result) {
	switch {
	case !d.inside:
		d.inside, d.buf = c == ctlSTX, d.buf[:0]
		return nil, More
	case len(d.buf) == 0 && c == 0:
		d.inside = false // no message is empty
		return nil, Damaged
	case len(d.buf) == 0 || len(d.buf) < 1+int(d.buf[0]):
		d.buf = append(d.buf, c)
		return nil, More
	}
	d.inside = false
	data := append([]byte(nil), d.buf[1:]...)
	if lrc(data) != c {
		return nil, Damaged
	}
	return data, Whole
}
