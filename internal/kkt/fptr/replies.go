package fptr

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/fn"
)

// errMissingPart is a result without the part that its task promises.
var errMissingPart = errors.New("part_missing")

// decode reads one part of a result, which must be there.
func decode[T any](raw json.RawMessage, part func(*T) bool) (T, error) {
	var v T
	if len(raw) == 0 {
		return v, errMissingPart
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("form: %w", err)
	}
	if !part(&v) {
		return v, errMissingPart
	}
	return v, nil
}

// DeviceInfo is the result of getDeviceInfo.
type DeviceInfo struct {
	ConfigurationVersion string `json:"configurationVersion"`
	FFDVersion           string `json:"ffdVersion"`
	FirmwareVersion      string `json:"firmwareVersion"`
	FNFFDVersion         string `json:"fnFfdVersion"`
	Model                int    `json:"model"`
	ModelName            string `json:"modelName"`
	Serial               string `json:"serial"`
}

func parseDeviceInfo(raw json.RawMessage) (DeviceInfo, error) {
	type form struct{ DeviceInfo *DeviceInfo }
	v, err := decode(raw, func(f *form) bool { return f.DeviceInfo != nil })
	if err != nil {
		return DeviceInfo{}, err
	}
	return *v.DeviceInfo, nil
}

// DeviceStatus is the result of getDeviceStatus. Older drivers leave some of
// the flags out; nil is not known.
type DeviceStatus struct {
	Blocked         *bool  `json:"blocked"`
	CoverOpened     *bool  `json:"coverOpened"`
	CurrentDateTime string `json:"currentDateTime"`
	Fiscal          *bool  `json:"fiscal"`
	FNFiscal        *bool  `json:"fnFiscal"`
	FNPresent       *bool  `json:"fnPresent"`
	PaperPresent    *bool  `json:"paperPresent"`
	Shift           string `json:"shift"` // closed, opened, expired
}

func parseDeviceStatus(raw json.RawMessage) (DeviceStatus, error) {
	type form struct{ DeviceStatus *DeviceStatus }
	v, err := decode(raw, func(f *form) bool { return f.DeviceStatus != nil })
	if err != nil {
		return DeviceStatus{}, err
	}
	return *v.DeviceStatus, nil
}

// ShiftStatus is the result of getShiftStatus.
type ShiftStatus struct {
	ExpiredTime string `json:"expiredTime"`
	Number      int64  `json:"number"`
	State       string `json:"state"` // closed, opened, expired
}

func parseShiftStatus(raw json.RawMessage) (ShiftStatus, error) {
	type form struct{ ShiftStatus *ShiftStatus }
	v, err := decode(raw, func(f *form) bool { return f.ShiftStatus != nil && shiftName(f.ShiftStatus.State) != "" })
	if err != nil {
		return ShiftStatus{}, err
	}
	return *v.ShiftStatus, nil
}

// shiftName is a shift's state in this project's words; "" for another text.
func shiftName(state string) string {
	switch state {
	case "closed", "expired":
		return state
	case "opened":
		return "open"
	default:
		return ""
	}
}

// Warnings are the drive's, as getFnInfo and getFnStatus tell them.
type Warnings struct {
	CriticalError     bool `json:"criticalError"`
	MemoryOverflow    bool `json:"memoryOverflow"`
	NeedReplacement   bool `json:"needReplacement"`
	OFDTimeout        bool `json:"ofdTimeout"`
	ResourceExhausted bool `json:"resourceExhausted"`
}

// Bits are the warnings as the drive itself writes them.
func (w Warnings) Bits() fn.Warnings {
	var bits fn.Warnings
	for _, f := range []struct {
		on  bool
		bit fn.Warnings
	}{
		{w.NeedReplacement, fn.WarnThreeDays},
		{w.ResourceExhausted, fn.WarnThirtyDays},
		{w.MemoryOverflow, fn.WarnMemory},
		{w.OFDTimeout, fn.WarnOFD},
		{w.CriticalError, fn.WarnCritical},
	} {
		if f.on {
			bits |= f.bit
		}
	}
	return bits
}

// FNInfo is the result of getFnInfo.
type FNInfo struct {
	FFDVersion             string    `json:"ffdVersion"`
	FNFFDVersion           string    `json:"fnFfdVersion"`
	LivePhase              string    `json:"livePhase"`
	NumberOfRegistrations  int64     `json:"numberOfRegistrations"`
	RegistrationsRemaining int64     `json:"registrationsRemaining"`
	Serial                 string    `json:"serial"`
	ValidityDate           string    `json:"validityDate"`
	Warnings               *Warnings `json:"warnings"`
}

func parseFNInfo(raw json.RawMessage) (FNInfo, error) {
	type form struct {
		FNInfo *FNInfo `json:"fnInfo"`
	}
	v, err := decode(raw, func(f *form) bool { return f.FNInfo != nil })
	if err != nil {
		return FNInfo{}, err
	}
	return *v.FNInfo, nil
}

// phase is the drive's phase of the driver's word for it; ok is false for
// "unknown" and for words that are not in the list.
func phase(word string) (p fn.Phase, ok bool) {
	p, ok = map[string]fn.Phase{
		"init": fn.PhaseSetup, "configured": fn.PhaseReady, "fiscalMode": fn.PhaseFiscal,
		"postFiscalMode": fn.PhaseClosed, "accessArchive": fn.PhaseArchive,
	}[word]
	return p, ok
}

// PhaseWord is the driver's word for a phase of the drive.
func PhaseWord(p fn.Phase) string {
	for _, word := range []string{"init", "configured", "fiscalMode", "postFiscalMode", "accessArchive"} {
		if known, _ := phase(word); known == p {
			return word
		}
	}
	return "unknown"
}

// FNStatus is the result of getFnStatus.
type FNStatus struct {
	FiscalDocumentNumber int64     `json:"fiscalDocumentNumber"`
	FiscalReceiptNumber  int64     `json:"fiscalReceiptNumber"`
	Warnings             *Warnings `json:"warnings"`
}

func parseFNStatus(raw json.RawMessage) (FNStatus, error) {
	type form struct {
		FNStatus *FNStatus `json:"fnStatus"`
	}
	v, err := decode(raw, func(f *form) bool { return f.FNStatus != nil })
	if err != nil {
		return FNStatus{}, err
	}
	return *v.FNStatus, nil
}

// when reads a time as the driver writes it. The offset is the one of the
// machine that the service runs on; with a zone given, the wall time counts
// in that zone and the offset does not.
func when(text string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		t, err := time.ParseInLocation(layout, text, orLocal(zone))
		if err != nil {
			continue
		}
		if zone != nil {
			return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone), nil
		}
		return t, nil
	}
	return time.Time{}, errors.New("date")
}

func orLocal(zone *time.Location) *time.Location {
	if zone == nil {
		return time.Local
	}
	return zone
}
