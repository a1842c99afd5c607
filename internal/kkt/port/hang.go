package port

import (
	"bytes"
	"errors"
	"sync/atomic"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// hangAfter is what a serial driver gets beyond the time it was asked for. A
// long packet at 9600 baud takes a second to leave.
const hangAfter = 5 * time.Second

// ErrHung says that the machine's serial driver did not come back.
var ErrHung = errors.Join(kkt.ErrNoAnswer, errors.New("port: the machine's serial driver hangs"))

// patient is a serial line whose driver may hang: a write to a register on USB
// that takes no more bytes, or a read through a careless driver, has no end on
// Windows. The device's turn would never be over, and the till program could
// not have the port. So a call that does not come back is left behind and the
// line closed, which ends the call in a sound driver.
type patient struct {
	line  Line
	grace time.Duration
	hung  atomic.Bool
}

// Write gives the line a copy, because a call left behind may still read it.
func (p *patient) Write(b []byte) (int, error) {
	own := bytes.Clone(b)
	return p.within(p.grace, func() (int, error) { return p.line.Write(own) })
}

// Poll reads into bytes of its own for the same reason.
func (p *patient) Poll(b []byte, d time.Duration) (int, error) {
	own := make([]byte, len(b))
	n, err := p.within(d+p.grace, func() (int, error) { return p.line.Poll(own, d) })
	return copy(b, own[:n]), err
}

// Close leaves a line that hangs to whoever closes it already.
func (p *patient) Close() error {
	if p.hung.Load() {
		return nil
	}
	_, err := p.within(p.grace, func() (int, error) { return 0, p.line.Close() })
	return err
}

func (p *patient) within(limit time.Duration, call func() (int, error)) (int, error) {
	if p.hung.Load() {
		return 0, ErrHung
	}
	type answer struct {
		n   int
		err error
	}
	came := make(chan answer, 1)
	go func() {
		n, err := call()
		came <- answer{n, err}
	}()
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case a := <-came:
		return a.n, a.err
	case <-late.C:
		p.hung.Store(true)
		go func() { _ = p.line.Close() }()
		return 0, ErrHung
	}
}
