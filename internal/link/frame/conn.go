package frame

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Budget bounds the bytes of large messages that are held at one time over all
// connections; golang.org/x/sync/semaphore has the form.
type Budget interface {
	Acquire(ctx context.Context, n int64) error
	Release(n int64)
}

// Options are the patience of a connection; fields that are nought take the
// values beside them.
type Options struct {
	Idle         time.Duration // 30 s: a quiet peer is pinged after each such span, and dropped half a span after the second unanswered ping
	Message      time.Duration // 30 s: from the first byte of a message to its last
	WriteTimeout time.Duration // 10 s: of one write
	Linger       time.Duration // 2 s: how long the peer's close frame is waited for after ours
	Budget       Budget        // nil = no bound; it must hold at least one largest message
}

func (o Options) orUsual() Options {
	for _, f := range []struct {
		have  *time.Duration
		usual time.Duration
	}{
		{&o.Idle, 30 * time.Second},
		{&o.Message, 30 * time.Second},
		{&o.WriteTimeout, 10 * time.Second},
		{&o.Linger, 2 * time.Second},
	} {
		if *f.have <= 0 {
			*f.have = f.usual
		}
	}
	return o
}

// maxPings is how many pings may stay unanswered.
const maxPings = 2

// Conn is the server's end of one WebSocket. One goroutine reads; any may
// write or shut it.
type Conn struct {
	nc   net.Conn
	opts *Options

	// small holds the head of a frame and what came with it. It is all that an
	// idle connection keeps for reading.
	small    [128]byte
	at, have int

	write   sync.Mutex // one frame at a time
	closing atomic.Bool
	limit   sync.Mutex // the read deadline against the closing one

	controls     int // control frames since windowStart
	windowStart  time.Time
	in, out      atomic.Int64
	lastActivity atomic.Int64 // Unix ms
}

// NewConn makes a server's connection of one that has been through the
// handshake.
func NewConn(nc net.Conn, o Options) *Conn {
	o = o.orUsual()
	c := &Conn{nc: nc, opts: &o}
	c.lastActivity.Store(time.Now().UnixMilli())
	return c
}

// LastActivity is when the peer was last heard, by the machine's clock.
func (c *Conn) LastActivity() time.Time { return time.UnixMilli(c.lastActivity.Load()).UTC() }

// Closing says whether Shut has been called or the peer has closed: what comes
// in from now on is not to be acted upon.
func (c *Conn) Closing() bool { return c.closing.Load() }

// Bytes is what went in and out so far, without TLS.
func (c *Conn) Bytes() (in, out int64) { return c.in.Load(), c.out.Load() }

// setReadDeadline moves the deadline of reading, but never past the one that
// Shut has set.
func (c *Conn) setReadDeadline(t time.Time) error {
	c.limit.Lock()
	defer c.limit.Unlock()
	if c.closing.Load() {
		return nil
	}
	return c.nc.SetReadDeadline(t)
}

// Shut begins the end: the peer is told why, and whoever reads is woken and
// gets an error. It may be called from any goroutine, also twice; the first
// code stands. The reader then calls Finish.
func (c *Conn) Shut(code uint16, reason string) {
	c.limit.Lock()
	already := c.closing.Swap(true)
	if !already {
		_ = c.nc.SetReadDeadline(time.Now().Add(c.opts.Linger)) // a dead connection fails at the next read
	}
	c.limit.Unlock()
	if already {
		return
	}
	var payload [maxControl]byte
	_ = c.writeFrame(OpClose, AppendClose(payload[:0], code, reason)) // best effort: the peer may be gone
}

// Finish is called by the reader when Read has failed: it tells the peer why
// unless Shut has, waits a moment for the peer's own close frame, so that the
// last words are not lost to a reset, and lets the connection go.
func (c *Conn) Finish(why *CloseError) {
	if why != nil && why.Peer {
		code := why.Code
		if code == CloseNoStatus {
			code = CloseNormal
		}
		c.Shut(code, "")
	} else {
		if why != nil {
			c.Shut(why.Code, why.Reason)
		}
		if c.closing.Load() {
			c.discard()
		}
	}
	c.closing.Store(true)
	_ = c.nc.Close()
}

// discard reads until the peer's close frame, the end or the deadline that
// Shut has set. Where the frames can no longer be told apart, because the
// connection ends in the middle of one, any bytes are passed over.
func (c *Conn) discard() {
	for {
		h, err := c.header()
		var bad *CloseError
		if errors.As(err, &bad) {
			_, _ = io.Copy(io.Discard, c.nc)
			return
		}
		if err != nil || h.Op == OpClose {
			return
		}
		for left := h.Length; left > 0; {
			if c.at == c.have {
				c.at, c.have = 0, 0
				if c.fill() != nil {
					return
				}
			}
			n := min(left, int64(c.have-c.at))
			c.at += int(n)
			left -= n
		}
	}
}

// Abort cuts the connection without a word.
func (c *Conn) Abort() {
	c.closing.Store(true)
	_ = c.nc.Close()
}
