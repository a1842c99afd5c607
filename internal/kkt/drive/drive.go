// Package drive reads what a fiscal drive (ФН) answers. Registers of several
// makers pass its answers on as they came, under commands of their own; so the
// answers are read here, and who asked for them and how is the makers'.
//
// Each type reads itself from a reader at its first byte and leaves what stands
// behind it: whether something may is the register's to say.
package drive

import (
	"time"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/octets"
	"github.com/tillwright/tillwright/internal/signal"
)

// Exchange is the drive's 20h: how it stands with the operator (ОФД).
type Exchange struct {
	Status  int // bits: connected, has a message, awaits a receipt, has an operator's command, settings changed, awaits the command's reply
	Reading int // not 0: a message is being read
	Count   int64
	First   int64       // number of the oldest unsent document, 0 when there is none
	FirstAt octets.Wall // its time
}

// ReadExchange reads 13 bytes.
func ReadExchange(r *octets.Reader) Exchange {
	e := Exchange{Status: r.Byte(), Reading: r.Byte(), Count: r.Int(2)}
	if e.Count == 0 {
		r.Take(9) // what stands there is left over from an earlier document
		return e
	}
	e.First, e.FirstAt = r.Int(4), r.Date(octets.YMDhm)
	return e
}

// Fields is what people see of it.
func (e Exchange) Fields() map[string]any {
	f := map[string]any{
		"connected": e.Status&1 != 0, "hasMessage": e.Status&2 != 0, "awaitsReceipt": e.Status&4 != 0, "ofdCommand": e.Status&8 != 0,
		"settingsChanged": e.Status&16 != 0, "reading": e.Reading != 0, "unsent": e.Count,
	}
	if e.Count > 0 {
		f["firstUnsent"] = e.First
		octets.PutTime(f, e.FirstAt, false)
	}
	return f
}

// Put puts what is unsent into a reading. loc is the register's zone.
func (e Exchange) Put(set *signal.Set, loc *time.Location) {
	set.Put(signal.Unsent, signal.IntOf(e.Count))
	if e.Count > 0 {
		set.Put(signal.FirstUnsentNo, signal.IntOf(e.First))
		set.Put(signal.FirstUnsentAt, signal.TimeOf(octets.InZone(e.FirstAt, loc)))
	}
}

// State is the drive's 30h.
type State struct {
	Phase     fn.Phase
	Document  int // kind of the open document, 0 when there is none
	Data      int // not 0: that document has data
	ShiftOpen bool
	Warnings  fn.Warnings
	At        octets.Wall // of the last document
	Serial    string      // sixteen digits
	Last      int64       // number of the last document
}

// ReadState reads 30 bytes.
func ReadState(r *octets.Reader) State {
	s := State{Phase: fn.Phase(r.Byte()), Document: r.Byte(), Data: r.Byte(), ShiftOpen: r.Byte() != 0, Warnings: fn.Warnings(r.Byte())}
	s.At, s.Serial, s.Last = r.Date(octets.YMDhm), ReadSerial(r), r.Int(4)
	return s
}

// Fields is what people see of it.
func (s State) Fields() map[string]any {
	f := map[string]any{
		"phase": int(s.Phase), "openDocument": s.Document, "shiftOpen": s.ShiftOpen, "warnings": int(s.Warnings), "fn": s.Serial, "lastDocument": s.Last,
	}
	octets.PutTime(f, s.At, false)
	return f
}

// Put puts phase, warnings and number into a reading.
func (s State) Put(set *signal.Set) {
	set.Put(signal.FNPhase, signal.IntOf(int64(s.Phase)))
	set.Put(signal.FNWarnings, signal.IntOf(int64(s.Warnings)))
	set.Put(signal.FNSerial, kkt.Text(s.Serial))
}

// ReadSerial reads the drive's number, 31h: sixteen digits, "" for none.
func ReadSerial(r *octets.Reader) string { return r.Digits(16, 16) }

// Validity is the drive's 32h: its last day, and how often the register may
// still be registered anew.
type Validity struct {
	Till       octets.Wall // the day, at midnight; zero when there is none
	Told       bool        // Left and Done are told, which not every register does
	Left, Done int
}

// ReadValidity reads 3 bytes, or 5 when there are as many.
func ReadValidity(r *octets.Reader) Validity {
	v := Validity{Till: r.Date(octets.YMD)}
	if r.Err() == nil && r.Left() >= 2 {
		v.Told, v.Left, v.Done = true, r.Byte(), r.Byte()
	}
	return v
}

// Fields is what people see of it.
func (v Validity) Fields() map[string]any {
	f := map[string]any{}
	if v.Told {
		f["registrationsLeft"], f["registrationsDone"] = v.Left, v.Done
	}
	if !v.Till.IsZero() {
		f["validTill"] = v.Till.Format(time.DateOnly)
	}
	return f
}

// Put puts the last day into a reading: the drive names a day and is good until
// that day's midnight, where the day begins. loc is the register's zone.
func (v Validity) Put(set *signal.Set, loc *time.Location) {
	set.Put(signal.FNValidTill, signal.TimeOf(octets.InZone(v.Till, loc)))
}

// Shift is the drive's 10h. The number is the last shift's when none is open.
type Shift struct {
	Open             bool
	Number, Receipts int64
}

// ReadShift reads 5 bytes.
func ReadShift(r *octets.Reader) Shift {
	state := r.Byte()
	if state > 1 {
		r.Keep(octets.BadValue)
	}
	return Shift{Open: state == 1, Number: r.Int(2), Receipts: r.Int(2)}
}

// Fields is what people see of it.
func (s Shift) Fields() map[string]any {
	return map[string]any{"shiftOpen": s.Open, "shift": s.Number, "receiptsInShift": s.Receipts}
}

// ReadVersion reads the drive's 33h, 17 bytes, as people see it.
func ReadVersion(r *octets.Reader) map[string]any {
	return map[string]any{"version": r.ASCII(16), "serialVersion": r.Byte() != 0}
}

// ReadUnconfirmed reads the drive's 42h, 2 bytes, as people see it: how many
// documents the operator has not confirmed.
func ReadUnconfirmed(r *octets.Reader) map[string]any {
	return map[string]any{"unconfirmed": r.Int(2)}
}
