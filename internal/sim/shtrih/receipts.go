package shtrih

import "github.com/tillwright/tillwright/internal/sim/paper"

// receipts are the commands that make a receipt, and those about the cash.
func receipts(code uint16) (command, bool) {
	do := func(min, max int, run func(*Register, call) ([]byte, byte)) (command, bool) {
		return command{who: operator, min: min, max: max, run: run}, true
	}
	switch code {
	case 0x8D:
		return do(1, 1, (*Register).cmdOpenReceipt)
	case 0x80, 0x81, 0x82, 0x83:
		return do(15, 55, item(byte(code-0x80)))
	case 0xFF46:
		return do(26, 154, (*Register).cmdOperation)
	case 0xFF0C:
		return do(4, 250, (*Register).cmdTag)
	case 0x89:
		return command{who: operator, reads: true, run: (*Register).cmdSubtotal}, true
	case 0x85:
		return do(26, 66, (*Register).cmdClose)
	case 0x86:
		return do(9, 49, discount(+1))
	case 0x87:
		return do(9, 49, discount(-1))
	case 0xFF45:
		return do(112, 176, (*Register).cmdCloseBySums)
	case 0x88:
		return do(0, 0, (*Register).cmdCancel)
	case 0x50:
		return do(5, 5, cash(+1))
	case 0x51:
		return do(5, 5, cash(-1))
	default:
		return command{}, false
	}
}

// maySell is why no receipt can be begun or gone on with; 0 when it can.
func (r *Register) maySell() byte {
	switch code := r.mayPrint(); {
	case code != 0:
		return code
	case r.shift.Over(r.own()):
		return codeShiftOver
	default:
		return r.driveRefuses()
	}
}

func (r *Register) beginReceipt(kind byte) {
	if !r.shift.Open {
		r.openShift() // a first receipt opens the shift by itself
	}
	r.receipt = receipt{open: true, kind: kind}
}

func (r *Register) cmdOpenReceipt(c call) ([]byte, byte) {
	switch code := r.maySell(); {
	case r.receipt.open:
		return nil, codeReceiptOpen
	case code != 0:
		return nil, code
	case c.args[0] > 3:
		return nil, codeParameters
	}
	r.beginReceipt(c.args[0])
	return []byte{c.operator}, 0
}

// addItem puts an item of a kind on the receipt; the first one opens it.
func (r *Register) addItem(kind byte, i paper.Item) byte {
	switch code := r.maySell(); {
	case code != 0:
		return code
	case r.has(FaultDriveTerms):
		return codeFNParameters
	case r.has(FaultReceiptLeft), r.has(FaultField):
		return codeParameters
	case !r.receipt.open:
		r.beginReceipt(kind)
	case r.receipt.kind != kind:
		return codeMode
	}
	r.receipt.items++
	r.receipt.sum += i.Sum
	if i.Name == "" {
		i.Name = "Товар"
	}
	r.receipt.list = append(r.receipt.list, i)
	return 0
}

// item is a sale or its like in the older form: quantity in thousandths and
// price, five bytes each.
func item(kind byte) func(*Register, call) ([]byte, byte) {
	return func(r *Register, c call) ([]byte, byte) {
		quantity, price := unle(c.args[:5]), unle(c.args[5:10])
		i := paper.Item{Name: named(c.args[15:]), Price: price, Quantity: quantity, Sum: (quantity*price + 500) / 1000}
		if code := r.addItem(kind, i); code != 0 {
			return nil, code
		}
		return []byte{c.operator}, 0
	}
}

// reckoned says that the register shall reckon a sum itself.
const reckoned = 0xFF_FFFF_FFFF

// cmdOperation is an item in the newer form: kind, quantity in millionths,
// price, sum.
func (r *Register) cmdOperation(c call) ([]byte, byte) {
	kinds := map[byte]byte{1: 0, 2: 2, 3: 1, 4: 3}
	kind, ok := kinds[c.args[0]]
	if !ok {
		return nil, codeParameters
	}
	quantity, price, sum := unle(c.args[1:7]), unle(c.args[7:12]), unle(c.args[12:17])
	if sum == reckoned {
		sum = int64(float64(quantity)*float64(price)/1e6 + 0.5)
	}
	return nil, r.addItem(kind, paper.Item{Name: named(c.args[26:]), Price: price, Quantity: (quantity + 500) / 1000, Sum: sum})
}

