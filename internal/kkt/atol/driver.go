package atol

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
	proto Protocol
	pw    []byte
	visit *port.Visit[talker]
}

// Close gives the port back.
func (d *Driver) Close() error {
	if err := d.visit.Close(); err != nil {
		return fmt.Errorf("atol: %w", err)
	}
	return nil
}

// ask carries out one command and gives its reply, as it came.
func (d *Driver) ask(ctx context.Context, command []byte) ([]byte, error) {
	talk, err := d.visit.Talk()
	if err != nil {
		return nil, fmt.Errorf("atol: %w", err)
	}
	payload := append(append([]byte(nil), d.pw...), command...)
	return talk.run(ctx, payload, patience(command))
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
		err = fmt.Errorf("atol: %s: %w", find(command).name, octets.AsGarbage(err, reply))
	}
	return x, err
}

// Failure is the stable code of an error of this package, for the record of an
// exchange; see kkt.Failure.
func Failure(err error) string {
	return kkt.Failure(err, func(err error) string {
		var status *StatusError
		var fault octets.Fault
		switch {
		case errors.As(err, &status):
			return "buffer_refused"
		case errors.As(err, &fault):
			return "garbage"
		default:
			return ""
		}
	})
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
		return done, fmt.Errorf("atol: the register's clock: %w", octets.AsGarbage(err, x.Got))
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
