package shtrih

import (
	"github.com/tillwright/tillwright/internal/sim/drive"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// kept is how many documents the drive can be asked for at least.
const kept = 500

// The drive's kinds of document.
const (
	docOpenShift  = paper.OpenShift
	docReceipt    = paper.Receipt
	docCorrection = paper.Correction
	docCloseShift = paper.CloseShift
	docCloseDrive = paper.CloseDrive
	docSettlement = paper.Settlement
)

// drawDrive gives the register a drive in the middle of its life. By which of
// two errors it ends is drawn with it.
func (r *Register) drawDrive() {
	now := r.own()
	r.drive = drive.Draw(r.rnd, now)
	r.drive.Keeps = kept
	if r.rnd.IntN(2) == 0 {
		r.drive.Ends = drive.LifeOver
	}
	r.drive.Registered = paper.Document{Number: 1, At: now.AddDate(0, 0, -60-r.rnd.IntN(200)), Sign: r.rnd.Uint32()}
	r.drive.DrawLast(r.rnd, now, r.shift.Number)
}

// driveCodes are the register's codes for what its drive says, or the line to
// it.
var driveCodes = map[drive.Refusal]byte{
	drive.Silent: codeFNSilent, drive.Slow: codeFNTimeout, drive.WrongFormat: codeFNFormat, drive.WrongState: codeFNState, drive.LifeOver: codeFNOver,
	drive.ArchiveFull: codeFNArchive, drive.WrongTime: codeFNTime, drive.KeysOver: codeFNCrypto, drive.StorageFull: codeFNStorage, drive.Waiting: codeFNWaiting,
}

// driveGone is the code of a drive that does not answer, or not with sense; 0
// when it does.
func (r *Register) driveGone() byte { return driveCodes[r.faults.DriveGone()] }

// driveRefuses is why the drive would not sign now; 0 when it would.
func (r *Register) driveRefuses() byte {
	if code := r.driveGone(); code != 0 {
		return code
	}
	return driveCodes[r.drive.Refuses(r.own())]
}

// sign makes a fiscal document. It waits for the OFD.
func (r *Register) sign(d paper.Document) paper.Document {
	d.Cashier = r.cashier(max(r.operator, 1))
	r.begun = 0
	return r.drive.Sign(d, &r.shift.Shift, r.own(), r.rnd.Uint32())
}
