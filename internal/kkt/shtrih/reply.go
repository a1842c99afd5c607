package shtrih

import (
	"bytes"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// body takes a reply's data out: what stands after the command's code and the
// error byte. A refusal gives a *kkt.RefusalError with the register's code;
// bytes that are no reply to this command give one of the errors of reader.go.
func body(command, reply []byte) ([]byte, error) {
	switch {
	case len(command) == 0:
		return nil, octets.BadStart
	case len(reply) == 0:
		return nil, octets.NoReply
	}
	code := command[:codeLength(command)]
	rest, ok := bytes.CutPrefix(reply, code)
	if !ok && code[0] == cmdService && reply[0] == cmdService {
		rest, ok = reply[1:], true
	}
	switch {
	case !ok && bytes.HasPrefix(code, reply):
		return nil, octets.TooShort
	case !ok && bareError(reply):
		return nil, refusal(command, reply[0])
	case !ok:
		return nil, octets.BadStart
	case len(rest) == 0:
		return nil, octets.TooShort
	case rest[0] != 0:
		return nil, refusal(command, rest[0])
	}
	return rest[1:], nil
}

func refusal(command []byte, code byte) error {
	return &kkt.RefusalError{Command: bytes.Clone(command), Code: int(code)}
}

// unwrapped takes a message out of the frame that a person copied with it, in
// either framing. Bytes that are no whole frame stay as they are.
func unwrapped(b []byte) []byte {
	var v1 DecoderV1
	var v2 DecoderV2
	for i, c := range b {
		if data, r := v1.Push(c); i == len(b)-1 && r == Whole && b[0] == ctlSTX {
			return data
		}
		if f, r := v2.Push(c); i == len(b)-1 && r == Whole && b[0] == frameStart {
			return f.Data
		}
	}
	return b
}
