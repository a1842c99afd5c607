package shtrih

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"time"

	"github.com/tillwright/tillwright/internal/sim"
)

// byteWait is how long the register waits for the next byte of a frame. The
// protocol has 50 ms; a bench on a loaded machine is more patient, but less than
// clients are with an ENQ, or each of theirs would be taken for the next byte.
const byteWait = 150 * time.Millisecond

// port is one place to talk at and what it remembers between connections.
type port struct {
	register *Register
	restarts int // of the register, when it remembered

	pending []byte // first framing: the answer's frame until it is acknowledged

	started bool // second framing: a number has been heard
	number  uint16
	message []byte
	answer  []byte
}

// Talk speaks both framings until the client leaves.
func (p *port) Talk(line sim.Line, idle time.Duration) {
	t := &talk{port: p, line: line, idle: idle}
	for {
		c, ok, err := t.next(idle)
		if err != nil || !ok || t.turn(c) != nil {
			return
		}
	}
}

// forget drops what a restart has wiped.
func (p *port) forget() {
	if now := p.register.power(); now != p.restarts {
		*p = port{register: p.register, restarts: now}
	}
}

// talk is the conversation with one client.
type talk struct {
	*port
	line sim.Line
	idle time.Duration
	in   []byte
	room [512]byte
}

var errHungUp = errors.New("sim: the register hung up")

// turn answers what begins with a byte. Junk before a frame is skipped.
func (t *talk) turn(c byte) error {
	t.forget()
	switch c {
	case enq:
		return t.enquiry()
	case ack:
		t.pending = nil
		return nil
	case markV1:
		return t.first()
	case markV2:
		return t.second()
	default:
		return nil // a NAK too: who wants the answer again asks with ENQ
	}
}

// enquiry says whether an answer waits, and says it again if one does.
func (t *talk) enquiry() error {
	if t.register.isOn(FaultNAKStorm) {
		if err := t.write(bytes.Repeat([]byte{nak}, t.register.draw(4))); err != nil {
			return err
		}
	}
	if t.pending == nil {
		return t.control(nak)
	}
	if err := t.control(ack); err != nil {
		return err
	}
	return t.write(t.pending)
}

// control writes a control byte, with the filler of some devices.
func (t *talk) control(c byte) error {
	switch {
	case !t.register.opt.Fill:
		return t.write([]byte{c})
	case c == nak:
		return t.write([]byte{filler, c})
	default:
		return t.write([]byte{c, filler})
	}
}

// first takes a frame of the first framing after its mark.
func (t *talk) first() error {
	size, ok, err := t.next(byteWait)
	if err != nil || !ok || size == 0 {
		return err
	}
	b := []byte{size}
	for len(b) < int(size)+2 {
		c, ok, err := t.next(byteWait)
		if err != nil || !ok {
			return err
		}
		b = append(b, c)
	}
	message := b[1 : len(b)-1]
	if check(b[:len(b)-1]) != b[len(b)-1] || t.register.isOn(FaultNAKStorm) && !t.register.chance(3) {
		return t.write([]byte{nak})
	}
	if err := t.control(ack); err != nil {
		return err
	}
	t.pending = nil
	done := t.register.execute(message)
	if done.reply == nil {
		return errHungUp
	}
	t.pending = frameV1(done.reply)
	return t.last(t.write(t.pending), done)
}

// last hangs up after a restart; the client has its answer.
func (t *talk) last(err error, done result) error {
	if err == nil && done.hangUp {
		return errHungUp
	}
	return err
}

// second takes a frame of the second framing after its mark.
func (t *talk) second() error {
	b, err := t.unescaped()
	if err != nil || b == nil {
		return err
	}
	if len(b) == 2 { // asks for the number: a client begins anew
		t.started, t.number, t.message, t.answer = true, 1, nil, nil
		return t.write(frameV2(t.number, nil))
	}
	number, message := binary.LittleEndian.Uint16(b[2:]), b[4:]
	if len(message) == 0 || t.register.isOn(FaultNAKStorm) && !t.register.chance(3) {
		return nil
	}
	again := t.started && number == t.number
	switch {
	case again && bytes.Equal(message, t.message):
		return t.write(t.answer)
	case t.register.opt.Strict && t.started && (again && t.message != nil || !again && number != t.number+1):
		return t.write(frameV2(t.number, nil))
	}
	return t.carryOut(number, message)
}

// carryOut does what a numbered message wants and keeps the answer.
func (t *talk) carryOut(number uint16, message []byte) error {
	done := t.register.execute(message)
	if done.reply == nil {
		return errHungUp
	}
	reply := done.reply
	if done.bare != nil && t.register.opt.BareFail {
		reply = done.bare
	}
	t.started, t.number, t.message, t.answer = true, number, message, frameV2(number, reply)
	return t.last(t.write(t.answer), done)
}

// unescaped reads a frame of the second framing: length, then what it counts,
// the check taken off. Nil: it was spoilt or broke off, and is not answered. A
// mark inside begins a new frame.
func (t *talk) unescaped() ([]byte, error) {
	var b []byte
	want, escaped := 4, false
	for len(b) < want {
		c, ok, err := t.next(byteWait)
		switch {
		case err != nil || !ok:
			return nil, err
		case c == markV2:
			b, want, escaped = nil, 4, false
			continue
		case c == escape:
			escaped = true
			continue
		case escaped && c == escapedMark:
			c = markV2
		case escaped && c == escapedEscape:
			c = escape
		case escaped:
			return nil, nil
		}
		escaped = false
		b = append(b, c)
		if len(b) == 2 {
			want = 4 + int(binary.LittleEndian.Uint16(b))
		}
		if want > maxV2 || want == 5 {
			return nil, nil
		}
	}
	body := b[:len(b)-2]
	if crc(body) != binary.LittleEndian.Uint16(b[len(b)-2:]) {
		return nil, nil
	}
	return body, nil
}

// next is the next byte that reaches the register; ok is false when none came
// in time.
func (t *talk) next(wait time.Duration) (c byte, ok bool, err error) {
	for len(t.in) == 0 {
		// The line's own clock is the machine's, not the bench's.
		if err := t.line.SetReadDeadline(time.Now().Add(wait)); err != nil {
			return 0, false, err
		}
		n, err := t.line.Read(t.room[:])
		if errors.Is(err, os.ErrDeadlineExceeded) && n == 0 {
			return 0, false, nil
		}
		if n == 0 {
			return 0, false, err
		}
		if t.in, err = t.heard(t.room[:n]); err != nil {
			return 0, false, err
		}
	}
	c, t.in = t.in[0], t.in[1:]
	return c, true, nil
}
