package shtrih

import (
	"context"
	"errors"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
)

// flood bounds a wait for quiet on a line that is never quiet.
const flood = 2 * time.Second

// deadline is for the line only; the socket's clock is the machine's.
func deadline(d time.Duration) time.Time { return time.Now().Add(d) }

// wire is an open line with what both framings know of waiting.
type wire struct {
	port.Wire
	timing Timing
}

// quiet drops what comes until nothing has come for as long as a frame's bytes
// may stand apart, and tells how many bytes it dropped. On a line that is never
// quiet it gives up with garbage.
func (w *wire) quiet(ctx context.Context) (dropped int, err error) {
	until := deadline(flood)
	for time.Until(until) > 0 {
		c, ok, err := w.Next(ctx, w.timing.Byte)
		if err != nil || !ok {
			return dropped, err
		}
		dropped++
		if c != ctlIdle {
			w.Odd(c)
		}
	}
	return dropped, w.silence()
}

// silence is the error for a register that said nothing that could be
// understood: garbage when something came.
func (w *wire) silence() error { return port.Silence(w.Junk, "no frame among the bytes") }

// unknown marks an error after which nobody can say whether the command was
// carried out.
func unknown(err error) error { return errors.Join(kkt.ErrUnknownOutcome, err) }
