package shtrih

import (
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/sim/courier"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// benchHost is the operator's name that a register has when nobody told it
// one: documents for it are taken by the bench itself.
const benchHost = "ofd.bench.invalid"

// retryPause is how long a register waits after an exchange that failed.
const retryPause = 10 * time.Second

// way is what a register knows of its way to the operator.
type way struct {
	stir  func() // wakes the courier; nil while nobody carries
	retry time.Duration

	last      courier.Outcome // of the last exchange
	going     bool            // a letter is on its way
	notBefore time.Time       // by the machine's clock
}

// Carry gives the register to a courier; see courier.Sender.
func (r *Register) Carry(c *courier.Courier, retry time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if retry <= 0 {
		retry = retryPause
	}
	r.way.stir, r.way.retry = c.Stir, retry
}

// told says that the register was told an operator and somebody carries to it.
func (r *Register) told() bool {
	host := r.ofdHost()
	return r.way.stir != nil && host != "" && host != benchHost && r.ofdPort() != 0
}

// canSend says whether nothing in the register is in the way.
func (r *Register) canSend() bool {
	return r.driveGone() == 0 && !r.has(FaultUnsent) && !r.has(FaultNoExchange) && r.ofdOn() && r.ofdHost() != ""
}

// ofdReachable says whether documents would reach the OFD now.
func (r *Register) ofdReachable() bool { return r.canSend() && (!r.told() || r.way.last.Taken()) }

// sendDue hands the bench's own OFD what has waited its few seconds. What goes
// to an operator that the register was told is the courier's.
func (r *Register) sendDue() {
	if len(r.drive.queue) == 0 || r.told() || !r.canSend() {
		return
	}
	due := 0
	for _, d := range r.drive.queue {
		if wait := r.own().Sub(d.at); wait >= 0 && wait < sendPause {
			break
		}
		due++
	}
	r.drive.queue = append([]document(nil), r.drive.queue[due:]...)
}

// Post gives the oldest document that waits, one at a time.
func (r *Register) Post(now time.Time) (l courier.Letter, wait time.Duration, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !r.told(), r.way.going, len(r.drive.queue) == 0, !r.canSend():
		return l, 0, false
	case now.Before(r.way.notBefore):
		return l, r.way.notBefore.Sub(now), false
	}
	d := r.drive.queue[0]
	tlv, err := paper.Encode(r.holder(), r.paperOf(d))
	if err != nil { // a name that cannot be written; the drive would not have signed it
		r.failed(courier.Outcome{Network: 3}, now)
		return l, r.way.retry, false
	}
	r.way.going = true
	return courier.Letter{
		Host: r.ofdHost(), Port: int(r.ofdPort()), Drive: r.drive.serial, Version: aProtocol(), Form: d.kind, Number: uint32(d.number), Data: tlv,
	}, 0, true
}

// aProtocol is the version of the format that the bench's documents are in.
func aProtocol() [2]byte { return [2]byte{1, 5} }

// Delivered takes the operator's word: a document that it has waits no more.
func (r *Register) Delivered(l courier.Letter, o courier.Outcome, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.way.going = false
	if !o.Taken() {
		r.failed(o, now)
		return
	}
	r.way.last, r.way.notBefore = o, time.Time{}
	if q := r.drive.queue; l.Drive == r.drive.serial && len(q) > 0 && q[0].number == int64(l.Number) {
		r.drive.queue = slices.Delete(q, 0, 1)
	}
}

func (r *Register) failed(o courier.Outcome, now time.Time) {
	r.way.last, r.way.notBefore = o, now.Add(r.way.retry)
}

// urge wakes the courier when something waits that it could carry now.
func (r *Register) urge() {
	if len(r.drive.queue) > 0 && !r.way.going && r.told() {
		r.way.stir()
	}
}

// again forgets the pause after a failure: something about the way has
// changed.
func (r *Register) again() {
	r.way.notBefore = time.Time{}
	r.urge()
}
