package shtrih

import (
	"fmt"
	"strconv"

	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// The flags of the short and the full state that are read. The others stand
// for parts that a register may not have.
const (
	flagReceiptPaper = 1 << 7 // the optical sensor at the receipt's paper
	flagCoverOpen    = 1 << 10
	flagDrawerOpen   = 1 << 11
)

// The modes, the low four bits of the mode's byte. The high four say of an open
// document what it is.
const (
	modeDump      = 1
	modeShiftOpen = 2
	modeShiftOver = 3
	modeClosed    = 4
	modeLocked    = 5
	modeDate      = 6
	modeReceipt   = 8
	modeTechReset = 9
	modeTest      = 10
)

// The submodes.
const (
	subNoPaperIdle = 1
	subNoPaper     = 2
	subContinue    = 3 // paper is in again: waits for B0
	subPrintReport = 4
	subPrint       = 5
)

// printNoPrinter is how a print ended that found no printer: the last byte of a
// short state, where a register has it.
const printNoPrinter = 2

// condition is what the short and the full state share.
type condition struct {
	flags           int64
	mode, kind, sub int // kind is the high half of the mode's byte
	noPaper         bool
}

func parseCondition(r *reader) condition {
	c := condition{flags: r.Int(2)}
	m := r.Byte()
	c.mode, c.kind, c.sub = m&0x0F, m>>4, r.Byte()
	// Not every register has the sensor for the roll (bit 1); the one at the
	// paper itself (bit 7) is the one that stops printing.
	c.noPaper = c.flags&flagReceiptPaper == 0 || c.sub == subNoPaperIdle || c.sub == subNoPaper
	return c
}

func (c condition) put(f map[string]any) {
	f["mode"], f["submode"] = c.number(), c.sub
	f["deviceMode"] = strconv.Itoa(c.mode) + "." + strconv.Itoa(c.kind)
	f["paper"], f["coverOpen"], f["drawerOpen"] = !c.noPaper, c.flags&flagCoverOpen != 0, c.flags&flagDrawerOpen != 0
	f["receiptOpen"] = c.mode == modeReceipt
	f["shiftOpen"] = c.shiftOpen()
}

func (c condition) shiftOpen() bool {
	return c.mode == modeShiftOpen || c.mode == modeShiftOver || c.mode == modeReceipt
}

// modeBase is where the modes begin that have no like in the rules: those in
// which a register does not trade and waits for somebody. modeHung is a print
// that broke off and waits to be gone on with, whatever the mode.
const (
	modeBase = 16
	modeHung = 32
)

// number is the mode as signals tell it. The rules know 0, a register that
// waits, and 1, one that trades; any higher number is one that a register should
// not be left in.
func (c condition) number() int {
	switch {
	case c.sub == subContinue:
		return modeHung
	case c.mode == 0, c.mode == modeClosed:
		return 0
	case c.shiftOpen():
		return 1
	default:
		return modeBase + c.mode
	}
}

// receiptType is the kind of an open document as signals tell it: 1 sale, 2
// sale return, 4 purchase, 5 purchase return, 0 for a document that is none of
// them.
func receiptType(kind int) int {
	switch kind {
	case 0:
		return 1
	case 1:
		return 4
	case 2:
		return 2
	case 3:
		return 5
	default:
		return 0
	}
}

// shortState is the reply to 10.
type shortState struct {
	condition
	operator, battery, power int
	operations               int
	printed                  int // -1: this register does not say
}

func parseShortState(data []byte) (shortState, error) {
	r := from(data)
	s := shortState{operator: r.Byte(), condition: parseCondition(&r), printed: -1}
	s.operations, s.battery, s.power = r.Byte(), r.Byte(), r.Byte()
	r.Take(2)
	s.operations |= r.Byte() << 8
	r.Take(3)
	if r.Err() == nil && r.Left() > 0 {
		s.printed = r.Byte()
	}
	return s, r.End()
}

func (s shortState) Fields() map[string]any {
	f := map[string]any{"operator": s.operator, "operations": s.operations, "batteryRaw": s.battery, "powerRaw": s.power}
	s.put(f)
	if s.printed >= 0 {
		f["printResult"] = s.printed
	}
	return f
}

// fullState is the reply to 11.
type fullState struct {
	condition
	operator, hall, port  int
	version               string
	builtAt               octets.Wall
	document              int64
	at                    octets.Wall
	serial                int64 // -1: not entered
	lastShift             int64
	regs, regsLeft        int
	inn                   int64
	fmVersion, fmFlags    int
	freeRecords, fmBuilds int64
}

func parseFullState(data []byte) (fullState, error) {
	r := from(data)
	s := fullState{operator: r.Byte()}
	major := r.ASCII(2)
	s.version = dotted(major, r.Int(2))
	s.builtAt, s.hall, s.document = r.Date(octets.DMY), r.Byte(), r.Int(2)
	s.condition = parseCondition(&r)
	s.port = r.Byte()
	s.fmVersion, s.fmBuilds = int(r.Int(2)), r.Int(2)
	r.Take(3) // the fiscal memory's date; there is no such memory any more
	s.at, s.fmFlags = r.Date(octets.DMYhms), r.Byte()
	s.serial = r.Int(4)
	s.lastShift, s.freeRecords = r.Int(2), r.Int(2)
	s.regs, s.regsLeft, s.inn = r.Byte(), r.Byte(), r.Int(6)
	if r.Err() == nil && r.Left() == 2 {
		s.serial |= r.Int(2) << 32
	}
	if s.serial&0xFFFFFFFF == 0xFFFFFFFF {
		s.serial = -1
	}
	return s, r.End()
}

// dotted writes a version as the maker does: "C3" and build 664 are "C.3.664".
func dotted(major string, build int64) string {
	if len(major) != 2 {
		return fmt.Sprintf("%s.%d", major, build)
	}
	return fmt.Sprintf("%c.%c.%d", major[0], major[1], build)
}

func (s fullState) Fields() map[string]any {
	f := map[string]any{
		"operator": s.operator, "version": s.version, "hallNumber": s.hall, "documentNumber": s.document, "port": s.port,
		"lastShift": s.lastShift, "registrationsDone": s.regs, "registrationsLeft": s.regsLeft,
	}
	s.put(f)
	octets.PutTime(f, s.at, true)
	if !s.builtAt.IsZero() {
		f["built"] = s.builtAt.Format("2006-01-02")
	}
	if s.serial >= 0 {
		f["serial"] = strconv.FormatInt(s.serial, 10)
	}
	if s.inn > 0 && s.inn < 1_000_000_000_000 {
		f["inn"] = innText(s.inn)
	}
	return f
}

// innText writes a taxpayer's number with its leading zeros: ten digits of a
// company, twelve of a person.
func innText(n int64) string {
	if n < 10_000_000_000 {
		return fmt.Sprintf("%010d", n)
	}
	return fmt.Sprintf("%012d", n)
}

// deviceType is the reply to FC.
type deviceType struct {
	kind, subkind, protocol, subprotocol, model, language int
	name                                                  string
}

func parseType(data []byte) (deviceType, error) {
	r := from(data)
	d := deviceType{kind: r.Byte(), subkind: r.Byte(), protocol: r.Byte(), subprotocol: r.Byte(), model: r.Byte(), language: r.Byte()}
	d.name = r.text(r.Left())
	return d, r.End()
}

func (d deviceType) Fields() map[string]any {
	return map[string]any{
		"deviceKind": d.kind, "deviceSubkind": d.subkind, "protocolVersion": fmt.Sprintf("%d.%d", d.protocol, d.subprotocol),
		"model": d.model, "modelName": modelName(d.model), "language": d.language, "name": d.name,
	}
}
