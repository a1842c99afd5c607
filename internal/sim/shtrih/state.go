package shtrih

import (
	"maps"

	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/drive"
)

// State is the register as it is now: the truth, not what it would say.
func (r *Register) State() sim.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sendDue()
	host, port := r.address()
	s := sim.State{
		Protocol: Name, Serial: r.serial, Model: int(r.model.number), Clock: r.own(), Time: r.watch.Bench(), Mode: int(r.mode()), Submode: int(r.submode()), Cash: r.cash,
		Shift:   sim.ShiftState{Open: r.shift.Open, Number: r.shift.Current(), Receipts: r.shift.Receipts},
		Receipt: sim.ReceiptState{Open: r.receipt.open, Type: int(r.receipt.kind), Sum: r.receipt.sum},
		FN:      sim.DriveState(&r.drive, r.own()),
		OFD:     sim.WayState(&r.way, host, port, r.canSend()),
		Faults:  r.faults.Active(), Executed: maps.Clone(r.executed),
	}
	s.OFD.Channel = int(r.cells[cell{r.about(aboutNetwork), 1, fieldExchange}][0])
	if r.shift.Open {
		s.Shift.OpenedAt, s.Shift.EndsAt = r.shift.OpenedAt, r.shift.OpenedAt.Add(drive.ShiftLimit)
	}
	return s
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
	switch opens, closes := h.Turn(r.own(), r.shift.Open, r.shift.OpenedAt); {
	case closes:
		r.closeShift()
	case opens:
		r.openShift()
	}
	if !r.shift.Open || r.shift.Over(r.own()) {
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
