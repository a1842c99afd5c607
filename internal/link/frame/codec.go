// Package frame is the server's side of RFC 6455 (WebSocket) over a connection
// that net/http has handed over: the codec of frames, and a Conn that holds
// next to no memory while nothing comes. Text messages only, no extensions.
//
// It exists because the agents' channel counts its cost in idle connections:
// a buffer is borrowed only while a message is being read or written, and one
// goroutine serves a connection.
package frame

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Op is the kind of a frame (RFC 6455, 5.2).
type Op byte

// The kinds of frame. The numbers between are reserved and refused.
const (
	OpContinuation Op = 0x0
	OpText         Op = 0x1
	OpBinary       Op = 0x2
	OpClose        Op = 0x8
	OpPing         Op = 0x9
	OpPong         Op = 0xA
)

// Control says whether frames of this kind may stand between the fragments of
// a message.
func (o Op) Control() bool { return o&0x8 != 0 }

// Close codes (RFC 6455, 7.4.1).
const (
	CloseNormal      = 1000
	CloseGoingAway   = 1001
	CloseProtocol    = 1002
	CloseUnsupported = 1003 // a binary message
	CloseNoStatus    = 1005 // never sent: the peer's close frame was empty
	CloseInvalidData = 1007 // a text that is not UTF-8
	ClosePolicy      = 1008
	CloseTooBig      = 1009
)

// CloseError is why a connection ends: the code that was sent or came.
type CloseError struct {
	Code   uint16
	Reason string
	Peer   bool // the other side closed
}

// Error is for logs.
func (e *CloseError) Error() string {
	who := "closing"
	if e.Peer {
		who = "peer closed"
	}
	return fmt.Sprintf("frame: %s with %d: %s", who, e.Code, e.Reason)
}

func violation(reason string) error { return &CloseError{Code: CloseProtocol, Reason: reason} }

// Header is the head of one frame.
type Header struct {
	Fin    bool
	Op     Op
	Masked bool
	Mask   [4]byte
	Length int64
}

// MaxHeader is the longest head of a frame in bytes; maxControl the longest
// payload of a control frame.
const (
	MaxHeader  = 14
	maxControl = 125
)

// errShort asks for more bytes.
var errShort = errors.New("frame: more bytes are needed")

// ParseHeader reads the head of a frame and says how many bytes it took. When
// b is too short to hold it, short is true and nothing else is said. A head
// that RFC 6455 forbids is a *CloseError with code 1002.
func ParseHeader(b []byte) (h Header, n int, short bool, err error) {
	if len(b) < 2 {
		return Header{}, 0, true, nil
	}
	h = Header{Fin: b[0]&0x80 != 0, Op: Op(b[0] & 0x0F), Masked: b[1]&0x80 != 0}
	if b[0]&0x70 != 0 {
		return Header{}, 0, false, violation("reserved bits are set")
	}
	h.Length, n, err = parseLength(b)
	if errors.Is(err, errShort) {
		return Header{}, 0, true, nil
	}
	if err == nil {
		err = h.check()
	}
	if err != nil {
		return Header{}, 0, false, err
	}
	if h.Masked {
		if len(b) < n+4 {
			return Header{}, 0, true, nil
		}
		n += copy(h.Mask[:], b[n:n+4])
	}
	return h, n, false, nil
}

// parseLength reads the payload's length, which must be written as short as it
// can be (RFC 6455, 5.2).
func parseLength(b []byte) (length int64, n int, err error) {
	switch short := b[1] & 0x7F; {
	case short < 126:
		return int64(short), 2, nil
	case short == 126 && len(b) >= 4:
		if l := binary.BigEndian.Uint16(b[2:]); l >= 126 {
			return int64(l), 4, nil
		}
	case short == 127 && len(b) >= 10:
		if l := binary.BigEndian.Uint64(b[2:]); l > 0xFFFF && l < 1<<63 {
			return int64(l), 10, nil
		}
	default:
		return 0, 0, errShort
	}
	return 0, 0, violation("the length is not in its shortest form")
}

func (h Header) check() error {
	switch h.Op {
	case OpContinuation, OpText, OpBinary:
		return nil
	case OpClose, OpPing, OpPong:
		if !h.Fin || h.Length > maxControl {
			return violation("a control frame is fragmented or too long")
		}
		return nil
	default:
		return violation("reserved kind of frame")
	}
}

// AppendHeader appends the head of a frame.
func AppendHeader(b []byte, h Header) []byte {
	first, mask := byte(h.Op), byte(0)
	if h.Fin {
		first |= 0x80
	}
	if h.Masked {
		mask = 0x80
	}
	switch {
	case h.Length < 126:
		b = append(b, first, mask|byte(h.Length))
	case h.Length <= 0xFFFF:
		b = binary.BigEndian.AppendUint16(append(b, first, mask|126), uint16(h.Length))
	default:
		b = binary.BigEndian.AppendUint64(append(b, first, mask|127), uint64(h.Length))
	}
	if h.Masked {
		b = append(b, h.Mask[:]...)
	}
	return b
}

// Mask applies the mask to b, whose first byte is the payload's byte at pos.
// Applying it twice gives b back.
func Mask(key [4]byte, pos int, b []byte) {
	var turned [8]byte
	for i := range turned {
		turned[i] = key[(pos+i)&3]
	}
	word := binary.LittleEndian.Uint64(turned[:])
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^word)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= turned[i]
	}
}

// AppendClose appends the payload of a close frame. The reason is cut to what
// a control frame holds.
func AppendClose(b []byte, code uint16, reason string) []byte {
	b = binary.BigEndian.AppendUint16(b, code)
	return append(b, reason[:min(len(reason), maxControl-2)]...)
}

// parseClose reads the payload of a close frame.
func parseClose(b []byte) *CloseError {
	switch {
	case len(b) == 0:
		return &CloseError{Code: CloseNoStatus, Peer: true}
	case len(b) == 1:
		return &CloseError{Code: CloseProtocol, Reason: "a close frame of one byte"}
	}
	code := binary.BigEndian.Uint16(b)
	if !allowedClose(code) {
		return &CloseError{Code: CloseProtocol, Reason: "a close code that may not be sent"}
	}
	return &CloseError{Code: code, Reason: string(b[2:]), Peer: true}
}

// allowedClose keeps to RFC 6455, 7.4.2 and the registry it opened.
func allowedClose(code uint16) bool {
	switch {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014, code >= 3000 && code <= 4999:
		return true
	default:
		return false
	}
}
