package shtrih

import (
	"strconv"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/octets"
	"github.com/tillwright/tillwright/internal/signal"
)

func (r *reading) takeType(data []byte) error {
	t, err := parseType(data)
	if err != nil {
		return err
	}
	name := t.name
	if name == "" {
		name = modelName(t.model)
	}
	r.set.Put(signal.Model, kkt.Text(name))
	return nil
}

func (r *reading) takeFull(data []byte) error {
	s, err := parseFullState(data)
	if err != nil {
		return err
	}
	r.state = s
	r.set.Put(signal.Firmware, kkt.Text(s.version))
	if s.serial > 0 {
		r.set.Put(signal.Serial, signal.TextOf(strconv.FormatInt(s.serial, 10)))
	}
	if s.inn > 0 && s.inn < 1_000_000_000_000 {
		r.set.Put(signal.INN, signal.TextOf(innText(s.inn)))
	}
	r.putCondition(s.condition)
	r.putShift(s.shiftOpen(), s.lastShift)
	if !s.at.IsZero() {
		r.set.Put(signal.ClockDrift, signal.IntOf(kkt.Drift(octets.InZone(s.at, r.loc), r.asked, r.now())))
	}
	return nil
}

func (r *reading) putCondition(c condition) {
	r.set.Put(signal.Mode, signal.IntOf(int64(c.number())))
	r.set.Put(signal.Submode, signal.IntOf(int64(c.sub)))
	r.set.Put(signal.Paper, signal.BoolOf(!c.noPaper))
	r.set.Put(signal.CoverOpen, signal.BoolOf(c.flags&flagCoverOpen != 0))
	r.set.Put(signal.ReceiptOpen, signal.BoolOf(c.mode == modeReceipt))
	if kind := receiptType(c.kind); c.mode == modeReceipt && kind != 0 {
		r.set.Put(signal.ReceiptType, signal.IntOf(int64(kind)))
	}
}

// putShift takes the shift of the register's own state: it counts closed ones,
// an open one has the next number. The drive's word, which comes later, stands
// above it.
func (r *reading) putShift(open bool, closed int64) {
	if !open {
		r.set.Put(signal.Shift, signal.TextOf("closed"))
		r.set.Put(signal.ShiftNumber, signal.IntOf(closed))
		return
	}
	r.set.Put(signal.Shift, signal.TextOf("open"))
	r.set.Put(signal.ShiftNumber, signal.IntOf(closed+1))
}

// takeShort looks for what only the short state says: how the last print ended.
func (r *reading) takeShort(data []byte) error {
	s, err := parseShortState(data)
	if err != nil || s.printed < 0 {
		return err
	}
	r.set.Put(signal.PrinterErr, signal.BoolOf(s.printed == printNoPrinter))
	return nil
}

func (r *reading) takeDrive(data []byte) error {
	d, err := parseDrive(data)
	if err != nil {
		return err
	}
	r.set.Put(signal.FNLink, signal.TextOf("ok"))
	r.set.Put(signal.FNError, signal.IntOf(0))
	d.Put(&r.set)
	r.set.Put(signal.Registered, signal.BoolOf(d.Phase == fn.PhaseFiscal))
	if r.last = d.Last; d.Last > 0 {
		r.set.Put(signal.LastDocNo, signal.IntOf(d.Last))
		r.set.Put(signal.LastDocAt, signal.TimeOf(octets.InZone(d.At, r.loc)))
	}
	return nil
}

func (r *reading) takeExchange(data []byte) error {
	e, err := parseExchange(data)
	if err == nil {
		e.Put(&r.set, r.loc)
	}
	return err
}

func (r *reading) takeValidity(data []byte) error {
	v, err := parseValidity(data)
	if err == nil {
		v.Put(&r.set, r.loc)
	}
	return err
}

func (r *reading) takeShift(data []byte) error {
	s, err := parseShift(data)
	if err != nil {
		return err
	}
	r.set.Put(signal.ShiftNumber, signal.IntOf(s.Number))
	word := "closed"
	if s.Open {
		word = "open"
	}
	r.set.Put(signal.Shift, signal.TextOf(word))
	return nil
}

func (r *reading) takeRegistration(data []byte) error {
	g, err := parseRegistration(data)
	if err != nil {
		return err
	}
	r.set.Put(signal.RegNumber, kkt.Text(g.number))
	r.set.Put(signal.INN, kkt.Text(g.inn))
	return nil
}

// lastDocumentOf asks for the document that the drive called its last.
func lastDocumentOf(r *reading) []byte {
	if r.last == 0 {
		return nil
	}
	return documentBytes(r.last)
}

func (r *reading) takeDocument(data []byte) error {
	d, err := parseDocument(data)
	if err != nil {
		return err
	}
	r.set.Put(signal.LastDocAt, signal.TimeOf(octets.InZone(d.at, r.loc)))
	r.set.Put(signal.LastDocSign, kkt.Text(signText(d.sign)))
	return nil
}
