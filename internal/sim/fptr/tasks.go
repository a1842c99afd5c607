package fptr

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/sim/drive"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// task is one JSON task as it was posted.
type task struct {
	Type     string          `json:"type"`
	Operator *operator       `json:"operator"`
	Number   int64           `json:"fiscalDocumentNumber"`
	DateTime string          `json:"dateTime"`
	CashSum  json.Number     `json:"cashSum"`
	Keys     []int           `json:"keys"`
	Params   []param         `json:"deviceParameters"`
	raw      json.RawMessage // for the forms with more in them
}

type operator struct {
	Name  string `json:"name"`
	VATIN string `json:"vatin"`
}

type param struct {
	Key   int    `json:"key"`
	Value string `json:"value"`
}

// firmware is the version that the bench's registers have.
const firmware = "5.8.100"

// object is a JSON object of a result.
type object map[string]any

// Execute carries out one task and gives its result, or a code of the driver.
func (r *Register) Execute(raw json.RawMessage) (result any, code int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := task{raw: raw}
	if json.Unmarshal(raw, &t) != nil || t.Type == "" {
		return nil, codeParse
	}
	switch {
	case r.has(FaultSilent), r.has(FaultPower):
		return nil, codeNoConnection
	case r.has(FaultPortHeld):
		return nil, codePortHeld
	}
	r.sendDue()
	defer r.urge()
	r.executed[t.Type]++
	return r.dispatch(t)
}

func (r *Register) dispatch(t task) (any, int) {
	switch t.Type {
	case "getDeviceInfo":
		return r.deviceInfo(), 0
	case "getDeviceStatus":
		return r.deviceStatus(), 0
	case "getShiftStatus":
		return r.shiftStatus(), 0
	case "getFnInfo", "getFnStatus", "ofdExchangeStatus", "getRegistrationInfo", "getFnDocument", "getLastFiscalParams":
		if code := r.driveGone(); code != 0 {
			return nil, code
		}
		return r.fromDrive(t)
	case "setDateTime":
		return r.setDateTime(t)
	case "setDeviceParameters", "getDeviceParameters":
		return r.parameters(t)
	case "continuePrint":
		return r.continuePrint()
	case "cashIn", "cashOut":
		return r.moveCash(t)
	case "openCashDrawer", "nonFiscal", "reportX", "printLastReceiptCopy":
		return r.printed(t)
	case "printFnDocument":
		if _, code := r.fnDocument(t.Number); code != 0 {
			return nil, code
		}
		return r.printed(t)
	default:
		return r.document(t)
	}
}

func (r *Register) fromDrive(t task) (any, int) {
	switch t.Type {
	case "getFnInfo":
		return r.fnInfo(), 0
	case "getFnStatus":
		return object{"fnStatus": object{
			"fiscalDocumentNumber": r.drive.Last.Number, "fiscalReceiptNumber": r.shift.Receipts, "warnings": warningForm(r.drive.Warnings(r.own())),
		}}, 0
	case "ofdExchangeStatus":
		return r.exchange(), 0
	case "getRegistrationInfo":
		r.enrolled.Device["ofdChannel"] = r.channel
		return r.enrolled, 0
	case "getFnDocument":
		return r.fnDocument(t.Number)
	default:
		return r.fiscalParams(r.drive.Last, false), 0
	}
}

func (r *Register) deviceInfo() any {
	format := r.format()
	if r.has(FaultField) {
		format = "1.0"
	}
	return object{"deviceInfo": object{
		"configurationVersion": firmware, "ffdVersion": format, "firmwareVersion": firmware, "fnFfdVersion": "1.2", "model": r.model,
		"modelName": r.modelName, "receiptLineLength": 48, "receiptLineLengthPix": 576, "serial": r.serial,
	}}
}

func (r *Register) deviceStatus() any {
	return object{"deviceStatus": object{
		"blocked": r.unfinished, "cashDrawerOpened": false, "coverOpened": false, "currentDateTime": stamp(r.own()),
		"fiscal": r.drive.Phase >= fn.PhaseFiscal, "fnFiscal": r.drive.Phase.Signs(), "fnPresent": r.driveGone() == 0,
		"paperPresent": !r.has(FaultNoPaper), "shift": r.shiftWord(),
	}}
}

func (r *Register) shiftWord() string {
	switch {
	case r.shift.Over(r.own()):
		return "expired"
	case r.shift.Open:
		return "opened"
	default:
		return "closed"
	}
}

