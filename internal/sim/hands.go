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
	case r.drive.Phase != fn.PhaseFiscal:
		return drivesWord(codeFNState)
	case r.shift.Open:
		return drivesWord(codeShiftOpen)
	case r.drive.Overdue(r.own()):
		return drivesWord(codeFNUnsent)
	}
	r.sign(paper.Document{Form: paper.CloseDrive})
	r.drive.Phase = fn.PhaseClosed
	return nil
}

// ReplaceDrive puts a new drive in, ready to be registered.
func (r *Register) ReplaceDrive() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drive.Replace(r.rnd, r.own())
	r.faults.DriveReplaced()
}

// RegisterDrive makes the report on the changed registration with the new
// drive.
func (r *Register) RegisterDrive() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.drive.Phase != fn.PhaseReady {
		return drivesWord(codeFNState)
	}
	r.drive.Phase = fn.PhaseFiscal
	r.drive.Registrations++
	r.sign(paper.Document{Form: paper.Changed})
	return nil
}

func drivesWord(code byte) error {
	return problem.New(problem.Conflict, "sim_drive_refuses").With("code", int(code))
}
