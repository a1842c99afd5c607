package atol

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
)

// device is the other end of a line: it sees every packet of the host and
// answers with what its script gives, in bytes. Inside a synctest bubble its
// waiting costs no real time.
type device struct {
	t      *testing.T
	script func(f Frame, nth int) []byte // nth counts the packets, from 0
	dec    Decoder
	seen   []Frame
	out    bytes.Buffer
	gone   bool // the line is cut
}

func (d *device) Write(b []byte) (int, error) {
	if d.gone {
		return 0, io.ErrClosedPipe
	}
	for _, c := range b {
		f, r := d.dec.Push(c)
		if r == Whole {
			d.seen = append(d.seen, f)
			d.out.Write(d.script(f, len(d.seen)-1))
		}
	}
	return len(b), nil
}

func (d *device) Poll(b []byte, wait time.Duration) (int, error) {
	if d.out.Len() == 0 {
		if d.gone {
			return 0, io.EOF
		}
		<-time.After(wait)
		return 0, nil
	}
	return d.out.Read(b)
}

func (d *device) Close() error { return nil }

// count is how often the host sent the buffer command c.
func (d *device) count(c byte) (n int) {
	for _, f := range d.seen {
		if len(f.Data) > 0 && f.Data[0] == c {
			n++
		}
	}
	return n
}

func pack(id byte, data ...byte) []byte {
	b, err := Frame{ID: id, Data: data}.Append(nil)
	if err != nil {
		panic(err)
	}
	return b
}

// runOn runs one task against a script and says what came of it.
func runOn(t *testing.T, script func(f Frame, nth int) []byte) (reply []byte, d *device, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d = &device{t: t, script: script}
		talk := &talker3{line: line{wire: port.Wire{Line: d}}, timing: Timing{}.filled(), tid: 5}
		reply, err = talk.run(t.Context(), []byte{0, 0, 0x59}, 10*time.Second)
	})
	return reply, d, err
}

// polite acknowledges what needs no thought.
func polite(f Frame) []byte {
	if f.Data[0] == taskAck || f.Data[0] == taskAbort {
		return pack(f.ID, stResult)
	}
	return nil
}

func TestTaskWaysToTheResult(t *testing.T) {
	t.Parallel()
	done := []byte{0x55, 0, 0}
	for name, script := range map[string]func(f Frame, nth int) []byte{
		"at once": func(f Frame, nth int) []byte {
			if nth == 0 {
				return pack(f.ID, stResult, 0x55, 0, 0)
			}
			return polite(f)
		},
		"in a packet of its own": func(f Frame, nth int) []byte {
			if nth == 0 {
				return append(pack(f.ID, stPending), pack(AsyncID, stAsyncDone, 5, 0x55, 0, 0)...)
			}
			return polite(f)
		},
		"own packet before the answer": func(f Frame, nth int) []byte {
			if nth == 0 {
				return append(pack(AsyncID, stAsyncDone, 5, 0x55, 0, 0), pack(f.ID, stPending)...)
			}
			return polite(f)
		},
		"only when asked, after a while": func(f Frame, nth int) []byte {
			switch {
			case nth == 0:
				return pack(f.ID, stPending)
			case nth < 9:
				return pack(f.ID, stInProgress)
			case f.Data[0] == taskAsk:
				return pack(f.ID, stResult, 0x55, 0, 0)
			}
			return polite(f)
		},
		"answer lost": func(f Frame, _ int) []byte {
			if f.Data[0] == taskAsk {
				return pack(f.ID, stResult, 0x55, 0, 0)
			}
			return polite(f)
		},
		"answer spoilt": func(f Frame, nth int) []byte {
			if nth == 0 {
				b := pack(f.ID, stResult, 0x55, 0, 0)
				b[5] ^= 0x40
				return b
			}
			if f.Data[0] == taskAsk {
				return pack(f.ID, stResult, 0x55, 0, 0)
			}
			return polite(f)
		},
		"another task's result first": func(f Frame, nth int) []byte {
			if nth == 0 {
				return append(pack(AsyncID, stAsyncDone, 4, 0x55, 0x9A, 0), pack(f.ID, stResult, 0x55, 0, 0)...)
			}
			return polite(f)
		},
		"a late packet of another number first": func(f Frame, nth int) []byte {
			if nth == 0 {
				return append(pack(f.ID+7, stResult, 0x55, 0x9A, 0), pack(f.ID, stResult, 0x55, 0, 0)...)
			}
			return polite(f)
		},
		"garbage before it": func(f Frame, nth int) []byte {
			if nth == 0 {
				return append([]byte{0x24, 0xFE, 0x40, 0x0D, 0xFD, 0x00}, pack(f.ID, stResult, 0x55, 0, 0)...)
			}
			return polite(f)
		},
	} {
		t.Run(name, func(t *testing.T) {
			reply, d, err := runOn(t, script)
			if err != nil || !bytes.Equal(reply, done) {
				t.Fatalf("% X, %v", reply, err)
			}
			if n := d.count(taskAdd); n != 1 {
				t.Errorf("the task was sent %d times", n)
			}
			if n := d.count(taskAck); n != 1 {
				t.Errorf("acknowledged %d times", n)
			}
		})
	}
}

func TestTaskErrorIsFollowedByAbort(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(id byte) []byte{
		"at once": func(id byte) []byte { return pack(id, stError, 0x55, 0x9A, 0) },
		"in a packet of its own": func(id byte) []byte {
			return append(pack(id, stPending), pack(AsyncID, stAsyncError, 5, 0x55, 0x9A, 0)...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			reply, d, err := runOn(t, func(f Frame, nth int) []byte {
				if nth == 0 {
					return answer(f.ID)
				}
				return polite(f)
			})
			if err != nil || !bytes.Equal(reply, []byte{0x55, 0x9A, 0}) {
				t.Fatalf("% X, %v", reply, err)
			}
			if d.count(taskAbort) != 1 || d.count(taskAck) != 0 {
				t.Errorf("%d aborts, %d acknowledgements", d.count(taskAbort), d.count(taskAck))
			}
		})
	}
}

