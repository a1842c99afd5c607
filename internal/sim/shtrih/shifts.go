package shtrih

import (
	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// The documents that can be begun in the drive.
const (
	begunOpenShift  = 0x02
	begunCloseShift = 0x08
	begunCloseDrive = 0x10
	begunCorrection = 0x14
	begunSettlement = 0x17
)

// shifts are the commands about the shift and the drive's own reports.
func shifts(code uint16) (command, bool) {
	do := func(who right, run func(*Register, call) ([]byte, byte)) (command, bool) {
		return command{who: who, run: run}, true
	}
	switch code {
	case 0xE0:
		return do(operator, (*Register).cmdOpenShift)
	case 0x40:
		return do(manager, (*Register).cmdReport)
	case 0x41:
		return do(manager, (*Register).cmdCloseShift)
	case 0xFF0B:
		return do(administrator, (*Register).cmdDriveOpens)
	case 0xFF43:
		return do(administrator, (*Register).cmdDriveCloses)
	case 0xFF41:
		return do(administrator, begins(begunOpenShift))
	case 0xFF42:
		return do(administrator, begins(begunCloseShift))
	case 0xFF37:
		return do(administrator, begins(begunSettlement))
	case 0xFF3D:
		return do(administrator, begins(begunCloseDrive))
	case 0xFF38:
		return do(administrator, (*Register).cmdSettlement)
	case 0xFF3E:
		return do(administrator, (*Register).cmdCloseDrive)
	case 0xFF08:
		return do(administrator, (*Register).cmdDropDocument)
	default:
		return command{}, false
	}
}

// mayOpen and mayClose are why a shift cannot be opened or closed; 0 when it
// can.
func (r *Register) mayOpen() byte {
	switch code := r.mayPrint(); {
	case code != 0:
		return code
	case r.receipt.open:
		return codeReceiptOpen
	case r.shift.Over(r.own()):
		return codeShiftOver
	case r.shift.Open:
		return codeMode
	default:
		return r.driveRefuses()
	}
}

func (r *Register) mayClose() byte {
	switch code := r.mayPrint(); {
	case code != 0:
		return code
	case r.receipt.open:
		return codeReceiptOpen
	case !r.shift.Open:
		return codeMode
	default:
		return r.driveRefuses()
	}
}

func (r *Register) openShift() paper.Document {
	r.shift.Begin(r.own())
	r.shift.kinds = [4]int64{}
	r.print()
	return r.sign(paper.Document{Form: docOpenShift})
}

func (r *Register) closeShift() paper.Document {
	d := r.sign(r.drive.Tell(paper.Document{Form: docCloseShift, Receipts: r.shift.Receipts, Documents: r.shift.Documents + 1}))
	r.print()
	r.shift.End(r.own())
	r.faults.ShiftClosed()
	return d
}

func (r *Register) cmdOpenShift(c call) ([]byte, byte) {
	if code := r.mayOpen(); code != 0 {
		return nil, code
	}
	r.openShift()
	return []byte{c.operator}, 0
}

// cmdReport prints the totals without setting them to nought.
func (r *Register) cmdReport(c call) ([]byte, byte) {
	if code := r.mayPrint(); code != 0 {
		return nil, code
	}
	if r.receipt.open {
		return nil, codeReceiptOpen
	}
	r.print()
	return []byte{c.operator}, 0
}

func (r *Register) cmdCloseShift(c call) ([]byte, byte) {
	if code := r.mayClose(); code != 0 {
		return nil, code
	}
	r.closeShift()
	return []byte{c.operator}, 0
}

// numbers is what a fiscal document answers with.
func numbers(d paper.Document) []byte { return join(le(int64(d.Number), 4), le(int64(d.Sign), 4)) }

func (r *Register) cmdDriveOpens(call) ([]byte, byte) {
	if code := r.mayOpen(); code != 0 {
		return nil, code
	}
	d := r.openShift()
	return join(le(r.shift.Current(), 2), numbers(d)), 0
}

func (r *Register) cmdDriveCloses(call) ([]byte, byte) {
	if code := r.mayClose(); code != 0 {
		return nil, code
	}
	d := r.closeShift()
	return join(le(r.shift.Number, 2), numbers(d)), 0
}

// begins begins a document in the drive; it is made by a command of its own.
func begins(doc byte) func(*Register, call) ([]byte, byte) {
	return func(r *Register, _ call) ([]byte, byte) {
		var code byte
		switch {
		case doc == begunOpenShift:
			code = r.mayOpen()
		case doc == begunCloseShift:
			code = r.mayClose()
		case r.receipt.open:
			code = codeReceiptOpen
		case doc == begunCloseDrive && r.shift.Open:
			code = codeFNState
		case doc == begunCloseDrive && !r.drive.Phase.Signs():
			code = codeFNState
		default:
			code = r.driveGone()
		}
		if code == 0 {
			r.begun = doc
		}
		return nil, code
	}
}

// made is why a begun document cannot be made; 0 when it can.
func (r *Register) made(doc byte) byte {
	switch code := r.mayPrint(); {
	case code != 0:
		return code
	case r.driveGone() != 0:
		return r.driveGone()
	case r.begun != doc:
		return codeFNState
	default:
		return 0
	}
}

// cmdSettlement has after the numbers how many documents wait and since when.
func (r *Register) cmdSettlement(call) ([]byte, byte) {
	code := r.made(begunSettlement)
	if code == 0 {
		code = r.driveRefuses()
	}
	if code != 0 {
		return nil, code
	}
	d := r.sign(r.drive.Tell(paper.Document{Form: docSettlement}))
	r.print()
	since := make([]byte, 3)
	if d.Unsent > 0 {
		since = ymd(d.FirstUnsent)
	}
	return join(numbers(d), le(d.Unsent, 4), since), 0
}

// cmdCloseDrive makes the report on closing the drive: it never signs again.
func (r *Register) cmdCloseDrive(call) ([]byte, byte) {
	if code := r.made(begunCloseDrive); code != 0 {
		return nil, code
	}
	if r.drive.Overdue(r.own()) {
		return nil, codeFNWaiting
	}
	d := r.sign(paper.Document{Form: docCloseDrive})
	r.drive.Phase = fn.PhaseClosed
	r.print()
	return numbers(d), 0
}

// cmdDropDocument drops what was begun in the drive, a receipt too.
func (r *Register) cmdDropDocument(call) ([]byte, byte) {
	switch code := r.driveGone(); {
	case code != 0:
		return nil, code
	case r.begun == 0 && !r.receipt.open:
		return nil, codeFNState
	}
	r.begun = 0
	r.dropReceipt()
	return nil, 0
}
