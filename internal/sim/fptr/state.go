package fptr

import (
	"maps"
	"strconv"

	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/drive"
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
		Protocol: Name, Serial: r.serial, Model: r.model, Clock: r.own(), Time: r.watch.Bench(), Cash: r.cash, Faults: r.faults.Active(), Executed: maps.Clone(r.executed),
		Shift:   sim.ShiftState{Open: r.shift.Open, Number: r.shift.Current(), Receipts: r.shift.Receipts},
		Receipt: sim.ReceiptState{Open: r.has(FaultReceiptOpen)},
		FN:      r.driveState(), OFD: r.ofdState(),
	}
	if r.unfinished {
		s.Mode, s.Submode = modeExtra, submodePrinting
	}
	if r.shift.Open {
		s.Shift.OpenedAt, s.Shift.EndsAt = r.shift.OpenedAt, r.shift.OpenedAt.Add(drive.ShiftLimit)
	}
	return s
}

func (r *Register) driveState() sim.FNState {
	d := sim.DriveState(&r.drive, r.own())
	d.LastKind = formWords[r.drive.Last.Form]
	return d
}

func (r *Register) ofdState() sim.OFDState {
	host, port := r.address()
	s := sim.WayState(&r.way, host, port, r.canSend())
	s.Channel, _ = strconv.Atoi(r.channelValue())
	return s
}

// State is the register as it is now, with its address.
func (s *Server) State() sim.State {
	state := s.Register.State()
	state.Address = s.Addr()
	return state
}
