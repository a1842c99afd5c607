package shtrih

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/octets"
	"github.com/tillwright/tillwright/internal/kkt/port"
)

// Driver talks to one register; see kkt.Driver.
type Driver struct {
	proto    *Protocol
	pw       []byte
	endpoint kkt.Endpoint
	visit    *port.Visit[talker]
}

// Close gives the port back.
func (d *Driver) Close() error {
	if err := d.visit.Close(); err != nil {
		return fmt.Errorf("shtrih: %w", err)
	}
	return nil
}

// ask carries out one command and gives its reply, as it came.
func (d *Driver) ask(ctx context.Context, command []byte) ([]byte, error) {
	talk, err := d.visit.Talk()
	if err != nil {
		return nil, fmt.Errorf("shtrih: %w", err)
	}
	s := find(command)
	return talk.run(ctx, call{
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
		err = fmt.Errorf("shtrih: %s: %w", find(command).name, octets.AsGarbage(err, reply))
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

// Failure is the stable code of an error of this package, for the record of an
// exchange; see kkt.Failure.
func Failure(err error) string {
	return kkt.Failure(err, func(err error) string {
		var fault octets.Fault
		switch {
		case errors.Is(err, errSpoilt):
			return "not_taken"
		case errors.As(err, &fault):
			return "garbage"
		default:
			return ""
		}
	})
}
