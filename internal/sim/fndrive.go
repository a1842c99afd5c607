package sim

import (
	"encoding/binary"
	"time"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/sim/courier"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// ofdWarning is how long the drive waits for the OFD before it warns. The
// interface description names no figure; five days is the bench's own.
const ofdWarning = 5 * 24 * time.Hour

// sendPause is how long a document stays unsent while all is well.
const sendPause = 3 * time.Second

// driveGone is the code of a drive that does not answer at all; 0 when it
// does.
func (r *Register) driveGone() byte {
	switch {
	case r.has(FaultFNLink):
		return codeFNLink
	case r.has(FaultFNFormat):
		return codeFNFormat
	case r.has(FaultFNState):
		return codeFNState
	default:
		return 0
	}
}

// passToDrive answers A4.
func (r *Register) passToDrive(c []byte) []byte {
	if len(c) == 0 {
		return refuse(codeLength)
	}
	if code := r.driveGone(); code != 0 {
		return refuse(code)
	}
	switch c[0] {
	case 0x10:
		return data(r.driveShift()...)
	case 0x20:
		return data(r.exchangeStatus()...)
	case 0x30:
		return data(r.driveStatus()...)
	case 0x31:
		return data([]byte(r.drive.serial)...)
	case 0x32:
		t := r.drive.validTill.In(r.opt.Location)
		return data(byte(t.Year()%100), byte(t.Month()), byte(t.Day()), 29, 1)
	case 0x33:
		return data(append([]byte("fn_v_1_1_2      "), 1)...)
	case 0x35:
		return data(0)
	case 0x40:
		return r.findDocument(c[1:])
	case 0x42:
		return data(le(int64(len(r.drive.queue)), 2)...)
	case 0x45:
		return r.beginDocument(c[1:])
	case 0x46:
		return r.nextField()
	default:
		return refuse(codeFNFormat)
	}
}

// findDocument tells a document in short: form, confirmed or not, when, number,
// sign, and of a receipt its kind and sum. The bench's drive still has the last
// document, the last receipt and all that wait for the OFD.
func (r *Register) findDocument(c []byte) []byte {
	if len(c) != 4 {
		return refuse(codeLength)
	}
	d, ok := r.kept(int64(binary.LittleEndian.Uint32(c)))
	if !ok {
		return refuse(codeFNNoData)
	}
	confirmed := byte(1)
	if len(r.drive.queue) > 0 && d.number >= r.drive.queue[0].number {
		confirmed = 0
	}
	b := append([]byte{d.form, confirmed}, fnTimeBytes(d.at.In(r.opt.Location))...)
	b = append(append(b, le(d.number, 4)...), le(int64(d.sign), 4)...)
	if d.kind != 0 {
		b = append(append(b, settlement(d.kind)), le(d.sum, 5)...)
	}
	return data(b...)
}

// kept is a document that the drive still has.
func (r *Register) kept(number int64) (document, bool) {
	for _, d := range append([]document{r.drive.last, r.drive.lastSale}, r.drive.queue...) {
		if d.number == number && number != 0 {
			return d, true
		}
	}
	return document{}, false
}

// beginDocument tells a document's form and length; its fields follow, one by
// one.
func (r *Register) beginDocument(c []byte) []byte {
	const heading = 4
	if len(c) != 4 {
		return refuse(codeLength)
	}
	d, ok := r.kept(int64(binary.LittleEndian.Uint32(c)))
	if !ok {
		return refuse(codeFNNoData)
	}
	b, err := paper.Encode(r.holder(), r.paper(d))
	if err != nil || len(b) < heading {
		return refuse(codeFNNoData)
	}
	r.unread = b[heading:]
	return data(b[:heading]...)
}

func (r *Register) nextField() []byte {
	const heading = 4
	if len(r.unread) < heading {
		return refuse(codeFNNoData)
	}
	n := min(heading+int(binary.LittleEndian.Uint16(r.unread[2:])), len(r.unread))
	b := r.unread[:n]
	r.unread = r.unread[n:]
	return data(b...)
}

func (r *Register) driveShift() []byte {
	open, number := byte(0), r.shift.number
	if r.shift.open {
		open, number = 1, number+1
	}
	return append(append([]byte{open}, le(number, 2)...), le(r.shift.receipts, 2)...)
}

func (r *Register) exchangeStatus() []byte {
	status := byte(0)
	if r.ofdReachable() {
		status |= 1
	}
	if len(r.drive.queue) == 0 {
		return append([]byte{status, 0, 0, 0}, make([]byte, 9)...)
	}
	first := r.drive.queue[0]
	b := append([]byte{status | 2, 0}, le(int64(len(r.drive.queue)), 2)...)
	b = append(b, le(first.number, 4)...)
	return append(b, fnTimeBytes(first.at.In(r.opt.Location))...)
}

func (r *Register) driveStatus() []byte {
	open := byte(0)
	if r.shift.open {
		open = 1
	}
	doc := byte(0)
	if r.receipt.kind != 0 {
		doc = 4
	}
	b := []byte{byte(r.drive.phase), doc, 0, open, byte(r.warnings())}
	b = append(b, fnTimeBytes(r.drive.last.at.In(r.opt.Location))...)
	b = append(b, r.drive.serial...)
	return append(b, le(r.drive.last.number, 4)...)
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

func (r *Register) unsentTooLong() bool {
	q := r.drive.queue
	return len(q) > 0 && fn.Locked(q[0].at, r.own())
}

// ofdReachable says whether documents would reach the OFD now.
func (r *Register) ofdReachable() bool {
	_, _, told := r.told()
	last, _ := r.way.Last()
	return r.canSend() && (!told || last.Taken())
}

// sendDue hands the bench's own OFD what has waited its few seconds. What goes
// to an operator that the register was told is the courier's.
func (r *Register) sendDue() {
	if _, _, told := r.told(); told || !r.canSend() {
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

// ofdErrors is register 43. The network error is 1 without a channel, 2 when
// the OFD cannot be reached; else it tells of the last exchange.
func (r *Register) ofdErrors() []byte {
	var o courier.Outcome
	var number int64
	if _, _, told := r.told(); told {
		o, number = r.way.Last()
	}
	switch {
	case r.tables[cellChannel][0] != channelHost:
		o = courier.Outcome{Network: 1}
	case r.unreachable():
		o = courier.Outcome{Network: 2}
	}
	var command byte
	switch {
	case o.Drive != 0:
		command = 0x26 // the drive was given the operator's answer
	case o.Network != 0 && len(r.drive.queue) > 0:
		number, command = r.drive.queue[0].number, 0x20
	default:
		number = 0
	}
	if r.unsentTooLong() {
		o.Drive = 20
	}
	b := append(bcd(int64(o.Network), 1), bcd(int64(o.Operator), 1)...)
	b = append(append(b, bcd(int64(o.Drive), 1)...), bcd(number, 5)...)
	return data(append(b, command)...)
}

// le writes the low size bytes of n, lowest first.
func le(n int64, size int) []byte {
	return binary.LittleEndian.AppendUint64(nil, uint64(n))[:size]
}
