package shtrih

import "encoding/binary"

// The control bytes of both framings.
const (
	markV1 = 0x02
	enq    = 0x05
	ack    = 0x06
	nak    = 0x15
	markV2 = 0x8F
	escape = 0x9F
	filler = 0xFF

	escapedMark   = 0x81
	escapedEscape = 0x83
)

// maxV2 bounds what a frame of the second framing may announce.
const maxV2 = 2048

// frameV1 is a message between its mark, its length and its check.
func frameV1(message []byte) []byte {
	b := append([]byte{markV1, byte(len(message))}, message...)
	return append(b, check(b[1:]))
}

// check is the exclusive or of all bytes.
func check(b []byte) byte {
	var sum byte
	for _, c := range b {
		sum ^= c
	}
	return sum
}

// frameV2 is a message with its number. Without a message it only tells the
// number.
func frameV2(number uint16, message []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(len(message)+2))
	b = binary.LittleEndian.AppendUint16(b, number)
	b = append(b, message...)
	b = binary.LittleEndian.AppendUint16(b, crc(b))
	out := []byte{markV2}
	for _, c := range b {
		switch c {
		case markV2:
			out = append(out, escape, escapedMark)
		case escape:
			out = append(out, escape, escapedEscape)
		default:
			out = append(out, c)
		}
	}
	return out
}

// crc is CRC-16/CCITT-FALSE: polynomial 1021h, from FFFFh, not reflected.
func crc(b []byte) uint16 {
	sum := uint16(0xFFFF)
	for _, c := range b {
		sum ^= uint16(c) << 8
		for range 8 {
			carry := sum&0x8000 != 0
			sum <<= 1
			if carry {
				sum ^= 0x1021
			}
		}
	}
	return sum
}
