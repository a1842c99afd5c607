package shtrih

import "encoding/binary"

// The marks of framing v2. A bare frameStart can only begin a frame.
const (
	frameStart   = 0x8F
	frameEscape  = 0x9F
	escapedStart = 0x81
	escapedEsc   = 0x83
)

// MaxV2 is the longest message of framing v2 that is sent or taken. The length
// field could say 65533; no register is known to have such messages.
const MaxV2 = 4096

// headV2 is the length's two bytes, which do not count themselves, and the
// number's two, which the length counts.
const headV2 = 4

// FrameV2 is a message of framing v2 with its number. A frame without data asks
// the register for its present number, or tells it.
type FrameV2 struct {
	Number uint16
	Data   []byte
}

// Append appends the frame: 8F, then length, number, data and CRC with 8F and
// 9F inside them escaped.
func (f FrameV2) Append(b []byte) ([]byte, error) {
	if len(f.Data) == 0 || len(f.Data) > MaxV2 {
		return b, errSize
	}
	body := binary.LittleEndian.AppendUint16(nil, uint16(len(f.Data)+2))
	body = binary.LittleEndian.AppendUint16(body, f.Number)
	return escaped(b, append(body, f.Data...)), nil
}

// appendSync appends the frame of length 0, which asks for the present number
// and carries none itself.
func appendSync(b []byte) []byte { return escaped(b, []byte{0, 0}) }

func escaped(b, body []byte) []byte {
	body = binary.LittleEndian.AppendUint16(body, crc16(body))
	b = append(b, frameStart)
	for _, c := range body {
		switch c {
		case frameStart:
			b = append(b, frameEscape, escapedStart)
		case frameEscape:
			b = append(b, frameEscape, escapedEsc)
		default:
			b = append(b, c)
		}
	}
	return b
}

// crc16 is CRC-16/CCITT-FALSE: polynomial 1021, beginning with FFFF.
func crc16(b []byte) uint16 {
	crc := uint16(0xFFFF)
	for _, c := range b {
		crc ^= uint16(c) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

// DecoderV2 takes frames of framing v2 apart byte by byte. Whatever was spoilt,
// it is back in step at the next 8F. The zero DecoderV2 is ready to use; it is
// not safe for concurrent use.
type DecoderV2 struct {
	buf    []byte // unescaped bytes since the start mark
	inside bool
	escape bool
}

// Push takes one byte. The frame, whose data are a copy, comes with Whole
// alone.
func (d *DecoderV2) Push(c byte) (FrameV2, Result) {
	if c == frameStart {
		cut := d.inside && len(d.buf) > 0
		d.inside, d.escape, d.buf = true, false, d.buf[:0]
		if cut {
			return FrameV2{}, Damaged
		}
		return FrameV2{}, More
	}
	if !d.inside {
		return FrameV2{}, More
	}
	c, r := d.unescape(c)
	if r != Whole {
		return FrameV2{}, r
	}
	d.buf = append(d.buf, c)
	return d.finished()
}

func (d *DecoderV2) unescape(c byte) (byte, Result) {
	switch {
	case d.escape && c == escapedStart:
		c = frameStart
	case d.escape && c == escapedEsc:
		c = frameEscape
	case d.escape:
		return 0, d.drop()
	case c == frameEscape:
		d.escape = true
		return 0, More
	}
	d.escape = false
	return c, Whole
}

// finished looks whether the frame is complete. One of length 0 or 2 has no
// data; of length 0 both forms are taken, with a number after it and without.
func (d *DecoderV2) finished() (FrameV2, Result) {
	if len(d.buf) < headV2 {
		return FrameV2{}, More
	}
	n := int(binary.LittleEndian.Uint16(d.buf))
	switch {
	case n == 1 || n > MaxV2+2:
		return FrameV2{}, d.drop()
	case n == 0 && len(d.buf) == headV2 && checked(d.buf):
		d.inside = false
		return FrameV2{}, Whole
	case len(d.buf) < 2+max(n, 2)+2:
		return FrameV2{}, More
	case !checked(d.buf):
		return FrameV2{}, d.drop()
	}
	d.inside = false
	f := FrameV2{Number: binary.LittleEndian.Uint16(d.buf[2:])}
	if n > 2 {
		f.Data = append([]byte(nil), d.buf[headV2:2+n]...)
	}
	return f, Whole
}

// checked says whether the last two bytes are the CRC of those before.
func checked(b []byte) bool {
	end := len(b) - 2
	return crc16(b[:end]) == binary.LittleEndian.Uint16(b[end:])
}

func (d *DecoderV2) drop() Result {
	d.inside, d.escape = false, false
	return Damaged
}
