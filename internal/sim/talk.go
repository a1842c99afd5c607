package sim

import (
	"time"

	"github.com/tillwright/tillwright/internal/kkt/atol"
)

// The commands and answers of the task layer.
const (
	cmdAdd, cmdAck, cmdAsk, cmdAbort = 0xC1, 0xC2, 0xC3, 0xC4

	ansPending   = 0xA1
	ansResult    = 0xA3
	ansError     = 0xA4
	ansAsyncDone = 0xA6
	ansAsyncFail = 0xA7
	ansOverflow  = 0xB1
	ansExists    = 0xB2
	ansNotFound  = 0xB3
	ansBadValue  = 0xB4

	wantsResult = 0x01
)

// bufferSize is how many tasks a register keeps until they are acknowledged.
const bufferSize = 64

// buffer is the register's memory of tasks. It outlives a connection, so a
// client that lost its line can ask for a result over the next one.
type buffer struct {
	tasks map[byte]result
}

// result is a task's reply, kept until it is acknowledged.
type result struct {
	reply  []byte
	failed bool
}

// packet is the result with the status before it.
func (r result) packet(good, bad byte, tid ...byte) []byte {
	status := good
	if r.failed {
		status = bad
	}
	return append(append([]byte{status}, tid...), r.reply...)
}

func newBuffer() *buffer { return &buffer{tasks: map[byte]result{}} }

// talk is the conversation with one client. Only one runs at a time.
type talk struct {
	conn     Line
	register *Register
	buffer   *buffer
	idle     time.Duration
	dec      atol.Decoder
	sent     [256][]byte // the last packet of each number, to be repeated
}

func (t *talk) run() {
	var room [1024]byte
	for {
		// The socket's own clock is the machine's, not the bench's.
		if err := t.conn.SetReadDeadline(time.Now().Add(t.idle)); err != nil {
			return
		}
		n, err := t.conn.Read(room[:])
		if n > 0 && t.take(room[:n]) != nil {
			return
		}
		if err != nil {
			return
		}
	}
}

func (t *talk) take(b []byte) error {
	switch {
	case t.register.dumb():
		return nil
	case t.register.lineFault(FaultGarbage):
		return t.write(t.register.noise(len(b)))
	}
	for _, c := range b {
		f, r := t.dec.Push(c)
		var err error
		switch {
		case r == atol.Whole:
			err = t.packet(f)
		case r == atol.Damaged && f.ID <= atol.LastID && f.ID != 0:
			err = t.put(f.ID) // came spoilt: asks for it again
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// packet answers one good packet. An empty one asks for our last packet of
// that number.
func (t *talk) packet(f atol.Frame) error {
	if len(f.Data) == 0 {
		if last := t.sent[f.ID]; last != nil {
			return t.write(last)
		}
		return nil
	}
	switch f.Data[0] {
	case cmdAbort:
		clear(t.buffer.tasks)
		return t.finish(t.put(f.ID, ansResult))
	case cmdAdd:
		return t.add(f)
	case cmdAck, cmdAsk:
		return t.byNumber(f)
	default:
		return t.put(f.ID, ansBadValue)
	}
}

func (t *talk) add(f atol.Frame) error {
	if len(f.Data) < 4 || f.Data[2] > atol.LastID {
		return t.put(f.ID, ansBadValue)
	}
	flags, tid := f.Data[1], f.Data[2]
	if _, exists := t.buffer.tasks[tid]; exists {
		return t.put(f.ID, ansExists)
	}
	if len(t.buffer.tasks) >= bufferSize {
		return t.put(f.ID, ansOverflow)
	}
	later := flags&wantsResult != 0 && !t.register.opt.Inline
	if later { // said first: some commands take seconds, and silence for one is an error
		if err := t.put(f.ID, ansPending); err != nil {
			return err
		}
	}
	var done result
	done.reply, done.failed = t.register.Execute(f.Data[3:])
	if flags&wantsResult == 0 {
		return t.put(f.ID, ansResult)
	}
	t.buffer.tasks[tid] = done
	if !later {
		return t.put(f.ID, done.packet(ansResult, ansError)...)
	}
	return t.put(atol.AsyncID, done.packet(ansAsyncDone, ansAsyncFail, tid)...)
}

func (t *talk) byNumber(f atol.Frame) error {
	if len(f.Data) != 2 {
		return t.put(f.ID, ansBadValue)
	}
	kept, exists := t.buffer.tasks[f.Data[1]]
	switch {
	case !exists:
		return t.put(f.ID, ansNotFound)
	case f.Data[0] == cmdAsk:
		return t.put(f.ID, kept.packet(ansResult, ansError)...)
	}
	delete(t.buffer.tasks, f.Data[1])
	return t.finish(t.put(f.ID, ansResult))
}

// finish drops the line after the acknowledgement of a restart.
func (t *talk) finish(err error) error {
	if err == nil && t.register.takeReboot() {
		clear(t.buffer.tasks)
		return errHungUp
	}
	return err
}

func (t *talk) put(id byte, b ...byte) error {
	packet, err := atol.Frame{ID: id, Data: b}.Append(nil)
	if err != nil {
		return err
	}
	t.sent[id] = packet
	return t.write(packet)
}

func (t *talk) write(b []byte) error {
	_, err := t.conn.Write(b)
	return err
}

// port is a register's place with its memory of tasks.
type port struct {
	register *Register
	buffer   *buffer
}

// NewPort is a place to talk at.
func (r *Register) NewPort() Port { return &port{register: r, buffer: newBuffer()} }

// Talk speaks the register's transport until the client leaves.
func (p *port) Talk(line Line, idle time.Duration) {
	if p.register.opt.Older {
		(&talk2{conn: line, register: p.register, idle: idle}).run()
		return
	}
	(&talk{conn: line, register: p.register, buffer: p.buffer, idle: idle}).run()
}

// lineFault says whether a fault of the line is on.
func (r *Register) lineFault(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.has(id)
}

// takeReboot says once that the register restarted.
func (r *Register) takeReboot() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.rebooted
	if r.rebooted = false; r.off {
		r.off, r.faults[FaultPower] = false, true
	}
	return was
}

// noise is what a line full of disturbance gives: never a start mark, so that
// no packet can come of it.
func (r *Register) noise(n int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := make([]byte, max(n, 16))
	for i := range b {
		b[i] = byte(r.rnd.IntN(0xF0))
	}
	return b
}
