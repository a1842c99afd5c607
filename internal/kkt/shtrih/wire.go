package shtrih

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// MaxJunk is how many bytes that belong to no frame are kept as evidence.
const MaxJunk = 128

// slice is the longest single wait on the port, so that a cancelled context is
// noticed soon. flood bounds a wait for quiet on a line that is never quiet.
const (
	slice = 100 * time.Millisecond
	flood = 2 * time.Second
)

var errCut = errors.New("shtrih: the line broke")

// deadline is for the line only; the socket's clock is the machine's.
func deadline(d time.Duration) time.Time { return time.Now().Add(d) }

// wire is an open line read byte by byte, for both framings.
type wire struct {
	port   Port
	timing Timing
	in     []byte // received, not yet looked at
	room   [512]byte
	junk   []byte // evidence: bytes that fit nowhere
	heard  bool   // something sensible came once
}

// put writes bytes. A line that breaks says so in kkt's words.
func (w *wire) put(b ...byte) error {
	if _, err := w.port.Write(b); err != nil {
		return w.lost(err)
	}
	return nil
}

// next gives the next byte; ok is false when none came within d.
func (w *wire) next(ctx context.Context, d time.Duration) (c byte, ok bool, err error) {
	until := deadline(d)
	for len(w.in) == 0 {
		if err := ctx.Err(); err != nil {
			return 0, false, fmt.Errorf("shtrih: %w", err)
		}
		left := time.Until(until)
		if left <= 0 {
			return 0, false, nil
		}
		n, err := w.port.Poll(w.room[:], min(left, slice))
		if err != nil && n == 0 {
			return 0, false, w.lost(err)
		}
		w.in = append(w.in[:0], w.room[:n]...)
	}
	c, w.in = w.in[0], w.in[1:]
	return c, true, nil
}

// quiet drops what comes until nothing has come for as long as a frame's bytes
// may stand apart, and tells how many bytes it dropped. On a line that is never
// quiet it gives up with garbage.
func (w *wire) quiet(ctx context.Context) (dropped int, err error) {
	until := deadline(flood)
	for time.Until(until) > 0 {
		c, ok, err := w.next(ctx, w.timing.Byte)
		if err != nil || !ok {
			return dropped, err
		}
		dropped++
		if c != ctlIdle {
			w.odd(c)
		}
	}
	return dropped, w.silence()
}

func (w *wire) odd(c byte) {
	if len(w.junk) < MaxJunk {
		w.junk = append(w.junk, c)
	}
}

// lost says what a broken line means. A register with one place for a client
// hangs up on the second before it has said a word.
func (w *wire) lost(err error) error {
	if !w.heard && len(w.junk) == 0 && !errors.Is(err, kkt.ErrNoAnswer) { // that would be the driver's word
		return errors.Join(kkt.ErrBusy, errCut, err)
	}
	return errors.Join(kkt.ErrNoAnswer, errCut, err)
}

// silence is the error for a register that said nothing that could be
// understood: garbage when something came.
func (w *wire) silence() error {
	if len(w.junk) > 0 {
		return &kkt.GarbageError{Bytes: append([]byte(nil), w.junk...), Why: "no frame among the bytes"}
	}
	return kkt.ErrNoAnswer
}

func (w *wire) Close() error { return w.port.Close() }

// unknown marks an error after which nobody can say whether the command was
// carried out.
func unknown(err error) error { return errors.Join(kkt.ErrUnknownOutcome, err) }
