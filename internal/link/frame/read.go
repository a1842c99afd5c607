package frame

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"
	"unicode/utf8"
)

// Message is one text message. Payload is borrowed: it is good until Free.
// A large message also counts against the budget until Done. Both must be
// called, in this order.
type Message struct {
	Payload []byte
	buf     *[]byte
	budget  Budget
	charged int64
}

// Free gives the payload's buffer back.
func (m *Message) Free() {
	if m.buf != nil {
		putBuffer(m.buf)
		m.buf, m.Payload = nil, nil
	}
}

// Done gives back what the message holds of the budget.
func (m *Message) Done() {
	if m.charged > 0 {
		m.budget.Release(m.charged)
		m.charged = 0
	}
}

const (
	smallBuffer = 4 << 10   // most messages; not charged to the budget
	largeBuffer = 256 << 10 // larger ones are not kept
)

var (
	smallBuffers = sync.Pool{New: func() any { b := make([]byte, 0, smallBuffer); return &b }}
	largeBuffers = sync.Pool{New: func() any { return new([]byte) }}
)

func putBuffer(b *[]byte) {
	*b = (*b)[:0]
	switch size := cap(*b); {
	case size == smallBuffer:
		smallBuffers.Put(b)
	case size <= largeBuffer:
		largeBuffers.Put(b)
	}
}

// Read waits for the next whole message of at most limit bytes, answering and
// sending pings meanwhile. A *CloseError says that the connection must end and
// with which code; any other error that it is broken. In both cases the caller
// calls Finish and nothing else.
func (c *Conn) Read(ctx context.Context, limit int64) (Message, error) {
	var m Message
	err := c.read(ctx, limit, &m)
	if err != nil {
		m.Free()
		m.Done()
		return Message{}, err
	}
	return m, nil
}

func (c *Conn) read(ctx context.Context, limit int64, m *Message) error {
	begun := false
	for {
		if !begun {
			if err := c.await(); err != nil {
				return err
			}
		}
		h, err := c.header()
		if err != nil {
			return err
		}
		switch {
		case !h.Masked:
			return violation("a client's frame without a mask")
		case h.Op.Control():
			if err := c.control(h); err != nil {
				return err
			}
			continue
		case begun != (h.Op == OpContinuation):
			return violation("a fragment out of its place")
		case h.Op == OpBinary:
			return &CloseError{Code: CloseUnsupported, Reason: "text messages only"}
		case int64(len(m.Payload))+h.Length > limit:
			return &CloseError{Code: CloseTooBig, Reason: fmt.Sprintf("at most %d bytes", limit)}
		}
		begun = true
		if err := c.fragment(ctx, h, m, limit); err != nil {
			return err
		}
		if h.Fin {
			return m.check()
		}
	}
}

func (m *Message) check() error {
	if !utf8.Valid(m.Payload) {
		return &CloseError{Code: CloseInvalidData, Reason: "not UTF-8"}
	}
	return nil
}

// await waits for the first byte of a frame; this is where an idle connection
// spends its life.
func (c *Conn) await() error {
	if c.at < c.have { // came together with the frame before
		return c.setReadDeadline(time.Now().Add(c.opts.Message))
	}
	c.at, c.have = 0, 0
	for pings := 0; ; pings++ {
		patience := c.opts.Idle
		if pings == maxPings {
			patience /= 2
		}
		if err := c.setReadDeadline(time.Now().Add(patience)); err != nil {
			return fmt.Errorf("frame: %w", err)
		}
		err := c.fill()
		switch {
		case err == nil:
			return c.setReadDeadline(time.Now().Add(c.opts.Message))
		case !errors.Is(err, os.ErrDeadlineExceeded) || c.closing.Load():
			return err
		case pings == maxPings:
			return &CloseError{Code: ClosePolicy, Reason: "pings stay unanswered"}
		}
		if err := c.writeFrame(OpPing, nil); err != nil {
			return err
		}
	}
}

