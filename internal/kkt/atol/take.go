package atol

import (
	"encoding/binary"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/octets"
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
	r.set.Put(signal.Model, kkt.Text(name))
	r.set.Put(signal.Firmware, kkt.Text(t.version))
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
		r.shown = octets.InZone(s.at, r.loc)
		r.set.Put(signal.ClockDrift, signal.IntOf(kkt.Drift(r.shown, r.asked, r.now())))
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
		r.shiftEnd = octets.InZone(s.ends, r.loc)
	}
	return err
}

func (r *reading) takeSerial(data []byte) error {
	rd := from(data)
	serial := rd.digits(7)
	if err := rd.End(); err != nil {
		return err
	}
	r.set.Put(signal.Serial, kkt.Text(serial))
	if name := evotorName(serial); name != "" {
		r.set.Put(signal.Model, kkt.Text(name))
	}
	return nil
}

func (r *reading) takeFFD(data []byte) error {
	device, drive, err := parseFFD(data)
	if err != nil {
		return err
	}
	r.set.Put(signal.FFD, kkt.Text(device))
	r.set.Put(signal.FNFFD, kkt.Text(drive))
	return nil
}

func (r *reading) takeExchange(data []byte) error {
	e, err := parseExchange(data)
	if err != nil {
		return err
	}
	r.set.Put(signal.FNLink, signal.TextOf("ok"))
	r.set.Put(signal.FNError, signal.IntOf(0))
	e.Put(&r.set, r.loc)
	return nil
}

func (r *reading) takeDrive(data []byte) error {
	d, err := parseDrive(data)
	if err == nil {
		d.Put(&r.set)
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

func (r *reading) takeDocument(data []byte) error {
	d, err := parseLastDocument(data)
	if err != nil || d.number == 0 {
		return err
	}
	r.set.Put(signal.LastDocNo, signal.IntOf(d.number))
	r.set.Put(signal.LastDocAt, signal.TimeOf(octets.InZone(d.at, r.loc)))
	r.set.Put(signal.LastDocSign, kkt.Text(d.sign))
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
	rd := from(data)
	host := rd.ASCII(len(data))
	if rd.Err() == nil {
		r.set.Put(signal.OFDHost, kkt.Text(host))
	}
	return rd.Err()
}

func (r *reading) takePort(data []byte) error {
	if len(data) != 2 {
		return octets.WrongLength
	}
	r.set.Put(signal.OFDPort, signal.IntOf(int64(binary.BigEndian.Uint16(data))))
	return nil
}

func (r *reading) takeChannel(data []byte) error {
	if len(data) != 1 {
		return octets.WrongLength
	}
	r.set.Put(signal.OFDChannel, kkt.Text(channelName(int(data[0]))))
	return nil
}
