package shtrih

import (
	"maps"

	"github.com/tillwright/tillwright/internal/sim"
)

// State is the register as it is now: the truth, not what it would say.
func (r *Register) State() sim.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sendDue()
	s := sim.State{
		Protocol: Name, Serial: r.serial, Model: int(r.model.number), Clock: r.own(), Time: r.now(), Mode: int(r.mode()), Submode: int(r.submode()), Cash: r.cash,
		Shift:   sim.ShiftState{Open: r.shift.open, Number: r.shiftNumber(), Receipts: r.shift.receipts},
		Receipt: sim.ReceiptState{Open: r.receipt.open, Type: int(r.receipt.kind), Sum: r.receipt.sum},
		FN:      r.driveState(),
		OFD: sim.OFDState{
			Host: r.ofdHost(), Port: int(r.ofdPort()), Channel: int(r.cells[cell{r.about(aboutNetwork), 1, fieldExchange}][0]), Reachable: r.ofdReachable(),
		},
		Faults: r.faults.Active(), Executed: maps.Clone(r.executed),
	}
	if s.OFD.Sends = r.told(); s.OFD.Sends {
		last, _ := r.way.Last()
		s.OFD.Network, s.OFD.Operator, s.OFD.Drive = int(last.Network), int(last.Operator), int(last.Drive)
	}
	if r.shift.open {
		s.Shift.OpenedAt, s.Shift.EndsAt = r.shift.openedAt, r.shift.openedAt.Add(shiftLimit)
	}
	return s
}

func (r *Register) driveState() sim.FNState {
	d := sim.FNState{
		Serial: r.drive.serial, Phase: int(r.drive.phase), ValidTill: r.drive.validTill, Warnings: int(r.warnings()),
		LastDocument: r.drive.last.number, LastSum: r.drive.last.sum, Receipts: r.drive.receipts, Unsent: len(r.drive.queue),
	}
	if d.Unsent > 0 {
		d.FirstUnsent, d.FirstUnsentAt = r.drive.queue[0].number, r.drive.queue[0].at
	}
	return d
}

// Live is one step of a life: send, open or close the shop, sell. A register
// that is in somebody's hands, or that something holds back, waits.
func (r *Register) Live(h sim.Habits, sums []int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sendDue()
	defer r.urge()
	if r.receipt.open || r.begun != 0 || !r.newDate.IsZero() || r.mayPrint() != 0 || r.driveRefuses() != 0 {
		return
	}
	if r.has(FaultUnplugged) || r.has(FaultSilent) || r.has(FaultPower) || r.has(FaultWrongMode) || r.has(FaultShiftOver) || r.has(FaultPassword) || r.has(FaultDriveTerms) {
		return
	}
	switch opens, closes := h.Turn(r.own(), r.shift.open, r.shift.openedAt); {
	case closes:
		r.closeShift()
	case opens:
		r.openShift()
	}
	if !r.shift.open || r.shiftOver() {
		return
	}
	for _, sum := range sums {
		r.receipt = receipt{open: true, sum: sum, items: 1}
		inCash := int64(0)
		if sum%3 == 0 {
			inCash = sum
		}
		r.finish(inCash)
	}
}
