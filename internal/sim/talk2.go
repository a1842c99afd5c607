package sim

import (
	"errors"
	"os"
	"time"

	"github.com/tillwright/tillwright/internal/kkt/atol"
)

// The control bytes and waits of the older talk (transport v2), seen from the
// register's side.
const (
	v2EOT = 0x04
	v2ENQ = 0x05
	v2ACK = 0x06
	v2NAK = 0x15

	v2Asking  = 500 * time.Millisecond // T1 and T6: for the answer to our ENQ
	v2Frame   = 2 * time.Second        // T2: for a frame after its ENQ was taken
	v2Confirm = 500 * time.Millisecond // T4: for the answer to our frame
	v2Between = 500 * time.Millisecond // T3: for EOT
	v2Asks    = 5
	v2Frames  = 10
)

// talk2 is a register's end of the older talk: the host asks to speak (ENQ),
// says its frame and finishes (EOT); then the register asks and says its reply.
// There is no memory of tasks: a reply that the host does not take is lost.
type talk2 struct {
	conn     Line
	register *Register
	idle     time.Duration
	in       []byte
	room     [256]byte
}

func (t *talk2) run() {
	for {
		c, ok, err := t.next(t.idle)
		if err != nil || !ok {
			return
		}
		if c == v2ENQ {
			err = t.converse()
		}
		if err != nil {
			return
		}
	}
}

// converse is one command and its reply.
func (t *talk2) converse() error {
	switch {
	case t.register.dumb():
		return nil
	case t.register.lineFault(FaultGarbage):
		return t.write(mumble(t.register.noise(16)))
	}
	if err := t.write([]byte{v2ACK}); err != nil {
		return err
	}
	payload, err := t.listen()
	if err != nil || payload == nil {
		return err
	}
	reply, _ := t.register.Execute(payload)
	if err := t.write([]byte{v2ACK}); err != nil {
		return err
	}
	if _, _, err := t.next(v2Between); err != nil { // EOT; a host that forgets it is heard all the same
		return err
	}
	if err := t.answer(reply); err != nil {
		return err
	}
	if t.register.takeReboot() {
		return errHungUp
	}
	return nil
}

// listen takes the host's frame and asks for it again while it comes spoilt.
// Nil: the host took its question back, or fell silent.
func (t *talk2) listen() ([]byte, error) {
	for range v2Frames {
		data, res, err := t.frame()
		switch {
		case err != nil:
			return nil, err
		case res == atol.Whole && len(data) > 0:
			return data, nil
		case res == atol.More:
			return nil, nil
		}
		if err := t.write([]byte{v2NAK}); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (t *talk2) frame() ([]byte, atol.Result, error) {
	var dec atol.Decoder2
	for {
		c, ok, err := t.next(v2Frame)
		switch {
		case err != nil:
			return nil, atol.More, err
		case !ok && dec.Inside():
			return nil, atol.Damaged, nil
		case !ok, c == v2EOT && !dec.Inside():
			return nil, atol.More, nil
		}
		if data, res := dec.Push(c); res != atol.More {
			return data, res, nil
		}
	}
}

// answer asks to speak and says the reply until the host confirms it.
func (t *talk2) answer(reply []byte) error {
	heard := false
	for asked := 0; asked < v2Asks && !heard; asked++ {
		c, ok, err := t.say([]byte{v2ENQ}, v2Asking)
		if err != nil {
			return err
		}
		heard = ok && c == v2ACK
	}
	if !heard {
		return nil
	}
	frame := atol.AppendV2(nil, reply)
	for range v2Frames {
		c, ok, err := t.say(frame, v2Confirm)
		if err != nil {
			return err
		}
		if ok && c == v2ACK {
			break
		}
	}
	return t.write([]byte{v2EOT})
}

func (t *talk2) say(b []byte, wait time.Duration) (byte, bool, error) {
	if err := t.write(b); err != nil {
		return 0, false, err
	}
	return t.next(wait)
}

// next is the next byte; ok is false when none came in time.
func (t *talk2) next(wait time.Duration) (c byte, ok bool, err error) {
	if len(t.in) == 0 {
		// The line's own clock is the machine's, not the bench's.
		if err := t.conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
			return 0, false, err
		}
		n, err := t.conn.Read(t.room[:])
		if errors.Is(err, os.ErrDeadlineExceeded) && n == 0 {
			return 0, false, nil
		}
		if n == 0 {
			return 0, false, err
		}
		t.in = append(t.in[:0], t.room[:n]...)
	}
	c, t.in = t.in[0], t.in[1:]
	return c, true, nil
}

func (t *talk2) write(b []byte) error {
	_, err := t.conn.Write(b)
	return err
}

// mumble takes the control bytes out of noise, so that no talk can come of it.
func mumble(b []byte) []byte {
	for i := range b {
		b[i] |= 0x80
	}
	return b
}
