package shtrih

import (
	"encoding/binary"

	"github.com/tillwright/tillwright/internal/sim/paper"
)

// discount is 86h (+1) and, as a surcharge, 87h (-1): a sum off the receipt.
func discount(sign int64) func(*Register, call) ([]byte, byte) {
	return func(r *Register, c call) ([]byte, byte) {
		switch code := r.mayPrint(); {
		case code != 0:
			return nil, code
		case !r.receipt.open:
			return nil, codeReceiptShut
		}
		if code := r.takeOff(sign * unle(c.args[:5])); code != 0 {
			return nil, code
		}
		return []byte{c.operator}, 0
	}
}

// closingDiscount is the one that 85h brings: hundredths of a percent of the
// receipt, a surcharge when less than nought.
func (r *Register) closingDiscount(b []byte) byte {
	const whole = 100_00
	percent := int64(int16(binary.LittleEndian.Uint16(b)))
	if percent >= whole || percent <= -whole {
		return codeParameters
	}
	off := (2*r.receipt.sum*percent + whole) / (2 * whole)
	if percent < 0 {
		off = (2*r.receipt.sum*percent - whole) / (2 * whole)
	}
	return r.takeOff(off)
}

func (r *Register) takeOff(off int64) byte {
	if off > r.receipt.sum {
		return codeDiscount
	}
	if off != 0 {
		r.receipt.list = paper.Lower(r.receipt.list, off)
		r.receipt.sum -= off
	}
	return 0
}
