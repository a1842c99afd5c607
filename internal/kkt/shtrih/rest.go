package shtrih

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// spare is the time that a reading needs to be finished in one go. One that has
// no more left goes on without rests: none at all would be worse.
const spare = 2 * time.Second

// rest gives the port back for a moment when a reading has held it for long, so
// that a point-of-sale program that wants it does not wait for the whole of a
// slow register's reading. Its parts only read, and each stands for itself. A
// port that somebody took meanwhile is waited for until ctx ends.
func (d *Driver) rest(ctx context.Context) error {
	t := d.proto.Timing.filled()
	held := time.Since(d.opened)
	if until, ok := ctx.Deadline(); held < t.Hold || ok && time.Until(until) < spare {
		return nil
	}
	d.held = max(d.held, held)
	if err := d.Close(); err != nil {
		return err
	}
	var busy error
	for {
		if err := pause(ctx, t.Rest*3/4+rand.N(max(t.Rest/2, 1))); err != nil {
			return errors.Join(busy, err)
		}
		if busy = d.open(ctx); !errors.Is(busy, kkt.ErrBusy) {
			return busy
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("shtrih: %w", ctx.Err())
	}
}