// TestTaskIsRepeatedOnlyForARegisterThatAsks: it said that the packet came
// spoilt, and had not taken it before.
func TestTaskIsRepeatedOnlyForARegisterThatAsks(t *testing.T) {
	t.Parallel()
	reply, d, err := runOn(t, func(f Frame, nth int) []byte {
		switch nth {
		case 0:
			return pack(f.ID)
		case 1:
			return pack(f.ID, stResult, 0x55, 0, 0)
		}
		return polite(f)
	})
	if err != nil || len(reply) != 3 || d.count(taskAdd) != 2 {
		t.Fatalf("% X, %v, sent %d times", reply, err, d.count(taskAdd))
	}
	if !bytes.Equal(d.seen[0].Data, d.seen[1].Data) || d.seen[0].ID != d.seen[1].ID {
		t.Error("the repeat is another packet")
	}
	// One that already works on it gets no repeat, whatever it says.
	_, d, err = runOn(t, func(f Frame, nth int) []byte {
		if nth == 0 {
			return append(pack(f.ID, stPending), pack(f.ID)...)
		}
		if f.Data[0] == taskAsk {
			return pack(f.ID, stResult, 0x55, 0, 0)
		}
		return polite(f)
	})
	if err != nil || d.count(taskAdd) != 1 {
		t.Errorf("%v, sent %d times", err, d.count(taskAdd))
	}
}

func TestTaskUnknownOutcome(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]func(f Frame, nth int) []byte{
		"silence after the command": func(Frame, int) []byte { return nil },
		"the register restarted and knows of no task": func(f Frame, nth int) []byte {
			if nth == 0 {
				return pack(f.ID, stInProgress)
			}
			return pack(f.ID, stNotFound)
		},
		"stopped by somebody": func(f Frame, _ int) []byte { return pack(f.ID, stStopped, 5) },
		"only garbage":        func(Frame, int) []byte { return []byte("Hello, I am a printer") },
		"works for ever":      func(f Frame, _ int) []byte { return pack(f.ID, stInProgress) },
	} {
		t.Run(name, func(t *testing.T) {
			_, d, err := runOn(t, script)
			if !errors.Is(err, kkt.ErrUnknownOutcome) {
				t.Fatalf("%v", err)
			}
			if n := d.count(taskAdd); n != 1 {
				t.Errorf("the task was sent %d times", n)
			}
			var garbage *kkt.GarbageError
			if errors.As(err, &garbage) != (name == "only garbage") {
				t.Errorf("garbage: %v", err)
			}
		})
	}
}

func TestTaskCutLine(t *testing.T) {
	t.Parallel()
	var d *device
	synctest.Test(t, func(t *testing.T) {
		d = &device{t: t}
		d.script = func(Frame, int) []byte { d.gone = true; return nil }
		talk := &talker3{line: line{wire: port.Wire{Line: d, Heard: true}}, timing: Timing{}.filled()}
		_, err := talk.run(t.Context(), []byte{0, 0, 0x59}, 10*time.Second)
		if !errors.Is(err, kkt.ErrUnknownOutcome) || !errors.Is(err, kkt.ErrNoAnswer) {
			t.Errorf("%v", err)
		}
	})
}

// TestTaskRefusedByTheBuffer: what never began is not "unknown".
func TestTaskRefusedByTheBuffer(t *testing.T) {
	t.Parallel()
	for _, status := range []byte{stOverflow, stBadValue} {
		_, _, err := runOn(t, func(f Frame, _ int) []byte { return pack(f.ID, status) })
		var refused *StatusError
		if !errors.As(err, &refused) || refused.Status != status || errors.Is(err, kkt.ErrUnknownOutcome) {
			t.Errorf("%02X: %v", status, err)
		}
	}
}

func TestCancelledTaskIsUnknownToo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &device{t: t, script: func(f Frame, _ int) []byte { return pack(f.ID, stInProgress) }}
		talk := &talker3{line: line{wire: port.Wire{Line: d}}, timing: Timing{}.filled()}
		ctx, cancel := contextWithTimeout(t, 3*time.Second)
		defer cancel()
		_, err := talk.run(ctx, []byte{0, 0, 0x5A}, time.Minute)
		if !errors.Is(err, kkt.ErrUnknownOutcome) || ctx.Err() == nil {
			t.Errorf("%v", err)
		}
	})
}

func TestNumbersWrap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &device{t: t, script: func(f Frame, _ int) []byte {
			if f.Data[0] == taskAdd {
				return pack(f.ID, stResult, 0x55, 0, 0)
			}
			return polite(f)
		}}
		talk := &talker3{line: line{wire: port.Wire{Line: d}}, timing: Timing{}.filled()}
		for range 500 {
			if _, err := talk.run(t.Context(), []byte{0, 0, 0x45}, time.Second); err != nil {
				t.Fatal(err)
			}
		}
		ids, tids := map[byte]bool{}, map[byte]bool{}
		for _, f := range d.seen {
			ids[f.ID] = true
			if f.Data[0] == taskAdd {
				tids[f.Data[2]] = true
			}
		}
		if len(ids) != LastID+1 || ids[0xE0] || len(tids) != LastTask+1 || tids[0xDF] {
			t.Errorf("%d packet numbers, %d task numbers", len(ids), len(tids))
		}
	})
}
