package shtrih

import "time"

// The flags of the state.
const (
	flagRoll        = 1 << 1
	flagDecimal     = 1 << 4 // two places after the point
	flagRollOptical = 1 << 7
	flagRollLever   = 1 << 9
	flagCover       = 1 << 10
)

// The modes of the state; the high half of mode 8 is the kind of receipt.
const (
	modeShiftOpen   = 2
	modeShiftOver   = 3
	modeShiftClosed = 4
	modeConfirmDate = 6
	modeReceipt     = 8
	modeTest        = 10
)

// The submodes.
const (
	submodeNoPaper       = 1
	submodeNoPaperMidway = 2
	submodeWaiting       = 3
	submodePrinting      = 5
)

// states are the commands that only tell about the register.
func states(code uint16) (command, bool) {
	read := func(who right, min, max int, run func(*Register, call) ([]byte, byte)) (command, bool) {
		return command{who: who, min: min, max: max, reads: true, run: run}, true
	}
	switch code {
	case 0x10:
		return read(operator, 0, 0, (*Register).shortState)
	case 0x11:
		return read(operator, 0, 0, (*Register).fullState)
	case 0x1A:
		return read(operator, 1, 2, (*Register).cashRegister)
	case 0x1B:
		return read(operator, 1, 2, (*Register).counter)
	case 0x26:
		return read(operator, 1, 1, (*Register).font)
	case 0xF7:
		return read(anybody, 1, 1, (*Register).capabilities)
	case 0xFC:
		return read(anybody, 0, 0, (*Register).deviceType)
	case 0xFEF4:
		return read(anybody, 4, 4, (*Register).lastingSums)
	default:
		return command{}, false
	}
}

func (r *Register) flags() int64 {
	flags := int64(flagRoll | flagDecimal | flagRollOptical | flagRollLever)
	if r.has(FaultNoPaper) {
		flags &^= flagRoll | flagRollOptical
	}
	if r.has(FaultCover) {
		flags |= flagCover
	}
	return flags
}

func (r *Register) mode() byte {
	switch {
	case !r.newDate.IsZero():
		return modeConfirmDate
	case r.inTest():
		return modeTest
	case r.receipt.open:
		return modeReceipt | r.receipt.kind<<4
	case r.shift.Over(r.own()):
		return modeShiftOver
	case r.shift.Open:
		return modeShiftOpen
	default:
		return modeShiftClosed
	}
}

func (r *Register) submode() byte {
	switch {
	case r.outOfPaper() && r.printer.active:
		return submodeNoPaperMidway
	case r.outOfPaper():
		return submodeNoPaper
	case r.printer.waiting:
		return submodeWaiting
	case r.printing():
		return submodePrinting
	default:
		return 0
	}
}

func (r *Register) shortState(c call) ([]byte, byte) {
	b := join([]byte{c.operator}, le(r.flags(), 2), []byte{r.mode(), r.submode(), byte(r.receipt.items), r.battery, 0x48, 0, 0, byte(r.receipt.items >> 8)},
		[]byte{0xFF, 0xFF, 0xFF})
	if r.opt.LongLast {
		b = append(b, r.lastPrinting())
	}
	return b, 0
}

// lastPrinting is how the last printing went: 0 well, 1 no paper, 5 it goes on.
func (r *Register) lastPrinting() byte {
	switch {
	case r.outOfPaper():
		return 1
	case r.printing():
		return 5
	default:
		return 0
	}
}

func (r *Register) fullState(c call) ([]byte, byte) {
	now, firmware := r.own(), time.Date(2022, 6, 15, 0, 0, 0, 0, time.UTC)
	short := unle(r.shortSerial())
	b := join([]byte{c.operator, 'C', '3'}, le(55942, 2), dmy(firmware), []byte{1}, le(r.papers, 2), le(r.flags(), 2),
		[]byte{r.mode(), r.submode(), 3}, []byte{'N', 'A', 0, 0, 1, 1, 16}, dmy(now), hms(now), []byte{0}, le(short, 4), le(r.shift.Number, 2),
		[]byte{0, 0, 1, 0}, le(decimal(r.holder().INN), 6))
	if r.opt.LongNo {
		b = append(b, le(short>>32, 2)...)
	}
	return b, 0
}

// shortSerial is the number in the full state: the last six digits, or the
// whole where the state has room for it.
func (r *Register) shortSerial() []byte {
	n := decimal(r.serial)
	if !r.opt.LongNo {
		n %= 1_000_000
	}
	return le(n, 8)
}

// decimal reads the digits of a text; what is no digit is skipped.
func decimal(s string) int64 {
	var n int64
	for _, c := range s {
		if c >= '0' && c <= '9' {
			n = n*10 + int64(c-'0')
		}
	}
	return n
}

func (r *Register) deviceType(call) ([]byte, byte) {
	version, revision := byte(1), byte(14)
	if r.opt.SmartPOS {
		version, revision = 2, 0
	}
	return join([]byte{0, 0, version, revision, r.model.number, 0}, text(r.model.name, len([]rune(r.model.name)))), 0
}

// capabilities answers F7 01 as one real device did; other questions it does
// not know.
func (r *Register) capabilities(c call) ([]byte, byte) {
	if c.args[0] != 1 {
		return nil, codeParameters
	}
	return []byte{
		0x5A, 0xA0, 0x40, 0x07, 0x20, 0x6C, 0x00, 0x00, 0x0C, 0x18, 0x01, 0x0C, 0x10, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x1E, 0x00, 0x00, 0x00, 0x00, 0x06, 0xFF, 0x00, 0x40, 0x40, 0xB6, 0x03, 0x12,
		0x13,
	}, 0
}

// font tells a font's width of the paper, of a letter and its height.
func (r *Register) font(c call) ([]byte, byte) {
	if c.args[0] < 1 || c.args[0] > 6 {
		return nil, codeParameters
	}
	return []byte{0x80, 0x01, 0x0C, 0x13, 6}, 0
}

// lastingSums are those of all receipts ever made: sales, returns of sales,
// purchases, returns of purchases.
func (r *Register) lastingSums(call) ([]byte, byte) {
	return join(le(r.totals[0], 8), le(r.totals[2], 8), le(r.totals[1], 8), le(r.totals[3], 8)), 0
}

// cashInDrawer is the number of the money register with the cash.
const cashInDrawer = 241

func (r *Register) cashRegister(c call) ([]byte, byte) {
	if r.has(FaultTotals) || unle(c.args) != cashInDrawer {
		return join([]byte{c.operator}, le(0, 6)), 0
	}
	return join([]byte{c.operator}, le(r.cash, 6)), 0
}

// The first of four counters of receipts in the shift, and that of documents.
const (
	countersOfShift = 144
	counterOfPapers = 152
)

func (r *Register) counter(c call) ([]byte, byte) {
	var n int64
	switch at := unle(c.args); {
	case at >= countersOfShift && at < countersOfShift+4:
		n = r.shift.kinds[at-countersOfShift]
	case at == counterOfPapers:
		n = r.papers
	}
	return join([]byte{c.operator}, le(n, 2)), 0
}
