package ui

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"
)

// EventKind is what happened, in a timeline.
type EventKind string

// The kinds, each with an icon of its own.
const (
	EventAlert   EventKind = "alert"   // a fault was noticed
	EventWell    EventKind = "well"    // it is over
	EventNote    EventKind = "note"    // somebody wrote a note
	EventIn      EventKind = "in"      // a message from the client
	EventOut     EventKind = "out"     // a message to the client
	EventCall    EventKind = "call"    // a telephone call
	EventCommand EventKind = "command" // bytes went to a register
	EventChange  EventKind = "change"  // a value changed
	EventPromise EventKind = "promise" // the clock started, stopped, was moved
	EventPause   EventKind = "pause"   // the clock stands
	EventLink    EventKind = "link"    // an agent or a register came or went
	EventPerson  EventKind = "person"  // assigned, taken, handed over
	EventFix     EventKind = "fix"     // a step of a guided fix
	EventPart    EventKind = "part"    // hardware was changed
)

func (k EventKind) icon() Icon {
	icons := map[EventKind]Icon{
		EventAlert: IconAlert, EventWell: IconWell, EventNote: IconNote, EventIn: IconMailIn, EventOut: IconMailOut,
		EventCall: IconPhone, EventCommand: IconCommand, EventChange: IconChange, EventPromise: IconClock, EventPause: IconPause,
		EventLink: IconPlug, EventPerson: IconPerson, EventFix: IconFaults, EventPart: IconWrench,
	}
	if i, ok := icons[k]; ok {
		return i
	}
	return IconMore
}

// EventProps describe an entry of a timeline. Its children are what belongs
// to it: a message's text, the bytes of a command.
type EventProps struct {
	ID       string // unique in the page
	At       time.Time
	Kind     EventKind
	Title    string
	Who      string   // person, agent or rule; "" = nobody
	Severity Severity // colours the icon of an alert
	Late     bool     // told later than it happened
}

func (p EventProps) toneClass() string {
	switch {
	case p.Kind == EventWell:
		return "tone-ok"
	case p.Severity != "":
		return "tone-" + string(p.Severity)
	default:
		return "tone-work"
	}
}

// ByteLine is one direction of an exchange with a register.
type ByteLine struct {
	Out   bool // sent by us
	Bytes []byte
	Note  string // "1.2 s", or why nothing came
}

// isText says whether a register speaks in JSON, which people read as it is.
func isText(b []byte) bool { return len(b) > 1 && b[0] == '{' && utf8.Valid(b) && json.Valid(b) }

// hexText is the form for the clipboard: "91 34 00 00", or the JSON itself.
func hexText(b []byte) string {
	if isText(b) {
		return string(b)
	}
	var s strings.Builder
	for i, c := range b {
		if i > 0 {
			s.WriteByte(' ')
		}
		s.WriteString(strings.ToUpper(hex.EncodeToString([]byte{c})))
	}
	return s.String()
}

// jsonLines is JSON as people read it: a line a member, unless all of it is
// short enough for one.
func jsonLines(b []byte) string {
	const short = 64 // letters that fit beside the meaning
	var out bytes.Buffer
	if len(b) <= short || json.Indent(&out, b, "", "  ") != nil {
		return string(b)
	}
	return out.String()
}

// hexGroups cuts bytes into groups of eight, for the eye.
func hexGroups(b []byte) []string {
	var out []string
	for i := 0; i < len(b); i += 8 {
		out = append(out, hexText(b[i:min(i+8, len(b))]))
	}
	return out
}

// BytesProps describe an exchange: the bytes and what they mean.
type BytesProps struct {
	Title   string // "Last document"
	Lines   []ByteLine
	Meaning []KV   // decoded fields; empty when the reply could not be read
	Text    string // one sentence: what it says
	Plan    bool   // nothing was sent: a dry run
	Bad     bool   // the register refused, or the reply is not of its protocol
}

// Branch is one answer to a step: what the person sees.
type Branch struct {
	Text  string
	Value string // sent as "answer"
	Look  Look
}

// StepProps describe a step of a guided fix.
type StepProps struct {
	ID      string // of the card, for htmx
	Action  string // where the answer is posted
	CSRF    string
	No, Of  int    // 3 of 7; Of 0 = the length is not known yet
	Title   string // what to do, in one line
	Do      string // how, in a few sentences
	Why     string // why it helps
	See     string // what one should see afterwards
	Answers []Branch
	BackURL string // posted to; "" = this is the first step
	Alone   bool   // nothing else is on the page: the title is the page's heading

	Machine *MachineStep // nil: a person does it
}

// MachineStep is a step that the program does through the agent.
type MachineStep struct {
	Register string // whom it goes to, in words
	Bytes    BytesProps
	Risk     string // what may happen, in words; "" = only reads
	Consent  string // the sentence to tick; "" = none needed
	Button   string
	Running  bool // on its way: the card shows progress and fetches itself again
	PollURL  string
}

// consentNeeded says whether the button waits for a tick.
func (m MachineStep) consentNeeded() bool { return m.Consent != "" }

// Line makes a KV of a plain text; an empty one counts as not reported.
func Line(key, value string) KV { return KV{Key: key, Value: Text(value), Known: value != ""} }

// LineOf makes a KV of a component.
func LineOf(key string, c templ.Component) KV { return KV{Key: key, Value: c, Known: c != nil} }

// consentAttrs mark the button that a tick wakes. Without scripts the box is
// "required", and the server asks again in any case.
func consentAttrs(m MachineStep) templ.Attributes {
	if !m.consentNeeded() {
		return nil
	}
	return templ.Attributes{"data-consent-go": true}
}