func (r *Register) shiftStatus() any {
	ends := r.shift.EndedAt
	if r.shift.Open {
		ends = r.shift.OpenedAt.Add(drive.ShiftLimit)
	}
	return object{"shiftStatus": object{"expiredTime": stamp(ends), "number": r.shift.Current(), "state": r.shiftWord(), "documentsCount": r.shift.Receipts}}
}

func warningForm(w fn.Warnings) object {
	return object{
		"criticalError": w&fn.WarnCritical != 0, "memoryOverflow": w&fn.WarnMemory != 0, "needReplacement": w&fn.WarnThreeDays != 0,
		"ofdTimeout": w&fn.WarnOFD != 0, "resourceExhausted": w&fn.WarnThirtyDays != 0,
	}
}

func (r *Register) fnInfo() any {
	words := map[fn.Phase]string{
		fn.PhaseSetup: "init", fn.PhaseReady: "configured", fn.PhaseFiscal: "fiscalMode", fn.PhaseClosed: "postFiscalMode", fn.PhaseArchive: "accessArchive",
	}
	return object{"fnInfo": object{
		"ffdVersion": r.format(), "fnFfdVersion": "1.2", "livePhase": words[r.drive.Phase], "numberOfRegistrations": r.drive.Registrations,
		"registrationsRemaining": 30 - r.drive.Registrations, "serial": r.drive.Serial, "validityDate": stamp(midnight(r.drive.ValidTill.In(r.opt.Location))),
		"warnings": warningForm(r.drive.Warnings(r.own())), "version": "fn_v_1_2 bench", "execution": "bench",
	}}
}

// never is how the driver writes that something has not been.
const never = "1970-01-01T00:00:00+00:00"

// exchange is how the sending stands, and how the last exchange ended.
func (r *Register) exchange() object {
	status := object{"notSentCount": r.drive.Unsent(), "notSentFirstDocDateTime": never, "notSentFirstDocNumber": 0}
	if first, waits := r.drive.First(); waits {
		status["notSentFirstDocDateTime"], status["notSentFirstDocNumber"] = stamp(first.At), first.Number
	}
	o, number := r.lastExchange()
	var command byte
	switch {
	case o.Drive != 0:
		command = commandAnswer
	case o.Network != 0:
		command = commandRead
	}
	connected := never
	if !r.drive.Confirmed.IsZero() {
		connected = stamp(r.drive.Confirmed.In(r.opt.Location))
	}
	return object{"status": status, "errors": object{
		"documentNumber": number, "fnCommandCode": command, "fn": coded(int(o.Drive)), "ofd": coded(int(o.Operator)), "network": coded(int(o.Network)),
		"lastSuccessConnectionDateTime": connected,
	}}
}

// The drive's commands in the middle of which an exchange broke off: it was
// asked for a message, or given the operator's answer.
const (
	commandRead   = 0x20
	commandAnswer = 0x26
)

func coded(code int) object { return object{"code": code, "description": fmt.Sprintf("%d", code)} }

func (r *Register) fnDocument(number int64) (any, int) {
	d, ok := r.drive.Find(number)
	if !ok {
		return nil, codeFNNoData
	}
	return object{"documentTLV": object{
		"fiscalDocumentType": formWords[d.Form], "short": false, "1012": stamp(d.At), "1040": d.Number, "1041": r.drive.Serial,
		"1077": fmt.Sprintf("3104%08X", d.Sign), "qr": r.qr(d),
	}}, 0
}

// qr is the text of a receipt's QR code (1196); "" for what is no receipt.
func (r *Register) qr(d paper.Document) string {
	if d.Receipt == 0 {
		return ""
	}
	return fmt.Sprintf("t=%s&s=%d.%02d&fn=%s&i=%d&fp=%d&n=%d", d.At.Format("20060102T1504"), d.Sum/100, d.Sum%100, r.drive.Serial, d.Number, d.Sign, d.Kind)
}

// fiscalParams is what a task that made a document answers.
func (r *Register) fiscalParams(d paper.Document, notPrinted bool) object {
	return object{
		"fiscalParams": object{
			"fiscalDocumentDateTime": stamp(d.At), "fiscalDocumentNumber": d.Number, "fiscalDocumentSign": fmt.Sprintf("%d", d.Sign),
			"fiscalReceiptNumber": d.Receipt, "fnNumber": r.drive.Serial, "registrationNumber": r.enrolled.Device["registrationNumber"],
			"shiftNumber": d.Shift, "fnsUrl": "www.nalog.gov.ru", "receiptsCount": r.shift.Receipts,
		},
		"warnings": object{"notPrinted": notPrinted},
	}
}

// stamp writes a time as the driver does: never "Z".
func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05-07:00") }

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}
