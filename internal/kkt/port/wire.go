package port

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// slice is the longest single wait on a line, so that a cancelled context is
// noticed soon.
const slice = 100 * time.Millisecond

// ErrCut is a line that broke while it was talked on.
var ErrCut = errors.New("port: the line broke")

// Wire is an open line, talked on byte by byte.
type Wire struct {
	Line  Line
	Heard bool   // something sensible came once, or nobody else can be at this line
	Junk  []byte // evidence: bytes that fit nowhere, see Odd
	in    []byte // received, not yet looked at
	room  [512]byte
}

// Say writes bytes. A line that breaks says so as in Next.
func (w *Wire) Say(b ...byte) error {
	if _, err := w.Line.Write(b); err != nil {
		return w.cut(err)
	}
	return nil
}

// Next gives the line's next byte; ok is false when none came within d. Bytes
// that came before are given at once, also when d is over.
//
// A line that breaks is ErrCut. A register with one place for a client hangs up
// on the second before it has said a word, so before anything was heard it is
// kkt.ErrBusy too: somebody else is talking to the register. Otherwise it is
// kkt.ErrNoAnswer, as is a serial driver that hangs: that is the machine's fault
// and no other program's.
func (w *Wire) Next(ctx context.Context, d time.Duration) (c byte, ok bool, err error) {
	until := deadline(d)
	for len(w.in) == 0 {
		if err := ctx.Err(); err != nil {
			return 0, false, fmt.Errorf("port: %w", err)
		}
		left := time.Until(until)
		if left <= 0 {
			return 0, false, nil
		}
		n, err := w.Line.Poll(w.room[:], min(left, slice))
		if err != nil && n == 0 {
			return 0, false, w.cut(err)
		}
		w.in = w.room[:n]
	}
	c, w.in = w.in[0], w.in[1:]
	return c, true, nil
}

func (w *Wire) cut(err error) error {
	if !w.Heard && len(w.Junk) == 0 && !errors.Is(err, kkt.ErrNoAnswer) {
		return errors.Join(kkt.ErrBusy, ErrCut, err)
	}
	return errors.Join(kkt.ErrNoAnswer, ErrCut, err)
}

// Back puts a byte back: it is the next one again.
func (w *Wire) Back(c byte) { w.in = append([]byte{c}, w.in...) }

// Odd keeps a byte that fits nowhere, as long as there is room for it.
func (w *Wire) Odd(c byte) {
	if len(w.Junk) < kkt.MaxEvidence {
		w.Junk = append(w.Junk, c)
	}
}

// Silence is the error for a register that said nothing that could be
// understood: a *kkt.GarbageError when junk came, kkt.ErrNoAnswer otherwise.
func Silence(junk []byte, why string) error {
	if len(junk) == 0 {
		return kkt.ErrNoAnswer
	}
	return kkt.Garbage(junk, why)
}

// Close gives the line back.
func (w *Wire) Close() error { return w.Line.Close() }
