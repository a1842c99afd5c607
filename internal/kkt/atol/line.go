package atol

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// slice is the longest single wait on the port, so that a cancelled context
// is noticed soon.
const slice = 100 * time.Millisecond

// line is transport v3 on an open port: packets out with a number, packets in
// with resynchronisation.
type line struct {
	port   port
	dec    Decoder
	in     []byte // received, not yet decoded
	room   [512]byte
	nextID byte
	heard  bool // at least one good packet came
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
	if _, err := l.port.Write(b); err != nil {
		return l.lost(err)
	}
	return nil
}

// receive waits at most d for a packet. Damaged comes back at once, so that
// the caller can ask again; More means that the time is over.
func (l *line) receive(ctx context.Context, d time.Duration) (Frame, Result, error) {
	until := deadline(d)
	for {
		for len(l.in) > 0 {
			c := l.in[0]
			l.in = l.in[1:]
			f, r := l.dec.Push(c)
			if r != More {
				l.heard = l.heard || r == Whole
				return f, r, nil
			}
		}
		left := time.Until(until)
		if left <= 0 {
			return Frame{}, More, nil
		}
		if err := l.fill(ctx, min(left, slice)); err != nil {
			return Frame{}, More, err
		}
	}
}

func (l *line) fill(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("atol: %w", err)
	}
	n, err := l.port.Poll(l.room[:], d)
	l.in = append(l.in[:0], l.room[:n]...)
	if err != nil && n == 0 {
		return l.lost(err)
	}
	return nil
}

// lost says what a broken line means. A register with one place for a client
// hangs up on the second before it has said a word: somebody else is talking
// to it.
func (l *line) lost(err error) error {
	if !l.heard && len(l.dec.Junk()) == 0 && !errors.Is(err, errHung) {
		return errors.Join(kkt.ErrBusy, err)
	}
	return errors.Join(kkt.ErrNoAnswer, err)
}

// silence is the error for a register that did not answer in time: garbage
// when something came that no packet is made of.
func (l *line) silence() error {
	if junk := l.dec.Junk(); len(junk) > 0 {
		return &kkt.GarbageError{Bytes: append([]byte(nil), junk...), Why: "no packet among the bytes"}
	}
	return kkt.ErrNoAnswer
}

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
