package shtrih

import (
	"bytes"

	"github.com/tillwright/tillwright/internal/ofd"
)

// exchange is the buffer through which a program on a computer carries the
// drive's messages to the OFD and the answers back.
type exchange struct {
	want int // bytes of an answer that is being written
	in   []byte
}

// blockSize is the most that one command carries of a message.
const blockSize = 0xF0

// exchanges are the commands of that buffer.
func exchanges(code uint16) (command, bool) {
	switch code {
	case 0xFF30:
		return command{who: administrator, reads: true, run: throughDrive((*Register).bufferState)}, true
	case 0xFF31:
		return command{who: administrator, min: 3, max: 3, reads: true, run: throughDrive((*Register).bufferRead)}, true
	case 0xFF32:
		return command{who: administrator, min: 2, max: 2, run: throughDrive((*Register).bufferBegin)}, true
	case 0xFF33:
		return command{who: administrator, min: 3, max: 3 + blockSize, run: throughDrive((*Register).bufferWrite)}, true
	default:
		return command{}, false
	}
}

// message is the drive's next message: the oldest document that waits, in its
// container. Nil when nothing waits.
func (r *Register) message() []byte {
	d, waits := r.drive.First()
	if !waits || r.told() && r.canSend() {
		return nil // nothing, or the register sends by itself
	}
	c := ofd.Container{Type: d.Form, Version: 1, Drive: r.drive.Serial, Number: d.Number & 0xFFFFFF, Data: r.fields(d)}
	body, err := c.Append(nil)
	if err != nil {
		return nil // numbers of the bench's own drives always fit
	}
	s := ofd.Session{Version: r.protocol(), Drive: r.drive.Serial, Flags: ofd.FlagContainer | ofd.FlagAnswer, Body: body}
	b, err := s.Append(nil)
	if err != nil {
		return nil
	}
	return b
}

func (r *Register) bufferState(call) ([]byte, byte) {
	return append(le(int64(len(r.message())), 2), blockSize), 0
}

func (r *Register) bufferRead(c call) ([]byte, byte) {
	m, from, n := r.message(), int(unle(c.args[:2])), int(c.args[2])
	if n > blockSize || from+n > len(m) {
		return nil, codeParameters
	}
	return m[from : from+n], 0
}

func (r *Register) bufferBegin(c call) ([]byte, byte) {
	r.ofd = exchange{want: int(unle(c.args))}
	if r.ofd.want == 0 {
		return nil, codeParameters
	}
	return []byte{blockSize}, 0
}

// bufferWrite takes a block of the OFD's answer; the last one confirms the
// document when the answer belongs to it.
func (r *Register) bufferWrite(c call) ([]byte, byte) {
	from, n, block := int(unle(c.args[:2])), int(c.args[2]), c.args[3:]
	if n != len(block) || from != len(r.ofd.in) || from+n > r.ofd.want {
		return nil, codeParameters
	}
	r.ofd.in = append(r.ofd.in, block...)
	if len(r.ofd.in) < r.ofd.want {
		return nil, 0
	}
	answer := r.ofd.in
	r.ofd = exchange{}
	return nil, r.confirm(answer)
}

// confirm takes the OFD's whole answer.
func (r *Register) confirm(answer []byte) byte {
	s, err := ofd.Read(bytes.NewReader(answer))
	if err != nil || s.Drive != r.drive.Serial {
		return codeFNMessage
	}
	c, err := ofd.ParseContainer(s.Body)
	first, waits := r.drive.First()
	if err != nil || c.Type != ofd.TypeOperatorAck || !waits || c.Number != first.Number&0xFFFFFF {
		return codeFNMessage
	}
	r.drive.Confirm(int64(first.Number), r.own())
	return 0
}
