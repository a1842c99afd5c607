package shtrih

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// How many spoilt answers one command may meet, and how often a line is given
// the chance to fall silent before a changing command, before it is given up.
const (
	maxDamaged = 6
	maxSettle  = 4
)

var (
	errSpoilt = errors.New("shtrih: the register says that the command came spoilt; it has not taken it")
	errGone   = errors.New("shtrih: the register has no answer for the command")
	errWorks  = errors.New("shtrih: the register works on an earlier command")
)

// state is what the register says to ENQ, or to a frame.
type state int

const (
	mute   state = iota // nothing
	waits               // NAK: for a command; after a frame: it came spoilt
	works               // ACK: on a command, or it has an answer; after a frame: taken
	speaks              // STX: an answer begins; the byte is still to be read
)

// line1 is framing v1: ENQ asks how the register is, a frame is confirmed with
// ACK, the answer is confirmed with ACK too. A register keeps an answer until
// it is confirmed and offers it at the next ENQ, so a lost answer is asked for,
// and the command is not said again. The rule of the house: a command that
// changes something leaves once.
type line1 struct {
	wire
	dirty bool // late bytes may still come: wait for quiet before the next ENQ
}

// begin asks how the register is, which proves that one listens. An answer to
// somebody's earlier command is taken and dropped.
func (l *line1) begin(ctx context.Context) error { return l.ready(ctx) }

func (l *line1) run(ctx context.Context, c call) ([]byte, error) {
	frame, err := AppendV1(nil, c.data)
	if err != nil {
		return nil, errors.Join(kkt.ErrUnsupported, err)
	}
	for try := 1; ; try++ {
		if err := l.prepare(ctx, c); err != nil {
			return nil, err
		}
		reply, err := l.say(ctx, c, frame)
		again := c.reads && try < l.timing.Tries && (errors.Is(err, errSpoilt) || errors.Is(err, errGone))
		if err == nil || !again {
			return reply, c.outcome(err)
		}
		l.dirty = true
	}
}

// prepare brings the register to where it waits for a command. Before one that
// changes something the line must be quiet too: a NAK that comes late, or
// twice, would look like the register's word on the command.
func (l *line1) prepare(ctx context.Context, c call) error {
	for range maxSettle {
		if err := l.ready(ctx); err != nil || c.reads {
			return err
		}
		dropped, err := l.quiet(ctx)
		if err != nil || dropped == 0 {
			return err
		}
	}
	return l.silence()
}

func (l *line1) ready(ctx context.Context) error {
	until := deadline(l.timing.Busy)
	for silent := 0; silent < l.timing.Tries; {
		s, err := l.inquire(ctx)
		switch {
		case err != nil:
			return err
		case s == waits:
			return nil
		case s == mute:
			silent++
			continue
		}
		if err := l.drop(ctx); err != nil {
			return err
		}
		if time.Until(until) <= 0 {
			return fmt.Errorf("%w: %w", kkt.ErrBusy, errWorks)
		}
	}
	return l.silence()
}

// drop takes an answer that nobody waits for any more.
func (l *line1) drop(ctx context.Context) error {
	_, r, err := l.frame(ctx, l.timing.Inquire)
	switch {
	case err != nil || r == More:
		return err
	case r == Damaged:
		l.dirty = true
		return l.Say(ctlNAK)
	default:
		return l.Say(ctlACK)
	}
}

// inquire says ENQ and reads the register's answer to it.
func (l *line1) inquire(ctx context.Context) (state, error) {
	if l.dirty {
		l.dirty = false
		if _, err := l.quiet(ctx); err != nil {
			return mute, err
		}
	}
	if err := l.Say(ctlENQ); err != nil {
		return mute, err
	}
	s, err := l.control(ctx)
	l.dirty = s == mute // the answer may only be late
	return s, err
}

