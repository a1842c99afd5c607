package sim

import (
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// mayTrade is what every fiscal document asks first; 0 means yes.
func (r *Register) mayTrade(mode byte) byte {
	switch {
	case r.mode != mode:
		return codeMode
	case r.has(FaultNoPaper):
		return codeNoPaper
	default:
		return r.driveRefuses()
	}
}

// sign makes a fiscal document out of what is in it. It waits for the OFD.
func (r *Register) sign(d paper.Document) {
	d.Cashier = r.cashier()
	r.drive.Sign(d, &r.shift.Shift, r.own(), r.rnd.Uint32())
	r.urge()
}

// cmdSettlement is 67 09, the report on the state of settlements: a fiscal
// document of its own, in mode 2.
func (r *Register) cmdSettlement() []byte {
	if code := r.mayTrade(2); code != 0 {
		return refuse(code)
	}
	r.sign(r.drive.Tell(paper.Document{Form: paper.Settlement}))
	return done()
}

func (r *Register) cmdOpenShift(c []byte) []byte {
	if code := r.mayTrade(1); code != 0 {
		return refuse(code)
	}
	if r.shift.Open {
		return refuse(codeShiftOpen)
	}
	if !onlyAsks(c) {
		r.openShift()
	}
	return done()
}

// onlyAsks says whether a command's flags want nothing done: the host asks
// whether the register could.
func onlyAsks(c []byte) bool { return len(c) > 0 && c[0]&1 != 0 }

func (r *Register) openShift() {
	r.shift.Begin(r.own())
	r.shift.totals = totals{}
	r.sign(paper.Document{Form: paper.OpenShift})
}

func (r *Register) cmdOpenReceipt(c []byte) []byte {
	if len(c) != 2 {
		return refuse(codeLength)
	}
	if code := r.mayTrade(1); code != 0 {
		return refuse(code)
	}
	switch {
	case r.receipt.kind != 0:
		return refuse(codeReceiptOpen)
	case r.shift.Over(r.own()):
		return refuse(codeShiftOver)
	case !goodKind(c[1]):
		return refuse(codeBadReceipt)
	case onlyAsks(c):
		return done()
	}
	if !r.shift.Open {
		r.openShift() // a first receipt opens the shift by itself
	}
	r.receipt = receipt{kind: c[1]}
	return done()
}

func goodKind(k byte) bool {
	switch k {
	case 1, 2, 4, 5, 7, 9, 10:
		return true
	default:
		return false
	}
}

// cmdItem registers an item whose price of width bytes stands at the offset,
// with the quantity in thousandths after it.
func (r *Register) cmdItem(c []byte, at, width int) []byte {
	if r.mode != 1 {
		return refuse(codeMode)
	}
	if r.receipt.kind == 0 {
		return refuse(codeNoReceipt)
	}
	if r.submode == submodePaying {
		return refuse(codeMode)
	}
	if len(c) < at+width+5 {
		return refuse(codeLength)
	}
	if code := r.itemRefused(); code != 0 {
		return refuse(code)
	}
	price, ok := unbcd(c[at : at+width])
	count, good := unbcd(c[at+width : at+width+5])
	if !ok || !good {
		return refuse(codeFormat)
	}
	if !onlyAsks(c) {
		i := paper.Item{Name: r.takeName(c[1:at]), Price: price, Quantity: count, Sum: (price*count + 500) / 1000}
		r.receipt.sum += i.Sum
		r.receipt.items = append(r.receipt.items, i)
	}
	return done()
}

func (r *Register) cmdBeginItem() []byte {
	switch {
	case r.mode != 1:
		return refuse(codeMode)
	case r.receipt.kind == 0:
		return refuse(codeNoReceipt)
	}
	r.receipt.item = true
	return done()
}

func (r *Register) cmdEndItem(c []byte) []byte {
	if !r.receipt.item {
		return refuse(codeNoReceipt)
	}
	reply := r.cmdItem(c, 1, 7)
	if reply[1] == 0 {
		r.receipt.item = false
	}
	return reply
}

// cmdCloseReceipt takes the payment. A sum of nought means "exactly".
func (r *Register) cmdCloseReceipt(c []byte) []byte {
	if len(c) != 7 {
		return refuse(codeLength)
	}
	paid, ok := unbcd(c[2:])
	if code := r.mayTrade(1); code != 0 {
		return refuse(code)
	}
	switch {
	case r.receipt.kind == 0:
		return refuse(codeNoReceipt)
	case !ok:
		return refuse(codeFormat)
	case r.shift.Over(r.own()):
		return refuse(codeShiftOver)
	case paid != 0 && paid < r.due():
		return refuse(codePaidLess)
	}
	if code := r.closingRefused(); code != 0 {
		return refuse(code)
	}
	if onlyAsks(c) {
		return done()
	}
	r.finishReceipt(c[1])
	return done()
}

// finishReceipt makes the receipt's document. What was not paid before is paid
// by the given means; change goes back in cash.
func (r *Register) finishReceipt(means byte) {
	d := paper.Document{Form: formOf(r.receipt.kind), Kind: settlement(r.receipt.kind), Sum: r.receipt.sum, Items: r.receipt.items}
	d.Cash = r.receipt.paid[inCash] + min(r.due(), 0)
	if means == inCash {
		d.Cash += max(r.due(), 0)
	}
	r.cash += d.Cash * direction(r.receipt.kind)
	r.shift.totals.add(r.receipt.kind, r.receipt.sum)
	if d.Form == paper.Correction {
		d.Ground = r.takeGround()
		if len(d.Items) == 0 {
			d.Items = paper.Whole(d.Sum)
		}
	}
	r.sign(d)
	r.dropReceipt()
	r.cured(FaultReceiptOpen)
}

// dropReceipt leaves no receipt open, and none that is being paid.
func (r *Register) dropReceipt() {
	if r.receipt = (receipt{}); r.mode == 1 {
		r.submode = 0
	}
}

// direction is whether a kind of receipt brings money in or takes it out.
func direction(kind byte) int64 {
	switch kind {
	case 2, 4, 9, 10:
		return -1
	default:
		return 1
	}
}

func (r *Register) cmdCancel() []byte {
	r.cured(FaultTaxLeft)
	r.cured(FaultReceiptLeft)
	if r.receipt.kind == 0 {
		return refuse(codeNoReceipt)
	}
	r.dropReceipt()
	r.cured(FaultReceiptOpen)
	return done()
}

func (r *Register) cmdCash(c []byte) []byte {
	if len(c) != 7 {
		return refuse(codeLength)
	}
	sum, ok := unbcd(c[2:])
	switch {
	case r.mode != 1:
		return refuse(codeMode)
	case !ok:
		return refuse(codeFormat)
	case c[0] == 0x4F && sum > r.cash:
		return refuse(codeNoCash)
	case onlyAsks(c[1:]):
		return done()
	case c[0] == 0x4F:
		sum = -sum
	}
	r.cash += sum
	return done()
}

func (r *Register) cmdCloseShift() []byte {
	if code := r.mayTrade(3); code != 0 {
		return refuse(code)
	}
	switch {
	case r.receipt.kind != 0:
		return refuse(codeReceiptOpen)
	case !r.shift.Open:
		return refuse(codeShiftClosed)
	}
	r.closeShift()
	return done()
}

func (r *Register) closeShift() {
	r.sign(r.drive.Tell(paper.Document{Form: paper.CloseShift, Receipts: r.shift.Receipts, Documents: r.shift.Documents + 1}))
	r.shift.End(r.own())
	r.ended = r.shift.totals
	r.faults.ShiftClosed()
}
