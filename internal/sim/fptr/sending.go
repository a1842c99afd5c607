package fptr

import (
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/sim/courier"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// Carry gives the register to a courier; see courier.Sender.
func (r *Register) Carry(c *courier.Courier, retry time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.way.Join(c, retry)
}

// address is the operator's, as the registration has it.
func (r *Register) address() (host string, port int) {
	host, _ = r.enrolled.OFD["host"].(string)
	return strings.TrimSpace(host), toInt(r.enrolled.OFD["port"])
}

// told says that the register was told an operator and somebody carries to it.
func (r *Register) told() bool { return r.way.Told(r.address()) }

// canSend says whether nothing in the register is in the way.
func (r *Register) canSend() bool {
	return r.driveGone() == 0 && !r.unreachable() && r.channel == channelUSB
}

// unreachable says whether documents leave the register and reach nobody.
func (r *Register) unreachable() bool {
	return r.has(FaultUnsent) || r.has(FaultNoExchange) || r.has(FaultNoInternet) || r.has(FaultPower)
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
	if due > 0 {
		r.drive.queue, r.drive.confirmed = append([]document(nil), r.drive.queue[due:]...), r.own()
	}
}

// Post gives the oldest document that waits, one at a time.
func (r *Register) Post(now time.Time) (l courier.Letter, wait time.Duration, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.told() || len(r.drive.queue) == 0 || !r.canSend() {
		return l, 0, false
	}
	host, port := r.address()
	d, holder := r.drive.queue[0], r.holder()
	return r.way.Next(now, d.number, func() (courier.Letter, error) {
		p := r.paper(d)
		tlv, err := paper.Encode(holder, p)
		return courier.Letter{
			Host: host, Port: port, Drive: r.drive.serial, Version: paper.Protocol(holder.FFD), Form: p.Form, Number: p.Number, Data: tlv,
		}, err
	})
}

// Delivered takes the operator's word: a document that it has waits no more.
// The drive may have been replaced meanwhile.
func (r *Register) Delivered(l courier.Letter, o courier.Outcome, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if q := r.drive.queue; r.way.Ended(l, o, now) && l.Drive == r.drive.serial && len(q) > 0 && q[0].number == int64(l.Number) {
		r.drive.queue, r.drive.confirmed = slices.Delete(q, 0, 1), r.own()
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

// lastExchange is how the last exchange ended, and with which document: 1
// without a channel, 2 while the OFD cannot be reached, else as the operator
// and the drive said.
func (r *Register) lastExchange() (o courier.Outcome, number int64) {
	if r.told() {
		o, number = r.way.Last()
	}
	if len(r.drive.queue) > 0 {
		switch first := r.drive.queue[0].number; {
		case r.channel != channelUSB:
			return courier.Outcome{Network: 1}, first
		case r.unreachable():
			return courier.Outcome{Network: 2}, first
		}
	}
	if o.Taken() {
		number = 0
	}
	return o, number
}
