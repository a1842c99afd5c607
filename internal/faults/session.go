package faults

import (
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/scope"
)

// State is where a session stands.
type State string

// The states. The last four are ends.
const (
	Active     State = "active"      // a person is asked to do, look or answer
	Running    State = "running"     // a machine step was asked for, its outcome is awaited
	Checking   State = "checking"    // the reply was good; the next reading must show it
	Proving    State = "proving"     // "mended" was reached; the next reading must prove it
	Mended     State = "mended"      // proved by the device's own state
	Told       State = "told"        // a person says so; nothing can prove it
	HandedOver State = "handed_over" // a person who knows more goes on
	Abandoned  State = "abandoned"   // ended without either
)

// Over says whether the session has ended.
func (s State) Over() bool {
	return s == Mended || s == Told || s == HandedOver || s == Abandoned
}

// Waits says whether the session goes on by itself when news comes.
func (s State) Waits() bool { return s == Running || s == Checking || s == Proving }

// Visit is one step left behind and by which answer.
type Visit struct {
	Step   string `json:"step"`
	Branch int    `json:"branch"` // number of the answer; -1 for a machine step
}

// Session is one guided fix.
type Session struct {
	ID         string
	Client     string // "" = not known
	Device     string // "" = a fix without a device: machine steps are done by hand
	Case       string // "" = none yet
	Fault      string
	Revision   string // of the article when the fix began
	State      State
	Step       string
	Path       []Visit
	Command    string    // of the running or the last machine step
	RunKey     string    // of the running machine step, made before the command is asked for
	Since      time.Time // the last action; only a newer reading proves anything
	Deadline   time.Time // until when an outcome or a reading is awaited
	Reason     string    // why it was handed over: a stable code
	TokenUntil time.Time // of the guest's link; zero = none
	Delivered  bool      // the case has the summary
	StartedBy  scope.Actor
	CreatedAt  time.Time
	ChangedAt  time.Time
	EndedAt    time.Time
	Version    int64 // grows with every change
}

// EventKind says what happened in a session.
type EventKind string

// What happens in a session.
const (
	Started    EventKind = "started"
	Answered   EventKind = "answered"
	WentBack   EventKind = "went_back"
	RunAsked   EventKind = "run_asked"   // consent is in the detail
	RunRefused EventKind = "run_refused" // surely not sent
	RunEnded   EventKind = "run_ended"
	ByHand     EventKind = "by_hand"
	ReadingNo  EventKind = "reading_no" // a newer reading does not show it yet
	Proved     EventKind = "proved"
	ToldSo     EventKind = "told_so"
	Handed     EventKind = "handed_over"
	Resumed    EventKind = "resumed"
	Shared     EventKind = "shared"
	GivenUp    EventKind = "given_up"
)

// Event is one entry of a session's log. Nothing in it is changed later.
type Event struct {
	Seq    int64
	At     time.Time
	Kind   EventKind
	Step   string
	Actor  scope.Actor
	Detail Detail
}

// Detail is what an event adds to its kind.
type Detail struct {
	Branch    *int           `json:"branch,omitempty"`
	To        string         `json:"to,omitempty"`
	Consent   string         `json:"consent,omitempty"` // who agreed
	Procedure string         `json:"procedure,omitempty"`
	Command   string         `json:"command,omitempty"`
	Outcome   string         `json:"outcome,omitempty"` // done, failed, unknown, expired
	Success   bool           `json:"success,omitempty"`
	Code      string         `json:"code,omitempty"` // stable code of a failure or a reason
	Exchanges []kkt.Exchange `json:"exchanges,omitempty"`
	Meanings  []kkt.Meaning  `json:"meanings,omitempty"`
	ReadingAt int64          `json:"readingAt,omitempty"` // Unix ms
}
