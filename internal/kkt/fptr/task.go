package fptr

import (
	"encoding/json"
	"slices"
	"time"
)

// The types of the tasks that the driver posts.
const (
	taskDeviceInfo   = "getDeviceInfo"
	taskDeviceStatus = "getDeviceStatus"
	taskShiftStatus  = "getShiftStatus"
	taskFNInfo       = "getFnInfo"
	taskFNStatus     = "getFnStatus"
	taskExchange     = "ofdExchangeStatus"
	taskRegistration = "getRegistrationInfo"
	taskFNDocument   = "getFnDocument"
	taskSetClock     = "setDateTime"
	taskCloseShift   = "closeShift"
	taskReport       = "reportOfdExchangeStatus"
	taskContinue     = "continuePrint"
	taskSetParams    = "setDeviceParameters"
	taskCloseArchive = "closeArchive"
	taskChangeFN     = "fnChange"
)

// ClockLayout is how setDateTime takes a time: the register's wall clock.
const ClockLayout = "2006.01.02 15:04:05"

// paramOFDChannel is the register's setting of the channel to the OFD.
const paramOFDChannel = 276

// Operator is the person whom a document names (tags 1021 and 1203).
type Operator struct {
	Name  string `json:"name"`
	VATIN string `json:"vatin,omitempty"` // ИНН of the person, 12 digits; may be left out
}

// plain is a task without parameters.
func plain(kind string) json.RawMessage {
	return encode(struct {
		Type string `json:"type"`
	}{kind})
}

// signed is a task that makes a document; the operator is named when given.
func signed(kind string, o Operator) json.RawMessage {
	task := struct {
		Type     string    `json:"type"`
		Operator *Operator `json:"operator,omitempty"`
	}{Type: kind}
	if o.Name != "" {
		task.Operator = &o
	}
	return encode(task)
}

func fnDocument(number int64) json.RawMessage {
	return encode(struct {
		Type   string `json:"type"`
		Number int64  `json:"fiscalDocumentNumber"`
	}{taskFNDocument, number})
}

func setClock(t time.Time) json.RawMessage {
	return encode(struct {
		Type     string `json:"type"`
		DateTime string `json:"dateTime"`
	}{taskSetClock, t.Format(ClockLayout)})
}

func setParam(key int, value string) json.RawMessage {
	type param struct {
		Key   int    `json:"key"`
		Value string `json:"value"`
	}
	return encode(struct {
		Type   string  `json:"type"`
		Params []param `json:"deviceParameters"`
	}{taskSetParams, []param{{key, value}}})
}

// encode writes one of this package's own forms, which always marshal.
func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage(`{}`)
	}
	return b
}

// TypeOf is the type of a task, "" for what is no task.
func TypeOf(task []byte) string {
	var in struct {
		Type *string `json:"type"`
	}
	if json.Unmarshal(task, &in) != nil || in.Type == nil {
		return ""
	}
	return *in.Type
}

// guarded says whether the service guards a task as one that makes a fiscal
// document: it remembers the drive's last number before it and, when the
// register is lost, finds out afterwards what became of it. The corrections of
// returns are documents too, but the older service's list does not have them.
func guarded(kind string) bool {
	return slices.Contains([]string{
		"openShift", taskCloseShift, "sell", "buy", "sellReturn", "buyReturn", "sellCorrection", "buyCorrection", taskReport, "registration", taskChangeFN, "changeRegistrationParameters", taskCloseArchive,
	}, kind)
}

// onlyReads says whether a task changes nothing, on the register or on paper.
func onlyReads(kind string) bool {
	return slices.Contains([]string{
		taskDeviceInfo, taskDeviceStatus, taskShiftStatus, taskFNInfo, taskFNStatus, taskExchange, taskRegistration, taskFNDocument,
		"getDeviceParameters", "getCashDrawerStatus", "getShiftTotals", "getOverallTotals", "getLicenses", "ismExchangeStatus", "getDepartmentSum", "getMcu",
	}, kind)
}
