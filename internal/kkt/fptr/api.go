package fptr

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
)

// api is what differs between the service's two interfaces.
type api interface {
	// tasks is the path where tasks are posted.
	tasks() string
	// block reads from the answer to a posting why the queue stands still; ""
	// when it does not, or the interface does not tell.
	block(body []byte) string
}

// v1 is the interface of the first releases: bare paths, no word about the
// queue, a result's code and text side by side.
type v1 struct{}

func (v1) tasks() string                 { return "/requests" }
func (v1) block([]byte) string           { return "" }
func taskPath(a api, uuid string) string { return a.tasks() + "/" + url.PathEscape(uuid) }

// v2 is the interface since 10.7.
type v2 struct{}

func (v2) tasks() string { return "/api/v2/requests" }

func (v2) block(body []byte) string {
	var in struct {
		IsBlocked   bool   `json:"isBlocked"`
		BlockReason string `json:"blockReason"`
	}
	if json.Unmarshal(body, &in) != nil || !in.IsBlocked {
		return ""
	}
	if in.BlockReason == "" {
		return "unknown"
	}
	return in.BlockReason
}

// The reasons for which a queue stands still, as the newer interface names
// them.
const (
	blockedByLink  = "connectionError" // the register was lost in the middle of a document
	blockedByDrive = "fnError"
	blockedByPaper = "paperError"
)

// Status is how far one task is, in the service's words.
type Status string

// The statuses of the service.
const (
	StatusWait        Status = "wait"
	StatusInProgress  Status = "inProgress"
	StatusReady       Status = "ready"
	StatusError       Status = "error"
	StatusInterrupted Status = "interrupted" // an earlier task of the same request failed
	StatusBlocked     Status = "blocked"     // the service itself does not know yet whether the document was made
	StatusCanceled    Status = "canceled"
)

// Final says whether the status will not change any more.
func (s Status) Final() bool {
	switch s {
	case StatusReady, StatusError, StatusInterrupted, StatusCanceled:
		return true
	default:
		return false
	}
}

// Known says whether it is a status at all.
func (s Status) Known() bool {
	return s.Final() || s == StatusWait || s == StatusInProgress || s == StatusBlocked
}

// Entry is what the service tells about one task of a request, in either
// interface's form.
type Entry struct {
	Status Status
	Code   int             // LIBFPTR code; 0 is none
	Text   string          // the driver's own words for the code
	Result json.RawMessage // nil when there is none
	Raw    json.RawMessage // the entry as it came
}

// errForm is an answer that is JSON but not of the service's form.
var errForm = errors.New("form")

// ParseEntry reads one element of "results", of either interface.
func ParseEntry(raw []byte) (Entry, error) {
	var in struct {
		Status           *Status `json:"status"`
		ErrorCode        int     `json:"errorCode"`
		ErrorDescription string  `json:"errorDescription"`
		Error            *struct {
			Code        int    `json:"code"`
			Description string `json:"description"`
		} `json:"error"`
		Result json.RawMessage `json:"result"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return Entry{}, err
	}
	if in.Status == nil || !in.Status.Known() {
		return Entry{}, errForm
	}
	e := Entry{Status: *in.Status, Code: in.ErrorCode, Text: in.ErrorDescription, Result: object(in.Result), Raw: raw}
	if in.Error != nil {
		e.Code, e.Text = in.Error.Code, in.Error.Description
	}
	return e, nil
}

// object is a result that is an object; null and nothing are none.
func object(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	return raw
}

// ParseResults reads the answer to a question for a request: one entry for
// each of its tasks.
func ParseResults(body []byte) ([]Entry, error) {
	var in struct {
		Results []json.RawMessage `json:"results"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	if len(in.Results) == 0 {
		return nil, errForm
	}
	entries := make([]Entry, len(in.Results))
	for i, raw := range in.Results {
		e, err := ParseEntry(raw)
		if err != nil {
			return nil, err
		}
		entries[i] = e
	}
	return entries, nil
}

// accepted says whether a status means that a posting was taken. The maker's
// service says 201, others 200.
func accepted(status int) bool { return status == http.StatusCreated || status == http.StatusOK }
