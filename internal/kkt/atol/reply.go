package atol

import (
	"bytes"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// The commands that are not answered in the usual form.
const (
	cmdState     = 0x3F
	cmdMode      = 0x45
	cmdTable     = 0x46
	cmdCash      = 0x4D
	cmdProtected = 0x74
	cmdRegister  = 0x91
	cmdFirmware  = 0x9D
	cmdFN        = 0xA4
	cmdType      = 0xA5
	cmdReboot    = 0xCE
	cmdWriteTag  = 0xE8
	cmdReadTag   = 0xE9
)

// replyStart opens every usual reply.
const replyStart = 0x55

// body takes a reply's data out. A refusal gives a *kkt.RefusalError with the
// register's code; bytes that are no reply to this command give one of the
// errors of bcd.go. The usual form is 55, error code, data; without data, or
// with an error, one more byte follows.
func body(command, reply []byte) ([]byte, error) {
	if len(command) == 0 {
		return nil, octets.BadStart
	}
	if len(reply) == 0 {
		return nil, octets.NoReply
	}
	if start, ok := oddStart(command[0]); ok && reply[0] == start {
		return reply[1:], nil
	}
	switch command[0] {
	case cmdMode:
		return modeBody(reply)
	case cmdType:
		return typeBody(command, reply)
	default:
		return usualBody(command, reply)
	}
}

// oddStart is the first byte of a good reply of the commands that have one of
// their own.
func oddStart(command byte) (byte, bool) {
	switch command {
	case cmdState:
		return 0x44, true
	case cmdCash:
		return 0x4D, true
	case cmdProtected:
		return 0x4C, true
	default:
		return 0, false
	}
}

func usualBody(command, reply []byte) ([]byte, error) {
	if reply[0] != replyStart {
		return nil, octets.BadStart
	}
	if len(reply) < 2 {
		return nil, octets.TooShort
	}
	if reply[1] != 0 {
		return nil, refusal(command, reply[1])
	}
	if _, odd := oddStart(command[0]); odd {
		return nil, octets.BadStart // these never say "done" in the usual form
	}
	return reply[2:], nil
}

// modeBody: the reply to 45 is 55 and two bytes, with no room for an error.
func modeBody(reply []byte) ([]byte, error) {
	switch {
	case reply[0] != replyStart:
		return nil, octets.BadStart
	case len(reply) != 3:
		return nil, octets.WrongLength
	default:
		return reply[1:], nil
	}
}

// typeBody: the reply to A5 begins with the error code itself.
func typeBody(command, reply []byte) ([]byte, error) {
	switch {
	case reply[0] == replyStart && len(reply) == 3 && reply[1] != 0:
		return nil, refusal(command, reply[1])
	case reply[0] != 0 && len(reply) <= 2:
		return nil, refusal(command, reply[0])
	case reply[0] != 0:
		return nil, octets.BadStart
	default:
		return reply[1:], nil
	}
}

func refusal(command []byte, code byte) error {
	return &kkt.RefusalError{Command: bytes.Clone(command), Code: int(code)}
}
