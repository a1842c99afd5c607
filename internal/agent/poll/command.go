package poll

import (
	"context"
	"errors"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/wire"
)

// The codes of results that do not come from the register itself.
const (
	CodeNoAnswer    = "no_answer"
	CodeBusy        = "busy"
	CodeRefusedLink = "refused"
	CodeMissing     = "missing"
	CodeUnsupported = "unsupported"
	CodeRefusal     = "register_refused" // the register's own "no"; its code stands in the last exchange
	CodeGarbage     = "garbage"
	CodeOutcome     = "outcome_unknown"
)

const (
	openWithin = 20 * time.Second // a held port is waited for, while nothing was sent
	stopGrace  = 1500 * time.Millisecond
)

// command carries out one command and hands its result on.
func (w *watch) command(ctx context.Context, c wire.Command) {
	if !take(ctx, w.port) {
		return // the program stops: the command stays in the journal
	}
	defer func() { <-w.port }()
	w.attempted.Store(true)
	driver, err := w.openFor(ctx, c)
	switch {
	case ctx.Err() != nil && err == nil:
		_ = driver.Close() // as above
		return
	case ctx.Err() != nil:
		return
	case err != nil:
		w.p.opt.Commands.End(w.result(c, nil, err))
		return
	}
	if err := w.p.opt.Commands.Begin(c); err != nil {
		_ = driver.Close() // nothing was said to the register
		return
	}
	own, cancel := lasting(ctx, w.p.opt.Command)
	defer cancel()
	exchanges, err := driver.Do(own, c.Procedure)
	_ = driver.Close() // the outcome is known; a port that does not close shows at the next reading
	w.p.opt.Commands.End(w.result(c, exchanges, err))
}

// lasting lets a command that runs finish when the program stops, for a short
// while: a conversation cut in the middle leaves an outcome nobody knows.
func lasting(ctx context.Context, budget time.Duration) (context.Context, context.CancelFunc) {
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), budget)
	stop := context.AfterFunc(ctx, func() {
		grace := time.NewTimer(stopGrace)
		defer grace.Stop()
		select {
		case <-grace.C:
			cancel()
		case <-own.Done():
		}
	})
	return own, func() { stop(); cancel() }
}

// openFor tries again while the port is held, until the deadline.
func (w *watch) openFor(ctx context.Context, c wire.Command) (kkt.Driver, error) {
	if w.proto == nil {
		return nil, kkt.ErrUnsupported
	}
	ctx, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	for {
		driver, err := w.proto.Open(ctx, w.dev.Endpoint)
		if err == nil || !errors.Is(err, kkt.ErrBusy) && !errors.Is(err, kkt.ErrRefused) || w.p.opt.Commands.Expired(c) {
			return driver, err
		}
		pause := time.NewTimer(300*time.Millisecond + w.p.opt.Jitter(700*time.Millisecond))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return nil, err
		}
	}
}

func (w *watch) result(c wire.Command, exchanges []kkt.Exchange, err error) wire.Result {
	r := wire.Result{ID: c.ID, Exchanges: exchanges, At: w.p.opt.Clock.Now().UnixMilli()}
	r.State, r.Code = outcome(err)
	return r
}

// outcome says how a command ended. Only what surely did not happen as asked
// is "failed"; every doubt is "unknown".
func outcome(err error) (state, code string) {
	var refusal *kkt.RefusalError
	var garbage *kkt.GarbageError
	switch {
	case err == nil:
		return wire.ResultDone, ""
	case errors.Is(err, kkt.ErrUnknownOutcome):
		return wire.ResultUnknown, CodeOutcome
	case errors.As(err, &refusal):
		return wire.ResultFailed, CodeRefusal
	case errors.As(err, &garbage):
		return wire.ResultUnknown, CodeGarbage
	case errors.Is(err, kkt.ErrNoAnswer):
		return wire.ResultFailed, CodeNoAnswer
	case errors.Is(err, kkt.ErrBusy):
		return wire.ResultFailed, CodeBusy
	case errors.Is(err, kkt.ErrRefused):
		return wire.ResultFailed, CodeRefusedLink
	case errors.Is(err, kkt.ErrMissing):
		return wire.ResultFailed, CodeMissing
	case errors.Is(err, kkt.ErrUnsupported):
		return wire.ResultFailed, CodeUnsupported
	default:
		return wire.ResultUnknown, CodeOutcome
	}
}
