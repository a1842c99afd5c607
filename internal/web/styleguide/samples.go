// Package styleguide shows every component of the design system with
// believable content, so that a change of a token or a component can be seen
// whole, and so that a browser test can look at all of it.
package styleguide

import (
	"embed"
	"fmt"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/web/ui"
)

//go:embed samples
var files embed.FS

// sample is the content of one language. The people and companies in it do
// not exist.
type sample struct {
	Zone, Person, Role, Watch, Cases, All, Alerts, Forecast, Device string
	Passport, Timeline, History, Bytes, FN, Today, Yesterday        string
	Filter, Login                                                   string
	NewCase                                                         string   `toml:"new_case"`
	RunFix                                                          string   `toml:"run_fix"`
	WatchNote                                                       []string `toml:"watch_note"`
	DeviceNote                                                      []string `toml:"device_note"`
	FleetColumns                                                    []string `toml:"fleet_columns"`
	FilterField                                                     string   `toml:"filter_field"`
	LoginLabels                                                     []string `toml:"login_labels"`
	Crumbs, Columns                                                 []string

	Case  []sampleCase
	Line  []sampleLine
	Field []sampleLine
	Event []sampleEvent
	Step  sampleStep
	Form  sampleForm
}

type sampleCase struct{ No, Title, Shop, Client, Who string }

type sampleLine struct {
	Key, Value string
	Mono       bool
}

type sampleEvent struct {
	Kind, Severity, Title, Who, Said, From, To string
	Bytes                                      bool
}

type sampleStep struct {
	Title, Do, Why, See, Register, Risk, Consent, Button, Text string
	Answers                                                    []string
}

type sampleForm struct {
	Title, Subject, Serial, Text, Severity, Check, Save, Cancel, Danger, Word string
	Problem, Done, Care, Kept, Silent, Empty, Plan, Progress, Quick           string
	SubjectValue                                                              string `toml:"subject_value"`
	SerialValue                                                               string `toml:"serial_value"`
	SerialError                                                               string `toml:"serial_error"`
	TextHint                                                                  string `toml:"text_hint"`
	CheckHint                                                                 string `toml:"check_hint"`
	ProblemText                                                               string `toml:"problem_text"`
	CareText                                                                  string `toml:"care_text"`
	SilentText                                                                string `toml:"silent_text"`
	SendAnyway                                                                string `toml:"send_anyway"`
	SeeChange                                                                 string `toml:"see_change"`
	EmptyText                                                                 string `toml:"empty_text"`
	QuickText                                                                 string `toml:"quick_text"`
	Severities, Tabs                                                          []string
}

// load reads the sample of a language; English shows the German company.
func load(l i18n.Lang) (sample, error) {
	if l != i18n.RU {
		l = i18n.DE
	}
	var s sample
	data, err := files.ReadFile("samples/" + string(l) + ".toml")
	if err != nil {
		return s, fmt.Errorf("styleguide: %w", err)
	}
	if err := toml.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("styleguide: %s: %w", l, err)
	}
	return s, nil
}

// guide is what the pages of the style guide are drawn from.
type guide struct {
	ui.Frame
	S sample
}

func (g guide) at(d time.Duration) time.Time { return g.Now.Add(d) }

// promises are five clocks in different states, for the five sample cases.
func (g guide) promises() []ui.PromiseProps {
	h := time.Hour
	return []ui.PromiseProps{
		{State: ui.PromiseLate, Used: 111 * time.Minute, Target: 90 * time.Minute, Limit: 150 * time.Minute, Left: 39 * time.Minute, Due: g.at(39 * time.Minute)},
		{State: ui.PromiseRunning, Used: 3*h + 20*time.Minute, Target: 4 * h, Left: 40 * time.Minute, Due: g.at(40 * time.Minute)},
		{State: ui.PromiseOverdue, Used: 5 * h, Target: 3 * h, Limit: 4 * h, Left: -h, Due: g.at(-h)},
		{State: ui.PromisePaused, Used: 6 * h, Target: 18 * h, Left: 12 * h, Pauses: []time.Duration{2 * h}},
		{State: ui.PromiseRunning, Used: 5 * h, Target: 45 * h, Left: 40 * h, Due: g.at(5 * 24 * h), Pauses: []time.Duration{3 * h}},
	}
}

func severities() []ui.Severity {
	return []ui.Severity{ui.Blocking, ui.Critical, ui.Important, ui.Important, ui.Minor}
}

// days are thirty days whose load looks like a real fleet's: a few shifts
// left open now, drives that were all bought in the same week.
func (g guide) days() []ui.ForecastDay {
	fn := []int{0, 1, 0, 0, 0, 0, 2, 0, 0, 3, 1, 0, 0, 0, 0, 1, 0, 0, 6, 4, 2, 0, 0, 0, 1, 0, 0, 0, 0, 2}
	unsent := []int{2, 1, 0, 3, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	shift := []int{3, 1}
	cert := map[int]int{12: 1, 19: 2, 26: 1}
	out := make([]ui.ForecastDay, 0, len(fn))
	for i := range fn {
		d := ui.ForecastDay{Date: g.Now.AddDate(0, 0, i), Href: "/fleet", Counts: map[ui.Reason]int{ui.ReasonFN: fn[i], ui.ReasonUnsent: unsent[i], ui.ReasonCertificate: cert[i]}}
		if i < len(shift) {
			d.Counts[ui.ReasonShift] = shift[i]
		}
		out = append(out, d)
	}
	return out
}

// sparks are a week of one register.
func (g guide) sparks() []ui.Spark {
	h := time.Hour
	return []ui.Spark{
		{From: g.at(-168 * h), To: g.at(-121 * h), State: ui.StateOK},
		{From: g.at(-121 * h), To: g.at(-117 * h), State: ui.StateMaintenance},
		{From: g.at(-117 * h), To: g.at(-60 * h), State: ui.StateOK},
		{From: g.at(-60 * h), To: g.at(-58 * h), State: ui.StateNoAnswer},
		{From: g.at(-58 * h), To: g.at(-21 * h), State: ui.StateOK},
		{From: g.at(-21 * h), To: g.at(-12 * h), State: ui.StateSilent},
		{From: g.at(-12 * h), To: g.at(-2 * h), State: ui.StateOK},
		{From: g.at(-2 * h), To: g.at(0), State: ui.StateIll, Severity: ui.Blocking},
	}
}

func (g guide) fn() ui.FNProps {
	return ui.FNProps{From: g.Now.AddDate(0, -13, -9), Till: g.Now.AddDate(0, 1, 21), Used: 62}
}

func (g guide) exchange() ui.BytesProps {
	p := ui.BytesProps{
		Title: g.S.Bytes,
		Lines: []ui.ByteLine{
			{Out: true, Bytes: []byte{0x91, 0x34, 0x00, 0x00}},
			{Bytes: []byte{0x55, 0, 0, 0, 0, 0, 0x93, 0x17, 0x01, 0x18, 0x12, 0x44, 0x01, 0x84, 0x61, 0x00, 0x09}, Note: "84 ms"},
		},
	}
	for _, f := range g.S.Field {
		p.Meaning = append(p.Meaning, ui.LineOf(f.Key, ui.Mono(f.Value)))
	}
	return p
}
