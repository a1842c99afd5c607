package shtrih

import (
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

const (
	// shiftLimit is the longest shift that the law allows.
	shiftLimit = 24 * time.Hour
	// ofdWarning is how long the drive waits for the OFD before it warns; as
	// the bench's other registers.
	ofdWarning = 5 * 24 * time.Hour
	// sendPause is how long a document stays unsent while all is well.
	sendPause = 3 * time.Second
	// kept is how many documents the drive can be asked for at least.
	kept = 500
	// archive is how many documents the drive has room for.
	archive = 250_000
	// thirtyDays is the room for documents that wait for the OFD, in KB; a
	// document takes about one.
	thirtyDays = 16_000
)

// The drive's kinds of document.
const (
	docOpenShift  = paper.OpenShift
	docReceipt    = paper.Receipt
	docCorrection = paper.Correction
	docCloseShift = paper.CloseShift
	docCloseDrive = paper.CloseDrive
	docSettlement = paper.Settlement
)

// drive is the fiscal drive in the register.
type drive struct {
	serial     string
	phase      fn.Phase
	validTill  time.Time
	ends       byte // what it says past its end
	last       document
	registered document
	documents  []document // the last ones, oldest first
	receipts   int64      // receipts ever made
	queue      []document // not confirmed by the OFD yet, oldest first
}

// document is one fiscal document.
type document struct {
	number  int64
	at      time.Time
	sign    uint32
	kind    byte
	receipt byte // 1 sale, 2 return of it, 3 purchase, 4 return of it, as the format counts
	sum     int64
	shift   int64
	no      int64 // of a receipt in its shift
	cash    int64 // of the sum
	cashier string
	items   []paper.Item
	ground  paper.Ground
	// Of the closing of a shift and of the report on settlements.
	receipts, documents, unsent, firstNumber int64
	firstUnsent                              time.Time
}

// drawDrive gives a drive with the number range of the makers' dummies, in the
// middle of its life.
func (r *Register) drawDrive() drive {
	now := r.own()
	d := drive{
		serial: fmt.Sprintf("9999078902%06d", r.rnd.IntN(1_000_000)), phase: fn.PhaseFiscal, ends: codeFNCrypto,
		validTill: now.AddDate(0, 0, 120+r.rnd.IntN(300)), receipts: int64(200 + r.rnd.IntN(20_000)),
	}
	if r.rnd.IntN(2) == 0 {
		d.ends = codeFNOver
	}
	d.registered = document{number: 1, at: now.AddDate(0, 0, -60-r.rnd.IntN(200)), sign: r.rnd.Uint32()}
	d.last = document{
		number: d.receipts + int64(r.rnd.IntN(900)) + 500, at: now.Add(-8 * time.Hour), sign: r.rnd.Uint32(), kind: docCloseShift, shift: r.shift.number,
	}
	d.documents = []document{d.last}
	return d
}

// driveGone is the code of a drive that does not answer, or not with sense; 0
// when it does.
func (r *Register) driveGone() byte {
	switch {
	case r.has(FaultFNLink):
		return codeFNSilent
	case r.has(FaultFNSlow):
		return codeFNTimeout
	case r.has(FaultFNFormat):
		return codeFNFormat
	case r.has(FaultFNState):
		return codeFNState
	default:
		return 0
	}
}

// driveRefuses is why the drive would not sign now; 0 when it would.
func (r *Register) driveRefuses() byte {
	if code := r.driveGone(); code != 0 {
		return code
	}
	switch {
	case !r.drive.phase.Signs():
		return codeFNState
	case r.own().Before(r.drive.last.at.Truncate(time.Minute)):
		return codeFNTime
	case r.own().After(r.drive.validTill):
		return r.drive.ends
	case r.drive.last.number >= archive:
		return codeFNArchive
	case r.room() <= 0:
		return codeFNStorage
	case len(r.drive.queue) > 0 && fn.Locked(r.drive.queue[0].at, r.own()):
		return codeFNWaiting
	default:
		return 0
	}
}

// room is what is left for documents that wait, in KB.
func (r *Register) room() int64 { return thirtyDays - int64(len(r.drive.queue)) }

// sign makes a fiscal document. It waits for the OFD.
func (r *Register) sign(d document) document {
	d.number, d.at, d.sign, d.shift = r.drive.last.number+1, r.own(), r.rnd.Uint32(), r.shiftNumber()
	d.cashier = r.cashier(max(r.operator, 1))
	if r.shift.open {
		r.shift.documents++
	}
	if d.kind == docReceipt || d.kind == docCorrection {
		r.drive.receipts++
		r.shift.receipts++
		d.no = r.shift.receipts
	}
	r.begun = 0
	r.drive.last = d
	r.drive.queue = append(r.drive.queue, d)
	r.drive.documents = append(r.drive.documents, d)
	if n := len(r.drive.documents); n > 2*kept {
		r.drive.documents = append([]document(nil), r.drive.documents[n-kept:]...)
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
	if r.drive.last.number > archive/10*9 {
		w |= fn.WarnMemory
	}
	if q := r.drive.queue; len(q) > 0 && r.own().Sub(q[0].at) > ofdWarning {
		w |= fn.WarnOFD
	}
	return w
}
