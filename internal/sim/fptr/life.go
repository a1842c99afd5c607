package fptr

import (
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// patient is the register with its service's queue: it lives by itself only
// between two postings, because the service tells a document that was made from
// one that was not by the drive's last number.
type patient struct {
	*Register
	queue *queue
}

// Patient is the register; see sim.Station.
func (s *Server) Patient() sim.Patient { return patient{Register: s.Register, queue: s.queue} }

// Live is one step of a life; see sim.Patient.
func (p patient) Live(h sim.Habits, sums []int64) {
	p.queue.whenIdle(func() { p.Register.Live(h, sums) })
}

// Live is one step of a life: send, open or close the shop, sell. A register
// that something holds back waits.
func (r *Register) Live(h sim.Habits, sums []int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sendDue()
	defer r.urge()
	for _, id := range []string{FaultPower, FaultSilent, FaultUnplugged, FaultPortHeld, FaultLostBefore, FaultLostAfter, FaultShiftOver} {
		if r.has(id) {
			return
		}
	}
	if r.mayTrade() != 0 || r.has(FaultReceiptOpen) {
		return
	}
	switch opens, closes := h.Turn(r.own(), r.shift.Open, r.shift.OpenedAt); {
	case closes:
		r.closeShift(nil)
	case opens:
		r.openShift(nil)
	}
	if !r.shift.Open || r.sellingRefused() != 0 {
		return
	}
	for _, sum := range sums {
		d := paper.Document{Form: paper.Receipt, Kind: 1, Sum: sum}
		if sum%3 == 0 {
			d.Cash = sum
		}
		r.takeCash(r.sign(d))
	}
}
