package ofd

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// containerHead is the length of a container's header.
const containerHead = 32

// containerMark stands in every container's header.
const containerMark = 0xA5

// Document types of a container that are not receipts; the others are those of
// the fiscal documents themselves.
const TypeOperatorAck = 7

// Container is what a drive sends, or an operator answers: one fiscal document.
// Data are its TLV where nobody enciphered it, that is between test programs.
type Container struct {
	Type    byte
	Version byte   // 1
	Extra   uint16 // as sent, meaning unknown
	Drive   string // 16 digits
	Number  uint32 // of the fiscal document, at most 24 bits
	Tail    [12]byte
	Data    []byte
}

// What may be wrong with a container.
var (
	ErrContainer = errors.New("ofd: not a container")
	ErrChecksum  = errors.New("ofd: the container's checksum is wrong")
	ErrNumber    = errors.New("ofd: a document's number has 24 bits")
)

// Append writes the container with its length and checksum.
func (c *Container) Append(b []byte) ([]byte, error) {
	drive, err := packDrive(c.Drive)
	if err != nil {
		return b, err
	}
	if c.Number >= 1<<24 {
		return b, ErrNumber
	}
	size := containerHead + len(c.Data)
	if size > MaxBody {
		return b, ErrTooLong
	}
	at := len(b)
	b = binary.LittleEndian.AppendUint16(b, uint16(size))
	b = append(b, 0, 0, containerMark, c.Type, c.Version)
	b = binary.LittleEndian.AppendUint16(b, c.Extra)
	b = append(b, drive[:]...)
	b = append(b, byte(c.Number>>16), byte(c.Number>>8), byte(c.Number))
	b = append(b, c.Tail[:]...)
	b = append(b, c.Data...)
	binary.LittleEndian.PutUint16(b[at+2:], containerCRC(b[at:]))
	return b, nil
}

// ParseContainer reads a container that fills b.
func ParseContainer(b []byte) (c Container, err error) {
	if len(b) < containerHead {
		return c, fmt.Errorf("%w: %d bytes", ErrContainer, len(b))
	}
	if int(binary.LittleEndian.Uint16(b)) != len(b) {
		return c, fmt.Errorf("%w: %d bytes, announced %d", ErrContainer, len(b), binary.LittleEndian.Uint16(b))
	}
	if b[4] != containerMark {
		return c, fmt.Errorf("%w: the mark is %02X", ErrContainer, b[4])
	}
	if sum := containerCRC(b); sum != binary.LittleEndian.Uint16(b[2:]) {
		return c, fmt.Errorf("%w: %04X, should be %04X", ErrChecksum, binary.LittleEndian.Uint16(b[2:]), sum)
	}
	if c.Drive, err = unpackDrive(b[9:17]); err != nil {
		return c, err
	}
	c.Type, c.Version, c.Extra = b[5], b[6], binary.LittleEndian.Uint16(b[7:])
	c.Number = uint32(b[17])<<16 | uint32(b[18])<<8 | uint32(b[19])
	c.Tail, c.Data = [12]byte(b[20:32]), b[32:]
	return c, nil
}

// containerCRC leaves out the place of the checksum itself.
func containerCRC(b []byte) uint16 { return crc16(crc16(0xFFFF, b[:2]), b[4:]) }

// crc16 is CRC-16/CCITT-FALSE: polynomial 1021h, not reflected.
func crc16(crc uint16, b []byte) uint16 {
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

func packDrive(s string) (b [8]byte, err error) {
	if len(s) != 16 {
		return b, ErrDrive
	}
	for i := range 16 {
		d := s[i] - '0'
		if d > 9 {
			return b, fmt.Errorf("%w, all digits: %q", ErrDrive, s)
		}
		b[i/2] = b[i/2]<<4 | d
	}
	return b, nil
}

func unpackDrive(b []byte) (string, error) {
	s := make([]byte, 0, 16)
	for _, c := range b {
		if c>>4 > 9 || c&15 > 9 {
			return "", fmt.Errorf("%w: its drive's number is % X", ErrContainer, b)
		}
		s = append(s, '0'+c>>4, '0'+c&15)
	}
	return string(s), nil
}