// fill reads what there is into the rest of small.
func (c *Conn) fill() error {
	n, err := c.nc.Read(c.small[c.have:])
	if n > 0 {
		c.have += n
		c.heard(n)
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return fmt.Errorf("frame: %w", err)
}

func (c *Conn) heard(n int) {
	c.in.Add(int64(n))
	c.lastActivity.Store(time.Now().UnixMilli())
}

// header reads the head of the next frame.
func (c *Conn) header() (Header, error) {
	for {
		h, n, short, err := ParseHeader(c.small[c.at:c.have])
		if err != nil {
			return Header{}, err
		}
		if !short {
			c.at += n
			return h, nil
		}
		c.have = copy(c.small[:], c.small[c.at:c.have])
		c.at = 0
		if err := c.fill(); err != nil {
			return Header{}, err
		}
	}
}

// payload reads exactly len(b) bytes and takes the mask off.
func (c *Conn) payload(h Header, b []byte) error {
	n := copy(b, c.small[c.at:c.have])
	c.at += n
	if n < len(b) {
		got, err := io.ReadFull(c.nc, b[n:])
		if got > 0 {
			c.heard(got)
		}
		if err != nil {
			return fmt.Errorf("frame: %w", err)
		}
	}
	if h.Masked {
		Mask(h.Mask, 0, b)
	}
	return nil
}

// fragment appends a frame's payload to the message.
func (c *Conn) fragment(ctx context.Context, h Header, m *Message, limit int64) error {
	before, size := len(m.Payload), len(m.Payload)+int(h.Length)
	if size > smallBuffer && m.charged == 0 && c.opts.Budget != nil {
		if err := c.charge(ctx, m, h, size, limit); err != nil {
			return err
		}
	}
	m.room(size)
	return c.payload(h, m.Payload[before:])
}

// charge takes a message's share of the budget in one piece, the whole limit
// when its size is not known yet: two that each waited for a second piece
// could wait for each other for ever.
func (c *Conn) charge(ctx context.Context, m *Message, h Header, size int, limit int64) error {
	share := int64(size)
	if !h.Fin {
		share = limit
	}
	if err := c.opts.Budget.Acquire(ctx, share); err != nil {
		return fmt.Errorf("frame: %w", err)
	}
	m.budget, m.charged = c.opts.Budget, share
	// The wait for our own budget is not the peer's slowness.
	if err := c.setReadDeadline(time.Now().Add(c.opts.Message)); err != nil {
		return fmt.Errorf("frame: %w", err)
	}
	return nil
}

// room makes the payload size bytes long and keeps what is in it.
func (m *Message) room(size int) {
	if m.buf != nil && cap(*m.buf) >= size {
		m.Payload = (*m.buf)[:size]
		return
	}
	pool := &smallBuffers
	if size > smallBuffer {
		pool = &largeBuffers
	}
	buf, _ := pool.Get().(*[]byte) // the pools hold nothing else
	if cap(*buf) < size {
		*buf = make([]byte, 0, max(size, 2*len(m.Payload)))
	}
	*buf = append((*buf)[:0], m.Payload...)
	if m.buf != nil {
		putBuffer(m.buf)
	}
	m.buf, m.Payload = buf, (*buf)[:size]
}

// Limits of control frames: a peer needs one a few times a minute.
const (
	controlWindow = 10 * time.Second
	maxControls   = 100
)

func (c *Conn) control(h Header) error {
	var room [maxControl]byte
	b := room[:h.Length]
	if err := c.payload(h, b); err != nil {
		return err
	}
	now := time.Now()
	if now.Sub(c.windowStart) > controlWindow {
		c.windowStart, c.controls = now, 0
	}
	if c.controls++; c.controls > maxControls {
		return &CloseError{Code: ClosePolicy, Reason: "too many control frames"}
	}
	switch h.Op {
	case OpPing:
		return c.writeFrame(OpPong, b)
	case OpClose:
		return parseClose(b)
	default: // a pong has done its work by coming
		return nil
	}
}

// ErrClosed is what a write on a connection that is closing gives.
var ErrClosed = fmt.Errorf("frame: %w", net.ErrClosed)

// WriteText sends one text message in one frame. When it fails the connection
// is cut, so that the reader ends too.
func (c *Conn) WriteText(payload []byte) error { return c.writeFrame(OpText, payload) }

func (c *Conn) writeFrame(op Op, payload []byte) error {
	m := Message{}
	m.room(MaxHeader + len(payload))
	defer m.Free()
	b := AppendHeader(m.Payload[:0], Header{Fin: true, Op: op, Length: int64(len(payload))})
	b = append(b, payload...)
	c.write.Lock()
	defer c.write.Unlock()
	if c.closing.Load() && op != OpClose {
		return ErrClosed
	}
	err := c.nc.SetWriteDeadline(time.Now().Add(c.opts.WriteTimeout))
	if err == nil {
		_, err = c.nc.Write(b)
	}
	if err != nil {
		c.Abort()
		return fmt.Errorf("frame: %w", err)
	}
	c.out.Add(int64(len(b)))
	return nil
}
