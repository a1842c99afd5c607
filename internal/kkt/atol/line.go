package atol

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/kkt/port"
)

// deadline is for the line only; the socket's clock is the machine's.
func deadline(d time.Duration) time.Time { return time.Now().Add(d) }

// line is transport v3 on an open port: packets out with a number, packets in
// with resynchronisation.
type line struct {
	wire   port.Wire
	dec    Decoder
	nextID byte
}

// send sends data as a new packet and returns its number.
func (l *line) send(data ...byte) (byte, error) {
	id := l.nextID
	if l.nextID++; l.nextID > LastID {
		l.nextID = 0
	}
	return id, l.put(Frame{ID: id, Data: data})
}

// put writes a packet with a number that the caller chose.
func (l *line) put(f Frame) error {
	b, err := f.Append(nil)
	if err != nil {
		return err
	}
	return l.wire.Say(b...)
}

// receive waits at most d for a packet. Damaged comes back at once, so that
// the caller can ask again; More means that the time is over.
func (l *line) receive(ctx context.Context, d time.Duration) (Frame, Result, error) {
	until := deadline(d)
	for {
		c, ok, err := l.wire.Next(ctx, time.Until(until))
		if err != nil || !ok {
			return Frame{}, More, err
		}
		f, r := l.dec.Push(c)
		l.wire.Heard = l.wire.Heard || r == Whole || len(l.dec.Junk()) > 0
		if r != More {
			return f, r, nil
		}
	}
}

// silence is the error for a register that did not answer in time: garbage
// when something came that no packet is made of.
func (l *line) silence() error { return port.Silence(l.dec.Junk(), "no packet among the bytes") }

// request sends a buffer command that is not a task (C2, C4) and waits for
// any answer to it. Such a command may be sent again: doing it twice is the
// same as doing it once.
func (l *line) request(ctx context.Context, tries int, wait time.Duration, data ...byte) error {
	for range tries {
		id, err := l.send(data...)
		if err != nil {
			return err
		}
		answered, err := l.answered(ctx, id, wait)
		if err != nil || answered {
			return err
		}
	}
	return l.silence()
}

// answered waits for a packet with the number. Others are late or unasked.
func (l *line) answered(ctx context.Context, id byte, wait time.Duration) (bool, error) {
	until := deadline(wait)
	for {
		f, r, err := l.receive(ctx, time.Until(until))
		switch {
		case err != nil:
			return false, err
		case r == More:
			return false, nil
		case r == Damaged:
			continue
		case f.ID == id && len(f.Data) > 0:
			return true, nil
		}
	}
}
