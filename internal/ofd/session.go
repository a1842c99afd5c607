package ofd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// HeaderSize is the length of a session header.
const HeaderSize = 30

// MaxBody bounds the body that a header may announce: a drive's container has
// at most 32 KiB.
const MaxBody = 32 << 10

// The marks of a session.
var (
	signature = [4]byte{0x2A, 0x08, 0x41, 0x0A}
	transport = [2]byte{0x81, 0xA2} // the only S-protocol there is
)

// The flags of a session.
const (
	FlagContainer = 0x0004 // a container follows the header
	FlagAnswer    = 0x0010 // an answer is wanted
)

// Session is one message with its header. All numbers on the wire are little
// endian.
type Session struct {
	Version [2]byte // A-protocol, that is the format: 00 01, 00 02, 01 00, 01 05, 01 10
	Drive   string  // number of the fiscal drive, 16 characters
	Flags   uint16
	CRC     uint16 // as sent; nobody is known to use it, 0 is usual
	Body    []byte // the container, empty when the header stands alone
}

// What may be wrong with a session.
var (
	ErrSignature = errors.New("ofd: not a session: the signature is another one")
	ErrTransport = errors.New("ofd: an unknown transport")
	ErrTooLong   = errors.New("ofd: the body is longer than a drive's message may be")
	ErrDrive     = errors.New("ofd: a drive's number has 16 characters")
)

// Append writes the session. It fails only on a drive's number or a body that
// no header can carry.
func (s *Session) Append(b []byte) ([]byte, error) {
	if len(s.Drive) != 16 {
		return b, ErrDrive
	}
	if len(s.Body) > MaxBody {
		return b, ErrTooLong
	}
	b = append(b, signature[:]...)
	b = append(b, transport[:]...)
	b = append(b, s.Version[:]...)
	b = append(b, s.Drive...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(s.Body)))
	b = binary.LittleEndian.AppendUint16(b, s.Flags)
	b = binary.LittleEndian.AppendUint16(b, s.CRC)
	return append(b, s.Body...), nil
}

// ParseHeader reads a header and tells how long the body after it is.
func ParseHeader(b []byte) (s Session, body int, err error) {
	switch {
	case len(b) < HeaderSize:
		return s, 0, fmt.Errorf("ofd: a header has %d bytes: %w", HeaderSize, io.ErrUnexpectedEOF)
	case [4]byte(b[:4]) != signature:
		return s, 0, ErrSignature
	case [2]byte(b[4:6]) != transport:
		return s, 0, ErrTransport
	}
	s.Version, s.Drive = [2]byte(b[6:8]), string(b[8:24])
	body = int(binary.LittleEndian.Uint16(b[24:]))
	s.Flags, s.CRC = binary.LittleEndian.Uint16(b[26:]), binary.LittleEndian.Uint16(b[28:])
	if body > MaxBody {
		return s, 0, ErrTooLong
	}
	return s, body, nil
}

// Read takes one session off a connection. io.EOF means that the other side
// ended before the first byte.
func Read(r io.Reader) (Session, error) {
	var head [HeaderSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return Session{}, err
	}
	s, n, err := ParseHeader(head[:])
	if err != nil || n == 0 {
		return s, err
	}
	s.Body = make([]byte, n)
	if _, err := io.ReadFull(r, s.Body); err != nil {
		return s, fmt.Errorf("ofd: the body broke off: %w", errors.Join(err, io.ErrUnexpectedEOF))
	}
	return s, nil
}
