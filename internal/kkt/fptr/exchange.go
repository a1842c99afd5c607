package fptr

import (
	"encoding/json"
	"strings"
	"time"
)

// coded is a code with the driver's own words for it.
type coded struct {
	Code        int64  `json:"code"`
	Description string `json:"description"`
}

// exchangeForm is the result of ofdExchangeStatus, and of
// reportOfdExchangeStatus besides its fiscal parameters.
type exchangeForm struct {
	Errors struct {
		DocumentNumber                int64  `json:"documentNumber"`
		FN                            coded  `json:"fn"`
		FNCommandCode                 int64  `json:"fnCommandCode"`
		LastSuccessConnectionDateTime string `json:"lastSuccessConnectionDateTime"`
		Network                       coded  `json:"network"`
		OFD                           coded  `json:"ofd"`
	} `json:"errors"`
	Status *struct {
		NotSentCount            int64  `json:"notSentCount"`
		NotSentFirstDocDateTime string `json:"notSentFirstDocDateTime"`
		NotSentFirstDocNumber   int64  `json:"notSentFirstDocNumber"`
	} `json:"status"`
}

// Exchange is how the exchange with the OFD stands.
type Exchange struct {
	Unsent          int64     // documents that the OFD has not confirmed
	FirstUnsent     int64     // number of the oldest of them; 0 when there is none
	FirstUnsentAt   time.Time // zero when there is none
	Network         int64     // last error on the way: 0 none, 1 no channel, 2 no connection … 8
	OFD             int64     // last error that the OFD answered: 0 none
	FN              int64     // last error of the drive: its own code, 0 none
	Document        int64     // number of the document that the errors are about
	LastConnectedAt time.Time // zero when the driver does not tell
}

func parseExchange(raw json.RawMessage, zone *time.Location) (Exchange, error) {
	f, err := decode(raw, func(f *exchangeForm) bool { return f.Status != nil })
	if err != nil {
		return Exchange{}, err
	}
	e := Exchange{
		Unsent: f.Status.NotSentCount, Network: f.Errors.Network.Code, OFD: f.Errors.OFD.Code, FN: f.Errors.FN.Code, Document: f.Errors.DocumentNumber,
	}
	if e.Unsent < 0 {
		return Exchange{}, errForm
	}
	if text := f.Errors.LastSuccessConnectionDateTime; text != "" {
		if t, err := when(text, zone); err == nil {
			e.LastConnectedAt = t
		}
	}
	if e.Unsent == 0 {
		return e, nil
	}
	e.FirstUnsent = f.Status.NotSentFirstDocNumber
	e.FirstUnsentAt, err = when(f.Status.NotSentFirstDocDateTime, zone)
	return e, err
}

// trimmed takes the spaces off that the drive pads its texts with.
func trimmed(s string) string { return strings.TrimSpace(strings.TrimRight(s, "\x00")) }
