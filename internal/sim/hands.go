package sim

import (
	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// What hands and the maker's utility do to a register when its drive is
// replaced. None of it is in the low-level commands that the bench knows.

// CloseDrive makes the report on closing the drive: it never signs again.
func (r *Register) CloseDrive() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.driveGone() != 0:
		return drivesWord(r.driveGone())
	case r.drive.phase != fn.PhaseFiscal:
		return drivesWord(codeFNState)
	case r.shift.open:
		return drivesWord(codeShiftOpen)
	case r.unsentTooLong():
		return drivesWord(codeFNUnsent)
	}
	r.sign(document{form: paper.CloseDrive})
	r.drive.phase = fn.PhaseClosed
	return nil
}

// ReplaceDrive puts a new drive in, ready to be registered.
func (r *Register) ReplaceDrive() {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := drawDrive(r.rnd, r.own())
	next.phase, next.receipts, next.queue = fn.PhaseReady, 0, nil
	next.last, next.lastSale = document{}, document{}
	next.validTill = r.own().AddDate(0, 0, 470)
	r.drive = next
	for _, id := range []string{FaultFNLink, FaultFNFormat, FaultFNState, FaultFNOver, FaultUnsent, FaultDriveTerms} {
		r.cured(id)
	}
}

// RegisterDrive makes the report on the changed registration with the new
// drive.
func (r *Register) RegisterDrive() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.drive.phase != fn.PhaseReady {
		return drivesWord(codeFNState)
	}
	r.drive.phase = fn.PhaseFiscal
	r.sign(document{form: paper.Changed})
	return nil
}

func drivesWord(code byte) error {
	return problem.New(problem.Conflict, "sim_drive_refuses").With("code", int(code))
}
