package web

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// caseEvent is one line of a case's history with what belongs to it.
type caseEvent struct {
	ui.EventProps
	said     string // a person's words
	from, to string // a value that changed
	note     string // a quieter second sentence
	file     *caseFile
	bytes    []ui.BytesProps
	story    []storyLine // what a guided fix did before it was handed over
	session  string      // of the story, for who goes on with it
	day      string      // heading before it, "" = the same day as the one above
}

// caseFile is a file that was attached.
type caseFile struct {
	id, name string
	size     int64
	image    bool
}

func fileOf(e desk.Entry) *caseFile {
	f := &caseFile{}
	f.id, _ = e.Data["file"].(string)
	f.name, _ = e.Data["name"].(string)
	size, _ := e.Data["size"].(float64)
	media, _ := e.Data["media"].(string)
	f.size, f.image = int64(size), strings.HasPrefix(media, "image/")
	return f
}

// storyLine is one step that somebody went through.
type storyLine struct {
	at    time.Time
	text  string
	reply string
	bytes []ui.BytesProps
}

// caseEvents is the whole history, the newest first: what was written down,
// the commands sent for the case, and guided fixes that proved it mended while
// nobody looked.
func (w *Web) caseEvents(v ui.View, c caseView) []caseEvent {
	var out []caseEvent
	mended, told := map[string]bool{}, map[string]bool{}
	for _, e := range c.Entries {
		if session, _ := e.Data["session"].(string); e.Kind == desk.EntryFix && e.Data["what"] == fixMended {
			mended[session] = true
		}
		if id, _ := e.Data["command"].(string); e.Kind == desk.EntryCommand {
			told[id] = true
		}
		out = append(out, w.entryEvent(v, c, e))
	}
	for _, m := range c.commands {
		if !told[m.ID] { // still on its way
			out = append(out, w.commandEvent(v, c, m))
		}
	}
	for _, s := range c.sessions {
		if (s.State == faults.Mended || s.State == faults.Told) && !mended[s.ID] {
			out = append(out, caseEvent{EventProps: ui.EventProps{ID: "ev-fix-" + s.ID, At: s.EndedAt, Kind: ui.EventWell, Title: v.T("case.fix." + fixMended)}})
		}
	}
	slices.SortStableFunc(out, func(a, b caseEvent) int { return b.At.Compare(a.At) })
	return caseDays(v, out)
}

// caseDays puts the day before its first line.
func caseDays(v ui.View, events []caseEvent) []caseEvent {
	zone, said := zoneOf(v), ""
	for i := range events {
		if day := v.Date(events[i].At, zone); day != said {
			said = day
			events[i].day = day
			if day == v.Date(v.Now, zone) {
				events[i].day = v.T("case.today")
			}
		}
	}
	return events
}

// entryEvent says an entry of the timeline in a sentence.
func (w *Web) entryEvent(v ui.View, c caseView, e desk.Entry) caseEvent {
	ev := caseEvent{EventProps: ui.EventProps{ID: "ev-" + e.ID, At: e.At, Who: actorName(v, e.Actor)}, said: e.Text}
	word := func(name string) string { s, _ := e.Data[name].(string); return s }
	switch e.Kind {
	case desk.EntryOpened:
		ev.Kind, ev.Severity = ui.EventAlert, ui.Severity(word("severity"))
		ev.Title = v.T("desk.entry.opened", "source", v.T("desk.source."+word("source")), "severity", ui.SeverityText(v, ui.Severity(word("severity"))))
		ev.note = beganNote(v, e)
	case desk.EntryNote:
		ev.Kind, ev.Title = ui.EventNote, v.T("desk.entry.note")
	case desk.EntryState:
		stateEvent(v, &ev, e)
	case desk.EntryOwner:
		ev.Kind, ev.Title = ui.EventPerson, v.T("desk.entry.owner", "to", word("to"))
		switch word("to") {
		case "":
			ev.Title = v.T("case.entry.given_back")
		case ev.Who:
			ev.Title = v.T("case.entry.took")
		}
	case desk.EntrySeverity:
		ev.Kind, ev.Title = ui.EventPromise, v.T("case.entry.severity")
		ev.from, ev.to = ui.SeverityText(v, ui.Severity(word("from"))), ui.SeverityText(v, ui.Severity(word("to")))
	case desk.EntryAlert:
		ev.Kind, ev.Severity = ui.EventAlert, ui.Severity(word("severity"))
		ev.Title = v.T("desk.entry.alert", "severity", ui.SeverityText(v, ev.Severity))
	case desk.EntryWell:
		ev.Kind, ev.Title, ev.Who = ui.EventWell, v.T("desk.entry.well"), ""
		ev.note = v.Or("case.well."+word("why"), "")
	case desk.EntryBroken:
		ev.Kind, ev.Title, ev.Severity, ev.Who = ui.EventPromise, v.T("desk.entry.broken"), ui.Critical, ""
	case desk.EntryLimit:
		ev.Kind, ev.Title, ev.Severity, ev.Who = ui.EventPromise, v.T("desk.entry.limit"), ui.Blocking, ""
	case desk.EntryFix:
		if !driveEvent(v, &ev, e) && !journalEvent(v, &ev, e) {
			w.fixEvent(v, c, &ev, e)
		}
	case desk.EntryRequest:
		w.requestEvent(c.sc, v, &ev, e)
	case desk.EntryFile:
		ev.Kind, ev.Title, ev.file = ui.EventNote, v.T("desk.entry.file"), fileOf(e)
	case desk.EntryCommand:
		return w.toldCommand(v, c, e)
	default:
		ev.Kind, ev.Title = ui.EventChange, v.Or("desk.entry."+string(e.Kind), string(e.Kind))
	}
	return ev
}

