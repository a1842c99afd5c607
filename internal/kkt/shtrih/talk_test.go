package shtrih_test

import (
	"context"
	"encoding/hex"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
)

// said listens to what the driver writes.
type said struct {
	*counterpart
	bytes []byte
}

func (s *said) Write(b []byte) (int, error) {
	s.bytes = append(s.bytes, b...)
	return s.counterpart.Write(b)
}

// TestFramingIsFoundAndRemembered: a v2 register hears ENQ before it is found
// and never again; nothing that changes anything is said to find out.
func TestFramingIsFoundAndRemembered(t *testing.T) {
	t.Parallel()
	for _, v2 := range []bool{false, true} {
		for _, q := range []quirks{{}, {noSync: true}} {
			synctest.Test(t, func(t *testing.T) {
				c := newCounterpart(v2)
				c.quirks = q
				ear := &said{counterpart: c}
				p := c.protocol()
				p.Dial = func(context.Context, kkt.Endpoint, time.Duration) (port.Line, error) { return ear, nil }
				enqs := func() (n int) {
					for _, b := range ear.bytes {
						if b == 0x05 {
							n++
						}
					}
					return n
				}
				if _, err := p.Open(t.Context(), kkt.Endpoint{Address: "a"}); err != nil || enqs() == 0 {
					t.Fatalf("v2 %v: %v, %d ENQ", v2, err, enqs())
				}
				ear.bytes = nil
				before := time.Now()
				if _, err := p.Open(t.Context(), kkt.Endpoint{Address: "a"}); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(before); v2 && enqs() > 0 || !v2 && (enqs() != 1 || took > 0) {
					t.Errorf("v2 %v: %d ENQ after %v", v2, enqs(), took)
				}
				for code := range c.executed {
					if code != "fc" {
						t.Errorf("v2 %v: %q was sent to find out", v2, code)
					}
				}
				// The register is changed for one that speaks the other framing.
				c.v2 = !v2
				if _, err := p.Open(t.Context(), kkt.Endpoint{Address: "a"}); err != nil {
					t.Errorf("now v2 %v: %v", !v2, err)
				}
			})
		}
	}
}

// TestOpeningFails: what stands at the other end decides the error.
func TestOpeningFails(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		port port.Line
		want error
	}{
		"nobody":            {&dummy{}, kkt.ErrNoAnswer},
		"hangs up at once":  {&dummy{gone: true}, kkt.ErrBusy},
		"a web server":      {&dummy{says: "HTTP/1.1 400 Bad Request\r\n"}, nil},
		"works for ever":    {&dummy{answer: 0x06}, kkt.ErrBusy},
		"speaks and dies":   {&dummy{says: "\x06", gone: true}, kkt.ErrNoAnswer},
		"never stops":       {&dummy{says: "U", again: true}, nil},
		"only idle bytes":   {&dummy{says: "\xff\xff\xff"}, kkt.ErrNoAnswer},
		"an ATOL of old":    {&dummy{answer: 0x06, says: "\x05"}, kkt.ErrBusy},
		"answers and stops": {&dummy{answer: 0x02}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &shtrih.Protocol{Dial: func(context.Context, kkt.Endpoint, time.Duration) (port.Line, error) { return tc.port, nil }}
				_, err := p.Open(t.Context(), kkt.Endpoint{Address: "a"})
				var garbage *kkt.GarbageError
				if tc.want == nil && !errors.As(err, &garbage) && !errors.Is(err, kkt.ErrNoAnswer) && !errors.Is(err, kkt.ErrBusy) || tc.want != nil && !errors.Is(err, tc.want) {
					t.Errorf("%v", err)
				}
				if name == "a web server" && (garbage == nil || len(garbage.Bytes) == 0) {
					t.Errorf("no evidence: %v", err)
				}
			})
		})
	}
}

// dummy is no register: it says something, and answers each byte with another.
type dummy struct {
	says   string
	answer byte
	again  bool
	gone   bool
}

func (d *dummy) Write(b []byte) (int, error) {
	if d.answer != 0 {
		d.says += string([]byte{d.answer})
	}
	return len(b), nil
}

func (d *dummy) Close() error { return nil }

func (d *dummy) Poll(b []byte, wait time.Duration) (int, error) {
	if d.says != "" {
		n := copy(b, d.says)
		if !d.again {
			d.says = d.says[n:]
		} else {
			<-time.After(10 * time.Millisecond)
		}
		return n, nil
	}
	if d.gone {
		return 0, errors.New("cut")
	}
	<-time.After(wait)
	return 0, nil
}

