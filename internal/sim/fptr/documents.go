package fptr

import (
	"encoding/json"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// document carries out a task that makes a fiscal document.
func (r *Register) document(t task) (any, int) {
	switch t.Type {
	case "sell", "sellReturn", "buy", "buyReturn", "sellCorrection", "sellReturnCorrection", "buyCorrection", "buyReturnCorrection":
		return r.receipt(t)
	case "openShift", "closeShift", "reportOfdExchangeStatus", "closeArchive":
		return r.report(t)
	case "fnChange", "registration", "changeRegistrationParameters":
		return r.register(t)
	default:
		return nil, codeNotSupported
	}
}

// mayTrade is what every fiscal document asks first; 0 means yes.
func (r *Register) mayTrade() int {
	switch {
	case r.has(FaultPassword):
		return codePassword
	case r.unfinished:
		return codeReportBroken
	case r.has(FaultNoPaper):
		return codeNoPaper
	default:
		return r.driveRefuses()
	}
}

func (r *Register) report(t task) (any, int) {
	if code := r.mayTrade(); code != 0 {
		return nil, code
	}
	switch {
	case r.has(FaultReceiptOpen):
		return nil, codeReceiptOpen
	case t.Type == "openShift" && r.shift.Open:
		return nil, codeShiftOpen
	case t.Type == "openShift":
		return r.fiscalParams(r.openShift(t.Operator), false), 0
	case t.Type == "closeShift" && !r.shift.Open:
		return nil, codeShiftClosed
	case t.Type == "closeShift":
		return r.fiscalParams(r.closeShift(t.Operator), false), 0
	case t.Type == "closeArchive":
		return r.closeArchive(t)
	}
	params, how := r.fiscalParams(r.made(paper.Settlement, t.Operator), false), r.exchange()
	params["status"], params["errors"] = how["status"], how["errors"]
	return params, 0
}

// closeArchive ends the drive's fiscal mode: with the shift closed and
// everything sent.
func (r *Register) closeArchive(t task) (any, int) {
	switch {
	case r.shift.Open:
		return nil, codeShiftOpen
	case r.drive.Unsent() > 0:
		return nil, codeFNUnsent
	}
	d := r.made(paper.CloseDrive, t.Operator)
	r.drive.Phase = fn.PhaseClosed
	return r.fiscalParams(d, false), 0
}

// register registers anew: with a fresh drive, or the parameters of the one
// that is in.
func (r *Register) register(t task) (any, int) {
	fresh := r.drive.Phase == fn.PhaseReady
	var form enrolled
	switch {
	case json.Unmarshal(t.raw, &form) != nil, form.Device == nil, form.Organization == nil, t.Operator == nil:
		return nil, codeParse
	case r.has(FaultNoPaper):
		return nil, codeNoPaper
	case r.driveGone() != 0:
		return nil, r.driveGone()
	case r.shift.Open:
		return nil, codeShiftOpen
	case fresh == (t.Type == "changeRegistrationParameters"):
		return nil, codeFNState
	}
	r.drive.Phase = fn.PhaseFiscal
	r.drive.Registrations++
	r.enrolled = form
	report := uint8(paper.Changed)
	if t.Type == "registration" {
		report = paper.Registration
	}
	return r.fiscalParams(r.made(report, t.Operator), false), 0
}
