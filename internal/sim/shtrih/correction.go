package shtrih

import (
	"encoding/binary"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/tillwright/tillwright/internal/sim/paper"
)

// corrections are the commands that make a correction receipt: it is begun,
// fields may follow, then it is made in the older form or the newer.
func corrections(code uint16) (command, bool) {
	switch code {
	case 0xFF35:
		return command{who: administrator, run: (*Register).cmdBeginCorrection}, true
	case 0xFF36:
		return command{who: administrator, min: 6, max: 6, run: (*Register).cmdCorrection}, true
	case 0xFF4A:
		return command{who: administrator, min: 63, max: 63, run: (*Register).cmdCorrectionBySums}, true
	default:
		return command{}, false
	}
}

func (r *Register) cmdBeginCorrection(call) ([]byte, byte) {
	switch code := r.maySell(); {
	case code != 0:
		return nil, code
	case r.receipt.open:
		return nil, codeReceiptOpen
	}
	if !r.shift.Open {
		r.openShift() // as a first receipt does
	}
	r.begun, r.ground = begunCorrection, paper.Ground{}
	return nil, 0
}

// cmdCorrection is FF36: the sum, paid in cash, and the direction.
func (r *Register) cmdCorrection(c call) ([]byte, byte) {
	sum := unle(c.args[:5])
	return r.correct(c.args[5], sum, sum)
}

// cmdCorrectionBySums is FF4A: of one's own accord (0) or ordered (1), the
// direction, the sum, five ways of payment, six taxes, the tax system.
func (r *Register) cmdCorrectionBySums(c call) ([]byte, byte) {
	sum, paid := unle(c.args[2:7]), int64(0)
	for i := range 5 {
		paid += unle(c.args[7+5*i : 12+5*i])
	}
	switch {
	case c.args[0] > 1:
		return nil, codeParameters
	case paid != sum:
		return nil, codePaidLess
	}
	r.ground.Ordered = c.args[0] == 1
	return r.correct(c.args[1], sum, unle(c.args[7:12]))
}

// correct makes the document; its number in the shift and its own stand in the
// reply.
func (r *Register) correct(way byte, sum, inCash int64) ([]byte, byte) {
	if code := r.made(begunCorrection); code != 0 {
		return nil, code
	}
	switch {
	case way < 1 || way > 4:
		return nil, codeParameters
	case sum == 0:
		return nil, codeZeroTotal
	case way == 1 || way == 4:
		r.cash += inCash
	case inCash > r.cash:
		return nil, codeNoCash
	default:
		r.cash -= inCash
	}
	d := r.sign(paper.Document{Form: docCorrection, Kind: way, Sum: sum, Cash: inCash, Ground: r.ground, Items: paper.Whole(sum)})
	r.print()
	return join(le(d.Receipt, 2), numbers(d)), 0
}

// The fields of a correction's ground.
const (
	tagGroundDay   = 1178
	tagGroundOrder = 1179
)

// toldGround keeps what a field says of the ground.
func (r *Register) toldGround(b []byte) {
	const heading = 4
	if len(b) < heading || len(b) != heading+int(binary.LittleEndian.Uint16(b[2:])) {
		return
	}
	value := b[heading:]
	switch binary.LittleEndian.Uint16(b) {
	case tagGroundDay:
		if len(value) == 4 {
			r.ground.Day = time.Unix(int64(binary.LittleEndian.Uint32(value)), 0).UTC()
		}
	case tagGroundOrder:
		if s, err := charmap.CodePage866.NewDecoder().Bytes(value[:min(len(value), 32)]); err == nil {
			r.ground.Order = string(s)
		}
	}
}
