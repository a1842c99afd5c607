package shtrih

import (
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/sim/courier"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// Carry gives the register to a courier; see courier.Sender.
func (r *Register) Carry(c *courier.Courier, retry time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.way.Join(c, retry)
}

// told says that the register was told an operator and somebody carries to it.
func (r *Register) told() bool { return r.way.Told(r.ofdHost(), int(r.ofdPort())) }

// canSend says whether nothing in the register is in the way.
func (r *Register) canSend() bool {
	return r.driveGone() == 0 && !r.has(FaultPower) && !r.has(FaultUnsent) && !r.has(FaultNoExchange) && !r.has(FaultNoInternet) && r.ofdOn() && r.ofdHost() != ""
}

// ofdReachable says whether documents would reach the OFD now.
func (r *Register) ofdReachable() bool {
	last, _ := r.way.Last()
	return r.canSend() && (!r.told() || last.Taken())
}

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
	if !r.told() || len(r.drive.queue) == 0 || !r.canSend() {
		return l, 0, false
	}
	d := r.drive.queue[0]
	return r.way.Next(now, d.number, func() (courier.Letter, error) {
		tlv, err := paper.Encode(r.holder(), r.paperOf(d))
		return courier.Letter{
			Host: r.ofdHost(), Port: int(r.ofdPort()), Drive: r.drive.serial, Version: r.protocol(), Form: d.kind, Number: uint32(d.number), Data: tlv,
		}, err
	})
}

// protocol is what a session's header says about the documents' format.
func (r *Register) protocol() [2]byte { return paper.Protocol(ffd.Version(r.ffd())) }

// Delivered takes the operator's word: a document that it has waits no more.
func (r *Register) Delivered(l courier.Letter, o courier.Outcome, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if q := r.drive.queue; r.way.Ended(l, o, now) && l.Drive == r.drive.serial && len(q) > 0 && q[0].number == int64(l.Number) {
		r.drive.queue = slices.Delete(q, 0, 1)
	}
}

// urge wakes the courier when something waits that it could carry now.
func (r *Register) urge() {
	if len(r.drive.queue) > 0 && r.told() {
		r.way.Urge()
	}
}

// again forgets the pause after a failure: something about the way has
// changed.
func (r *Register) again() {
	r.way.Unpause()
	r.urge()
}
