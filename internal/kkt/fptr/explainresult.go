package fptr

import (
	"encoding/json"
	"time"
)

func explainDevice(result json.RawMessage) (map[string]any, string, error) {
	d, err := parseDeviceInfo(result)
	return map[string]any{
		"model": d.Model, "modelName": d.ModelName, "version": d.FirmwareVersion, "serial": d.Serial, "ffd": d.FFDVersion, "fnFfd": d.FNFFDVersion,
	}, "kkt.meaning.fptr_device_info", err
}

func explainStatus(result json.RawMessage) (map[string]any, string, error) {
	s, err := parseDeviceStatus(result)
	if err != nil {
		return nil, "", err
	}
	f := map[string]any{"shift": shiftName(s.Shift)}
	for name, b := range map[string]*bool{
		"blocked": s.Blocked, "coverOpen": s.CoverOpened, "registered": s.Fiscal, "fnFiscal": s.FNFiscal, "fnPresent": s.FNPresent, "paper": s.PaperPresent,
	} {
		if b != nil {
			f[name] = *b
		}
	}
	shown, err := when(s.CurrentDateTime, nil)
	putTime(f, shown)
	return f, "kkt.meaning.fptr_device_status", err
}

func explainShift(result json.RawMessage) (map[string]any, string, error) {
	s, err := parseShiftStatus(result)
	if err != nil {
		return nil, "", err
	}
	f := map[string]any{"shift": s.Number, "shiftOpen": s.State != "closed"}
	if s.State == "closed" {
		return f, "kkt.meaning.shift_closed", nil
	}
	ends, err := when(s.ExpiredTime, nil)
	putTime(f, ends)
	return f, "kkt.meaning.fptr_shift_" + shiftName(s.State), err
}

func explainFNInfo(result json.RawMessage) (map[string]any, string, error) {
	d, err := parseFNInfo(result)
	if err != nil {
		return nil, "", err
	}
	f := map[string]any{
		"fn": d.Serial, "phaseWord": d.LivePhase, "ffd": d.FFDVersion, "fnFfd": d.FNFFDVersion,
		"registrationsDone": d.NumberOfRegistrations, "registrationsLeft": d.RegistrationsRemaining,
	}
	if p, ok := phase(d.LivePhase); ok {
		f["phase"] = int(p)
	}
	if d.Warnings != nil {
		f["warnings"] = int(d.Warnings.Bits())
	}
	till := d.ValidTill(nil)
	if till.IsZero() {
		return nil, "", errForm
	}
	f["validTill"] = till.Format(time.DateOnly)
	return f, "kkt.meaning.fptr_fn_info", nil
}

func explainFNStatus(result json.RawMessage) (map[string]any, string, error) {
	s, err := parseFNStatus(result)
	f := map[string]any{"lastDocument": s.FiscalDocumentNumber, "receiptNumber": s.FiscalReceiptNumber}
	if s.Warnings != nil {
		f["warnings"] = int(s.Warnings.Bits())
	}
	return f, "kkt.meaning.fptr_fn_status", err
}

func explainExchange(result json.RawMessage) (map[string]any, string, error) {
	e, err := parseExchange(result, nil)
	f := map[string]any{"unsent": e.Unsent, "networkError": e.Network, "ofdError": e.OFD, "fnError": e.FN, "documentNumber": e.Document}
	if e.Unsent == 0 {
		return f, "kkt.meaning.fn_exchange_status_none", err
	}
	f["firstUnsent"] = e.FirstUnsent
	putTime(f, e.FirstUnsentAt)
	return f, "kkt.meaning.fn_exchange_status", err
}

func explainRegistration(result json.RawMessage) (map[string]any, string, error) {
	g, err := parseRegistration(result)
	return map[string]any{
		"regNumber": g.Device.RegistrationNumber, "inn": g.Organization.VATIN, "user": g.Organization.Name, "ffd": g.Device.FFDVersion,
		"channel": g.Device.OFDChannel, "host": g.OFD.Host, "port": g.OFD.Port, "ofd": g.OFD.Name,
	}, "kkt.meaning.fptr_registration_info", err
}

func explainDocument(result json.RawMessage) (map[string]any, string, error) {
	d, err := parseDocument(result, nil)
	f := map[string]any{"documentNumber": d.Number, "fiscalSign": d.Sign, "documentKind": d.Kind}
	putTime(f, d.At)
	return f, "kkt.meaning.read_register_52", err
}

func explainFiscal(result json.RawMessage) (map[string]any, string, error) {
	d, err := parseFiscal(result, nil)
	f := map[string]any{
		"documentNumber": d.Document, "fiscalSign": d.Sign, "receiptNumber": d.Receipt, "shift": d.Shift, "fn": d.FN, "regNumber": d.RegNumber,
		"notPrinted": d.NotPrinted,
	}
	putTime(f, d.At)
	if d.NotPrinted {
		return f, "kkt.meaning.fptr_fiscal_not_printed", err
	}
	return f, "kkt.meaning.fptr_fiscal", err
}

// putTime adds a wall time to fields as the pair date and time; nothing when
// there is none.
func putTime(f map[string]any, t time.Time) {
	if t.IsZero() {
		return
	}
	f["date"], f["time"] = t.Format(time.DateOnly), t.Format("15:04")
}
