package atol

import "errors"

// The bytes of transport v3. A data or check byte that equals one of the two
// marks is sent as two bytes, so a bare 0xFE always begins a packet.
const (
	frameStart  = 0xFE
	frameEscape = 0xFD
	escapedFE   = 0xEE
	escapedFD   = 0xED
)

// AsyncID is the packet number of what a register sends on its own. Packets of
// the host are numbered 00…LastID and the reply repeats the number.
const (
	AsyncID = 0xF0
	LastID  = 0xDF
)

// MaxData is the longest data of one packet: the length's high byte must stay
// below the escape mark, or a reader could not find the next packet.
const MaxData = frameEscape<<7 - 1

// ErrFrameSize is what Append says of data that no packet can carry.
var ErrFrameSize = errors.New("atol: too much data for one packet")

// Frame is one packet of transport v3. Empty data asks the other side to
// repeat the packet of that number.
type Frame struct {
	ID   byte
	Data []byte
}

// Append appends the packet's bytes to b. It fails only on data longer than
// MaxData.
func (f Frame) Append(b []byte) ([]byte, error) {
	if len(f.Data) > MaxData {
		return b, ErrFrameSize
	}
	b = append(b, frameStart, byte(len(f.Data)&0x7F), byte(len(f.Data)>>7), f.ID)
	for _, c := range f.Data {
		b = appendEscaped(b, c)
	}
	return appendEscaped(b, checkSum(f.ID, f.Data)), nil
}

func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case frameStart:
		return append(b, frameEscape, escapedFE)
	case frameEscape:
		return append(b, frameEscape, escapedFD)
	default:
		return append(b, c)
	}
}

// checkSum is CRC-8 with polynomial 31h and start FFh, not reflected, over the
// packet's number and its data before escaping.
func checkSum(id byte, data []byte) byte {
	crc := crcByte(0xFF, id)
	for _, c := range data {
		crc = crcByte(crc, c)
	}
	return crc
}

func crcByte(crc, c byte) byte {
	crc ^= c
	for range 8 {
		if crc&0x80 != 0 {
			crc = crc<<1 ^ 0x31
		} else {
			crc <<= 1
		}
	}
	return crc
}
