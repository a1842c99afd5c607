package shtrih_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
)

// parrot is a register that says what it is given: after each message of the
// host the next piece, whose first byte is its length. It counts how often a
// changing command came whole.
type parrot struct {
	pieces []byte
	out    []byte
	seen   []byte
}

func (p *parrot) Write(b []byte) (int, error) {
	p.seen = append(p.seen, b...)
	if len(p.pieces) > 0 {
		n := min(int(p.pieces[0]), len(p.pieces)-1)
		p.out, p.pieces = append(p.out, p.pieces[1:1+n]...), p.pieces[1+n:]
	}
	return len(b), nil
}

func (p *parrot) Close() error { return nil }

func (p *parrot) Poll(b []byte, wait time.Duration) (int, error) {
	if len(p.out) == 0 {
		<-time.After(wait)
		return 0, nil
	}
	n := copy(b, p.out)
	p.out = p.out[n:]
	return n, nil
}

// FuzzTalk: whatever a register says, a changing command leaves once at most,
// and "done" is said only for an answer.
func FuzzTalk(f *testing.F) {
	f.Add([]byte{1, 0x15, 1, 0x15, 7, 0x06, 0x02, 0x03, 0xB0, 0x00, 0x1E, 0xAD})                               // as it should be
	f.Add([]byte{1, 0x15, 1, 0x15, 1, 0x15, 1, 0x15, 1, 0x15})                                                 // spoilt, it says
	f.Add([]byte{1, 0x15, 1, 0x15, 1, 0x06, 1, 0x06, 7, 0x06, 0x02, 0x03, 0xB0, 0x00, 0x1E, 0xAD})             // asked for
	f.Add([]byte{0, 0, 0, 7, 0x8F, 2, 0, 1, 0, 0x99, 0x5A, 9, 0x8F, 0x05, 0x00, 0x02, 0x00, 0xB0, 0, 0x1E, 0}) // v2
	f.Fuzz(func(t *testing.T, said []byte) {
		synctest.Test(t, func(t *testing.T) {
			p := &parrot{pieces: said}
			proto := &shtrih.Protocol{Dial: func(context.Context, kkt.Endpoint, time.Duration) (port.Line, error) { return p, nil }}
			d, err := proto.Open(t.Context(), kkt.Endpoint{Address: "a"})
			if err != nil {
				return
			}
			x, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcContinue})
			left := bytes.Count(p.seen, []byte{0xB0, 0x1E, 0, 0, 0})
			var refused *kkt.RefusalError
			if left > 1 {
				t.Fatalf("left %d times: % X", left, p.seen)
			}
			if answered := err == nil || errors.As(err, &refused); answered && (left != 1 || len(x[0].Got) == 0) {
				t.Fatalf("%v, left %d times, %+v", err, left, x)
			}
		})
	})
}
