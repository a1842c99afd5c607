// Package signal is the vocabulary of what a device reports: named values
// with a kind and a unit, a small sorted set of them, the difference of two
// sets, and two forms of a set: JSON for people and the wire, and a packed
// one for memory (a million devices' state must fit into one gigabyte).
//
// A key's number goes into packed data on disk, so numbers are only ever
// added, never changed or used again.
package signal

import (
	"fmt"
	"time"
)

// Kind is the type of a value.
type Kind uint8

// The kinds. A time is kept as Unix seconds; a register's own clock has no
// finer grain.
const (
	Int Kind = iota + 1
	Bool
	Text
	Time
)

// Def describes one key.
type Def struct {
	ID   uint16
	Key  string // dotted, as in JSON and in rules
	Kind Kind
	Unit string // "s", "%", "" …
}

// The keys that registers and their agents report. Texts named here as
// "one of" are the only ones allowed.
var (
	Link       = def(1, "link", Text, "")        // one of the Link… texts below
	LinkDetail = def(2, "link.detail", Text, "") // what was seen, e.g. the garbage in hex, at most 256 bytes
	LinkSince  = def(3, "link.since", Time, "")  // since when link has its value
	Model      = def(4, "model", Text, "")
	Serial     = def(5, "serial", Text, "")
	Firmware   = def(6, "firmware", Text, "")
	RegNumber  = def(7, "reg_number", Text, "") // РНМ, given by the tax service
	INN        = def(8, "inn", Text, "")
	FFD        = def(9, "ffd", Text, "") // format of fiscal documents: 1.05, 1.1, 1.2

	Mode       = def(10, "mode", Int, "") // ATOL: 0 choice … 7 extra
	Submode    = def(11, "submode", Int, "")
	Paper      = def(12, "paper", Bool, "")
	CoverOpen  = def(13, "cover_open", Bool, "")
	PrinterErr = def(14, "printer_error", Bool, "")
	Registered = def(15, "registered", Bool, "") // the register is registered (fiscal)
	ErrorCode  = def(16, "error", Int, "")       // last error code the register answered a reading with, 0 = none
	ModeSince  = def(17, "mode.since", Time, "") // since when mode has its value

	Shift         = def(20, "shift", Text, "") // closed, open, expired
	ShiftNumber   = def(21, "shift.number", Int, "")
	ShiftEndsAt   = def(22, "shift.ends_at", Time, "") // 24 h after opening; by law not longer (54-ФЗ, art. 4.3)
	ShiftOpenedAt = def(23, "shift.opened_at", Time, "")

	ReceiptOpen  = def(25, "receipt.open", Bool, "")
	ReceiptType  = def(26, "receipt.type", Int, "")
	ReceiptSince = def(27, "receipt.since", Time, "") // since when a receipt has been seen open

	ClockDrift = def(30, "clock.drift", Int, "s") // register's clock minus true time

	FNLink      = def(40, "fn.link", Text, "") // ok, lost
	FNError     = def(41, "fn.error", Int, "") // register's code for the FN, 210–245 (ATOL), 0 = none
	FNSerial    = def(42, "fn.serial", Text, "")
	FNPhase     = def(43, "fn.phase", Int, "") // 1 ready, 3 fiscal, 7 closed, 15 archive only
	FNValidTill = def(44, "fn.valid_till", Time, "")
	FNWarnings  = def(45, "fn.warnings", Int, "") // bits: 01 3 days left, 02 30 days left, 04 archive 90 %, 08 OFD silent, 80 critical
	FNFFD       = def(46, "fn.ffd", Text, "")

	Unsent        = def(50, "ofd.unsent", Int, "")
	FirstUnsentAt = def(51, "ofd.first_unsent_at", Time, "")
	FirstUnsentNo = def(52, "ofd.first_unsent_no", Int, "")
	OFDNetError   = def(53, "ofd.error_net", Int, "") // register 43: 0 ok … 8
	OFDError      = def(54, "ofd.error", Int, "")
	OFDFNError    = def(55, "ofd.error_fn", Int, "")
	OFDHost       = def(56, "ofd.host", Text, "")
	OFDPort       = def(57, "ofd.port", Int, "")
	OFDChannel    = def(58, "ofd.channel", Text, "") // none, usb, ethernet, wifi, gsm, proto
	OFDReach      = def(59, "ofd.reach", Text, "")   // the agent's own look: ok, dns, tcp, closed, foreign, no_internet, unset (see internal/ofd)

	LastDocNo   = def(60, "doc.number", Int, "")
	LastDocAt   = def(61, "doc.at", Time, "")
	LastDocSign = def(62, "doc.sign", Text, "")

	Battery     = def(70, "battery", Int, "%")
	Temperature = def(71, "temperature", Int, "°C")
	HoldMillis  = def(72, "port.hold", Int, "ms") // how long the last reading held the port
)

