package sim

import "github.com/tillwright/tillwright/internal/sim/paper"

// inCash is the means of payment that goes through the drawer; others follow
// it up to meansOther.
const (
	inCash     = 1
	meansOther = 5
)

// submodePaying is state 1.4: payments are being taken, no more items.
const submodePaying = 4

// paying is what happens to a receipt between its items and its end.
func (r *Register) paying(c []byte) []byte {
	var change func([]byte) []byte
	switch c[0] {
	case 0x99:
		change = r.cmdPay
	case 0x9B:
		change = r.cmdTakeBack
	case 0xB8:
		change = r.cmdTax
	case 0x43:
		change = r.cmdDiscount
	default:
		return nil
	}
	switch {
	case r.mode != 1:
		return refuse(codeMode)
	case r.receipt.kind == 0:
		return refuse(codeNoReceipt)
	default:
		return change(c[1:])
	}
}

// due is what the open receipt still wants; less than nought is change.
func (r *Register) due() int64 {
	left := r.receipt.sum
	for _, sum := range r.receipt.paid {
		left -= sum
	}
	return left
}

// payment reads flags, the means and the sum.
func payment(c []byte) (means byte, sum int64, code byte) {
	if len(c) != 7 {
		return 0, 0, codeLength
	}
	sum, ok := unbcd(c[2:])
	if !ok || c[1] < inCash || c[1] > meansOther {
		return 0, 0, codeFormat
	}
	return c[1], sum, 0
}

// cmdPay is 99: a part of the payment, or all of it. Only cash may be more than
// is due.
func (r *Register) cmdPay(c []byte) []byte {
	means, sum, code := payment(c)
	switch {
	case code != 0:
		return refuse(code)
	case means != inCash && sum > r.due():
		return refuse(codePayments)
	case onlyAsks(c):
		return r.balance(r.due() - sum)
	}
	if r.receipt.paid == nil {
		r.receipt.paid = map[byte]int64{}
	}
	r.receipt.paid[means] += sum
	r.submode = submodePaying
	return r.balance(r.due())
}

// cmdTakeBack is 9B: a payment taken back.
func (r *Register) cmdTakeBack(c []byte) []byte {
	means, sum, code := payment(c)
	switch {
	case code != 0:
		return refuse(code)
	case sum > r.receipt.paid[means]:
		return refuse(codeFormat)
	case onlyAsks(c):
		return r.balance(r.due() + sum)
	}
	r.receipt.paid[means] -= sum
	return r.balance(r.due())
}

// balance is the reply of both: what is still due, and the change.
func (r *Register) balance(due int64) []byte {
	return data(append(bcd(max(due, 0), 5), bcd(max(-due, 0), 5)...)...)
}

// cmdTax is B8: a tax for the whole receipt. The bench reckons taxes itself and
// only looks whether the command is well said.
func (r *Register) cmdTax(c []byte) []byte {
	const rates = 12
	if len(c) != 10 {
		return refuse(codeLength)
	}
	if _, ok := unbcd(c[3:]); !ok || c[2] < 1 || c[2] > rates {
		return refuse(codeFormat)
	}
	return done()
}

// cmdDiscount is 43: flags, what it is for (only 0, the receipt), percent (0) or
// a sum (1), discount (0) or surcharge (1), and how much. A sum of nought takes
// the kopecks off.
func (r *Register) cmdDiscount(c []byte) []byte {
	if len(c) != 9 {
		return refuse(codeLength)
	}
	size, ok := unbcd(c[4:])
	off := size
	switch {
	case !ok || c[1] != 0 || c[2] > 1 || c[3] > 1:
		return refuse(codeFormat)
	case c[2] == 0:
		off = (r.receipt.sum*size + 5_000) / 10_000
	case size == 0:
		off = r.receipt.sum % 100
	}
	switch {
	case r.submode == submodePaying:
		return refuse(codeMode)
	case c[3] == 1:
		off = -off
	case off > r.receipt.sum:
		return refuse(codeFormat)
	}
	if !onlyAsks(c) {
		r.receipt.items = paper.Lower(r.receipt.items, off)
		r.receipt.sum -= off
	}
	return done()
}

func (t *totals) add(kind byte, sum int64) {
	switch kind {
	case 1, 7:
		t.income += sum
	case 2, 10:
		t.income -= sum
	case 4, 9:
		t.outcome += sum
	case 5:
		t.outcome -= sum
	}
}

// shiftTotals answers 58: the sums of the last closed shift.
func (r *Register) shiftTotals() []byte {
	return data(append(bcd(max(r.ended.income, 0), 7), bcd(max(r.ended.outcome, 0), 7)...)...)
}
