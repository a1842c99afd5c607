package shtrih

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// Driver talks to one register; see kkt.Driver.
type Driver struct {
	proto    *Protocol
	pw       []byte
	endpoint kkt.Endpoint
	talk     talker        // nil while the port is not ours
	opened   time.Time     // when the port was last taken
	held     time.Duration // the longest that it was held until then
}

// open takes the port.
func (d *Driver) open(ctx context.Context) error {
	d.opened = time.Now()
	talk, err := d.proto.find(ctx, d.endpoint)
	if err != nil {
		return fmt.Errorf("shtrih: opening: %w", err)
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
		return fmt.Errorf("shtrih: %w", err)
	}
	return nil
}

// ask carries out one command and gives its reply, as it came.
func (d *Driver) ask(ctx context.Context, command []byte) ([]byte, error) {
	s := find(command)
	return d.talk.run(ctx, call{
		data: withPassword(s, command, d.pw), code: command[:codeLength(command)],
		reads: s.risk == kkt.RiskRead && !s.once, limit: s.patience(),
	})
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
		err = fmt.Errorf("shtrih: %s: %w", find(command).name, unreadable(err, reply))
	}
	return x, err
}

// carryOut sends commands in order and stops at the first that is refused or
// fails.
func (d *Driver) carryOut(ctx context.Context, plan ...[]byte) ([]kkt.Exchange, error) {
	var done []kkt.Exchange
	for _, command := range plan {
		x, err := d.exchange(ctx, command)
		done = append(done, x)
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// unreadable turns a reply that is not of the protocol into garbage with its
// bytes; other errors stay.
func unreadable(err error, reply []byte) error {
	for _, why := range []error{errNoReply, errShort, errLength, errStart, errDate, errValue} {
		if errors.Is(err, why) {
			return &kkt.GarbageError{Bytes: reply[:min(len(reply), MaxJunk)], Why: why.Error()}
		}
	}
	return err
}

// Failure is the stable code of an error of this package, for the record of an
// exchange; the same words as the other drivers'.
func Failure(err error) string {
	switch {
	case errors.Is(err, kkt.ErrUnknownOutcome):
		return "outcome_unknown"
	case isGarbage(err):
		return "garbage"
	case errors.Is(err, errSpoilt):
		return "not_taken"
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
