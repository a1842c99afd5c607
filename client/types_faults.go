package client

import "time"

// Diagnosis is what a question about a register comes to.
type Diagnosis struct {
	Confident bool      `json:"confident"`
	Matches   []Finding `json:"matches" doc:"Best first, at most five."`
	Codes     []string  `json:"codes"`
	Text      *string   `json:"text,omitempty" doc:"What was read off a photograph; empty when nothing was."`
}

// Finding is one fault that fits.
type Finding struct {
	FaultID  string   `json:"faultId" example:"fn-235-unsent-documents"`
	Score    float64  `json:"score"`
	Title    string   `json:"title"`
	Evidence []string `json:"evidence" example:"[\"code 235\"]"`
}

// Question is words, codes, or a device whose state speaks too.
type Question struct {
	Text   string `json:"text" maxLength:"4000" example:"касса пишет 235"`
	Lang   string `json:"lang,omitempty" enum:"ru,de,en" doc:"Left out: as the text is written."`
	Device string `json:"deviceId,omitempty" doc:"Needs a token that reaches the device."`
}

// FaultBrief is an article of the catalogue in a list.
type FaultBrief struct {
	ID       string   `json:"id"`
	Family   string   `json:"family"`
	Kind     string   `json:"kind" enum:"fault,howto"`
	Severity string   `json:"severity"`
	Title    string   `json:"title"`
	Gist     string   `json:"gist"`
	Codes    []string `json:"codes"`
}

// FaultArticle is all that is known about one fault, in one language.
type FaultArticle struct {
	FaultBrief
	Reviewed string       `json:"reviewed" format:"date" doc:"The day a person last read it against its sources."`
	Revision string       `json:"revision"`
	Symptoms []string     `json:"symptoms"`
	Causes   []FaultCause `json:"causes"`
	Steps    []FixStep    `json:"steps" doc:"Those that are for the reader."`
	Related  []string     `json:"related"`
	Notes    string       `json:"notes,omitempty" doc:"For the company's own people."`
}

// FaultCause is one reason for a fault and how it is told from the others.
type FaultCause struct {
	Name string `json:"name"`
	Tell string `json:"tell"`
}

// FixStep is one screen of a guided fix.
type FixStep struct {
	ID          string      `json:"id"`
	Who         string      `json:"who" enum:"cashier,engineer,service_centre"`
	Kind        string      `json:"kind" enum:"do,look,ask,machine,hand_over,mended"`
	Title       string      `json:"title"`
	Do          string      `json:"do,omitempty"`
	Why         string      `json:"why,omitempty"`
	See         string      `json:"see,omitempty"`
	Warning     string      `json:"warning,omitempty"`
	Minutes     int         `json:"minutes,omitempty"`
	NeedsBackup bool        `json:"needsBackup,omitempty"`
	Branches    []FixBranch `json:"branches,omitempty"`
	Procedure   string      `json:"procedure,omitempty" doc:"What the machine would do."`
	Risk        string      `json:"risk,omitempty" enum:"read,change,dangerous"`
}

// FixBranch is one answer to a step; its number is what is sent.
type FixBranch struct {
	Number int    `json:"number"`
	Text   string `json:"text"`
	To     string `json:"to"`
}

// Fix is a guided fix as its reader may see it.
type Fix struct {
	ID            string     `json:"id"`
	Fault         string     `json:"fault"`
	Title         string     `json:"title"`
	Client        string     `json:"client,omitempty"`
	Device        string     `json:"device,omitempty"`
	Case          string     `json:"case,omitempty"`
	State         string     `json:"state" enum:"active,running,checking,proving,mended,told,handed_over,abandoned"`
	Step          *FixStep   `json:"step,omitempty" doc:"Left out when it is not for this reader, and in lists."`
	Blocked       string     `json:"blocked,omitempty" doc:"Why the step cannot be done now: a problem's code."`
	BlockedReason string     `json:"blockedReason,omitempty"`
	CanBack       bool       `json:"canBack"`
	CanRun        bool       `json:"canRun"`
	CanByHand     bool       `json:"canByHand"`
	CanHandOver   bool       `json:"canHandOver"`
	NeedsConsent  bool       `json:"needsConsent"`
	Overdue       bool       `json:"overdue" doc:"The awaited reading did not come in time: hand over."`
	Command       string     `json:"command,omitempty" doc:"Of the running or the last machine step."`
	Reason        string     `json:"reason,omitempty" doc:"Why it was handed over."`
	StartedBy     Actor      `json:"startedBy"`
	CreatedAt     time.Time  `json:"createdAt"`
	ChangedAt     time.Time  `json:"changedAt"`
	EndedAt       time.Time  `json:"endedAt,omitzero"`
	Version       int64      `json:"version"`
	Log           []FixEvent `json:"log"`
}

// FixEvent is one entry of a guided fix's log.
type FixEvent struct {
	Seq       int64      `json:"seq"`
	At        time.Time  `json:"at"`
	Kind      string     `json:"kind"`
	Step      string     `json:"step,omitempty"`
	Actor     Actor      `json:"actor"`
	Branch    *int       `json:"branch,omitempty"`
	To        string     `json:"to,omitempty"`
	Consent   string     `json:"consent,omitempty"`
	Procedure string     `json:"procedure,omitempty"`
	Command   string     `json:"command,omitempty"`
	Outcome   string     `json:"outcome,omitempty"`
	Success   bool       `json:"success,omitempty"`
	Code      string     `json:"code,omitempty"`
	Exchanges []Exchange `json:"exchanges,omitempty"`
}

// NewFix begins a guided fix.
type NewFix struct {
	Fault  string `json:"fault"`
	Device string `json:"device,omitempty" doc:"Left out: machine steps are done by hand."`
	Case   string `json:"case,omitempty"`
}

// FixVersion names the state of the fix that its reader saw.
type FixVersion struct {
	Version int64 `json:"version" doc:"The one that was read; an older one is answered with 409."`
}

// FixAnswer is the answer to a step.
type FixAnswer struct {
	Version int64 `json:"version" doc:"The one that was read; an older one is answered with 409."`
	Branch  int   `json:"branch" minimum:"0"`
}

// FixRun has the machine do the current step.
type FixRun struct {
	Version int64  `json:"version" doc:"The one that was read; an older one is answered with 409."`
	Step    string `json:"step" doc:"The step that was read."`
	Consent bool   `json:"consent,omitempty" doc:"The shop agrees."`
}
