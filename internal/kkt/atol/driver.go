package atol

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// Driver talks to one register; see kkt.Driver.
type Driver struct {
	proto    Protocol
	endpoint kkt.Endpoint
	pw       []byte
	talk     talker        // nil while the port is not ours
	opened   time.Time     // when the port was last taken
	held     time.Duration // the longest that it was held until then
}

// open takes the port.
func (d *Driver) open(ctx context.Context) error {
	d.opened = time.Now()
	t := d.proto.Timing.filled()
	raw, err := openPort(ctx, d.endpoint, t)
	if err != nil {
		return err
	}
	talk := newTalker(d.endpoint, raw, t)
	if err := talk.begin(ctx); err != nil {
		return errors.Join(fmt.Errorf("atol: opening: %w", err), raw.Close())
	}
	d.talk = talk
	return nil
}

// Close gives the port back.
func (d *Driver) Close() error {
	if d.talk == nil {
		return nil
	}
	talk := d.talk
	d.talk = nil
	if err := talk.Close(); err != nil {
		return fmt.Errorf("atol: %w", err)
	}
	return nil
}

// ask carries out one command and gives its reply, as it came.
func (d *Driver) ask(ctx context.Context, command []byte) ([]byte, error) {
	payload := append(append([]byte(nil), d.pw...), command...)
	return d.talk.run(ctx, payload, patience(command))
}

// Do carries out one procedure and returns each exchange. It stops at the
// first refusal or failure; when a mode was entered before a refusal, it is
// left again. A command whose outcome is not known ends everything: nothing
// more is sent.
func (d *Driver) Do(ctx context.Context, p kkt.Procedure) ([]kkt.Exchange, error) {
	if p.Name == kkt.ProcSetClock {
		return d.setClock(ctx)
	}
	plan, err := d.proto.Plan(p)
	if err != nil {
		return nil, err
	}
	return d.carryOut(ctx, plan)
}

func (d *Driver) carryOut(ctx context.Context, plan [][]byte) ([]kkt.Exchange, error) {
	var done []kkt.Exchange
	for i, command := range plan {
		x, err := d.exchange(ctx, command)
		done = append(done, x)
		if err == nil {
			continue
		}
		last := plan[len(plan)-1]
		var refused *kkt.RefusalError
		if errors.As(err, &refused) && i > 0 && i < len(plan)-1 && last[0] == leaveMode()[0] {
			way, out := d.exchange(ctx, last)
			return append(done, way), errors.Join(err, out)
		}
		return done, err
	}
	return done, nil
}

// exchange is one command with its reply, dated. A refusal is an error too.
func (d *Driver) exchange(ctx context.Context, command []byte) (kkt.Exchange, error) {
	started := time.Now()
	x := kkt.Exchange{Sent: command, At: d.proto.clock().Now()}
	reply, err := d.ask(ctx, command)
	x.Got, x.Millis = reply, time.Since(started).Milliseconds()
	if err == nil {
		_, err = body(command, reply)
	}
	var refused *kkt.RefusalError
	if err != nil && !errors.As(err, &refused) {
		x.Failure = Failure(err)
		err = fmt.Errorf("atol: %s: %w", find(command).name, unreadable(err, reply))
	}
	return x, err
}

// unreadable turns a reply that is not of the protocol into garbage with its
// bytes; other errors stay.
func unreadable(err error, reply []byte) error {
	for _, why := range []error{errNoReply, errShort, errLength, errStart, errDigits, errDate, errValue} {
		if errors.Is(err, why) {
			return &kkt.GarbageError{Bytes: reply[:min(len(reply), MaxJunk)], Why: why.Error()}
		}
	}
	return err
}

// Failure is the stable code of an error of this package, for the record of an
// exchange: what a person must be told apart.
func Failure(err error) string {
	var garbage *kkt.GarbageError
	var status *StatusError
	switch {
	case errors.Is(err, kkt.ErrUnknownOutcome):
		return "outcome_unknown"
	case errors.As(err, &garbage):
		return "garbage"
	case errors.As(err, &status):
		return "buffer_refused"
	case errors.Is(err, kkt.ErrRefused):
		return "refused"
	case errors.Is(err, kkt.ErrBusy):
		return "busy"
	case errors.Is(err, kkt.ErrMissing):
		return "missing"
	case errors.Is(err, kkt.ErrNoAnswer):
		return "no_answer"
	case errors.Is(err, errNoReply), errors.Is(err, errShort), errors.Is(err, errLength), errors.Is(err, errStart):
		return "garbage"
	default:
		return "failed"
	}
}

// setClock sets the register to the agent's time. The date goes only when it
// is wrong, and a register asks for a new date twice (code 22), which is its
// own question and not a repeat of ours.
func (d *Driver) setClock(ctx context.Context) ([]kkt.Exchange, error) {
	x, err := d.exchange(ctx, readRegisterNow())
	done := []kkt.Exchange{x}
	if err != nil {
		return done, err
	}
	shown, err := dmy(x.Got[2:])
	if err != nil {
		return done, fmt.Errorf("atol: the register's clock: %w", unreadable(err, x.Got))
	}
	now := d.proto.clock().Now().In(d.proto.location())
	if shown.Format(time.DateOnly) != now.Format(time.DateOnly) {
		dated, err := d.setDate(ctx, setDate(now))
		done = append(done, dated...)
		if err != nil {
			return done, err
		}
	}
	x, err = d.exchange(ctx, setTime(d.proto.clock().Now().In(d.proto.location())))
	return append(done, x), err
}

func (d *Driver) setDate(ctx context.Context, command []byte) ([]kkt.Exchange, error) {
	x, err := d.exchange(ctx, command)
	done := []kkt.Exchange{x}
	var refused *kkt.RefusalError
	if !errors.As(err, &refused) || refused.Code != errConfirmDate {
		return done, err
	}
	x, err = d.exchange(ctx, command)
	return append(done, x), err
}
