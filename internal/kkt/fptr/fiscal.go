package fptr

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Fiscal is what the register tells about a fiscal document that it made.
type Fiscal struct {
	Document   int64     // number of the fiscal document (1040)
	Sign       string    // fiscal sign (1077), ten decimal digits or fewer as the driver writes it
	At         time.Time // date and time of the document (1012)
	Receipt    int64     // number in the shift (1042); 0 for a document that is no receipt
	Shift      int64     // number of the shift (1038)
	FN         string    // number of the drive (1041)
	RegNumber  string    // registration number (1037)
	FNSURL     string    // address of the tax service's site (1060)
	NotPrinted bool      // the document is made but not on paper: continue_print finishes it
}

func parseFiscal(raw json.RawMessage, zone *time.Location) (Fiscal, error) {
	type form struct {
		FiscalParams *struct {
			FiscalDocumentNumber   int64  `json:"fiscalDocumentNumber"`
			FiscalDocumentSign     string `json:"fiscalDocumentSign"`
			FiscalDocumentDateTime string `json:"fiscalDocumentDateTime"`
			FiscalReceiptNumber    int64  `json:"fiscalReceiptNumber"`
			ShiftNumber            int64  `json:"shiftNumber"`
			FNNumber               string `json:"fnNumber"`
			RegistrationNumber     string `json:"registrationNumber"`
			FNSURL                 string `json:"fnsUrl"`
		} `json:"fiscalParams"`
		Warnings struct {
			NotPrinted bool `json:"notPrinted"`
		} `json:"warnings"`
	}
	f, err := decode(raw, func(f *form) bool { return f.FiscalParams != nil && f.FiscalParams.FiscalDocumentNumber > 0 })
	if err != nil {
		return Fiscal{}, err
	}
	p := f.FiscalParams
	at, err := when(p.FiscalDocumentDateTime, zone)
	if err != nil {
		return Fiscal{}, err
	}
	return Fiscal{
		Document: p.FiscalDocumentNumber, Sign: trimmed(p.FiscalDocumentSign), At: at, Receipt: p.FiscalReceiptNumber, Shift: p.ShiftNumber,
		FN: trimmed(p.FNNumber), RegNumber: trimmed(p.RegistrationNumber), FNSURL: trimmed(p.FNSURL), NotPrinted: f.Warnings.NotPrinted,
	}, nil
}

// Document is what the drive keeps about one of its documents.
type Document struct {
	Number int64     // 1040
	At     time.Time // 1012
	Sign   string    // 1077 as a decimal number
	Kind   string    // receipt, receiptCorrection, openShift, closeShift, registration …
	Short  bool      // the drive has only the head of it left
	Total  int64     // 1020 in kopecks, out of the QR text (1196); -1 when that is not there
	// Operation is 1054 out of the same text; 0 when that is not there.
	Operation Operation
}

// errNoDocument is a result of getFnDocument without the document.
var errNoDocument = errors.New("document")

func parseDocument(raw json.RawMessage, zone *time.Location) (Document, error) {
	type form struct {
		DocumentTLV *struct {
			Kind   string `json:"fiscalDocumentType"`
			Short  bool   `json:"short"`
			At     string `json:"1012"`
			Number int64  `json:"1040"`
			Sign   string `json:"1077"`
			QR     string `json:"qr"`
		} `json:"documentTLV"`
	}
	f, err := decode(raw, func(f *form) bool { return f.DocumentTLV != nil })
	if err != nil {
		return Document{}, err
	}
	t := f.DocumentTLV
	at, err := when(t.At, zone)
	if err != nil {
		return Document{}, err
	}
	sign, err := decimalSign(t.Sign)
	if err != nil || t.Number <= 0 {
		return Document{}, errNoDocument
	}
	return Document{Number: t.Number, At: at, Sign: sign, Kind: t.Kind, Short: t.Short, Total: totalOf(t.QR), Operation: operationOf(t.QR)}, nil
}

// totalOf reads the sum out of a receipt's QR text, "t=…&s=150.00&fn=…"
// (order ЕД-7-20/662@, tag 1196); -1 when it is not there.
func totalOf(qr string) int64 {
	sum, found := fieldOf(qr, "s=")
	whole, rest, _ := strings.Cut(sum, ".")
	if !found || len(rest) > 2 || len(whole) > 12 {
		return -1
	}
	n, err := strconv.ParseUint(whole+rest+"00"[len(rest):], 10, 62)
	if err != nil {
		return -1
	}
	return int64(n)
}

// operationOf reads the direction out of the same text, "n=2"; 0 when it is not
// there.
func operationOf(qr string) Operation {
	text, _ := fieldOf(qr, "n=")
	n, err := strconv.Atoi(text)
	if err != nil || Operation(n).Sign() == 0 {
		return 0
	}
	return Operation(n)
}

// fieldOf finds a field of a QR text by its head.
func fieldOf(qr, head string) (string, bool) {
	for _, pair := range strings.Split(qr, "&") {
		if value, found := strings.CutPrefix(pair, head); found {
			return value, true
		}
	}
	return "", false
}

// decimalSign writes a sign as it stands on receipts. The drive's requisite
// has six bytes, two of them no part of the number; a short document gives
// only the number's four.
func decimalSign(text string) (string, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) == 0 || len(b) > 6 {
		return "", errNoDocument
	}
	n, err := strconv.ParseUint(hex.EncodeToString(b[max(0, len(b)-4):]), 16, 64)
	if err != nil {
		return "", errNoDocument
	}
	digits := strconv.FormatUint(n, 10)
	const width = 10
	return "0000000000"[:max(0, width-len(digits))] + digits, nil
}
