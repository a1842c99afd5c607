package sim

import (
	"context"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/ofd"
	"github.com/tillwright/tillwright/internal/sim/courier"
)

// Sending lets the registers of a bench really send their documents to a test
// operator of fiscal data: each to the address that it was told, by its options
// or by the cells of table 19. The zero value does, to this machine and to
// private networks alone.
type Sending struct {
	Dialer  ofd.Dialer    // nil: this machine and private networks
	Timeout time.Duration // for connecting, and for the answer; 0 is ten seconds
	Retry   time.Duration // from a failure to the next try; 0 is ten seconds
	Hands   int           // exchanges at once over all registers; 0 is 16
	// Done is told of each exchange, of which register and with which document;
	// nil is nobody.
	Done func(register int, l courier.Letter, o courier.Outcome)
}

// post starts the courier of a bench and gives what ends it. Registers of
// other protocols have their documents carried when they can be carried for.
func (s *Sending) post(stations []Station) (stop func()) {
	type carried interface {
		courier.Sender
		Carry(c *courier.Courier, retry time.Duration)
	}
	var senders []courier.Sender
	var all []carried
	number := map[int]int{} // of a sender its register's
	for i, station := range stations {
		if m, ok := station.Patient().(carried); ok {
			number[len(senders)] = i
			senders, all = append(senders, m), append(all, m)
		}
	}
	opt := courier.Options{Dialer: s.Dialer, Timeout: s.Timeout, Hands: s.Hands}
	if s.Done != nil {
		opt.Done = func(i int, l courier.Letter, o courier.Outcome) { s.Done(number[i], l, o) }
	}
	c := courier.New(senders, opt)
	for _, m := range all {
		m.Carry(c, s.Retry)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.Run(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// Carry gives the register to a courier; see courier.Sender.
func (r *Register) Carry(c *courier.Courier, retry time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.way.Join(c, retry)
}

// address is the operator's, as table 19 has it.
func (r *Register) address() (host string, port int) {
	p := r.tables[cellPort]
	return strings.TrimRight(string(r.tables[cellHost]), "\x00"), int(p[0])<<8 | int(p[1])
}

// told says that the register was told an operator and somebody carries to it.
func (r *Register) told() bool { return r.way.Told(r.address()) }

// Post gives the oldest document that waits, one at a time.
func (r *Register) Post(now time.Time) (l courier.Letter, wait time.Duration, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.canSend() {
		return l, 0, false
	}
	host, port := r.address()
	return r.way.Next(now, host, port, &r.drive, r.holder)
}

// Delivered takes the operator's word; see courier.Sender.
func (r *Register) Delivered(l courier.Letter, o courier.Outcome, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.way.Ended(l, o, now, &r.drive, r.own())
}

// urge wakes the courier when something waits that it could carry now.
func (r *Register) urge() {
	host, port := r.address()
	r.way.Urge(host, port, &r.drive)
}

// again forgets the pause after a failure: something about the way has changed.
func (r *Register) again() {
	r.way.Unpause()
	r.urge()
}

// tryLink is the register's own test of its link. The register is not locked
// while it waits for the network.
func (r *Register) tryLink() {
	host, port := r.address()
	if !r.told() || !r.canSend() {
		return
	}
	try := r.way.Test()
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	r.mu.Unlock()
	code := try(ctx, host, port)
	r.mu.Lock()
	r.way.Tested(code)
	if code == 0 {
		r.again()
	}
}

// testPatience bounds the register's own test: programs wait ten seconds for a
// command.
const testPatience = 5 * time.Second

// canSend says whether nothing in the register is in the way.
func (r *Register) canSend() bool {
	return r.driveGone() == 0 && !r.faults.Unreachable() && r.tables[cellChannel][0] == channelHost
}
