package atol

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// The buffer commands and answers of transport v3's task layer.
const (
	taskAdd   = 0xC1
	taskAck   = 0xC2
	taskAsk   = 0xC3
	taskAbort = 0xC4

	flagResult = 0x01 // the host wants the result; the maker's driver never sends another

	stPending    = 0xA1
	stInProgress = 0xA2
	stResult     = 0xA3
	stError      = 0xA4
	stStopped    = 0xA5
	stAsyncDone  = 0xA6
	stAsyncError = 0xA7
	stWaiting    = 0xA8
	stOverflow   = 0xB1
	stExists     = 0xB2
	stNotFound   = 0xB3
	stBadValue   = 0xB4
)

// LastTask is the highest number of a task; the next is 00 again.
const LastTask = 0xDE

// StatusError is a register's buffer refusing a task before it began. The
// command was certainly not carried out.
type StatusError struct{ Status byte }

// Error is for logs.
func (e *StatusError) Error() string {
	return fmt.Sprintf("atol: the register's buffer refused the task: %02X", e.Status)
}

// task is one command on its way. The rule of the house: C1 goes out once.
// When its answer is lost, C3 asks for the result of the same number. The only
// exception is a register that says by itself that the packet came damaged,
// while nothing has shown yet that it took the task: then the same packet is
// repeated, and a register that has the task after all answers B2.
type task struct {
	l        *line
	timing   Timing
	tid      byte
	packet   Frame
	asks     [256]bool // numbers of the C3 packets sent
	asked    bool
	accepted bool
	repeated bool
	quiet    int // waits in a row without a sign of life
	damaged  int // damaged packets so far
	polls    int // C3 sent since the task was accepted
	failed   bool
}

// runTask adds the payload as a task, waits for its result and acknowledges
// it. limit is how long the register may take.
func (l *line) runTask(ctx context.Context, t Timing, tid byte, payload []byte, limit time.Duration) ([]byte, error) {
	k := &task{l: l, timing: t, tid: tid}
	l.dec.Forget()
	data := append([]byte{taskAdd, flagResult, tid}, payload...)
	id, err := l.send(data...)
	k.packet = Frame{ID: id, Data: data}
	if err != nil {
		return nil, unknown(err)
	}
	reply, err := k.wait(ctx, deadline(limit))
	if err != nil {
		return nil, err
	}
	// The command is done and its reply is here: a lost acknowledgement is
	// not the caller's sorrow, the next task has another number.
	if k.failed {
		_ = l.request(ctx, 2, t.Ack, taskAbort)
	} else {
		_ = l.request(ctx, 2, t.Ack, taskAck, tid)
	}
	return reply, nil
}

// unknown marks an error after which nobody can say whether the command was
// carried out.
func unknown(err error) error { return errors.Join(kkt.ErrUnknownOutcome, err) }

func (k *task) wait(ctx context.Context, until time.Time) ([]byte, error) {
	for {
		f, r, err := k.l.receive(ctx, k.patience())
		if err != nil {
			return nil, unknown(err)
		}
		if r == Whole {
			reply, done, err := k.take(f)
			if done || err != nil {
				return reply, err
			}
			if time.Until(until) > 0 {
				continue
			}
		}
		if err := k.askAgain(r, until); err != nil {
			return nil, err
		}
	}
}

// patience is how long to wait before asking: short and growing once the
// register has the task (not every register sends its result unasked), long
// while it has not said a word.
func (k *task) patience() time.Duration {
	if !k.accepted {
		return k.timing.Silence
	}
	return min(k.timing.Poll<<min(k.polls, 8), k.timing.PollMax)
}

// maxDamaged is how many spoilt packets one command may meet before the line
// is given up.
const maxDamaged = 12

func (k *task) askAgain(r Result, until time.Time) error {
	if r == Damaged {
		k.damaged++
	} else {
		k.quiet++
	}
	if k.quiet > k.timing.Tries || k.damaged > maxDamaged || time.Until(until) <= 0 {
		return unknown(k.l.silence())
	}
	id, err := k.l.send(taskAsk, k.tid)
	if err != nil {
		return unknown(err)
	}
	k.asks[id], k.asked = true, true
	k.polls++
	return nil
}

// take judges one packet. Packets that belong to something earlier are passed
// over.
func (k *task) take(f Frame) (reply []byte, done bool, err error) {
	switch {
	case f.ID == AsyncID:
		return k.async(f.Data)
	case f.ID == k.packet.ID, k.asks[f.ID]:
		k.quiet = 0
		if len(f.Data) == 0 {
			return nil, false, k.repeat(f.ID)
		}
		return k.status(f.Data)
	default:
		return nil, false, nil
	}
}

func (k *task) async(data []byte) ([]byte, bool, error) {
	if len(data) < 3 || data[1] != k.tid || data[0] != stAsyncDone && data[0] != stAsyncError {
		return nil, false, nil
	}
	k.failed = data[0] == stAsyncError
	return data[2:], true, nil
}

// repeat answers a register that wants a packet again.
func (k *task) repeat(id byte) error {
	if k.asks[id] {
		_, err := k.l.send(taskAsk, k.tid)
		return err
	}
	if k.accepted || k.asked || k.repeated {
		return nil
	}
	k.repeated = true
	if err := k.l.put(k.packet); err != nil {
		return unknown(err)
	}
	return nil
}

func (k *task) status(data []byte) ([]byte, bool, error) {
	switch data[0] {
	case stResult, stError:
		if len(data) > 1 {
			k.failed = data[0] == stError
			return data[1:], true, nil
		}
		k.accepted = true
	case stPending, stInProgress, stWaiting, stExists:
		k.accepted = true
	case stOverflow, stBadValue:
		if !k.accepted && !k.asked {
			return nil, true, &StatusError{Status: data[0]}
		}
	case stNotFound, stStopped:
		// The register has forgotten the task or broke it off: it restarted,
		// or never had it. Both look the same from here.
		return nil, true, unknown(&StatusError{Status: data[0]})
	}
	return nil, false, nil
}
