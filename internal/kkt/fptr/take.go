package fptr

import (
	"encoding/json"
	"time"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
)

func (r *reading) takeDevice(result json.RawMessage) error {
	d, err := parseDeviceInfo(result)
	if err != nil {
		return err
	}
	r.set.Put(signal.Model, text(d.ModelName))
	r.set.Put(signal.Firmware, text(d.FirmwareVersion))
	r.set.Put(signal.Serial, text(d.Serial))
	r.set.Put(signal.FFD, text(d.FFDVersion))
	r.set.Put(signal.FNFFD, text(d.FNFFDVersion))
	return nil
}

func (r *reading) takeStatus(result json.RawMessage) error {
	s, err := parseDeviceStatus(result)
	if err != nil {
		return err
	}
	r.set.Put(signal.Paper, known(s.PaperPresent))
	r.set.Put(signal.CoverOpen, known(s.CoverOpened))
	r.set.Put(signal.Registered, known(s.Fiscal))
	if s.FNPresent != nil && !*s.FNPresent {
		r.lostDrive(fn.ATOLInterface)
	}
	if name := shiftName(s.Shift); name != "" {
		r.set.Put(signal.Shift, signal.TextOf(name))
	}
	shown, err := when(s.CurrentDateTime, r.zone)
	if err == nil {
		r.set.Put(signal.ClockDrift, signal.IntOf(kkt.Drift(shown, r.asked, r.heard)))
	}
	return nil
}

func known(b *bool) signal.Value {
	if b == nil {
		return signal.Value{}
	}
	return signal.BoolOf(*b)
}

func (r *reading) takeShift(result json.RawMessage) error {
	s, err := parseShiftStatus(result)
	if err != nil {
		return err
	}
	r.set.Put(signal.Shift, signal.TextOf(shiftName(s.State)))
	r.set.Put(signal.ShiftNumber, signal.IntOf(s.Number))
	if s.State == "closed" {
		return nil
	}
	ends, err := when(s.ExpiredTime, r.zone)
	if err != nil {
		return err
	}
	r.set.Put(signal.ShiftEndsAt, signal.TimeOf(ends))
	r.set.Put(signal.ShiftOpenedAt, signal.TimeOf(ends.Add(-24*time.Hour)))
	return nil
}

func (r *reading) takeExchange(result json.RawMessage) error {
	e, err := parseExchange(result, r.zone)
	if err != nil {
		return err
	}
	if !r.fnGone {
		r.set.Put(signal.FNLink, signal.TextOf("ok"))
		r.set.Put(signal.FNError, signal.IntOf(0))
	}
	r.set.Put(signal.Unsent, signal.IntOf(e.Unsent))
	if e.Unsent > 0 {
		r.set.Put(signal.FirstUnsentNo, signal.IntOf(e.FirstUnsent))
		r.set.Put(signal.FirstUnsentAt, signal.TimeOf(e.FirstUnsentAt))
	}
	r.set.Put(signal.OFDNetError, signal.IntOf(e.Network))
	r.set.Put(signal.OFDError, signal.IntOf(e.OFD))
	r.set.Put(signal.OFDFNError, signal.IntOf(e.FN))
	return nil
}

func (r *reading) takeDrive(result json.RawMessage) error {
	d, err := parseFNInfo(result)
	if err != nil {
		return err
	}
	r.set.Put(signal.FNSerial, text(d.Serial))
	if p, ok := phase(d.LivePhase); ok {
		r.set.Put(signal.FNPhase, signal.IntOf(int64(p)))
	}
	if d.Warnings != nil {
		r.set.Put(signal.FNWarnings, signal.IntOf(int64(d.Warnings.Bits())))
	}
	till, err := when(d.ValidityDate, r.zone)
	if err != nil {
		return err
	}
	r.set.Put(signal.FNValidTill, signal.TimeOf(till))
	return nil
}

func (r *reading) takeNumber(result json.RawMessage) error {
	s, err := parseFNStatus(result)
	if err != nil {
		return err
	}
	if r.lastDocument = s.FiscalDocumentNumber; r.lastDocument > 0 {
		r.set.Put(signal.LastDocNo, signal.IntOf(r.lastDocument))
	}
	return nil
}

func (r *reading) takeRegistration(result json.RawMessage) error {
	g, err := parseRegistration(result)
	if err != nil {
		return err
	}
	r.set.Put(signal.RegNumber, text(g.Device.RegistrationNumber))
	r.set.Put(signal.INN, text(g.Organization.VATIN))
	r.set.Put(signal.OFDHost, text(g.OFD.Host))
	if g.OFD.Port > 0 {
		r.set.Put(signal.OFDPort, signal.IntOf(int64(g.OFD.Port)))
	}
	r.set.Put(signal.OFDChannel, text(g.Device.OFDChannel))
	return nil
}

func (r *reading) takeDocument(result json.RawMessage) error {
	d, err := parseDocument(result, r.zone)
	if err != nil {
		return err
	}
	r.set.Put(signal.LastDocAt, signal.TimeOf(d.At))
	r.set.Put(signal.LastDocSign, text(d.Sign))
	return nil
}

// text is a text value; an empty text is not known.
func text(s string) signal.Value {
	return kkt.Text(trimmed(s))
}