// cmdTag takes a field for the receipt. Only the ground of a correction is kept.
func (r *Register) cmdTag(c call) ([]byte, byte) {
	switch {
	case r.driveGone() != 0:
		return nil, r.driveGone()
	case !r.receipt.open && r.begun == 0:
		return nil, codeFNState
	case r.begun == begunCorrection:
		r.toldGround(c.args)
	}
	return nil, 0
}

func (r *Register) cmdSubtotal(c call) ([]byte, byte) {
	if !r.receipt.open {
		return nil, codeReceiptShut
	}
	return join([]byte{c.operator}, le(r.receipt.sum, 5)), 0
}

// pay ends the receipt with what was given in cash and otherwise. change is
// what goes back.
func (r *Register) pay(inCash, other int64) (change int64, d paper.Document, code byte) {
	code = r.maySell()
	switch {
	case !r.receipt.open:
		return 0, d, codeReceiptShut
	case code != 0:
		return 0, d, code
	case r.receipt.items == 0:
		return 0, d, codeZeroTotal
	case inCash+other < r.receipt.sum:
		return 0, d, codePaidLess
	case other > r.receipt.sum:
		return 0, d, codeParameters
	}
	change = inCash + other - r.receipt.sum
	if outward(r.receipt.kind) && inCash-change > r.cash {
		return 0, d, codeNoCash
	}
	return change, r.finish(inCash - change), 0
}

// finish makes the receipt's document.
func (r *Register) finish(inCash int64) paper.Document {
	kind := r.receipt.kind
	if outward(kind) {
		r.cash -= inCash
	} else {
		r.cash += inCash
	}
	r.totals[kind] += r.receipt.sum
	r.shift.kinds[kind]++
	d := r.sign(paper.Document{Form: docReceipt, Kind: []byte{1, 3, 2, 4}[kind], Sum: r.receipt.sum, Cash: inCash, Items: r.receipt.list})
	r.dropReceipt()
	r.print()
	return d
}

// outward says whether money leaves with a kind of receipt.
func outward(kind byte) bool { return kind == 1 || kind == 2 }

// cmdClose is the older form: four sums, change in the reply.
func (r *Register) cmdClose(c call) ([]byte, byte) {
	before := r.receipt
	if code := r.closingDiscount(c.args[20:22]); code != 0 {
		return nil, code
	}
	change, _, code := r.pay(unle(c.args[:5]), unle(c.args[5:10])+unle(c.args[10:15])+unle(c.args[15:20]))
	if code != 0 {
		r.receipt = before // a closing that is refused takes nothing off
		return nil, code
	}
	return join([]byte{c.operator}, le(change, 5)), 0
}

// cmdCloseBySums is the newer form: sixteen sums, rounding, six taxes and the
// tax system; change and the document's numbers in the reply.
func (r *Register) cmdCloseBySums(c call) ([]byte, byte) {
	var other int64
	for i := 1; i < 16; i++ {
		other += unle(c.args[5*i : 5*i+5])
	}
	change, d, code := r.pay(unle(c.args[:5]), other)
	if code != 0 {
		return nil, code
	}
	return join(le(change, 5), numbers(d)), 0
}

func (r *Register) cmdCancel(c call) ([]byte, byte) {
	switch code := r.mayPrint(); {
	case code != 0:
		return nil, code
	case !r.receipt.open:
		return nil, codeReceiptShut
	}
	r.dropReceipt()
	r.print()
	return []byte{c.operator}, 0
}

// dropReceipt leaves no receipt open.
func (r *Register) dropReceipt() {
	r.receipt = receipt{}
	r.cured(FaultReceiptOpen)
	r.cured(FaultReceiptLeft)
}

// cash puts money in or takes it out; the reply has the number of the
// document.
func cash(sign int64) func(*Register, call) ([]byte, byte) {
	return func(r *Register, c call) ([]byte, byte) {
		sum := sign * unle(c.args)
		switch code := r.mayPrint(); {
		case code != 0:
			return nil, code
		case r.receipt.open:
			return nil, codeReceiptOpen
		case r.cash+sum < 0:
			return nil, codeNoCash
		}
		r.cash += sum
		r.print()
		return join([]byte{c.operator}, le(r.papers, 2)), 0
	}
}
