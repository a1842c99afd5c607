package fptr

import (
	"time"

	"github.com/tillwright/tillwright/internal/fn"
)

// ofdWarning is how long the drive waits for the OFD before it warns; as the
// bench's other registers.
const ofdWarning = 5 * 24 * time.Hour

// sendPause is how long a document stays unsent while all is well.
const sendPause = 3 * time.Second

// shiftLimit is the longest shift that the law allows.
const shiftLimit = 24 * time.Hour

// kept is how many documents the drive can be asked for at least.
const kept = 500

// driveGone is the code of a drive that does not answer at all; 0 when it
// does.
func (r *Register) driveGone() int {
	switch {
	case r.has(FaultFNLink):
		return codeFNExchange
	case r.has(FaultFNFormat):
		return codeFNFormat
	case r.has(FaultFNState):
		return codeFNState
	default:
		return 0
	}
}

// driveRefuses is why the drive would not sign now; 0 when it would.
func (r *Register) driveRefuses() int {
	if code := r.driveGone(); code != 0 {
		return code
	}
	switch {
	case !r.drive.phase.Signs():
		return codeFNState
	case r.own().Before(r.drive.last.at.Truncate(time.Minute)):
		return codeFNTime
	case r.own().After(r.drive.validTill):
		return codeFNCryptoOver
	case len(r.drive.queue) > 0 && fn.Locked(r.drive.queue[0].at, r.own()):
		return codeFNResource
	default:
		return 0
	}
}

// sign makes a fiscal document. It waits for the OFD.
func (r *Register) sign(d document) document {
	d.number, d.at, d.sign, d.shift = r.drive.last.number+1, r.own(), r.rnd.Uint32(), r.shiftNumber()
	if r.shift.open {
		r.shift.documents++
	}
	if d.way != 0 {
		r.drive.receipts++
		r.shift.receipts++
		d.receipt = r.shift.receipts
	}
	r.drive.last = d
	r.drive.queue = append(r.drive.queue, d)
	r.drive.documents = append(r.drive.documents, d)
	if n := len(r.drive.documents); n > 2*kept {
		r.drive.documents = append([]document(nil), r.drive.documents[n-kept:]...)
	}
	return d
}

// made is a document that is no receipt.
func (r *Register) made(kind string, cashier *operator) document {
	return r.sign(document{kind: kind, says: r.reported(cashier)})
}

// shiftNumber is the open shift's number, or the last closed one's.
func (r *Register) shiftNumber() int64 {
	if r.shift.open {
		return r.shift.number + 1
	}
	return r.shift.number
}

func (r *Register) warnings() fn.Warnings {
	var w fn.Warnings
	left := r.drive.validTill.Sub(r.own())
	if left < 30*24*time.Hour {
		w |= fn.WarnThirtyDays
	}
	if left < 3*24*time.Hour {
		w |= fn.WarnThreeDays
	}
	if q := r.drive.queue; len(q) > 0 && r.own().Sub(q[0].at) > ofdWarning {
		w |= fn.WarnOFD
	}
	return w
}

func (r *Register) shiftOver() bool {
	return r.shift.open && r.own().Sub(r.shift.openedAt) > shiftLimit
}

func (r *Register) openShift(cashier *operator) document {
	r.shift.open, r.shift.openedAt, r.shift.receipts, r.shift.documents = true, r.own(), 0, 0
	return r.made("openShift", cashier)
}

func (r *Register) closeShift(cashier *operator) document {
	d := r.made("closeShift", cashier)
	r.shift.open, r.shift.endedAt = false, r.own()
	r.shift.number++
	for _, id := range []string{FaultShiftOver, FaultBlocked, FaultTotals} {
		delete(r.faults, id)
	}
	return d
}
