package shtrih

import (
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
func (r *Register) told() bool { return r.way.Told(r.address()) }

// address is the operator's, as the OFD's table has it.
func (r *Register) address() (host string, port int) { return r.ofdHost(), int(r.ofdPort()) }

// canSend says whether nothing in the register is in the way.
func (r *Register) canSend() bool {
	return r.driveGone() == 0 && !r.faults.Unreachable() && r.ofdOn() && r.ofdHost() != ""
}

// ofdReachable says whether documents would reach the OFD now.
func (r *Register) ofdReachable() bool {
	return r.canSend() && r.way.Reaches(r.address())
}

// sendDue hands the bench's own OFD what has waited its few seconds. What goes
// to an operator that the register was told is the courier's.
func (r *Register) sendDue() {
	if !r.canSend() {
		return
	}
	host, port := r.address()
	r.way.SendDue(host, port, &r.drive, r.own())
}

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

// protocol is what a session's header says about the documents' format.
func (r *Register) protocol() [2]byte { return paper.Protocol(ffd.Version(r.ffd())) }

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

// again forgets the pause after a failure: something about the way has
// changed.
func (r *Register) again() {
	r.way.Unpause()
	r.urge()
}
