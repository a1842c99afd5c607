// Package channel is the agent's line to its server: one WebSocket over TLS,
// and signed HTTPS exchanges where something on the way breaks the socket.
//
// What the spool holds goes out in order, in bundles, with a few on the way at
// a time, and is forgotten only when the server says it is durable. Whatever
// was on the way when a connection broke goes out again. See DESIGN.md of the
// agent.
package channel

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/agent/steady"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/wire"
)

// Backlog is the reports that wait; the spool is one.
type Backlog interface {
	// Next is the reports after a number, at most n and so many bytes of JSON.
	Next(after int64, n, bytes int) ([]wire.Report, error)
	// Ack says that all up to a number is the server's, refused ones included.
	Ack(through int64, refused int)
	// Done is the number up to which all is acknowledged.
	Done() int64
	// Ready is signalled when there may be something new.
	Ready() <-chan struct{}
}

// Office is the rest of the agent: what comes in goes to it, what it has to
// say goes out.
type Office interface {
	// Hello is what the agent says of itself, without identity and signature.
	Hello() wire.Hello
	// Welcome is told once for each connection that the server took.
	Welcome(w wire.Welcome)
	Config(c wire.Config)
	// Command takes a command and gives what is to be answered at once.
	Command(c wire.Command) []wire.Message
	// Settled takes what the server says of something of Outgoing: that a result
	// is durable, or what became of sold entries.
	Settled(m wire.Message)
	// Outgoing is the results not yet acknowledged, problems worth telling, what
	// a search found, and what the shop sold that is not yet answered.
	Outgoing() []wire.Message
	// Changed is signalled when Outgoing may have something new.
	Changed() <-chan struct{}
}

// Timing is how patient the channel is. Zero values mean the defaults.
type Timing struct {
	Dial        time.Duration // for connecting and the welcome; default 20 s
	Ping        time.Duration // between pings; two without anything end the connection; default 20 s
	Ack         time.Duration // a bundle's answer; default 60 s
	Repeat      time.Duration // a result is told again; default 15 s
	BackoffMin  time.Duration // default 1 s
	BackoffMax  time.Duration // default 60 s
	Fallback    time.Duration // exchanges before the socket is tried again; default 10 min
	FallbackTry int           // failed sockets before an exchange is tried; default 3
}

// Options are what a Channel needs; Timing, Log and Client may be left out.
type Options struct {
	Server  string // "https://host:port"
	Agent   string
	Key     ed25519.PrivateKey
	Pin     []byte // SHA-256 of the server's public key, nil = the machine's authorities
	Client  *http.Client
	Backlog Backlog
	Office  Office
	Clock   clock.Clock
	Time    *steady.Server
	Jitter  func(most time.Duration) time.Duration // between 0 and most
	Timing  Timing
	Log     *slog.Logger
}

// Channel keeps the line up. Make it with New.
type Channel struct {
	opt     Options
	instant int64 // of the last exchange, Unix ms

	mu sync.Mutex
	up bool
	at time.Time // since when it is so; zero = never connected yet
}

// New makes a channel that is not yet connected.
func New(opt Options) *Channel {
	opt.Timing = opt.Timing.filled()
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Client == nil {
		opt.Client = Client(opt.Pin)
	}
	return &Channel{opt: opt}
}

func (t Timing) filled() Timing {
	or := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	or(&t.Dial, 20*time.Second)
	or(&t.Ping, 20*time.Second)
	or(&t.Ack, time.Minute)
	or(&t.Repeat, 15*time.Second)
	or(&t.BackoffMin, time.Second)
	or(&t.BackoffMax, time.Minute)
	or(&t.Fallback, 10*time.Minute)
	if t.FallbackTry <= 0 {
		t.FallbackTry = 3
	}
	return t
}

// Connected says whether the server is reached, and since when it is so by the
// agent's clock; zero when it never was in this run.
func (c *Channel) Connected() (up bool, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.up, c.at
}

func (c *Channel) connected(up bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.up != up {
		c.up, c.at = up, c.opt.Clock.Now()
	}
}

// Run keeps connecting until ctx ends.
func (c *Channel) Run(ctx context.Context) {
	b := backoff{t: c.opt.Timing, jitter: c.opt.Jitter}
	sockets := 0 // that failed before their welcome, in a row
	for ctx.Err() == nil {
		s := c.newSession()
		err := c.socket(ctx, s)
		c.connected(false)
		if s.welcomed {
			sockets = 0
		} else {
			sockets++
		}
		b.after(s)
		if sockets >= c.opt.Timing.FallbackTry && ctx.Err() == nil && !told(err) {
			c.opt.Log.Info("channel: the socket does not come up, trying exchanges", "error", err)
			s = c.newSession()
			err = c.exchanges(ctx, s)
			c.connected(false)
			if s.welcomed {
				sockets = c.opt.Timing.FallbackTry - 1
			}
			b.after(s)
		}
		if ctx.Err() != nil {
			return
		}
		pause := b.pause(err)
		c.opt.Log.Warn("channel: not connected", "error", err, "again_in", pause.String())
		wait(ctx, pause)
	}
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// errTold is a problem that the server told before it ended the connection.
type errTold struct{ wire.Problem }

// Error is for the log.
func (e *errTold) Error() string { return "server: " + e.Code + ": " + e.Detail }

func told(err error) bool {
	var p *errTold
	return errors.As(err, &p)
}

// errLater is an HTTP answer that asks to come again later.
type errLater struct {
	status string
	after  time.Duration
}

// Error is for the log.
func (e *errLater) Error() string { return "server answered " + e.status }
