package client

import "time"

// Case is one request or illness with its promise.
type Case struct {
	ID         string         `json:"id"`
	Number     int64          `json:"number" doc:"Told to the client."`
	Client     string         `json:"client"`
	Outlet     string         `json:"outlet,omitempty"`
	Device     string         `json:"device,omitempty"`
	Fault      string         `json:"fault,omitempty"`
	Title      string         `json:"title" doc:"The subject, or the fault's name in the caller's language."`
	Subject    string         `json:"subject,omitempty"`
	Severity   string         `json:"severity" enum:"blocking,critical,important,minor"`
	Terms      string         `json:"terms" enum:"contract,one_off"`
	State      string         `json:"state" enum:"new,open,waiting,resolved,closed"`
	WaitReason string         `json:"waitReason,omitempty"`
	Owner      string         `json:"owner,omitempty"`
	OwnerName  string         `json:"ownerName,omitempty"`
	Source     string         `json:"source" enum:"alert,hand,guide,api,web"`
	Evidence   map[string]any `json:"evidence" doc:"What the alert saw, by signal key."`
	OpenedAt   time.Time      `json:"openedAt"`
	ClosedAt   time.Time      `json:"closedAt,omitzero"`
	DueAt      time.Time      `json:"dueAt,omitzero" doc:"The promise; left out while the clock stands before it."`
	LimitAt    time.Time      `json:"limitAt,omitzero" doc:"The mark that must not be passed."`
	BrokenAt   time.Time      `json:"brokenAt,omitzero" doc:"When a promise was first broken."`
	Version    int64          `json:"version"`
}

// CaseDetail is a case with its clock as it stands now and its timeline.
type CaseDetail struct {
	Case
	Clock   CaseClock   `json:"clock"`
	Entries []CaseEntry `json:"entries"`
}

// CaseClock is how a case stands to its promise, in working time.
type CaseClock struct {
	State       string  `json:"state" enum:"not_started,running,paused,stopped"`
	UsedMinutes float64 `json:"usedMinutes"`
	CaseMark
	Limit       *CaseMark   `json:"limit,omitempty"`
	Explanation []ClockLine `json:"explanation"`
}

// CaseMark is how a clock stands to one of its targets.
type CaseMark struct {
	Deadline       time.Time `json:"deadline,omitzero" doc:"Left out while the clock is paused before it."`
	Projected      time.Time `json:"projected,omitzero" doc:"The deadline if a paused clock went on at once."`
	TotalMinutes   float64   `json:"totalMinutes"`
	LeftMinutes    float64   `json:"leftMinutes"`
	OverrunMinutes float64   `json:"overrunMinutes"`
	Broken         bool      `json:"broken"`
	BrokenAt       time.Time `json:"brokenAt,omitzero"`
}

// ClockLine explains one stretch of time. Only open lines use up the promise.
type ClockLine struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Minutes float64   `json:"minutes"`
	What    string    `json:"what" enum:"open,closed,paused,stopped"`
	Reason  string    `json:"reason,omitempty"`
}

// CaseEntry is one line of a case's timeline.
type CaseEntry struct {
	ID    string         `json:"id"`
	At    time.Time      `json:"at"`
	Kind  string         `json:"kind"`
	Actor Actor          `json:"actor"`
	Text  string         `json:"text,omitempty"`
	Data  map[string]any `json:"data,omitempty"`
}

// NewCase is a case to be opened by hand. It needs a subject or a fault, and a
// device, an outlet or a client.
type NewCase struct {
	Client   string `json:"client,omitempty"`
	Outlet   string `json:"outlet,omitempty"`
	Device   string `json:"device,omitempty"`
	Fault    string `json:"fault,omitempty"`
	Subject  string `json:"subject,omitempty"`
	Severity string `json:"severity" enum:"blocking,critical,important,minor"`
	Note     string `json:"note,omitempty" doc:"The first words."`
}

// CaseFilter narrows a list of cases; empty fields do not.
type CaseFilter struct {
	State    []string
	Severity string
	Owner    string // person's id; "-" = nobody's
	Client   string
	Outlet   string
	Device   string
	Fault    string
	Query    string // number, or words of the subject
	Broken   bool
	PageSize int // of one request, 0 = 100
}

// CaseStep is what most changes of a case need: the version that was seen,
// and words for the timeline.
type CaseStep struct {
	Version int64  `json:"version" doc:"The one that was read; an older one is answered with 409."`
	Text    string `json:"text,omitempty"`
}

// CaseNote is words for the timeline.
type CaseNote struct {
	Text string `json:"text" minLength:"1"`
}

// CaseTake gives a case to somebody.
type CaseTake struct {
	Version int64   `json:"version" doc:"The one that was read; an older one is answered with 409."`
	Owner   *string `json:"owner,omitempty" doc:"A colleague's id; empty: nobody; left out: whoever asks."`
}

// CaseWait stops a case's clock for a reason.
type CaseWait struct {
	Version int64  `json:"version" doc:"The one that was read; an older one is answered with 409."`
	Reason  string `json:"reason" enum:"waiting_client,no_remote_access,vendor,part,ofd,power"`
	Text    string `json:"text,omitempty"`
}

// CaseSeverity gives a case another severity.
type CaseSeverity struct {
	Version  int64  `json:"version" doc:"The one that was read; an older one is answered with 409."`
	Severity string `json:"severity" enum:"blocking,critical,important,minor"`
	Text     string `json:"text,omitempty"`
}

// Calendar is hours that a company has named.
type Calendar struct {
	ID string `json:"id"`
	CalendarForm
	Version int64 `json:"version"`
}

// CalendarForm is a calendar's name and hours.
type CalendarForm struct {
	Name string `json:"name"`
	Spec Hours  `json:"calendar"`
}

// CalendarChange writes a calendar anew. Promises that were given keep the
// hours they were given by.
type CalendarChange struct {
	Version int64 `json:"version" doc:"The one that was read; an older one is answered with 409."`
	CalendarForm
}

// Hours are when people work: windows such as 09:00-18:00 by weekday,
// holidays, and single days that differ.
type Hours struct {
	Always         bool                `json:"always,omitempty" doc:"Round the clock; nothing else is given then."`
	Hours          map[string][]string `json:"hours,omitempty" doc:"By weekday: mon, tue, wed, thu, fri, sat, sun."`
	Holidays       []string            `json:"holidays,omitempty" example:"[\"2026-01-01\"]"`
	Overrides      map[string][]string `json:"overrides,omitempty" doc:"By date; no window or off is a closed day."`
	NominalMinutes int                 `json:"nominalMinutes,omitempty"`
}
