package web

import (
	"time"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// valueGroup is a part of the live values; rare ones are shown only when they
// were told.
type valueGroup struct {
	name        string
	usual, rare []signal.Def
}

// valueGroups puts the vocabulary in the order in which an engineer looks.
func valueGroups() []valueGroup {
	return []valueGroup{
		{"link", []signal.Def{signal.Link, signal.HoldMillis}, []signal.Def{signal.LinkSince, signal.LinkDetail, signal.ErrorCode}},
		{
			"register",
			[]signal.Def{signal.Mode, signal.ReceiptOpen, signal.Paper, signal.CoverOpen, signal.PrinterErr, signal.ClockDrift},
			[]signal.Def{signal.Submode, signal.ModeSince, signal.ReceiptType, signal.ReceiptSince, signal.Registered, signal.Battery, signal.Temperature},
		},
		{"shift", []signal.Def{signal.Shift, signal.ShiftNumber, signal.ShiftEndsAt}, []signal.Def{signal.ShiftOpenedAt}},
		{
			"fn",
			[]signal.Def{signal.FNLink, signal.FNPhase, signal.FNWarnings, signal.FNError, signal.FNSerial},
			[]signal.Def{signal.FNFFD},
		},
		{
			"ofd",
			[]signal.Def{signal.Unsent, signal.OFDReach, signal.OFDChannel, signal.OFDHost, signal.OFDPort, signal.OFDNetError},
			[]signal.Def{signal.FirstUnsentAt, signal.FirstUnsentNo, signal.OFDError, signal.OFDFNError},
		},
		{"document", []signal.Def{signal.LastDocNo, signal.LastDocAt, signal.LastDocSign}, nil},
	}
}

// groupLinesOf are the lines of one group.
func groupLinesOf(v ui.View, g valueGroup, set *signal.Set) []ui.KV {
	var lines []ui.KV
	for _, d := range g.usual {
		lines = append(lines, ui.LineOf(signalName(v, d.Key), signalValue(v, d, set.Get(d))))
	}
	for _, d := range g.rare {
		val := set.Get(d)
		if !telling(d, val, set) {
			continue
		}
		lines = append(lines, ui.LineOf(signalName(v, d.Key), signalValue(v, d, val)))
	}
	return lines
}

// telling says whether a rare value says anything: "no error" and "since when
// all is well" do not.
func telling(d signal.Def, val signal.Value, set *signal.Set) bool {
	switch d.ID {
	case signal.ErrorCode.ID, signal.OFDFNError.ID, signal.OFDError.ID, signal.Submode.ID:
		return val.Int() != 0
	case signal.LinkSince.ID:
		return val.Known() && set.Get(signal.Link).Text() != signal.LinkOK
	case signal.ModeSince.ID:
		return val.Known() && set.Get(signal.Mode).Int() > 1 // choosing and selling are where a register belongs
	case signal.ReceiptType.ID, signal.ReceiptSince.ID:
		return val.Known() && set.Get(signal.ReceiptOpen).Bool()
	case signal.Registered.ID:
		return val.Known() && !val.Bool()
	default:
		return val.Known()
	}
}

// gaugeOf is the life of the device's fiscal drive.
func gaugeOf(d *registry.Device, l *fleet.Live) ui.FNProps {
	p := ui.FNProps{Till: l.Values.Get(signal.FNValidTill).Time(), Used: -1}
	if from, err := time.Parse(time.DateOnly, d.ActivatedOn); err == nil {
		p.From = from
	}
	return p
}

// stopFor is when and whether a register stops for a reason.
func stopFor(l *fleet.Live, reason fleet.StopReason) (time.Time, bool) {
	for _, s := range l.Stops {
		if s.Reason == reason {
			return s.At, true
		}
	}
	return time.Time{}, false
}

// passport is what people wrote down about the device.
func passport(v ui.View, d *registry.Device, address string) []ui.KV {
	lines := []ui.KV{
		ui.Line(v.T("device.pass.kind"), v.T("registry.device_kind."+string(d.Kind))),
		ui.Line(v.T("device.pass.model"), d.Model),
		copied(v, v.T("device.pass.serial"), d.Serial),
		copied(v, v.T("device.pass.reg_number"), d.RegNumber),
		copied(v, v.T("device.pass.fn_serial"), d.FNSerial),
		ui.Line(v.T("device.pass.firmware"), d.Firmware),
		ui.Line(v.T("device.pass.ffd"), d.FFD),
		ui.Line(v.T("device.pass.address"), address),
	}
	if len(d.TaxSystems) > 0 {
		var words []string
		for _, t := range d.TaxSystems {
			words = append(words, v.T("registry.tax."+string(t)))
		}
		lines = append(lines, ui.Line(v.T("device.pass.tax"), joined(words...)))
	}
	for _, day := range []struct{ key, value string }{
		{"device.pass.produced", d.ProducedOn}, {"device.pass.activated", d.ActivatedOn}, {"device.pass.purchased", d.PurchasedOn},
	} {
		if t, err := time.Parse(time.DateOnly, day.value); err == nil {
			lines = append(lines, ui.Line(v.T(day.key), v.Date(t, time.UTC)))
		}
	}
	if d.Endpoint != nil {
		lines = append(lines, ui.Line(v.T("device.pass.protocol"), v.Or("kkt.protocol."+d.Endpoint.Protocol, d.Endpoint.Protocol)),
			ui.LineOf(v.T("device.pass.endpoint"), ui.Mono(d.Endpoint.Address)))
	}
	if d.Note != "" {
		lines = append(lines, ui.Line(v.T("device.pass.note"), d.Note))
	}
	return lines
}

func copied(v ui.View, key, value string) ui.KV {
	if value == "" {
		return ui.Line(key, "")
	}
	return ui.LineOf(key, ui.CopyText(v, value))
}