// Texts of Link: how the agent fares with the register.
const (
	LinkOK       = "ok"
	LinkNoAnswer = "no_answer" // the port opens, nothing sensible comes back
	LinkRefused  = "refused"   // the address does not take a connection
	LinkBusy     = "busy"      // another program holds the port
	LinkGarbage  = "garbage"   // an answer that is not of the protocol
	LinkMissing  = "missing"   // there is no such port
)

var defs = map[string]Def{}

var byID = map[uint16]Def{}

// def runs at package load only; the tables do not change afterwards.
func def(id uint16, key string, kind Kind, unit string) Def {
	d := Def{ID: id, Key: key, Kind: kind, Unit: unit}
	if _, twice := byID[id]; twice {
		panic(fmt.Sprintf("signal: number %d given twice", id))
	}
	defs[key], byID[id] = d, d
	return d
}

// Lookup finds a key's definition.
func Lookup(key string) (Def, bool) {
	d, ok := defs[key]
	return d, ok
}

// ByID finds a definition by its number.
func ByID(id uint16) (Def, bool) {
	d, ok := byID[id]
	return d, ok
}

// Value is one value. The zero Value is "not known", which is not the same
// as nought.
type Value struct {
	kind Kind
	num  int64
	text string
}

// IntOf, BoolOf, TextOf and TimeOf make values.
func IntOf(n int64) Value { return Value{kind: Int, num: n} }

// BoolOf makes a yes-or-no value.
func BoolOf(b bool) Value {
	v := Value{kind: Bool}
	if b {
		v.num = 1
	}
	return v
}

// TextOf makes a text value.
func TextOf(s string) Value { return Value{kind: Text, text: s} }

// TimeOf makes a time value, to the second. The zero time is "not known".
func TimeOf(t time.Time) Value {
	if t.IsZero() {
		return Value{}
	}
	return Value{kind: Time, num: t.Unix()}
}

// Known says whether there is a value at all.
func (v Value) Known() bool { return v.kind != 0 }

// Kind is the type of the value, 0 when it is not known.
func (v Value) Kind() Kind { return v.kind }

// Int is the number, 0 when not known.
func (v Value) Int() int64 { return v.num }

// Bool is the yes-or-no, no when not known.
func (v Value) Bool() bool { return v.num != 0 }

// Text is the text, "" when not known.
func (v Value) Text() string { return v.text }

// Time is the instant in UTC, zero when not known.
func (v Value) Time() time.Time {
	if v.kind != Time {
		return time.Time{}
	}
	return time.Unix(v.num, 0).UTC()
}

// Any is the value as JSON and rules see it: int64, bool, string, or a time
// as int64 Unix seconds; nil when not known.
func (v Value) Any() any {
	switch v.kind {
	case Int, Time:
		return v.num
	case Bool:
		return v.num != 0
	case Text:
		return v.text
	default:
		return nil
	}
}
