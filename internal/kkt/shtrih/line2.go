package shtrih

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// line2 is framing v2: numbered frames, no confirmation. The number that comes
// back ties an answer to its command. No document promises that a frame sent
// twice under one number is carried out once, so a command that changes
// something leaves once and a lost answer is an unknown outcome; a reading is
// sent again under a new number, so that a late answer does not fit it.
type line2 struct {
	wire
	dec    DecoderV2
	number uint16 // of the next frame
	synced bool   // number follows what the register itself said
}

// begin finds the register's present number. A frame without data asks for it;
// a register that does not know such a frame is asked for its type.
func (l *line2) begin(ctx context.Context) error {
	for range 2 {
		if err := l.sync(ctx); err != nil || l.synced {
			return err
		}
	}
	l.number = drawn()
	c := call{data: []byte{cmdType}, code: []byte{cmdType}, reads: true, limit: l.timing.Silence}
	if _, _, err := l.once(ctx, c); err != nil {
		return err
	}
	if !l.synced {
		return l.silence()
	}
	return nil
}

// drawn is a first number whose frame holds none of framing v1's control
// bytes, because begin may be speaking to a register of that kind.
func drawn() uint16 {
	for {
		n := uint16(rand.Uint32())
		frame, err := FrameV2{Number: n, Data: []byte{cmdType}}.Append(nil)
		if err == nil && !bytes.ContainsAny(frame, string([]byte{ctlSTX, ctlENQ})) {
			return n
		}
	}
}

func (l *line2) sync(ctx context.Context) error {
	if err := l.Say(appendSync(nil)...); err != nil {
		return err
	}
	until := deadline(l.timing.Silence)
	for {
		f, r, err := l.receive(ctx, time.Until(until))
		switch {
		case err != nil:
			return err
		case r == More:
			return nil
		case r == Whole:
			l.follow(f.Number)
			return nil
		}
	}
}

// follow takes over the register's number; its next frame has the one after.
func (l *line2) follow(n uint16) { l.number, l.synced = n+1, true }

func (l *line2) run(ctx context.Context, c call) ([]byte, error) {
	if len(c.data) > MaxV2 {
		return nil, errors.Join(kkt.ErrUnsupported, errSize)
	}
	for try := 1; ; try++ {
		if !l.synced {
			if err := l.sync(ctx); err != nil {
				return nil, err
			}
		}
		if !c.reads {
			if _, err := l.quiet(ctx); err != nil {
				return nil, err
			}
		}
		reply, done, err := l.once(ctx, c)
		switch {
		case err != nil:
			return nil, c.outcome(err)
		case done:
			return reply, nil
		case !c.reads || try >= l.timing.Tries:
			return nil, c.outcome(fmt.Errorf("%w: %w", l.silence(), errGone))
		}
	}
}

// once sends the frame and waits for the answer with its number. A spoilt frame
// may have been the answer: it is not waited for as long as one that can still
// come.
func (l *line2) once(ctx context.Context, c call) (reply []byte, done bool, err error) {
	n := l.number
	l.number++
	frame, err := FrameV2{Number: n, Data: c.data}.Append(nil)
	if err != nil {
		return nil, false, err
	}
	if err := l.Say(frame...); err != nil {
		return nil, false, err
	}
	until := deadline(c.limit)
	for {
		f, r, err := l.receive(ctx, time.Until(until))
		switch {
		case err != nil:
			return nil, false, err
		case r == More:
			l.synced = false
			return nil, false, nil
		case r == Damaged:
			until = earlier(until, deadline(l.timing.Silence))
		case f.Number == n && (c.answeredBy(f.Data) || c.bareError(f.Data)):
			l.synced = true
			return f.Data, true, nil
		case len(f.Data) == 0:
			// The register is at another number and tells it. What it did with
			// the command it does not say.
			l.follow(f.Number)
			return nil, false, nil
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// receive waits at most d for a frame.
func (l *line2) receive(ctx context.Context, d time.Duration) (FrameV2, Result, error) {
	until := deadline(d)
	for {
		c, ok, err := l.Next(ctx, time.Until(until))
		if err != nil || !ok {
			return FrameV2{}, More, err
		}
		if !l.dec.inside && c != frameStart {
			l.Odd(c)
		}
		if f, r := l.dec.Push(c); r != More {
			l.Heard = l.Heard || r == Whole
			return f, r, nil
		}
	}
}
