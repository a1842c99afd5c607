package picture

import (
	"encoding/binary"
	"image"
)

// Turn is how a stored picture must be held, by the numbers of the EXIF tag
// 0x0112 (JEITA CP-3451): 1 is upright, 3 on its head, 6 and 8 on its sides,
// the even ones and 5, 7 mirrored as well.
type Turn int

// Upright is a picture that is stored as it is seen.
const Upright Turn = 1

// sideways says whether width and height change places.
func (t Turn) sideways() bool { return t >= 5 && t <= 8 }

// source is where the pixel that is seen at (x, y) is stored in a picture of
// the stored size w × h.
func (t Turn) source(x, y, w, h int) (int, int) {
	switch t {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	default:
		return x, y
	}
}

// Size is the picture's size as it is seen.
func (in Info) Size() image.Point {
	if in.Turn.sideways() {
		return image.Pt(in.Height, in.Width)
	}
	return image.Pt(in.Width, in.Height)
}

// jpegHead walks a JPEG's segments up to its pixels.
func jpegHead(data []byte) (progressive bool, turn Turn) {
	turn = Upright
	for at := 2; at+4 <= len(data) && data[at] == 0xFF; {
		marker, size := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
		if marker == 0xFF { // a byte that fills
			at++
			continue
		}
		if size < 2 || at+2+size > len(data) || marker == 0xDA {
			break
		}
		body := data[at+4 : at+2+size]
		switch marker {
		case 0xC2:
			progressive = true
		case 0xE1:
			if t, ok := exifTurn(body); ok {
				turn = t
			}
		}
		at += 2 + size
	}
	return progressive, turn
}

// exifTurn reads the tag of orientation in the first directory of an EXIF
// block.
func exifTurn(b []byte) (Turn, bool) {
	const mark = "Exif\x00\x00"
	if len(b) < len(mark)+8 || string(b[:len(mark)]) != mark {
		return 0, false
	}
	b = b[len(mark):]
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	at := uint64(order.Uint32(b[4:]))
	if at+2 > uint64(len(b)) {
		return 0, false
	}
	n := uint64(order.Uint16(b[at:]))
	for i := range n {
		e := at + 2 + 12*i
		if e+12 > uint64(len(b)) {
			return 0, false
		}
		if order.Uint16(b[e:]) == 0x0112 {
			t := Turn(order.Uint16(b[e+8:]))
			return t, t >= 1 && t <= 8
		}
	}
	return 0, false
}

// webpSize reads width and height of the three forms of a WebP (RFC 9649,
// section 2).
func webpSize(b []byte) (w, h int, ok bool) {
	const head = 30
	if len(b) < head {
		return 0, 0, false
	}
	three := func(at int) int { return int(b[at]) | int(b[at+1])<<8 | int(b[at+2])<<16 }
	switch string(b[12:16]) {
	case "VP8X":
		return three(24) + 1, three(27) + 1, true
	case "VP8L":
		bits := binary.LittleEndian.Uint32(b[21:])
		return int(bits&0x3FFF) + 1, int(bits>>14&0x3FFF) + 1, b[20] == 0x2F
	case "VP8 ":
		return int(binary.LittleEndian.Uint16(b[26:]) & 0x3FFF), int(binary.LittleEndian.Uint16(b[28:]) & 0x3FFF), true
	}
	return 0, 0, false
}
