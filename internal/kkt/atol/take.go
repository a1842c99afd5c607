package atol

import (
	"encoding/binary"

	"github.com/tillwright/tillwright/internal/signal"
)

func (r *reading) takeType(data []byte) error {
	t, err := parseType(data)
	if err != nil {
		return err
	}
	name := modelName(t.model)
	if name == "" {
		name = t.name
	}
	r.set.Put(signal.Model, text(name))
	r.set.Put(signal.Firmware, text(t.version))
	return nil
}

func (r *reading) takeMode(data []byte) error {
	m, err := parseMode(data)
	if err != nil {
		return err
	}
	r.set.Put(signal.Mode, signal.IntOf(int64(m.mode)))
	r.set.Put(signal.Submode, signal.IntOf(int64(m.submode)))
	r.set.Put(signal.Paper, signal.BoolOf(m.flags&flagNoPaper == 0))
	r.set.Put(signal.PrinterErr, signal.BoolOf(m.printerFailed()))
	return nil
}

func (r *reading) takeState(data []byte) error {
	s, err := parseState(data)
	if err != nil {
		return err
	}
	r.set.Put(signal.CoverOpen, signal.BoolOf(s.flags&stCover != 0))
	r.set.Put(signal.Registered, signal.BoolOf(s.flags&stRegistered != 0))
	if s.flags&stPaper == 0 {
		r.set.Put(signal.Paper, signal.BoolOf(false))
	}
	r.set.Put(signal.ReceiptOpen, signal.BoolOf(s.receiptType != 0))
	if s.receiptType != 0 {
		r.set.Put(signal.ReceiptType, signal.IntOf(int64(s.receiptType)))
	}
	r.putShift(s)
	if !s.at.IsZero() {
		r.shown = inZone(s.at, r.loc)
		r.set.Put(signal.ClockDrift, signal.IntOf(drift(r.shown, r.asked, r.now())))
	}
	return nil
}

// putShift: the register counts closed shifts; an open one has the next
// number.
func (r *reading) putShift(s fullState) {
	if s.flags&stShiftOpen == 0 {
		r.set.Put(signal.Shift, signal.TextOf("closed"))
		r.set.Put(signal.ShiftNumber, signal.IntOf(s.shiftNo))
		return
	}
	r.set.Put(signal.Shift, signal.TextOf("open"))
	r.set.Put(signal.ShiftNumber, signal.IntOf(s.shiftNo+1))
}

func (r *reading) takeShift(data []byte) error {
	s, err := parseShift(data)
	if err == nil && s.open {
		r.shiftEnd = inZone(s.ends, r.loc)
	}
	return err
}

func (r *reading) takeSerial(data []byte) error {
	rd := reader{data: data}
	serial := rd.digits(7)
	if err := rd.end(); err != nil {
		return err
	}
	r.set.Put(signal.Serial, text(serial))
	if name := evotorName(serial); name != "" {
		r.set.Put(signal.Model, text(name))
	}
	return nil
}

func (r *reading) takeFFD(data []byte) error {
	device, drive, err := parseFFD(data)
	if err != nil {
		return err
	}
	r.set.Put(signal.FFD, text(device))
	r.set.Put(signal.FNFFD, text(drive))
	return nil
}

func (r *reading) takeExchange(data []byte) error {
	e, err := parseExchange(data)
	if err != nil {
		return err
	}
	r.set.Put(signal.FNLink, signal.TextOf("ok"))
	r.set.Put(signal.FNError, signal.IntOf(0))
	r.set.Put(signal.Unsent, signal.IntOf(e.count))
	if e.count > 0 {
		r.set.Put(signal.FirstUnsentNo, signal.IntOf(e.first))
		r.set.Put(signal.FirstUnsentAt, signal.TimeOf(inZone(e.firstAt, r.loc)))
	}
	return nil
}

func (r *reading) takeDrive(data []byte) error {
	d, err := parseDrive(data)
	if err != nil {
		return err
	}
	r.set.Put(signal.FNPhase, signal.IntOf(int64(d.phase)))
	r.set.Put(signal.FNWarnings, signal.IntOf(int64(d.warnings)))
	r.set.Put(signal.FNSerial, text(d.serial))
	return nil
}

// takeValidity: the drive names a day; it is good until that day's midnight,
// where the day begins.
func (r *reading) takeValidity(data []byte) error {
	v, err := parseValidity(data)
	if err == nil {
		r.set.Put(signal.FNValidTill, signal.TimeOf(inZone(v.till, r.loc)))
	}
	return err
}

func (r *reading) takeDocument(data []byte) error {
	d, err := parseLastDocument(data)
	if err != nil || d.number == 0 {
		return err
	}
	r.set.Put(signal.LastDocNo, signal.IntOf(d.number))
	r.set.Put(signal.LastDocAt, signal.TimeOf(inZone(d.at, r.loc)))
	r.set.Put(signal.LastDocSign, text(d.sign))
	return nil
}

func (r *reading) takeOFDErrors(data []byte) error {
	e, err := parseOFDErrors(data)
	if err != nil {
		return err
	}
	r.set.Put(signal.OFDNetError, signal.IntOf(e.network))
	r.set.Put(signal.OFDError, signal.IntOf(e.ofd))
	r.set.Put(signal.OFDFNError, signal.IntOf(e.fn))
	return nil
}

func (r *reading) takeHost(data []byte) error {
	rd := reader{data: data}
	host := rd.ascii(len(data))
	if rd.err == nil {
		r.set.Put(signal.OFDHost, text(host))
	}
	return rd.err
}

func (r *reading) takePort(data []byte) error {
	if len(data) != 2 {
		return errLength
	}
	r.set.Put(signal.OFDPort, signal.IntOf(int64(binary.BigEndian.Uint16(data))))
	return nil
}

func (r *reading) takeChannel(data []byte) error {
	if len(data) != 1 {
		return errLength
	}
	r.set.Put(signal.OFDChannel, text(channelName(int(data[0]))))
	return nil
}

// text is a text value; an empty text is not known.
func text(s string) signal.Value {
	if s == "" {
		return signal.Value{}
	}
	return signal.TextOf(s)
}
