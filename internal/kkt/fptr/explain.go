package fptr

import (
	"encoding/json"
	"strconv"

	"github.com/tillwright/tillwright/internal/kkt"
)

// The keys of sentences that are not named after a task.
const (
	keyUnreadable = "kkt.meaning.unreadable"
	keyDone       = "kkt.meaning.done"
	keyRefused    = "kkt.meaning.fptr_refused"
)

// spec is what is known about one type of task: the name of the command for
// people, and how its result is read. A task without read answers "done".
type spec struct {
	kind, name string
	read       func(result json.RawMessage) (fields map[string]any, sentence string, err error)
}

func specs() []spec {
	return []spec{
		{taskDeviceInfo, "task_device_info", explainDevice},
		{taskDeviceStatus, "task_device_status", explainStatus},
		{taskShiftStatus, "task_shift_status", explainShift},
		{taskFNInfo, "task_fn_info", explainFNInfo},
		{taskFNStatus, "task_fn_numbers", explainFNStatus},
		{taskExchange, "task_ofd_exchange_status", explainExchange},
		{taskRegistration, "task_registration_info", explainRegistration},
		{taskFNDocument, "task_read_document", explainDocument},
		{"getLastFiscalParams", "task_last_fiscal_params", explainFiscal},
		{"openShift", "open_shift", explainFiscal},
		{taskCloseShift, "close_shift", explainFiscal},
		{taskReport, "task_report_exchange", explainFiscal},
		{"sell", "task_sell", explainFiscal},
		{"sellReturn", "task_sell_return", explainFiscal},
		{"buy", "task_buy", explainFiscal},
		{"buyReturn", "task_buy_return", explainFiscal},
		{"sellCorrection", "task_sell_correction", explainFiscal},
		{"sellReturnCorrection", "task_sell_return_correction", explainFiscal},
		{"buyCorrection", "task_buy_correction", explainFiscal},
		{"buyReturnCorrection", "task_buy_return_correction", explainFiscal},
		{"registration", "task_registration", explainFiscal},
		{"changeRegistrationParameters", "task_change_registration", explainFiscal},
		{taskChangeFN, "task_change_fn", explainFiscal},
		{taskCloseArchive, "task_close_archive", explainFiscal},
		{taskSetClock, "set_date_time", nil},
		{taskContinue, "continue_print", nil},
		{taskSetParams, "task_set_parameters", nil},
		{"getDeviceParameters", "task_read_parameters", nil},
		{"reportX", "task_report_x", nil},
		{"nonFiscal", "task_non_fiscal", nil},
		{"cashIn", "cash_in", nil},
		{"cashOut", "cash_out", nil},
		{"openCashDrawer", "open_drawer", nil},
		{"printFnDocument", "print_document", nil},
		{"printLastReceiptCopy", "reprint_last", nil},
	}
}

func find(kind string) spec {
	for _, s := range specs() {
		if s.kind == kind {
			return s
		}
	}
	return spec{kind: kind, name: "task_other"}
}

// Explain says what a task's reply means. Command and reply are JSON texts in
// UTF-8; the reply is the service's whole answer, one entry of it, or the bare
// result as the driver's library prints it. The command's name is given even
// when there is no reply. A refusal is a reply that can be read: OK, with the
// driver's code. A reply that cannot be read gives OK false, a stable code and
// nothing else.
func (p Protocol) Explain(command, reply []byte) kkt.Meaning {
	kind := TypeOf(command)
	m := kkt.Meaning{Text: keyUnreadable}
	if kind == "" {
		m.Error = "no_command"
		return m
	}
	s := find(kind)
	m.Command = s.name
	e, err := replied(reply)
	switch {
	case err != "":
		m.Error = err
		return m
	case e.Status == StatusReady:
		return s.explain(m, e.Result)
	case e.Status == StatusError:
		return refusal(m, e)
	}
	m.OK, m.Text = true, "kkt.meaning.fptr_status_"+statusWord(e.Status)
	m.Fields = map[string]any{"status": string(e.Status)}
	return m
}

func statusWord(s Status) string {
	if s == StatusInProgress {
		return "in_progress"
	}
	return string(s)
}

// replied finds the entry in whatever form a reply was copied; problem is a
// stable code, "" when it was found.
func replied(reply []byte) (e Entry, problem string) {
	var form struct {
		Results json.RawMessage `json:"results"`
		Status  json.RawMessage `json:"status"`
		Error   *coded          `json:"error"`
	}
	switch {
	case len(reply) == 0:
		return e, "no_reply"
	case json.Unmarshal(reply, &form) != nil:
		return e, "not_json"
	case form.Results != nil:
		entries, err := ParseResults(reply)
		if err != nil || len(entries) != 1 {
			return e, "form"
		}
		return entries[0], ""
	case len(form.Status) > 0 && form.Status[0] == '"':
		e, err := ParseEntry(reply)
		if err != nil {
			return e, "form"
		}
		return e, ""
	case form.Error != nil:
		return Entry{Status: StatusError, Code: int(form.Error.Code), Text: form.Error.Description, Raw: reply}, ""
	default:
		return Entry{Status: StatusReady, Result: object(reply), Raw: reply}, ""
	}
}

// explain reads the result of a task that is ready.
func (s spec) explain(m kkt.Meaning, result json.RawMessage) kkt.Meaning {
	if s.read == nil {
		m.OK, m.Fields, m.Text = true, map[string]any{}, keyDone
		return m
	}
	fields, sentence, err := s.read(result)
	if err != nil {
		m.Error = "form"
		return m
	}
	m.OK, m.Fields, m.Text = true, fields, sentence
	return m
}

// Texts says that commands and replies of this protocol are texts: a person
// may give them to be explained as they are, not only in hex.
func (p Protocol) Texts() bool { return true }

// refusal says a code in the words that the register's own code has, where it
// has one; the driver's own words otherwise.
func refusal(m kkt.Meaning, e Entry) kkt.Meaning {
	m.OK, m.Code = true, e.Code
	if m.Code == 0 {
		m.Code = CodeUnknown
	}
	// The code that the fault catalogue knows for the same thing, 0 for none.
	m.Fields = map[string]any{"errorCode": m.Code, "identifier": Identifier(m.Code), "driverText": e.Text, "deviceCode": DeviceCode(m.Code)}
	m.Text = ErrorKey(m.Code)
	return m
}

// ownSentences are the codes of the driver and its service that no register
// gives and that a person has to do something about.
func ownSentences() []int {
	return []int{CodeConnectionOff, CodeNoConnection, CodePortBusy, CodeNoPort, 45, 55, CodeFNNotFound, CodeLost, CodeParse, CodeInterrupted}
}

// ErrorKey is the key of the sentence for a code of the driver.
func ErrorKey(code int) string {
	for _, own := range ownSentences() {
		if own == code {
			return "kkt.fptr.error." + strconv.Itoa(code)
		}
	}
	if device := DeviceCode(code); device != 0 {
		return "kkt.error." + strconv.Itoa(device)
	}
	return keyRefused
}
