package desk

import (
	"encoding/json"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/scope"
)

// Case is one request or illness with its promise.
type Case struct {
	ID         string
	Number     int64 // told to the client; grows by one within a company
	Client     string
	Outlet     string
	Device     string // "" when it is about no device
	Fault      string // id of the catalogue, "" when not known
	Subject    string // as the person said it; "" = the fault's own title
	Severity   calendar.Severity
	Terms      calendar.Terms
	State      State
	WaitReason calendar.Reason // while Waiting
	Owner      string          // person who has it, "" = nobody yet
	OwnerName  string
	Source     Source
	Alert      string          // the alert it came from
	Evidence   json.RawMessage // what the alert saw, as signal JSON
	OpenedAt   time.Time
	ClosedAt   time.Time // resolved or closed; zero while active
	DueAt      time.Time // promise; zero while the clock stands before it
	LimitAt    time.Time // the second mark; zero when there is none or the clock stands before it
	BrokenAt   time.Time // when a promise of the case was first broken, zero when all were kept; a milder severity does not undo it
	// Version grows with what a person's decision rests on: state, owner,
	// severity, notes. A mark that comes or an alert's new figures leave it.
	Version int64

	alertWorst calendar.Severity // the worst that its alert has been
	passed     markSet           // which of the present marks the timeline tells of already
}

// Source is how a case came.
type Source string

// The sources.
const (
	FromAlert Source = "alert"
	FromHand  Source = "hand"
	FromGuide Source = "guide" // a guided fix that a person left off
	FromAPI   Source = "api"
	FromWeb   Source = "web" // the form of the public help page
)

func sources() []Source { return []Source{FromAlert, FromHand, FromGuide, FromAPI, FromWeb} }

// Entry is one line of a case's timeline.
type Entry struct {
	ID    string
	At    time.Time
	Kind  EntryKind
	Actor scope.Actor
	Text  string         // what a person wrote, "" for what the program did
	Data  map[string]any // figures that the line's sentence is made of
}

// EntryKind says what happened. Its sentence is "desk.entry.<kind>".
type EntryKind string

// The kinds of entry.
const (
	EntryOpened   EntryKind = "opened"
	EntryNote     EntryKind = "note" // a person's words, for the company alone
	EntryState    EntryKind = "state"
	EntryOwner    EntryKind = "owner"
	EntrySeverity EntryKind = "severity"
	EntryAlert    EntryKind = "alert"   // the alert changed: worse, better, flapping
	EntryWell     EntryKind = "well"    // the register reports itself well
	EntryFix      EntryKind = "fix"     // a guided fix began, moved or ended
	EntryCommand  EntryKind = "command" // a command was carried out, with its bytes
	EntryBroken   EntryKind = "broken"  // the promise was broken
	EntryLimit    EntryKind = "limit"   // the second mark was passed
	EntryFile     EntryKind = "file"    // a photograph or a paper was attached
	EntryRequest  EntryKind = "request" // what a stranger told of herself and did before
)

// Draft is a case to be opened.
type Draft struct {
	Client, Outlet, Device string
	Fault, Subject         string
	Severity               calendar.Severity
	Source                 Source
	Alert                  string
	Evidence               json.RawMessage
	OpenedAt               time.Time // when it began; zero = now
	Note                   string    // the first words
}

// Named are the faults and places that words may name: a case that the program
// opened has no subject of its own, and its reader sees the fault's title and
// the shop's name.
type Named struct {
	Faults, Clients, Outlets, Devices []string // ids
}

// Filter narrows a list of cases; empty fields do not.
type Filter struct {
	States   []State
	Severity calendar.Severity
	Owner    string // person id; "-" = nobody's
	Client   string
	Outlet   string
	Device   string
	Fault    string
	Text     string // number, or words of the subject
	Named    Named  // what the words of Text name besides; heeded only with Text
	Broken   bool   // only broken promises
	After    string // key of the last row shown, from List
	Limit    int    // 0 = 50
}
