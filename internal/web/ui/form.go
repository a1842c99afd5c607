package ui

import "github.com/a-h/templ"

// Look is how a button stands among others.
type Look string

// The looks. A page has at most one Main button in sight.
const (
	LookNormal Look = ""
	LookMain   Look = "main"
	LookPlain  Look = "plain"  // no border: cancel, less
	LookDanger Look = "danger" // resets or deletes
)

// ButtonProps describe a button or a link that looks like one.
type ButtonProps struct {
	Text  string
	Icon  Icon             // "" = none
	Href  string           // not empty: a link
	Type  string           // "submit" (default) or "button"
	Name  string           // sent with the form
	Value string           //
	Look  Look             //
	Big   bool             // 48 px: guided fix, phone
	Full  bool             // the whole width
	Off   bool             // disabled
	Key   string           // single key that presses it, shown on it; "" = none
	Attrs templ.Attributes // hx-…, data-…, form, formaction
}

func (p ButtonProps) class() string {
	s := "btn"
	if p.Look != LookNormal {
		s += " " + string(p.Look)
	}
	if p.Big {
		s += " big"
	}
	if p.Full {
		s += " full"
	}
	return s
}

func (p ButtonProps) kind() string {
	if p.Type == "" {
		return "submit"
	}
	return p.Type
}

// FieldProps describe a field of a form with its label, hint and error. The
// error is a sentence, already said by Voice.Field.
type FieldProps struct {
	ID           string // of the input; the label and the error point to it
	Name         string // defaults to ID
	Label        string
	Value        string
	Type         string // text, password, email, number, date, tel…; default text
	Hint         string
	Error        string
	Placeholder  string
	Autocomplete string
	Mono         bool // serials, codes, bytes
	Required     bool
	Off          bool
	Max          int              // characters, 0 = no limit
	Rows         int              // text areas
	Draft        string           // text areas: the key under which the text is kept until sent
	Attrs        templ.Attributes // autofocus, inputmode, pattern, hx-…
}

func (p FieldProps) name() string {
	if p.Name == "" {
		return p.ID
	}
	return p.Name
}

func (p FieldProps) kind() string {
	if p.Type == "" {
		return "text"
	}
	return p.Type
}

// described are the ids that explain the field.
func (p FieldProps) described() string {
	s := ""
	if p.Hint != "" {
		s = p.ID + "-hint"
	}
	if p.Error != "" {
		if s != "" {
			s += " "
		}
		s += p.ID + "-error"
	}
	return s
}

// Option is an answer of a Select.
type Option struct {
	Value, Text string
	On          bool
}

// Tone is what a notice or toast is about.
type Tone string

// The tones of notices.
const (
	ToneProblem Tone = "blocking" // it did not work
	ToneCare    Tone = "important"
	ToneDone    Tone = "ok"
	ToneSilent  Tone = "silent" // no data
	ToneInfo    Tone = "accent"
)

func (t Tone) icon() Icon {
	switch t {
	case ToneDone:
		return IconWell
	case ToneProblem, ToneCare:
		return IconAlert
	case ToneSilent:
		return IconPlug
	default:
		return IconHelp
	}
}

// NoticeProps say what happened, what was kept, and (as children of Notice)
// what to do.
type NoticeProps struct {
	ID    string
	Tone  Tone
	Title string
	Text  string
	Kept  string // a person's own text that was not lost, shown whole
}

// ToastProps describe a short word that leaves by itself.
type ToastProps struct {
	Tone    Tone
	Text    string
	UndoURL string // posted to by the undo button; "" = nothing to undo
}

// Crumb is a step of the way to a page; the last one has no Href.
type Crumb struct{ Text, Href string }

// Tab is a view of a page; tabs are links that can be shared.
type Tab struct {
	Text     string
	Href     string
	On       bool
	Count    int
	Severity Severity
	Live     LiveCount // keeps Count true; zero = it stays as it was drawn
}

// LiveCount says how a count keeps itself up to date; see Live.
type LiveCount struct {
	ID     string // of the element, once in a page
	Topics string
	URL    string // answers with the element again, among others
}

// KV is a line of a passport. Known false says that the value was never
// reported, which is not the same as empty.
type KV struct {
	Key   string
	Value templ.Component
	Known bool
}

// noticeRole: a problem interrupts a screen reader, the rest waits its turn.
func noticeRole(t Tone) string {
	if t == ToneProblem {
		return "alert"
	}
	return "status"
}