// TestSpeedsOfASerialRegister: without a speed both usual ones are tried, and
// the one that worked first the next time.
func TestSpeedsOfASerialRegister(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounterpart(false)
		p := c.protocol()
		dial := p.Dial
		p.Dial = func(ctx context.Context, e kkt.Endpoint, limit time.Duration) (port.Line, error) {
			port, err := dial(ctx, e, limit)
			if e.Baud != 4800 {
				return &dummy{}, err
			}
			return port, err
		}
		e := kkt.Endpoint{Transport: "serial", Address: "/dev/ttyS0"}
		for range 2 {
			if _, err := p.Open(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		if len(c.bauds) != 3 || c.bauds[0] != 0 || c.bauds[1] != 4800 || c.bauds[2] != 4800 {
			t.Errorf("tried %v", c.bauds)
		}
		e.Baud = 115200
		if _, err := p.Open(t.Context(), e); !errors.Is(err, kkt.ErrNoAnswer) || len(c.bauds) != 4 {
			t.Errorf("a named speed: %v, tried %v", err, c.bauds)
		}
	})
}

func TestAddressGetsTheUsualPort(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"192.0.2.7": "192.0.2.7:7778", "192.0.2.7:12345": "192.0.2.7:12345", "kassa": "kassa:7778", "2001:db8::7": "[2001:db8::7]:7778"} {
		synctest.Test(t, func(t *testing.T) {
			p := newCounterpart(false).protocol()
			dial := p.Dial
			p.Dial = func(ctx context.Context, e kkt.Endpoint, limit time.Duration) (port.Line, error) {
				if e.Address != want {
					t.Errorf("%s is dialled as %s", address, e.Address)
				}
				return dial(ctx, e, limit)
			}
			if _, err := p.Open(t.Context(), kkt.Endpoint{Address: address}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLongWorkIsWaitedFor: a report takes longer than any single wait.
func TestLongWorkIsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, v2 := range []bool{false, true} {
		c := newCounterpart(v2)
		c.hold = 25 * time.Second
		if _, _, err := do(t, c, kkt.Procedure{Name: kkt.ProcCloseShift}); err != nil || c.executed["41"] != 1 {
			t.Errorf("v2 %v: %v, carried out %d times", v2, err, c.executed["41"])
		}
	}
}

// TestUnknownOutcome: what left and was not answered is not said again, and
// nothing else is said.
func TestUnknownOutcome(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(c *counterpart){
		"restarts before it is done": func(c *counterpart) { c.restart, c.before = "22", true },
		"restarts after it":          func(c *counterpart) { c.restart = "22" },
		"works for ever":             func(c *counterpart) { c.hold = time.Hour },
		"the line is cut":            func(c *counterpart) { c.cutAfter = "22" },
	} {
		for _, v2 := range []bool{false, true} {
			c := newCounterpart(v2)
			c.script["11"] = "00 1E 43 33 86 DA 0F 06 16 01 A4 06 92 02 04 00 03 4E 41 00 00 01 01 10 14 0C 16 11 04 20 00 EE 30 00 00 03 01 00 00 00 00 00 AD F4 CA 01 00"
			set(c)
			sent, done, err := do(t, c, kkt.Procedure{Name: kkt.ProcSetClock})
			if !errors.Is(err, kkt.ErrUnknownOutcome) || c.executed["22"] > 1 || len(sent) != 2 {
				t.Errorf("%s, v2 %v: %v after %v, carried out %d times", name, v2, err, sent, c.executed["22"])
			}
			if last := done[len(done)-1]; last.Failure != "outcome_unknown" || len(last.Got) > 0 {
				t.Errorf("%s: %+v", name, last)
			}
		}
	}
}

// TestStaleAnswerIsDropped: what belongs to somebody's earlier command is taken
// and thrown away, also when it looks like ours.
func TestStaleAnswerIsDropped(t *testing.T) {
	t.Parallel()
	c := newCounterpart(false)
	synctest.Test(t, func(t *testing.T) {
		c.answer, c.ready = raw(t, "FF 39 05"), time.Now() // an answer that says "life over"
		x, err := open(t, c).Do(t.Context(), kkt.Procedure{Name: kkt.ProcFNStatus})
		if err != nil || len(x) != 1 || hex.EncodeToString(x[0].Got[:3]) != "ff3900" || c.executed["ff39"] != 1 {
			t.Errorf("%v, %+v", err, x)
		}
	})
}

func TestCancelledContextEndsAReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounterpart(false)
		d := open(t, c)
		c.deaf = time.Now().Add(time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		before := time.Now()
		if _, err := d.Read(ctx, func() time.Time { return noon }); !errors.Is(err, context.DeadlineExceeded) || time.Since(before) > time.Second {
			t.Errorf("%v after %v", err, time.Since(before))
		}
	})
}
