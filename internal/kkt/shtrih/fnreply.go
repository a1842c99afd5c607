package shtrih

import (
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/fn"
)

// exchange is the drive's word on the OFD, FF39.
type exchange struct {
	status, reading int
	count, first    int64
	firstAt         wall
}

func parseExchange(data []byte) (exchange, error) {
	r := reader{data: data}
	e := exchange{status: r.byte(), reading: r.byte(), count: r.le(2)}
	if e.count == 0 {
		r.take(9) // what stands there is left over from an earlier document
		return e, r.end()
	}
	e.first, e.firstAt = r.le(4), r.date(layoutFN)
	return e, r.end()
}

func (e exchange) fields() map[string]any {
	f := map[string]any{
		"connected": e.status&1 != 0, "hasMessage": e.status&2 != 0, "awaitsReceipt": e.status&4 != 0, "ofdCommand": e.status&8 != 0,
		"settingsChanged": e.status&16 != 0, "awaitsCommandReply": e.status&32 != 0, "reading": e.reading != 0, "unsent": e.count,
	}
	if e.count > 0 {
		f["firstUnsent"] = e.first
		putTime(f, e.firstAt, false)
	}
	return f
}

// driveState is the drive's state, FF01.
type driveState struct {
	phase         fn.Phase
	document      int
	shiftOpen     bool
	warnings      int
	at            wall
	serial        string
	last          int64
	data, shifted int
}

func parseDrive(data []byte) (driveState, error) {
	r := reader{data: data}
	d := driveState{phase: fn.Phase(r.byte()), document: r.byte(), data: r.byte(), shifted: r.byte(), warnings: r.byte()}
	d.at, d.serial, d.last = r.date(layoutFN), r.number(16, 16), r.le(4)
	d.shiftOpen = d.shifted != 0
	return d, r.end()
}

func (d driveState) fields() map[string]any {
	f := map[string]any{
		"phase": int(d.phase), "openDocument": d.document, "documentData": d.data != 0, "shiftOpen": d.shiftOpen, "warnings": d.warnings,
		"fn": d.serial, "lastDocument": d.last,
	}
	putTime(f, d.at, false)
	return f
}

// validity is the drive's last day, FF03, and how often the register may still
// be registered anew; left is -1 where it is not told.
type validity struct {
	till       wall
	left, done int
}

func parseValidity(data []byte) (validity, error) {
	r := reader{data: data}
	v := validity{till: r.date(layoutFNDay), left: -1}
	if r.err == nil && len(r.data) == 2 {
		v.left, v.done = r.byte(), r.byte()
	}
	return v, r.end()
}

func (v validity) fields() map[string]any {
	f := map[string]any{}
	if v.left >= 0 {
		f["registrationsLeft"], f["registrationsDone"] = v.left, v.done
	}
	if !v.till.IsZero() {
		f["validTill"] = v.till.Format(time.DateOnly)
	}
	return f
}

// shift is the drive's shift, FF40: its number is the last one's when none is
// open.
type shift struct {
	open             bool
	number, receipts int64
}

func parseShift(data []byte) (shift, error) {
	r := reader{data: data}
	state := r.byte()
	if state > 1 {
		r.keep(errValue)
	}
	s := shift{open: state == 1, number: r.le(2), receipts: r.le(2)}
	return s, r.end()
}

func (s shift) fields() map[string]any {
	return map[string]any{"shiftOpen": s.open, "shift": s.number, "receiptsInShift": s.receipts}
}

// registration is the report of the last registration, FF09.
type registration struct {
	at                wall
	inn, number       string
	tax, mode         int
	extended, reason  int64 // -1: not told
	ofdINN            string
	document, signCRC int64
}

// The lengths of what stands between the fixed beginning and the fixed end. It
// grew with the formats: nothing, the reason alone, the operator's number and
// the reasons, and those after the extended modes.
const (
	registrationHead = 39
	registrationTail = 8
	middleReason     = 1
	middleOFD        = 16
	middleExtended   = 17
)

func parseRegistration(data []byte) (registration, error) {
	r := reader{data: data}
	g := registration{at: r.date(layoutFN), inn: r.number(12, 10, 12), number: r.number(20, 16), tax: r.byte(), mode: r.byte(), extended: -1, reason: -1}
	switch len(data) - registrationHead - registrationTail {
	case 0:
	case middleReason:
		g.reason = int64(r.byte())
	case middleOFD:
		g.ofdINN, g.reason = r.number(12, 10, 12), r.le(4)
	case middleExtended:
		g.extended, g.ofdINN, g.reason = int64(r.byte()), r.number(12, 10, 12), r.le(4)
	default:
		r.keep(errLength)
	}
	g.document, g.signCRC = r.le(4), r.le(4)
	return g, r.end()
}

func (g registration) fields() map[string]any {
	f := map[string]any{
		"inn": g.inn, "regNumber": g.number, "taxSystems": g.tax, "workMode": g.mode, "documentNumber": g.document, "fiscalSign": signText(g.signCRC),
	}
	putTime(f, g.at, false)
	if g.extended >= 0 {
		f["extendedModes"] = g.extended
	}
	if g.reason >= 0 {
		f["reason"] = g.reason
	}
	if g.ofdINN != "" {
		f["ofdInn"] = g.ofdINN
	}
	return f
}

// signText writes a fiscal sign as receipts show it, in ten digits.
func signText(n int64) string { return fmt.Sprintf("%010d", n) }

// document is a fiscal document as the drive keeps it, FF0A: whatever its kind,
// time, number and sign stand first.
type document struct {
	kind         int
	confirmed    bool
	at           wall
	number, sign int64
	rest         string
}

func parseDocument(data []byte) (document, error) {
	r := reader{data: data}
	d := document{kind: r.byte(), confirmed: r.byte() != 0, at: r.date(layoutFN), number: r.le(4), sign: r.le(4)}
	if r.err == nil && d.at.IsZero() {
		r.keep(errDate) // there is no document without a time
	}
	d.rest = r.rest()
	return d, r.end()
}

func (d document) fields() map[string]any {
	f := map[string]any{"documentType": d.kind, "ofdConfirmed": d.confirmed, "documentNumber": d.number, "fiscalSign": signText(d.sign)}
	if d.rest != "" {
		f["data"] = d.rest
	}
	putTime(f, d.at, false)
	return f
}
