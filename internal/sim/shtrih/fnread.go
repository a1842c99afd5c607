package shtrih

import (
	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/sim/drive"
)

// drives are the commands that ask the drive.
func drives(code uint16) (command, bool) {
	read := func(min, max int, run func(*Register, call) ([]byte, byte)) (command, bool) {
		return command{who: administrator, min: min, max: max, reads: true, run: throughDrive(run)}, true
	}
	switch code {
	case 0xFF01:
		return read(0, 0, (*Register).fnState)
	case 0xFF02:
		return read(0, 0, (*Register).fnNumber)
	case 0xFF03:
		return read(0, 0, (*Register).fnTerm)
	case 0xFF04:
		return read(0, 0, (*Register).fnVersion)
	case 0xFF09:
		return read(0, 0, (*Register).fnRegistration)
	case 0xFF0A:
		return read(4, 4, (*Register).fnFind)
	case 0xFF39:
		return read(0, 0, (*Register).fnExchange)
	case 0xFF3A:
		return read(4, 4, (*Register).fnBegin)
	case 0xFF3B:
		return read(0, 0, (*Register).fnChunk)
	case 0xFF3C:
		return read(4, 4, (*Register).fnReceipt)
	case 0xFF3F:
		return read(0, 0, (*Register).fnCount)
	case 0xFF40:
		return read(0, 0, (*Register).fnShift)
	case 0xFF60:
		return read(3, 3, (*Register).fnParameter)
	case 0xFF63:
		return read(0, 0, (*Register).fnRoom)
	case 0xFF70:
		return read(0, 0, (*Register).fnMarking)
	default:
		return exchanges(code)
	}
}

// throughDrive is a command that a drive which is gone answers with its own
// code.
func throughDrive(run func(*Register, call) ([]byte, byte)) func(*Register, call) ([]byte, byte) {
	return func(r *Register, c call) ([]byte, byte) {
		if code := r.driveGone(); code != 0 {
			return nil, code
		}
		return run(r, c)
	}
}

func (r *Register) fnState(call) ([]byte, byte) {
	doc, data := r.begun, byte(0)
	if r.receipt.open {
		doc = 4
	}
	if r.receipt.items > 0 {
		data = 1
	}
	return join([]byte{byte(r.drive.Phase), doc, data, yes(r.shift.Open), byte(r.drive.Warnings(r.own()))}, stamp(r.drive.Last.At),
		[]byte(r.drive.Serial), le(int64(r.drive.Last.Number), 4)), 0
}

func yes(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func (r *Register) fnNumber(call) ([]byte, byte) { return []byte(r.drive.Serial), 0 }

// fnTerm has after the date how many registrations are left and were made.
func (r *Register) fnTerm(call) ([]byte, byte) {
	return append(ymd(r.drive.ValidTill.In(r.opt.Location)), 29, 1), 0
}

func (r *Register) fnVersion(call) ([]byte, byte) { return append(spaced("fn_v_1_1_2", 16), 1), 0 }

// fnRegistration has the extended signs, the OFD and the reason from format
// 1.1 on.
func (r *Register) fnRegistration(call) ([]byte, byte) {
	if r.drive.Phase == fn.PhaseSetup || r.drive.Phase == fn.PhaseReady {
		return nil, codeFNState
	}
	d, h := r.drive.Registered, r.holder()
	b := join(stamp(d.At), spaced(h.INN, 12), spaced(h.Number, 20), []byte{1, 0})
	if r.ffd() > 2 {
		b = join(b, []byte{0x10}, spaced(h.OFDINN, 12), le(0, 4))
	}
	return join(b, numbers(d)), 0
}

// The bits of the exchange's status.
const (
	exchangeLinked  = 1 << 0
	exchangeMessage = 1 << 1
	exchangeWaiting = 1 << 2
)

func (r *Register) fnExchange(call) ([]byte, byte) {
	status := r.exchangeStatus()
	first, waits := r.drive.First()
	if !waits {
		return append([]byte{status, 0}, make([]byte, 11)...), 0
	}
	return join([]byte{status, 0}, le(int64(r.drive.Unsent()), 2), le(int64(first.Number), 4), stamp(first.At)), 0
}

func (r *Register) exchangeStatus() byte {
	switch {
	case r.drive.Unsent() == 0:
		return 0
	case r.ofdReachable():
		return exchangeLinked | exchangeMessage | exchangeWaiting
	default:
		return exchangeMessage
	}
}

func (r *Register) fnCount(call) ([]byte, byte) {
	if r.opt.NoCount {
		return nil, codeUnsupported
	}
	return le(int64(r.drive.Unsent()), 2), 0
}

func (r *Register) fnShift(call) ([]byte, byte) {
	receipts := r.shift.Receipts
	if r.has(FaultTotals) {
		receipts = 0
	}
	return join([]byte{yes(r.shift.Open)}, le(r.shift.Current(), 2), le(receipts, 2)), 0
}

// fnRoom is what is left: documents of five years, kilobytes of thirty days,
// and in format 1.2 the share of the marking's place that is taken.
func (r *Register) fnRoom(call) ([]byte, byte) {
	b := join(le(max(0, drive.Archive-int64(r.drive.Last.Number)), 4), le(max(0, r.drive.Room()), 4))
	if r.ffd() == ffd12 {
		b = append(b, 0)
	}
	return b, 0
}

// fnMarking: no code under check, no notice begun, everything empty.
func (r *Register) fnMarking(call) ([]byte, byte) {
	if r.ffd() != ffd12 {
		return nil, codeUnsupported
	}
	return []byte{1, 0, 0x01, 0, 0, 0, 0, 0}, 0
}
