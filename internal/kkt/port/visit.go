package port

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// Longest is the longest that a reading holds the port in one go, whatever the
// register does. A point-of-sale program waits some seconds for a port before
// it tells the cashier that there is no register.
const Longest = 2 * time.Second

// Pace is how a reading shares the port. The zero value of a field means the
// usual one, given in brackets.
type Pace struct {
	Hold time.Duration // of the port in one go (250 ms), at most half of Longest; the command under way is finished
	Rest time.Duration // between two goes, on average (200 ms)
}

func (p Pace) filled() Pace {
	if p.Hold == 0 {
		p.Hold = 250 * time.Millisecond
	}
	if p.Rest == 0 {
		p.Rest = 200 * time.Millisecond
	}
	p.Hold = min(p.Hold, Longest/2)
	return p
}

// errAway is a driver that lost the port in a rest and is asked all the same.
var errAway = errors.Join(kkt.ErrBusy, errors.New("port: given back and not taken again"))

// Visit is a driver's use of a port: it is taken, perhaps given back and taken
// again, and at last given back. T is what talks on the open line. A Visit is
// for one goroutine.
//
// The rule for a reading, for every register alike:
//
//   - A reading that has held the port for Pace.Hold gives it back between two
//     commands for about Pace.Rest, so that the point-of-sale program waits for
//     one go and not for a slow register's whole reading. That is safe because
//     a reading's commands change nothing and each stands for itself.
//   - The go that begins with no more than Longest left before the reading's
//     deadline is the last: it is not interrupted. A reading that is cut off
//     has held the port for nothing and is tried again from its beginning,
//     which costs the shop more than one go that is longer than the others.
//   - No go, the last or another, is longer than Longest. A command that is not
//     answered by then is dropped, and asked once more after a rest: most likely
//     it was lost on the line, and waiting on would only keep the shop out. If
//     that is in vain too, the reading is given up. A register that needs so
//     long for a question is printing, or is gone.
//
// So the shop waits for Hold and one command as a rule and for Longest at the
// worst, and a reading is finished whenever Longest is enough for what is left.
// A reading without a deadline has no last go. Procedures do not rest: their
// commands belong together.
type Visit[T io.Closer] struct {
	take   func(context.Context) (T, error)
	pace   Pace
	talk   T
	ours   bool          // the port is ours
	opened time.Time     // when it was last taken; the opening is part of the go
	held   time.Duration // the longest go that is over
}

// Begin takes the port. take opens the line and greets the register; when it
// fails it must leave nothing open.
func Begin[T io.Closer](ctx context.Context, pace Pace, take func(context.Context) (T, error)) (*Visit[T], error) {
	v := &Visit[T]{take: take, pace: pace.filled()}
	if err := v.open(ctx); err != nil {
		return nil, err
	}
	return v, nil
}

func (v *Visit[T]) open(ctx context.Context) error {
	v.opened = time.Now()
	talk, err := v.take(ctx)
	if err != nil {
		return err
	}
	v.talk, v.ours = talk, true
	return nil
}

// Talk is the open line's talk. It fails with kkt.ErrBusy while the port is not
// ours.
func (v *Visit[T]) Talk() (T, error) {
	if !v.ours {
		return v.talk, errAway
	}
	return v.talk, nil
}

// Ask carries out one command of a reading, which changes nothing. It rests
// first when the rule says so; a port that somebody took meanwhile is waited for
// until ctx ends, which is kkt.ErrBusy together with ctx's error. The context
// that ask gets ends when the go must. A command that was cut off by that is
// asked once more, after a rest, unless this was the last go.
//
// What ask fails with becomes what it means of a reading: garbage, an ended
// context and a port that cannot be had stay, anything else is kkt.ErrNoAnswer
// alone, because there is no outcome to be unknown.
func (v *Visit[T]) Ask(ctx context.Context, ask func(context.Context) error) error {
	cut, err := v.once(ctx, ask)
	if cut && !v.last(ctx) && ctx.Err() == nil {
		_, err = v.once(ctx, ask)
	}
	return unanswered(err)
}

func unanswered(err error) error {
	var garbage *kkt.GarbageError
	if err == nil {
		return nil
	}
	if errors.As(err, &garbage) {
		return garbage
	}
	for _, stays := range []error{context.Canceled, context.DeadlineExceeded, kkt.ErrBusy, kkt.ErrRefused, kkt.ErrMissing} {
		if errors.Is(err, stays) {
			return err
		}
	}
	return fmt.Errorf("%w (%s)", kkt.ErrNoAnswer, err.Error())
}

func (v *Visit[T]) once(ctx context.Context, ask func(context.Context) error) (cut bool, err error) {
	if time.Since(v.opened) >= v.pace.Hold && !v.last(ctx) {
		if err := v.rest(ctx); err != nil {
			return false, err
		}
	}
	ctx, end := context.WithDeadline(ctx, v.opened.Add(Longest))
	defer end()
	err = ask(ctx)
	return err != nil && ctx.Err() != nil, err
}

// last says whether the present go is the reading's last.
func (v *Visit[T]) last(ctx context.Context) bool {
	until, ok := ctx.Deadline()
	return ok && until.Sub(v.opened) <= Longest
}

func (v *Visit[T]) rest(ctx context.Context) error {
	v.held = v.Held()
	if err := v.Close(); err != nil {
		return err
	}
	var busy error
	for {
		if err := pause(ctx, v.pace.Rest*3/4+rand.N(max(v.pace.Rest/2, 1))); err != nil {
			return errors.Join(busy, err)
		}
		if busy = v.open(ctx); !errors.Is(busy, kkt.ErrBusy) {
			return busy
		}
	}
}

// Held is how long the longest go was, the present one with it.
func (v *Visit[T]) Held() time.Duration {
	if !v.ours {
		return v.held
	}
	return max(v.held, time.Since(v.opened))
}

// Close gives the port back. To give it back twice does no harm.
func (v *Visit[T]) Close() error {
	if !v.ours {
		return nil
	}
	talk := v.talk
	v.talk, v.ours = *new(T), false
	return talk.Close()
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("port: %w", ctx.Err())
	}
}
