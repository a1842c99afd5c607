package atol

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
)

func contextWithTimeout(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}

// device2 is a register on the older talk. It takes a frame, carries the
// command out and asks to speak; its faults are what a bad line does.
type device2 struct {
	out      bytes.Buffer
	dec      Decoder2
	executed int
	reply    []byte
	naks     int // how many frames of the host it calls spoilt
	spoil    int // how many of its own frames come spoilt
	mute     bool
	deaf     bool // takes the frame and says nothing
	clash    bool // asks to speak when the host does, once
}

func (d *device2) Write(b []byte) (int, error) {
	for _, c := range b {
		d.hear(c)
	}
	return len(b), nil
}

func (d *device2) hear(c byte) {
	if d.mute {
		return
	}
	if d.dec.Inside() {
		_, r := d.dec.Push(c)
		d.frame(r)
		return
	}
	switch c {
	case ctlSTX:
		d.dec.Push(c)
	case ctlENQ:
		if d.clash {
			d.clash = false
			d.out.WriteByte(ctlENQ)
			return
		}
		d.out.WriteByte(ctlACK)
	case ctlEOT:
		if d.executed > 0 && d.reply != nil {
			d.out.WriteByte(ctlENQ)
		}
	case ctlACK, ctlNAK:
		d.speak(c)
	}
}

func (d *device2) frame(r Result) {
	switch {
	case r == More || d.deaf:
	case r == Damaged || d.naks > 0:
		d.naks--
		d.out.WriteByte(ctlNAK)
	default:
		d.executed++
		d.out.WriteByte(ctlACK)
	}
}

// speak answers the host's ACK to ENQ with the frame, its NAK with the frame
// again and its ACK to the frame with EOT.
func (d *device2) speak(c byte) {
	if d.reply == nil {
		d.out.WriteByte(ctlEOT)
		return
	}
	frame := AppendV2(nil, d.reply)
	if d.spoil > 0 {
		d.spoil--
		frame[len(frame)-1]++
		d.out.Write(frame)
		return
	}
	d.out.Write(frame)
	d.reply = nil
	_ = c
}

func (d *device2) Poll(b []byte, wait time.Duration) (int, error) {
	if d.out.Len() == 0 {
		<-time.After(wait)
		return 0, nil
	}
	return d.out.Read(b)
}

func (d *device2) Close() error { return nil }

func TestOlderTalk(t *testing.T) {
	t.Parallel()
	want := []byte{0x55, 0, 0x10, 0x03, 0x02}
	for name, d := range map[string]*device2{
		"plain":                     {},
		"frame called spoilt twice": {naks: 2},
		"reply spoilt twice":        {spoil: 2},
		"both ask at once":          {clash: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d.reply = want
				talk := &talker2{wire: port.Wire{Line: d, Heard: true}}
				if err := talk.begin(t.Context()); err != nil {
					t.Fatal(err)
				}
				got, err := talk.run(t.Context(), []byte{0, 0, 0x45}, 10*time.Second)
				if err != nil || !bytes.Equal(got, want) || d.executed != 1 {
					t.Fatalf("% X, %v, carried out %d times", got, err, d.executed)
				}
			})
		})
	}
}

func TestOlderTalkFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		talk := &talker2{wire: port.Wire{Line: &device2{mute: true}, Heard: true}}
		if err := talk.begin(t.Context()); !errors.Is(err, kkt.ErrNoAnswer) {
			t.Errorf("a mute register: %v", err)
		}
		d := &device2{deaf: true}
		_, err := (&talker2{wire: port.Wire{Line: d, Heard: true}}).run(t.Context(), []byte{0, 0, 0x59}, time.Second)
		if !errors.Is(err, kkt.ErrUnknownOutcome) || d.executed > 0 {
			t.Errorf("an unconfirmed frame: %v", err)
		}
		d = &device2{} // carries out, has nothing to say
		_, err = (&talker2{wire: port.Wire{Line: d, Heard: true}}).run(t.Context(), []byte{0, 0, 0x59}, 3*time.Second)
		if !errors.Is(err, kkt.ErrUnknownOutcome) || d.executed != 1 {
			t.Errorf("no reply: %v, carried out %d times", err, d.executed)
		}
		d = &device2{naks: 100} // a storm of "spoilt": certainly not taken
		_, err = (&talker2{wire: port.Wire{Line: d, Heard: true}}).run(t.Context(), []byte{0, 0, 0x59}, 3*time.Second)
		if err == nil || errors.Is(err, kkt.ErrUnknownOutcome) || d.executed != 0 {
			t.Errorf("a storm of NAK: %v", err)
		}
	})
}
