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

// kept is how many documents the drive can still be asked for.
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
func (r *Register) sign(kind string, receipt bool, sum int64) document {
	d := document{number: r.drive.last.number + 1, at: r.own(), sign: r.rnd.Uint32(), kind: kind, shift: r.shiftNumber(), sum: sum}
	if receipt {
		r.drive.receipts++
		r.shift.receipts++
		d.receipt = r.shift.receipts
	}
	r.drive.last = d
	r.drive.queue = append(r.drive.queue, d)
	r.drive.documents = append(r.drive.documents, d)
	if n := len(r.drive.documents); n > kept {
		r.drive.documents = r.drive.documents[n-kept:]
	}
	return d
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

// ofdReachable says whether documents would reach the OFD now.
func (r *Register) ofdReachable() bool {
	return r.driveGone() == 0 && !r.has(FaultUnsent) && !r.has(FaultNoExchange) && r.channel == "usb"
}

// sendDue hands the OFD what has waited its few seconds.
func (r *Register) sendDue() {
	if !r.ofdReachable() {
		return
	}
	due := 0
	for _, d := range r.drive.queue {
		if wait := r.own().Sub(d.at); wait >= 0 && wait < sendPause {
			break
		}
		due++
	}
	r.drive.queue = append([]document(nil), r.drive.queue[due:]...)
}

func (r *Register) shiftOver() bool {
	return r.shift.open && r.own().Sub(r.shift.openedAt) > shiftLimit
}

func (r *Register) openShift(at time.Time) document {
	r.shift.open, r.shift.openedAt, r.shift.receipts = true, at, 0
	return r.sign("openShift", false, 0)
}

func (r *Register) closeShift() document {
	d := r.sign("closeShift", false, 0)
	r.shift.open, r.shift.endedAt = false, r.own()
	r.shift.number++
	for _, id := range []string{FaultShiftOver, FaultBlocked, FaultTotals} {
		delete(r.faults, id)
	}
	return d
}
