package fptr

import (
	"maps"
	"strconv"

	"github.com/tillwright/tillwright/internal/sim"
)

// Name is the protocol's name.
const Name = "fptr"

// The mode of an ATOL register that waits to finish a document on paper: 7.1.
const (
	modeExtra       = 7
	submodePrinting = 1
)

// State is the register as it is now: the truth, not what it would say. A
// document that waits to be printed to its end is told as the register's own
// mode for it.
func (r *Register) State() sim.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sendDue()
	s := sim.State{
		Protocol: Name, Serial: r.serial, Model: r.model, Clock: r.own(), Time: r.now(), Cash: r.cash, Faults: r.faults.Active(), Executed: maps.Clone(r.executed),
		Shift:   sim.ShiftState{Open: r.shift.open, Number: r.shiftNumber(), Receipts: r.shift.receipts},
		Receipt: sim.ReceiptState{Open: r.has(FaultReceiptOpen)},
		FN:      r.driveState(), OFD: r.ofdState(),
	}
	if r.unfinished {
		s.Mode, s.Submode = modeExtra, submodePrinting
	}
	if r.shift.open {
		s.Shift.OpenedAt, s.Shift.EndsAt = r.shift.openedAt, r.shift.openedAt.Add(shiftLimit)
	}
	return s
}

func (r *Register) driveState() sim.FNState {
	d := sim.FNState{
		Serial: r.drive.serial, Phase: int(r.drive.phase), ValidTill: r.drive.validTill, Warnings: int(r.warnings()),
		LastDocument: r.drive.last.number, LastSum: r.drive.last.sum, LastKind: r.drive.last.kind, Receipts: r.drive.receipts, Unsent: len(r.drive.queue),
	}
	if d.Unsent > 0 {
		d.FirstUnsent, d.FirstUnsentAt = r.drive.queue[0].number, r.drive.queue[0].at
	}
	return d
}

func (r *Register) ofdState() sim.OFDState {
	var s sim.OFDState
	s.Host, s.Port = r.address()
	s.Channel, _ = strconv.Atoi(r.channelValue())
	s.Reachable, s.Sends = r.ofdReachable(), r.told()
	if s.Sends {
		last, _ := r.way.Last()
		s.Network, s.Operator, s.Drive = int(last.Network), int(last.Operator), int(last.Drive)
	}
	return s
}

// State is the register as it is now, with its address.
func (s *Server) State() sim.State {
	state := s.Register.State()
	state.Address = s.Addr()
	return state
}
