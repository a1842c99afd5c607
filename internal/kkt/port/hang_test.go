package port

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// stuckLine is a line whose calls come back only when it is closed, or never.
type stuckLine struct {
	write, poll, close bool // hang here
	closed             chan struct{}
}

func (p *stuckLine) Write(b []byte) (int, error) {
	if p.write {
		<-p.closed
		return 0, io.ErrClosedPipe
	}
	return len(b), nil
}

func (p *stuckLine) Poll(b []byte, d time.Duration) (int, error) {
	if p.poll {
		<-p.closed
		b[0] = 0xFF // a careless driver writes late
		return 1, nil
	}
	time.Sleep(d)
	return copy(b, "answer"), nil
}

func (p *stuckLine) Close() error {
	if p.close {
		<-p.closed // as long as the test likes
		return nil
	}
	close(p.closed)
	return nil
}

func TestADriverThatHangsIsLeftBehind(t *testing.T) {
	t.Parallel()
	for name, stuck := range map[string]*stuckLine{"writing": {write: true}, "reading": {poll: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				stuck.closed = make(chan struct{})
				p := &patient{line: stuck, grace: hangAfter}
				begun := time.Now()
				err := (&Wire{Line: p}).Say(1, 2, 3)
				if err == nil {
					_, _, err = (&Wire{Line: p}).Next(t.Context(), time.Second)
				}
				if !errors.Is(err, ErrHung) || !errors.Is(err, kkt.ErrNoAnswer) || errors.Is(err, kkt.ErrBusy) {
					t.Errorf("%v", err)
				}
				if took := time.Since(begun); took < hangAfter || took > hangAfter+time.Second {
					t.Errorf("took %v", took)
				}
				<-stuck.closed // the port is given back without anybody asking
				if err := p.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
				if _, err := p.Write([]byte{1}); !errors.Is(err, kkt.ErrNoAnswer) {
					t.Errorf("afterwards: %v", err)
				}
			})
		})
	}
}

func TestAPatientLineIsTheLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &patient{line: &stuckLine{closed: make(chan struct{})}, grace: hangAfter}
		if n, err := p.Write([]byte("abc")); n != 3 || err != nil {
			t.Errorf("write: %d, %v", n, err)
		}
		b := make([]byte, 10)
		if n, err := p.Poll(b, 2*hangAfter); string(b[:n]) != "answer" || err != nil {
			t.Errorf("poll: %q, %v", b[:n], err)
		}
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
}

func TestAPortThatWillNotCloseEndsTheTurnAllTheSame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stuck := &stuckLine{close: true, closed: make(chan struct{})}
		p := &patient{line: stuck, grace: hangAfter}
		if err := p.Close(); !errors.Is(err, kkt.ErrNoAnswer) {
			t.Errorf("%v", err)
		}
		if err := p.Close(); err != nil {
			t.Errorf("a second time: %v", err)
		}
		close(stuck.closed) // lets those left behind go
	})
}
