package sim

import (
	"encoding/binary"

	"github.com/tillwright/tillwright/internal/sim/courier"
	"github.com/tillwright/tillwright/internal/sim/drive"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// driveCodes are the register's codes for what its drive says. A drive that has
// waited for the operator for too long says so with the code of a full one.
var driveCodes = map[drive.Refusal]byte{
	drive.Silent: codeFNLink, drive.Slow: codeFNLink, drive.WrongFormat: codeFNFormat, drive.WrongState: codeFNState, drive.LifeOver: codeFNLifeOver,
	drive.ArchiveFull: codeFNArchive, drive.WrongTime: codeFNTime, drive.KeysOver: codeFNExpired, drive.StorageFull: codeFNUnsent, drive.Waiting: codeFNUnsent,
}

// driveGone is the code of a drive that does not answer at all; 0 when it
// does.
func (r *Register) driveGone() byte { return driveCodes[r.faults.DriveGone()] }

// driveRefuses is why the drive would not sign now; 0 when it would.
func (r *Register) driveRefuses() byte {
	if code := r.driveGone(); code != 0 {
		return code
	}
	return driveCodes[r.drive.Refuses(r.own())]
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
		return data([]byte(r.drive.Serial)...)
	case 0x32:
		t := r.drive.ValidTill.In(r.opt.Location)
		return data(byte(t.Year()%100), byte(t.Month()), byte(t.Day()), 29, 1)
	case 0x33:
		return data(append([]byte("fn_v_1_1_2      "), 1)...)
	case 0x35:
		return data(0)
	case 0x40:
		return r.findDocument(c[1:])
	case 0x42:
		return data(le(int64(r.drive.Unsent()), 2)...)
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
	d, ok := r.drive.Find(int64(binary.LittleEndian.Uint32(c)))
	if !ok {
		return refuse(codeFNNoData)
	}
	confirmed := byte(1)
	if r.drive.Waits(int64(d.Number)) {
		confirmed = 0
	}
	b := append([]byte{d.Form, confirmed}, fnTimeBytes(d.At)...)
	b = append(append(b, le(int64(d.Number), 4)...), le(int64(d.Sign), 4)...)
	if d.Kind != 0 {
		b = append(append(b, d.Kind), le(d.Sum, 5)...)
	}
	return data(b...)
}

// beginDocument tells a document's form and length; its fields follow, one by
// one.
func (r *Register) beginDocument(c []byte) []byte {
	const heading = 4
	if len(c) != 4 {
		return refuse(codeLength)
	}
	d, ok := r.drive.Find(int64(binary.LittleEndian.Uint32(c)))
	if !ok {
		return refuse(codeFNNoData)
	}
	b, err := paper.Encode(r.holder(), r.drive.Paper(d))
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
	open := byte(0)
	if r.shift.Open {
		open = 1
	}
	return append(append([]byte{open}, le(r.shift.Current(), 2)...), le(r.shift.Receipts, 2)...)
}

func (r *Register) exchangeStatus() []byte {
	status := byte(0)
	if r.ofdReachable() {
		status |= 1
	}
	first, ok := r.drive.First()
	if !ok {
		return append([]byte{status, 0, 0, 0}, make([]byte, 9)...)
	}
	b := append([]byte{status | 2, 0}, le(int64(r.drive.Unsent()), 2)...)
	b = append(b, le(int64(first.Number), 4)...)
	return append(b, fnTimeBytes(first.At)...)
}

func (r *Register) driveStatus() []byte {
	open := byte(0)
	if r.shift.Open {
		open = 1
	}
	doc := byte(0)
	if r.receipt.kind != 0 {
		doc = 4
	}
	b := []byte{byte(r.drive.Phase), doc, 0, open, byte(r.drive.Warnings(r.own()))}
	b = append(b, fnTimeBytes(r.drive.Last.At)...)
	b = append(b, r.drive.Serial...)
	return append(b, le(int64(r.drive.Last.Number), 4)...)
}

// ofdReachable says whether documents would reach the OFD now.
func (r *Register) ofdReachable() bool {
	return r.canSend() && r.way.Reaches(r.address())
}

// sendDue hands the bench's own OFD what has waited its few seconds. What goes
// to an operator that the register was told is the courier's.
func (r *Register) sendDue() {
	if !r.canSend() {
		return
	}
	host, port := r.address()
	r.way.SendDue(host, port, &r.drive, r.own())
}

// ofdErrors is register 43. The network error is 1 without a channel, 2 when
// the OFD cannot be reached; else it tells of the last exchange.
func (r *Register) ofdErrors() []byte {
	var o courier.Outcome
	var number int64
	if r.told() {
		o, number = r.way.Last()
	}
	switch {
	case r.tables[cellChannel][0] != channelHost:
		o = courier.Outcome{Network: 1}
	case r.faults.Unreachable():
		o = courier.Outcome{Network: 2}
	}
	var command byte
	first, waits := r.drive.First()
	switch {
	case o.Drive != 0:
		command = 0x26 // the drive was given the operator's answer
	case o.Network != 0 && waits:
		number, command = int64(first.Number), 0x20
	default:
		number = 0
	}
	if r.drive.Overdue(r.own()) {
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
