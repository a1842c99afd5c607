package sim

import (
	"encoding/binary"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/sim/drive"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// readRegister answers 91.
func (r *Register) readRegister(c []byte) []byte {
	if len(c) != 3 {
		return refuse(codeLength)
	}
	switch c[0] {
	case 0x0A:
		return data(bcd(r.cash, 7)...)
	case 0x11:
		t := r.own()
		return data(append(dmyBytes(t), hmsBytes(t)...)...)
	case 0x12:
		return r.shiftRegister()
	case 0x13:
		b := append([]byte{r.receipt.kind}, bcd(r.drive.Receipts, 4)...)
		return data(append(b, bcd(int64(r.drive.Last.Number), 4)...)...)
	case 0x15:
		return data(bcd(r.shift.Number%10_000, 2)...)
	case 0x16:
		return data(r.longSerial()...)
	case 0x18:
		return data(0x48, 0x05, 0x76)
	default:
		return r.readFiscalRegister(c[0])
	}
}

// readFiscalRegister is about the drive and the OFD.
func (r *Register) readFiscalRegister(n byte) []byte {
	switch n {
	case 0x1A:
		return data(append([]byte{0x01, 0x29}, dmyBytes(r.drive.ValidTill)...)...)
	case 0x2B:
		return r.ofdErrors()
	case 0x2C:
		return data(bcd(int64(r.drive.Unsent()), 2)...)
	case 0x33:
		return r.behindDrive(r.lastSale)
	case 0x34:
		return r.behindDrive(r.lastDocument)
	case 0x35:
		return data(append(bcd(r.shift.Receipts, 3), bcd(r.shift.Number, 3)...)...)
	case 0x36:
		own := max(byte(paper.Version(r.opt.FFD)), byte(ffd.V105))
		if r.has(FaultField) {
			own = byte(ffd.V105) - 1 // 1.0, which no drive takes any more
		}
		return data(own, max(own, byte(ffd.V110)), 0x02, max(own, byte(ffd.V110)))
	case 0x3B:
		return data(0x00)
	default:
		return refuse(codeFormat)
	}
}

// behindDrive answers only while the drive does.
func (r *Register) behindDrive(answer func() []byte) []byte {
	if code := r.driveGone(); code != 0 {
		return refuse(code)
	}
	return answer()
}

func (r *Register) shiftRegister() []byte {
	if !r.shift.Open {
		t := r.shift.EndedAt.In(r.opt.Location)
		return data(append(append([]byte{0}, dmyBytes(t)...), hmsBytes(t)...)...)
	}
	t := r.shift.OpenedAt.Add(drive.ShiftLimit).In(r.opt.Location)
	return data(append(append([]byte{1}, dmyBytes(t)...), hmsBytes(t)...)...)
}

func (r *Register) lastDocument() []byte {
	d := r.drive.Last
	return data(documentBytes(bcd(int64(d.Number), 5), d)...)
}

func (r *Register) lastSale() []byte {
	d := r.drive.LastSale
	b := append(bcd(int64(d.Number), 5), ownKind(d))
	b = documentBytes(append(b, bcd(d.Sum, 7)...), d)
	return data(append(b, 0, 0, 0)...)
}

// documentBytes appends the date to the minute and the sign.
func documentBytes(b []byte, d paper.Document) []byte {
	b = append(append(b, dmyBytes(d.At)...), two(d.At.Hour()), two(d.At.Minute()))
	return append(b, bcd(int64(d.Sign), 5)...)
}

// longSerial is the 14-digit one in seven bytes.
func (r *Register) longSerial() []byte { return packDigits(r.serial) }

// shortSerial is its last eight digits.
func (r *Register) shortSerial() []byte { return packDigits(r.serial[len(r.serial)-8:]) }

func packDigits(s string) []byte {
	b := make([]byte, len(s)/2)
	for i := range b {
		b[i] = (s[2*i]-'0')<<4 | (s[2*i+1] - '0')
	}
	return b
}

// cell is one field of a row of a table.
type cell struct {
	table byte
	row   uint16
	field byte
}

// The cells of table 19: the way to the OFD.
var (
	cellHost    = cell{19, 1, 1}
	cellPort    = cell{19, 1, 2}
	cellDNS     = cell{19, 1, 3}
	cellChannel = cell{19, 1, 4}
)

// The ways to the OFD in cellChannel.
const (
	channelHost  = 0x01 // through the host, "usb"
	channelProto = 0x05 // by a separate program, which is not there
)

func factoryTables(opt Options) map[cell][]byte {
	host := make([]byte, 64)
	copy(host, opt.OFDHost)
	return map[cell][]byte{
		cellHost: host, cellPort: binary.BigEndian.AppendUint16(nil, uint16(opt.OFDPort)), cellDNS: {8, 8, 8, 8}, cellChannel: {channelHost},
		{2, 1, 0x13}: {5}, {2, 1, 0x18}: {0}, {2, 1, 0x57}: {0x02, 0, 0, 0, 0, 1}, {2, 1, 0x6E}: {1}, {2, 1, 0x77}: {0},
	}
}

// findCell reads tt rr rr ff and says with a code what is wrong with it.
func (r *Register) findCell(c []byte) (cell, byte) {
	if len(c) < 4 {
		return cell{}, codeLength
	}
	at := cell{c[0], binary.BigEndian.Uint16(c[1:3]), c[3]}
	if _, ok := r.tables[at]; ok {
		return at, 0
	}
	switch {
	case at.table != 2 && at.table != 19:
		return at, codeTable
	case at.row != 1:
		return at, codeRow
	default:
		return at, codeField
	}
}

func (r *Register) readTable(c []byte) []byte {
	at, code := r.findCell(c)
	switch {
	case code != 0:
		return refuse(code)
	case len(c) != 4:
		return refuse(codeLength)
	}
	return data(r.tables[at]...)
}

func (r *Register) writeTable(c []byte) []byte {
	at, code := r.findCell(c)
	switch {
	case code != 0:
		return refuse(code)
	case r.mode != 4:
		return refuse(codeMode)
	}
	old, value := r.tables[at], c[4:]
	if len(value) == 0 || len(value) > len(old) {
		return refuse(codeLength)
	}
	next := make([]byte, len(old))
	copy(next, value)
	r.tables[at] = next
	if at == cellChannel && value[0] == channelHost {
		r.cured(FaultChannel)
	}
	if at.table == cellHost.table {
		r.again()
	}
	return done()
}

// tagAgent is requisite 1057, the sign of a payment agent.
const tagAgent = 1057

// writeTag answers E8: flags, blocks, block number, tag, length, data.
func (r *Register) writeTag(c []byte) []byte {
	const head = 7
	if len(c) < head || len(c) != head+int(binary.LittleEndian.Uint16(c[5:7])) {
		return refuse(codeLength)
	}
	if r.mode != 1 && r.mode != 6 {
		return refuse(codeMode)
	}
	tag := binary.LittleEndian.Uint16(c[3:5])
	r.tags[tag] = append([]byte(nil), c[head:]...)
	if tag == tagAgent {
		r.cured(FaultAgentTag)
	}
	return done()
}

// readTag answers E9: tag, block.
func (r *Register) readTag(c []byte) []byte {
	if len(c) != 3 {
		return refuse(codeLength)
	}
	tag := binary.LittleEndian.Uint16(c)
	value, ok := r.tags[tag]
	if !ok {
		return refuse(codeFNNoData)
	}
	b := binary.LittleEndian.AppendUint16([]byte{1}, tag)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return data(append(b, value...)...)
}