// beganNote says when it began, if that was told later.
func beganNote(v ui.View, e desk.Entry) string {
	began, _ := e.Data["began"].(float64)
	at := db.Time(int64(began))
	if began == 0 || e.At.Sub(at) < time.Minute {
		return ""
	}
	return v.T("case.entry.began", "time", v.Moment(at, v.Now, zoneOf(v)))
}

func stateEvent(v ui.View, ev *caseEvent, e desk.Entry) {
	from, _ := e.Data["from"].(string)
	to, _ := e.Data["to"].(string)
	ev.Kind, ev.Title = ui.EventChange, v.Or("case.entry.state."+to, v.T("desk.state."+to))
	if from == string(desk.Waiting) && to == string(desk.Open) {
		ev.Title = v.T("case.entry.resumed")
	}
	switch desk.State(to) {
	case desk.Waiting:
		ev.Kind = ui.EventPause
		if reason, _ := e.Data["reason"].(string); reason != "" {
			ev.note = v.Or("pause."+reason, reason)
		}
	case desk.Resolved, desk.Closed:
		ev.Kind = ui.EventWell
	case desk.Open:
		if desk.State(from).Active() {
			return
		}
		ev.Title = v.T("case.entry.reopened")
	case desk.New:
	}
	if e.Data["by"] == "alert" {
		ev.note = v.T("case.entry.by_alert")
	}
}

// fixEvent tells of a guided fix; one that was handed over brings its story.
func (w *Web) fixEvent(v ui.View, c caseView, ev *caseEvent, e desk.Entry) {
	what, _ := e.Data["what"].(string)
	ev.Kind, ev.Title = ui.EventFix, v.Or("case.fix."+what, v.T("desk.entry.fix", "what", what))
	if what == fixMended {
		ev.Kind = ui.EventWell
	}
	if fault, _ := e.Data["fault"].(string); fault != "" {
		ev.note = w.faultName(c.sc, v.Lang(), fault)
	}
	if reason, _ := e.Data["reason"].(string); reason != "" {
		ev.note = v.Or("fix.reason."+reason, "")
	}
	raw, err := json.Marshal(e.Data["story"])
	var sum faults.Summary
	if e.Data["story"] == nil || err != nil || json.Unmarshal(raw, &sum) != nil {
		return
	}
	ev.story, ev.session = w.story(v, c.device, sum), sum.Session
}

// toldCommand is a command that the timeline tells of. Who asked and agreed
// stands with the command itself, as long as that is kept.
func (w *Web) toldCommand(v ui.View, c caseView, e desk.Entry) caseEvent {
	var m fleet.Command
	if raw, err := json.Marshal(map[string]any{"id": e.Data["command"], "state": e.Data["state"], "code": e.Data["code"], "exchanges": e.Data["exchanges"]}); err == nil {
		_ = json.Unmarshal(raw, &m) // what cannot be read is left out of the line
	}
	m.Procedure = procedureOf(e.Data["what"])
	m.AskedBy.Name, _ = e.Data["by"].(string)
	for _, have := range c.commands {
		if have.ID == m.ID {
			m = have
		}
	}
	m.EndedAt = e.At
	ev := w.commandEvent(v, c, m)
	ev.ID = "ev-" + e.ID
	return ev
}

// procedureOf reads a procedure's name, told alone or with its bytes.
func procedureOf(what any) (p kkt.Procedure) {
	switch x := what.(type) {
	case string:
		p.Name = x
	case map[string]any:
		p.Name, _ = x["name"].(string)
	}
	return p
}

// commandEvent is a command with its bytes and what they mean.
func (w *Web) commandEvent(v ui.View, c caseView, m fleet.Command) caseEvent {
	at := m.EndedAt
	if at.IsZero() {
		at = m.AskedAt
	}
	ev := caseEvent{EventProps: ui.EventProps{
		ID: "ev-cmd-" + m.ID, At: at, Kind: ui.EventCommand, Title: procedureName(v, m.Procedure.Name) + ": " + strings.ToLower(v.Or("device.command_state."+m.State, m.State)), Who: actorName(v, m.AskedBy),
	}}
	if m.Consent != nil {
		ev.note = v.T("case.entry.consent", "name", m.Consent.Who)
	}
	ev.bytes = w.exchangeBytes(v, c.device, m.Exchanges)
	return ev
}

// actorName is who did it, in words: a rule of the program has no name that a
// person would know.
func actorName(v ui.View, a scope.Actor) string {
	switch a.Kind {
	case scope.BySystem:
		return ""
	case scope.ByGuest:
		if a.Name == "" {
			return v.T("case.actor.guest")
		}
	case scope.ByPerson, scope.ByAgent:
	}
	return strings.TrimSpace(a.Name)
}

// severityOptions are a select's answers with the present one chosen.
func severityOptions(v ui.View, now calendar.Severity) []ui.Option {
	var out []ui.Option
	for _, s := range calendar.Severities() {
		out = append(out, ui.Option{Value: string(s), Text: ui.SeverityText(v, ui.Severity(s)), On: s == now})
	}
	return out
}
