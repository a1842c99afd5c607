// Package courier carries the documents of a bench's registers to a test
// operator of fiscal data and its answers back, as a register's own firmware
// does. One goroutine looks after all registers; an exchange takes one more for
// as long as it lasts, and no more than so many run at once.
//
// Left to itself it goes only to this machine and to private networks: a bench
// has no business at a real operator's.
package courier

import (
	"context"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/ofd"
)

// Letter is one document on its way.
type Letter struct {
	Host    string
	Port    int
	Drive   string // number of the fiscal drive
	Version [2]byte
	Form    byte
	Number  uint32
	Data    []byte // TLV
}

// Outcome is how an exchange ended, in the codes of register 43 of ATOL
// registers.
type Outcome struct {
	Network  byte // 0 ok, 2 no connection, 3 not sent, 4 bad session header, 5 no answer in time, 6 link broke, 7 sending took too long
	Operator byte // 0 ok, 1 sign, 2 format, 3 document's number, 4 drive's number, 11, 14: as the operator or the drive says
	Drive    byte // 32: the drive refused the operator's answer
}

// Taken says that the operator has the document.
func (o Outcome) Taken() bool { return o == Outcome{} }

// Sender is a register that has documents to send.
type Sender interface {
	// Post gives the next letter, or says after how long to ask again; nought
	// is "not before something has changed", see Stir. A letter that was given
	// is on its way until Delivered; there is none beside it.
	Post(now time.Time) (l Letter, wait time.Duration, ok bool)
	// Delivered tells how it went.
	Delivered(l Letter, o Outcome, now time.Time)
}

// Options are how a courier goes about it. The zero value does.
type Options struct {
	Dialer  ofd.Dialer    // nil: this machine and private networks only
	Timeout time.Duration // for connecting, sending and the answer, each; 0 is 10 s
	Hands   int           // exchanges at once; 0 is 16
	// Done is told of each exchange after its sender; it may be nil.
	Done func(sender int, l Letter, o Outcome)
}

// Courier serves a fixed number of senders.
type Courier struct {
	senders []Sender
	opt     Options
	wake    chan struct{}
	hands   chan struct{}
	running sync.WaitGroup
	first   int // whose turn it is; only Run touches it
}

// New makes a courier; nothing goes before Run.
func New(senders []Sender, opt Options) *Courier {
	if opt.Dialer == nil {
		opt.Dialer = near()
	}
	if opt.Timeout <= 0 {
		opt.Timeout = 10 * time.Second
	}
	if opt.Hands <= 0 {
		opt.Hands = 16
	}
	return &Courier{senders: senders, opt: opt, wake: make(chan struct{}, 1), hands: make(chan struct{}, opt.Hands)}
}

// Stir tells that a sender may have something new, or no pause any more. It
// never waits.
func (c *Courier) Stir() {
	select {
	case c.wake <- struct{}{}:
	default: // a round is due already
	}
}

// Run carries until the context ends; then nothing of it runs any more.
func (c *Courier) Run(ctx context.Context) {
	defer c.running.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		case <-timer.C:
		}
		if next := c.round(ctx); next > 0 {
			timer.Reset(next)
		}
	}
}

// round starts what can be started and gives the shortest wait; 0 is until
// somebody stirs. With all hands full it stops where it is, and the next round
// begins there, so that nobody is always last.
func (c *Courier) round(ctx context.Context) (next time.Duration) {
	now, n := time.Now(), len(c.senders)
	for k := range n {
		i := (c.first + k) % n
		select {
		case c.hands <- struct{}{}:
		default:
			c.first = i
			return next // a hand that comes free stirs
		}
		l, wait, ok := c.senders[i].Post(now)
		if ok {
			c.running.Add(1)
			go c.carry(ctx, i, l)
			continue
		}
		<-c.hands
		if wait > 0 && (next == 0 || wait < next) {
			next = wait
		}
	}
	return next
}

func (c *Courier) carry(ctx context.Context, i int, l Letter) {
	defer c.running.Done()
	o := c.exchange(ctx, l)
	c.senders[i].Delivered(l, o, time.Now())
	if c.opt.Done != nil {
		c.opt.Done(i, l, o)
	}
	<-c.hands
	c.Stir()
}
