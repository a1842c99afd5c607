package fnchange

import (
	"time"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
)

// Plan is the steps of a replacement for a reason.
func Plan(r Reason) []StepID {
	if r == Broken {
		return []StepID{StepClaim, StepSwap, StepRegister, StepOperator, StepOffice, StepKeep}
	}
	return []StepID{StepShift, StepSent, StepArchive, StepFarewell, StepSwap, StepRegister, StepOperator, StepOffice, StepKeep}
}

// ProcedureFor is what the machine can do in a step, "" when it can do
// nothing. Closing the drive is offered where the register's protocol can.
func ProcedureFor(id StepID) string {
	switch id {
	case StepShift:
		return kkt.ProcCloseShift
	case StepArchive:
		return kkt.ProcCloseArchive
	default:
		return ""
	}
}

// Provable says whether a reading of the register can prove the step. The
// others are a person's word.
func Provable(id StepID) bool {
	switch id {
	case StepClaim, StepOffice, StepKeep:
		return false
	default:
		return true
	}
}

// Truth is what a reading says about a step.
type Truth int

// A reading that lacks a value proves nothing either way.
const (
	Unknown Truth = iota
	No
	Yes
)

// Prove tells whether the reading shows the step done. old is the number of
// the drive that is replaced.
func Prove(id StepID, old string, s signal.Set) Truth {
	if s.Get(signal.Link).Text() != signal.LinkOK {
		return Unknown
	}
	phase := s.Get(signal.FNPhase)
	closed := phase.Known() && fn.Phase(phase.Int()) >= fn.PhaseClosed
	switch id {
	case StepShift:
		// A drive that is closed already has no shift; a register without a
		// working drive may still tell of one.
		return either(closed, s.Get(signal.Shift), func(v signal.Value) bool { return v.Text() == "closed" })
	case StepSent:
		return either(false, s.Get(signal.Unsent), func(v signal.Value) bool { return v.Int() == 0 })
	case StepArchive:
		return either(false, phase, func(signal.Value) bool { return closed })
	case StepFarewell:
		if !closed {
			return Unknown
		}
		return either(false, s.Get(signal.Unsent), func(v signal.Value) bool { return v.Int() == 0 })
	case StepSwap:
		return either(false, s.Get(signal.FNSerial), func(v signal.Value) bool { return v.Text() != old })
	case StepRegister:
		return onNew(old, s, phase, func(v signal.Value) bool { return fn.Phase(v.Int()) == fn.PhaseFiscal })
	case StepOperator:
		if fn.Phase(phase.Int()) != fn.PhaseFiscal {
			return Unknown
		}
		return onNew(old, s, s.Get(signal.Unsent), func(v signal.Value) bool { return v.Int() == 0 && s.Get(signal.LastDocNo).Int() > 0 })
	default:
		return Unknown
	}
}

func either(already bool, v signal.Value, ok func(signal.Value) bool) Truth {
	switch {
	case already:
		return Yes
	case !v.Known():
		return Unknown
	case ok(v):
		return Yes
	default:
		return No
	}
}

// onNew judges only a reading of another drive than the old one.
func onNew(old string, s signal.Set, v signal.Value, ok func(signal.Value) bool) Truth {
	drive := s.Get(signal.FNSerial)
	if !drive.Known() || drive.Text() == old {
		return Unknown
	}
	return either(false, v, ok)
}

// proofOf keeps what the reading says, for the papers that ask for it. The
// report on the registration is the first document of a drive: when more have
// been made since, its date and sign are no longer what the register tells.
func proofOf(id StepID, s signal.Set, at time.Time) *Proof {
	p := &Proof{
		At: at, Drive: s.Get(signal.FNSerial).Text(), Phase: s.Get(signal.FNPhase).Int(), Unsent: s.Get(signal.Unsent).Int(),
		Document: s.Get(signal.LastDocNo).Int(), Sign: s.Get(signal.LastDocSign).Text(),
	}
	if made := s.Get(signal.LastDocAt); made.Known() {
		p.Made = made.Time()
	}
	if id == StepRegister && p.Document > 1 {
		p.Document, p.Made, p.Sign = 1, time.Time{}, ""
	}
	return p
}

// Hindrance is a reason why it would be wrong to begin, or to go on, found in
// a reading.
type Hindrance string

// The hindrances.
const (
	NoReading    Hindrance = "no_reading"    // nothing was ever read, or the register does not answer
	ClockOff     Hindrance = "clock_off"     // a wrong date would stay in the new drive for good
	ReceiptOpen  Hindrance = "receipt_open"  // the shift cannot be closed
	ShiftOnDead  Hindrance = "shift_on_dead" // the shift is open and the drive signs no more: for support
	AlreadyNew   Hindrance = "already_new"   // the drive is ready and was never registered
	ClosedBefore Hindrance = "closed_before" // the drive is closed already: its steps prove themselves
	SoldSince    Hindrance = "sold_since"    // somebody sold after the shift was closed: the drive cannot be closed
)

// clockTolerance is how far a register's clock may be off when a drive is
// registered: the drive itself compares with five minutes (FN code 11h).
const clockTolerance = 5 * 60

// Hindrances looks at a reading before the procedure begins.
func Hindrances(r Reason, s signal.Set, now time.Time) []Hindrance {
	var list []Hindrance
	add := func(when bool, h Hindrance) {
		if when {
			list = append(list, h)
		}
	}
	link := s.Get(signal.Link)
	if !link.Known() || link.Text() != signal.LinkOK {
		return []Hindrance{NoReading}
	}
	drift := s.Get(signal.ClockDrift)
	add(drift.Known() && (drift.Int() > clockTolerance || drift.Int() < -clockTolerance), ClockOff)
	add(s.Get(signal.ReceiptOpen).Bool(), ReceiptOpen)
	phase := s.Get(signal.FNPhase)
	add(r != Broken && OnDead(s, now), ShiftOnDead)
	add(phase.Known() && fn.Phase(phase.Int()) == fn.PhaseReady, AlreadyNew)
	add(phase.Known() && fn.Phase(phase.Int()) >= fn.PhaseClosed, ClosedBefore)
	return list
}

// underWay are the hindrances of a procedure that has begun. They are about the
// step whose turn it is: what was in the way of an earlier one is past.
func underWay(p *Procedure, now *Step, s signal.Set, at time.Time) (list []Hindrance) {
	before := now.ID == StepShift || now.ID == StepSent || now.ID == StepArchive
	for _, h := range Hindrances(p.Reason, s, at) {
		if h == NoReading || h == ClockOff || before && (h == ReceiptOpen || h == ShiftOnDead) {
			list = append(list, h)
		}
	}
	shift := s.Get(signal.Shift)
	if (now.ID == StepSent || now.ID == StepArchive) && shift.Known() && shift.Text() != "closed" {
		list = append(list, SoldSince)
	}
	return list
}

// OnDead is the exception that goes to support: the shift is open and the
// drive can no longer close it, because its validity is over, it has waited
// for the operator for thirty days, or it has lost its link.
func OnDead(s signal.Set, now time.Time) bool {
	if shift := s.Get(signal.Shift); !shift.Known() || shift.Text() == "closed" {
		return false
	}
	till, first := s.Get(signal.FNValidTill), s.Get(signal.FirstUnsentAt)
	expired := till.Known() && now.After(till.Time())
	locked := first.Known() && s.Get(signal.Unsent).Int() > 0 && fn.Locked(first.Time(), now)
	return expired || locked || s.Get(signal.FNLink).Text() == "lost"
}
