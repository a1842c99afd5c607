package fptr

import (
	"github.com/tillwright/tillwright/internal/sim/drive"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// kept is how many documents the drive can be asked for at least.
const kept = 500

// drawDrive gives the register a drive in the middle of its life.
func (r *Register) drawDrive() {
	r.drive = drive.Draw(r.rnd, r.own())
	r.drive.Keeps = kept
	r.drive.DrawLast(r.rnd, r.own(), r.shift.Number)
}

// driveCodes are the driver's codes for what the drive says. A drive that has
// waited for the operator for too long says so with the code of a full one.
var driveCodes = map[drive.Refusal]int{
	drive.Silent: codeFNExchange, drive.Slow: codeFNExchange, drive.WrongFormat: codeFNFormat, drive.WrongState: codeFNState, drive.LifeOver: codeFNLifeOver,
	drive.ArchiveFull: codeFNArchive, drive.WrongTime: codeFNTime, drive.KeysOver: codeFNCryptoOver, drive.StorageFull: codeFNResource, drive.Waiting: codeFNResource,
}

// driveGone is the code of a drive that does not answer at all; 0 when it
// does.
func (r *Register) driveGone() int { return driveCodes[r.faults.DriveGone()] }

// driveRefuses is why the drive would not sign now; 0 when it would.
func (r *Register) driveRefuses() int {
	if code := r.driveGone(); code != 0 {
		return code
	}
	return driveCodes[r.drive.Refuses(r.own())]
}

// sign makes a fiscal document. It waits for the OFD.
func (r *Register) sign(d paper.Document) paper.Document {
	return r.drive.Sign(d, &r.shift, r.own(), r.rnd.Uint32())
}

// made is a document that is no receipt.
func (r *Register) made(form uint8, cashier *operator) paper.Document {
	d := r.reported(cashier)
	d.Form = form
	return r.sign(d)
}

func (r *Register) openShift(cashier *operator) paper.Document {
	r.shift.Begin(r.own())
	return r.made(paper.OpenShift, cashier)
}

func (r *Register) closeShift(cashier *operator) paper.Document {
	d := r.made(paper.CloseShift, cashier)
	r.shift.End(r.own())
	r.faults.ShiftClosed()
	return d
}
