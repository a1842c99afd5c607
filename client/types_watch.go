package client

import "time"

// List is one page of a list. Next goes into the parameter after of the same
// call to read on; it is left out on the last page.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Goes into the parameter after; left out on the last page."`
}

// Actor is who did something.
type Actor struct {
	Kind string `json:"kind" enum:"person,agent,system,guest"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Overview is how many devices, agents, alerts and cases there are, by state.
type Overview struct {
	Devices   int            `json:"devices"`
	States    map[string]int `json:"states" doc:"Watched devices by state: ok, ill, silent, noreply, unknown."`
	Alerts    map[string]int `json:"alerts" doc:"Open alerts by severity."`
	Faults    map[string]int `json:"faults" doc:"Open alerts by fault."`
	Incidents int            `json:"incidents"`
	Agents    map[string]int `json:"agents" doc:"Agents by state: ok, silent, unknown."`
	Cases     *CaseCounts    `json:"cases,omitempty" doc:"For who may see cases."`
}

// CaseCounts is how many active cases there are.
type CaseCounts struct {
	Active     int            `json:"active"`
	New        int            `json:"new"`
	Waiting    int            `json:"waiting"`
	Broken     int            `json:"broken" doc:"With a promise that was broken."`
	Mine       int            `json:"mine"`
	Unowned    int            `json:"unowned"`
	BySeverity map[string]int `json:"bySeverity"`
}

// Alert says that a device was found ill, from when to when. There is at most
// one open alert for a device and a fault.
type Alert struct {
	ID         string         `json:"id"`
	Client     string         `json:"client"`
	Outlet     string         `json:"outlet"`
	Agent      string         `json:"agent"`
	Device     string         `json:"device,omitempty" doc:"Left out when it is about the agent itself."`
	Fault      string         `json:"fault" example:"fn-235-unsent-documents"`
	Title      string         `json:"title,omitempty" doc:"The fault's name in the caller's language."`
	Rule       string         `json:"rule"`
	Severity   string         `json:"severity" enum:"minor,important,critical,blocking"`
	OpenedAt   time.Time      `json:"openedAt" doc:"Of the event, by the corrected clock."`
	NoticedAt  time.Time      `json:"noticedAt"`
	ClosedAt   time.Time      `json:"closedAt,omitzero" doc:"Left out while open."`
	ClosedWhy  string         `json:"closedWhy,omitempty" enum:"recovered,quiet,removed"`
	Late       bool           `json:"late,omitempty" doc:"Judged from minutes that arrived late."`
	Flapping   bool           `json:"flapping,omitempty"`
	Announced  bool           `json:"announced" doc:"False while a maintenance window or lateness keeps it quiet."`
	Suppressed string         `json:"suppressedBy,omitempty" doc:"The maintenance window."`
	Incident   string         `json:"incident,omitempty"`
	Evidence   map[string]any `json:"evidence" doc:"The values that it was judged by, by signal key."`
}

// Incident is one cause of the troubles of many.
type Incident struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind" enum:"outlet,ofd,silence,server"`
	About    string    `json:"about,omitempty" doc:"The outlet's id or the operator's host."`
	OpenedAt time.Time `json:"openedAt"`
	ClosedAt time.Time `json:"closedAt,omitzero"`
	Outlets  int       `json:"outlets" doc:"At the worst moment."`
	Devices  int       `json:"devices"`
}

// Forecast is how many registers will stop by law in the next 30 days if
// nobody does anything. Each is counted once, on the day of its first stop.
type Forecast struct {
	From time.Time     `json:"from" doc:"Beginning of today in the asked zone."`
	Zone string        `json:"zone"`
	Days []ForecastDay `json:"days" doc:"30 of them; what is past counts today."`
}

// ForecastDay is one day's stops by reason.
type ForecastDay struct {
	Day   string         `json:"day" format:"date"`
	Stops map[string]int `json:"stops" doc:"By reason: fn_expiry, unsent_30_days, shift_24_h."`
}

// Stop is an instant at which a register will stop selling, and why.
type Stop struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason" enum:"fn_expiry,unsent_30_days,shift_24_h"`
}

// DeviceStop is a device and its next stop.
type DeviceStop struct {
	Device string `json:"device"`
	Stop
}

// Window is a planned time in which alerts wake nobody.
type Window struct {
	ID string `json:"id"`
	NewWindow
	CreatedBy string    `json:"createdBy"`
	CreatedAt time.Time `json:"createdAt"`
}

// NewWindow is a maintenance window to be planned. A repeated one keeps its
// hours on the wall clock of its zone.
type NewWindow struct {
	Scope    string    `json:"scope" enum:"all,client,outlet,device"`
	Target   string    `json:"target,omitempty" doc:"The id of what it covers; left out for all."`
	Starts   time.Time `json:"starts" doc:"Of the first occurrence."`
	Ends     time.Time `json:"ends"`
	Zone     string    `json:"zone" example:"Europe/Moscow"`
	Repeat   string    `json:"repeat,omitempty" enum:"none,daily,weekly" doc:"Left out: none."`
	Weekdays []string  `json:"weekdays,omitempty" enum:"mon,tue,wed,thu,fri,sat,sun" doc:"Of a weekly one; left out: the weekday of starts."`
	Until    time.Time `json:"until,omitzero" doc:"No occurrence begins at or after it; left out: for good."`
	Reason   string    `json:"reason,omitempty" maxLength:"1000"`
}

// Rules are the built-in rules and the company's own.
type Rules struct {
	Builtin []Rule `json:"builtin"`
	Custom  []Rule `json:"custom"`
}

// Rule says when a device counts as ill. Its expressions are over signal keys.
type Rule struct {
	ID string `json:"id"`
	RuleForm
}

// RuleForm is what a rule says.
type RuleForm struct {
	Fault    string   `json:"fault"`
	Group    string   `json:"group,omitempty" enum:"ofd,link" doc:"What an incident may explain."`
	Judge    string   `json:"judge,omitempty" enum:"always" doc:"Left out: only while the register answers."`
	For      string   `json:"for,omitempty" doc:"Seconds that a level must hold, as an expression."`
	Clear    string   `json:"clear,omitempty" doc:"When it is well again; left out: when no level holds."`
	Levels   []Level  `json:"levels"`
	Evidence []string `json:"evidence,omitempty" doc:"Signal keys kept with the alert."`
}

// Level is when a rule has which severity. The worst that holds counts.
type Level struct {
	Severity string `json:"severity" enum:"minor,important,critical,blocking"`
	When     string `json:"when" example:"clock.drift > 300"`
}

// Limit is a number that rules use and a company may change.
type Limit struct {
	Name    string `json:"name"`
	Unit    string `json:"unit"`
	Value   int64  `json:"value"`
	Default int64  `json:"default"`
	Min     int64  `json:"min"`
	Max     int64  `json:"max"`
}