// control reads one control byte.
func (l *line1) control(ctx context.Context) (state, error) {
	until := deadline(l.timing.Silence)
	for {
		c, ok, err := l.Next(ctx, time.Until(until))
		if err != nil || !ok {
			return mute, err
		}
		switch c {
		case ctlIdle:
			continue
		case ctlNAK:
			l.Heard = true
			return waits, nil
		case ctlACK:
			l.Heard = true
			return works, nil
		case ctlSTX:
			l.Back(c)
			return speaks, nil
		default:
			l.Odd(c)
		}
	}
}

// say sends the frame, once, and brings its answer.
func (l *line1) say(ctx context.Context, c call, frame []byte) ([]byte, error) {
	if err := l.Say(frame...); err != nil {
		return nil, err
	}
	s, err := l.control(ctx)
	if err == nil && (s == mute || s == waits) {
		err = l.check(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	return l.answer(ctx, c)
}

// check looks what became of a frame after nothing came back, or a NAK that may
// belong to something else: the register itself says to ENQ whether it has the
// command. That it has not taken it is certain only when the NAK stood alone and
// the register answers at once; one that has fallen silent may have restarted.
func (l *line1) check(ctx context.Context, s state) error {
	dropped, err := l.quiet(ctx)
	if err != nil {
		return err
	}
	gone := errGone
	if s == waits && dropped == 0 {
		gone = errSpoilt
	}
	for range l.timing.Tries {
		now, err := l.inquire(ctx)
		switch {
		case err != nil:
			return err
		case now == waits:
			return fmt.Errorf("%w: %w", kkt.ErrNoAnswer, gone)
		case now != mute:
			return nil
		}
		gone = errGone
	}
	return l.silence()
}

// answer waits for the answer to the command. When none comes, or a spoilt one,
// ENQ asks for it.
func (l *line1) answer(ctx context.Context, c call) ([]byte, error) {
	until := deadline(c.limit)
	for damaged := 0; damaged <= maxDamaged && time.Until(until) > 0; {
		data, r, err := l.frame(ctx, min(l.timing.Inquire, time.Until(until)))
		switch {
		case err != nil:
			return nil, err
		case r == Whole:
			err := l.Say(ctlACK)
			if c.answeredBy(data) {
				return data, nil // that the ACK is lost is the next command's sorrow
			}
			if err != nil {
				return nil, err
			}
			continue
		case r == Damaged:
			damaged++
			if err := l.again(ctx); err != nil {
				return nil, err
			}
		}
		s, err := l.inquire(ctx)
		if err != nil {
			return nil, err
		}
		if s == waits {
			return nil, fmt.Errorf("%w: %w", kkt.ErrNoAnswer, errGone)
		}
	}
	return nil, l.silence()
}

// again says that an answer came spoilt. Some registers repeat it at once,
// others when they are asked.
func (l *line1) again(ctx context.Context) error {
	if _, err := l.quiet(ctx); err != nil {
		return err
	}
	l.dirty = false
	return l.Say(ctlNAK)
}

// frame reads one frame; More means that none began within wait. Of one that
// began and does not go on, Damaged is said.
func (l *line1) frame(ctx context.Context, wait time.Duration) ([]byte, Result, error) {
	var dec DecoderV1
	until := deadline(wait)
	for {
		left := time.Until(until)
		if dec.Inside() {
			left = l.timing.Byte
		}
		c, ok, err := l.Next(ctx, left)
		switch {
		case err != nil:
			return nil, More, err
		case !ok && dec.Inside():
			return nil, Damaged, nil
		case !ok:
			return nil, More, nil
		}
		if !dec.Inside() && c != ctlSTX && c != ctlIdle && c != ctlACK && c != ctlNAK {
			l.Odd(c)
		}
		data, r := dec.Push(c)
		if r == More {
			continue
		}
		l.Heard = l.Heard || r == Whole
		l.dirty = l.dirty || r == Damaged
		return data, r, nil
	}
}
