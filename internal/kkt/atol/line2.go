package atol

import (
	"context"
	"errors"
	"time"

	"github.com/tillwright/tillwright/internal/kkt/port"
)

// The waits of transport v2, by the protocol's own names.
const (
	wait1 = 500 * time.Millisecond // T1: for the answer to ENQ
	wait2 = 2 * time.Second        // T2: for the frame after the register's ENQ was taken
	wait4 = 500 * time.Millisecond // T4: for the answer to a frame
	wait7 = 500 * time.Millisecond // T7: pause after both said ENQ at once
	tries = 5                      // ENQ
	again = 10                     // frames
	clash = 100                    // ENQ at the same time
)

var errTalk = errors.New("atol: the register did not keep to the ENQ/ACK talk")

// talker2 is the older talk for serial lines: ask to speak (ENQ), be heard
// (ACK), say the frame, be confirmed, finish (EOT); then the register does the
// same with its reply. There is no buffer to ask again, so a reply that was
// lost after the frame was confirmed is an unknown outcome.
type talker2 struct {
	wire  port.Wire
	taken bool // the register has let us speak once: what came before is no answer
}

// begin asks to speak once and takes the question back, which proves that a
// register listens.
func (t *talker2) begin(ctx context.Context) error {
	if err := t.seize(ctx); err != nil {
		return err
	}
	return t.put(ctlEOT)
}

func (t *talker2) run(ctx context.Context, payload []byte, limit time.Duration) ([]byte, error) {
	t.wire.Junk = nil
	if err := t.seize(ctx); err != nil {
		return nil, err
	}
	if err := t.say(ctx, payload); err != nil {
		return nil, err
	}
	reply, err := t.hear(ctx, deadline(limit))
	if err != nil {
		return nil, unknown(err)
	}
	return reply, nil
}

// seize asks to speak. A register that asks at the same moment goes first and
// loses what it wanted to say: it belongs to an earlier talk.
func (t *talker2) seize(ctx context.Context) error {
	for asked, clashes := 0, 0; asked < tries && clashes < clash; {
		if err := t.put(ctlENQ); err != nil {
			return err
		}
		c, ok, err := t.next(ctx, wait1)
		switch {
		case err != nil:
			return err
		case ok && c == ctlACK:
			t.taken = true
			return nil
		case ok && c == ctlENQ:
			clashes++
			if err := t.quiet(ctx, wait7); err != nil {
				return err
			}
		default:
			asked++
		}
	}
	return errors.Join(t.put(ctlEOT), t.silence())
}

// quiet waits and drops what comes.
func (t *talker2) quiet(ctx context.Context, d time.Duration) error {
	until := deadline(d)
	for time.Until(until) > 0 {
		if _, _, err := t.next(ctx, time.Until(until)); err != nil {
			return err
		}
	}
	return nil
}

// say sends the frame until it is confirmed. A frame that was not confirmed
// may have been taken all the same: only a NAK, which says that it came
// spoilt, lets it go out again.
func (t *talker2) say(ctx context.Context, payload []byte) error {
	frame := AppendV2(nil, payload)
	for range again {
		if err := t.wire.Say(frame...); err != nil {
			return unknown(err)
		}
		c, ok, err := t.next(ctx, wait4)
		switch {
		case err != nil:
			return unknown(err)
		case ok && c == ctlACK:
			if err := t.put(ctlEOT); err != nil {
				return unknown(err)
			}
			return nil
		case !ok || c != ctlNAK:
			return unknown(t.silence())
		}
	}
	// Ten times "spoilt": the register certainly did not take it.
	return errors.Join(t.put(ctlEOT), t.silence())
}

// hear takes the register's reply.
func (t *talker2) hear(ctx context.Context, until time.Time) ([]byte, error) {
	if err := t.awaitENQ(ctx, until); err != nil {
		return nil, err
	}
	if err := t.put(ctlACK); err != nil {
		return nil, err
	}
	for range again {
		data, r, err := t.frame(ctx)
		switch {
		case err != nil:
			return nil, err
		case r == Whole:
			err := t.put(ctlACK)
			_, _, late := t.next(ctx, wait4) // EOT; its loss changes nothing
			if late != nil && ctx.Err() != nil {
				return data, nil
			}
			return data, err
		case r == More:
			return nil, t.silence()
		}
		if err := t.put(ctlNAK); err != nil {
			return nil, err
		}
	}
	return nil, t.silence()
}

func (t *talker2) awaitENQ(ctx context.Context, until time.Time) error {
	for {
		left := time.Until(until)
		if left <= 0 {
			return t.silence()
		}
		c, ok, err := t.next(ctx, left)
		switch {
		case err != nil:
			return err
		case ok && c == ctlENQ:
			return nil
		case ok:
			t.wire.Odd(c)
		}
	}
}

// frame reads one frame; More means that none came in time.
func (t *talker2) frame(ctx context.Context) ([]byte, Result, error) {
	var dec Decoder2
	until := deadline(wait2)
	for {
		left := time.Until(until)
		if left <= 0 {
			if dec.Inside() {
				return nil, Damaged, nil
			}
			return nil, More, nil
		}
		c, ok, err := t.next(ctx, left)
		if err != nil {
			return nil, More, err
		}
		if !ok {
			continue
		}
		if data, r := dec.Push(c); r != More {
			return data, r, nil
		}
	}
}

func (t *talker2) put(c byte) error { return t.wire.Say(c) }

// next gives the next byte, ok false when none came within d.
func (t *talker2) next(ctx context.Context, d time.Duration) (c byte, ok bool, err error) {
	c, ok, err = t.wire.Next(ctx, d)
	if ok && !t.taken && c != ctlACK && c != ctlENQ {
		t.wire.Odd(c)
	}
	return c, ok, err
}

func (t *talker2) silence() error { return port.Silence(t.wire.Junk, errTalk.Error()) }

func (t *talker2) Close() error { return t.wire.Close() }
