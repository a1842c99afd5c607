package port_test

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
)

// TestWhyALineCannotBeOpened: in kkt's words, which decide what a person is
// told to do.
func TestWhyALineCannotBeOpened(t *testing.T) {
	t.Parallel()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tc := range map[string]struct {
		ctx  context.Context
		e    kkt.Endpoint
		want error
	}{
		"nobody listens":          {t.Context(), kkt.Endpoint{Transport: port.TCP, Address: deserted(t)}, kkt.ErrRefused},
		"no transport is TCP":     {t.Context(), kkt.Endpoint{Address: deserted(t)}, kkt.ErrRefused},
		"no such port number":     {t.Context(), kkt.Endpoint{Address: "127.0.0.1:99999"}, kkt.ErrMissing},
		"an address without port": {t.Context(), kkt.Endpoint{Address: "127.0.0.1"}, kkt.ErrMissing},
		"we were told to stop":    {gone, kkt.Endpoint{Address: deserted(t)}, kkt.ErrNoAnswer},
		"no such serial port":     {t.Context(), kkt.Endpoint{Transport: port.Serial, Address: filepath.Join(t.TempDir(), "ttyNone")}, kkt.ErrMissing},
		"a pigeon":                {t.Context(), kkt.Endpoint{Transport: "pigeon", Address: "a"}, kkt.ErrUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := port.Open(tc.ctx, tc.e, 0)
			if l != nil || !errors.Is(err, tc.want) {
				t.Errorf("%v, %v", l, err)
			}
		})
	}
}

// deserted is an address where nobody listens any more.
func deserted(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// TestANetworkLine says nothing by itself, waits no longer than it is told, and
// tells when the other side hangs up.
func TestANetworkLine(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	near, err := port.Open(t.Context(), kkt.Endpoint{Address: l.Addr().String()}, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 8)
	if n, err := near.Poll(b, time.Millisecond); n != 0 || err != nil {
		t.Errorf("out of silence came %d bytes, %v", n, err)
	}
	if _, err := near.Write([]byte("ask")); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadFull(far, b[:3]); err != nil || string(b[:3]) != "ask" {
		t.Errorf("%q, %v", b[:3], err)
	}
	if _, err := far.Write([]byte("tell")); err != nil {
		t.Error(err)
	}
	if n, err := near.Poll(b, time.Minute); string(b[:n]) != "tell" || err != nil {
		t.Errorf("%q, %v", b[:n], err)
	}
	if err := far.Close(); err != nil {
		t.Error(err)
	}
	if n, err := near.Poll(b, time.Minute); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("%d bytes after the other side hung up, %v", n, err)
	}
	if err := near.Close(); err != nil {
		t.Error(err)
	}
}

// talkative says its pieces one after the other, then nothing, or breaks.
type talkative struct {
	pieces []string
	end    error
	polls  []time.Duration // how long it was waited for
}

func (l *talkative) Write(b []byte) (int, error) {
	if l.end != nil && len(l.pieces) == 0 {
		return 0, l.end
	}
	return len(b), nil
}

func (*talkative) Close() error { return nil }

func (l *talkative) Poll(b []byte, d time.Duration) (int, error) {
	l.polls = append(l.polls, d)
	if len(l.pieces) > 0 {
		n := copy(b, l.pieces[0])
		l.pieces = l.pieces[1:]
		return n, nil
	}
	if l.end == nil {
		time.Sleep(d) // inside a bubble: costs nothing
	}
	return 0, l.end
}

func TestAWireIsHeardByteByByte(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &talkative{pieces: []string{"ab", "c"}}
		w := port.Wire{Line: l}
		var heard []byte
		began := time.Now()
		for {
			c, ok, err := w.Next(t.Context(), 250*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			heard = append(heard, c)
		}
		if string(heard) != "abc" || time.Since(began) != 250*time.Millisecond {
			t.Errorf("%q after %v", heard, time.Since(began))
		}
		for _, d := range l.polls {
			if d > 100*time.Millisecond {
				t.Errorf("waited %v in one piece: a context that ends is noticed late", d)
			}
		}
	})
}

// TestWhatCameIsNotLost: what came with the byte before is given also
// when there is no more time.
func TestWhatCameIsNotLost(t *testing.T) {
	t.Parallel()
	l := &talkative{pieces: []string{"ab"}, end: io.EOF}
	w := port.Wire{Line: l}
	ctx, cancel := context.WithCancel(t.Context())
	if c, ok, err := w.Next(ctx, time.Second); c != 'a' || !ok || err != nil {
		t.Errorf("%q, %v, %v", c, ok, err)
	}
	w.Back('a')
	if c, ok, err := w.Next(ctx, -time.Second); c != 'a' || !ok || err != nil {
		t.Errorf("put back: %q, %v, %v", c, ok, err)
	}
	cancel()
	if c, ok, err := w.Next(ctx, -time.Second); c != 'b' || !ok || err != nil {
		t.Errorf("%q, %v, %v", c, ok, err)
	}
	if _, ok, err := w.Next(ctx, time.Second); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", ok, err)
	}
	if _, ok, err := w.Next(t.Context(), time.Second); ok || !errors.Is(err, io.EOF) {
		t.Errorf("%v, %v", ok, err)
	}
}

// TestWhatABrokenLineMeans: only a register that has not said a word has
// somebody else to talk to.
func TestWhatABrokenLineMeans(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		wire port.Wire
		end  error
		want error
		not  error
	}{
		"hangs up at once":      {port.Wire{}, io.EOF, kkt.ErrBusy, kkt.ErrNoAnswer},
		"after a good word":     {port.Wire{Heard: true}, io.EOF, kkt.ErrNoAnswer, kkt.ErrBusy},
		"after a bad one":       {port.Wire{Junk: []byte("HTTP")}, io.EOF, kkt.ErrNoAnswer, kkt.ErrBusy},
		"the computer's driver": {port.Wire{}, port.ErrHung, kkt.ErrNoAnswer, kkt.ErrBusy},
	} {
		tc.wire.Line = &talkative{end: tc.end}
		_, _, heard := tc.wire.Next(t.Context(), time.Second)
		for _, err := range []error{heard, tc.wire.Say('?')} {
			if !errors.Is(err, tc.want) || errors.Is(err, tc.not) || !errors.Is(err, port.ErrCut) || !errors.Is(err, tc.end) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestWhatSilenceMeans: bytes that fit nowhere are evidence, as many as a
// report may carry.
func TestWhatSilenceMeans(t *testing.T) {
	t.Parallel()
	var w port.Wire
	if err := port.Silence(w.Junk, "odd"); !errors.Is(err, kkt.ErrNoAnswer) {
		t.Error(err)
	}
	for i := range 1000 {
		w.Odd(byte(i))
	}
	var garbage *kkt.GarbageError
	if err := port.Silence(w.Junk, "odd"); !errors.As(err, &garbage) || len(garbage.Bytes) != kkt.MaxEvidence || garbage.Bytes[1] != 1 || garbage.Why != "odd" {
		t.Errorf("%+v", garbage)
	}
}
