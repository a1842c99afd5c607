package web

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// historyRows is how many of each kind of happening one page reads.
const historyRows = 60

// happening is one line of a device's history in words.
type happening struct {
	ui.EventProps
	changes []changed
	said    string
}

// changed is one value before and after, in words.
type changed struct{ name, from, to string }

// before is where a page of the history begins: it holds what happened
// earlier than at, and goes on in each list after its own key. The zero value
// is the newest page.
type before struct {
	at      time.Time
	seq     int64  // of changes
	command string // id
}

// parseBefore reads an address; what cannot be read is the newest page.
func parseBefore(v url.Values) before {
	at, err := strconv.ParseInt(v.Get("before"), 10, 64)
	if err != nil || at <= 0 {
		return before{}
	}
	seq, _ := strconv.ParseInt(v.Get("seq"), 10, 64)
	return before{at: time.UnixMilli(at).UTC(), seq: max(seq, 0), command: v.Get("cmd")}
}

func (b before) href(device string) string {
	v := url.Values{"before": {strconv.FormatInt(b.at.UnixMilli(), 10)}, "seq": {strconv.FormatInt(b.seq, 10)}}
	if b.command != "" {
		v.Set("cmd", b.command)
	}
	return "/devices/" + device + "/history?" + v.Encode()
}

// historyView is one page of a device's history.
type historyView struct {
	device string
	days   []historyDay
	older  string // "" at the end
	sparks []ui.Spark
	from   time.Time
	newest bool
}

// historyDay is the happenings of one day, newest first.
type historyDay struct {
	day   time.Time
	lines []happening
}

func (w *Web) deviceHistory(ctx context.Context, rq *request) (answer, error) {
	part, err := w.historyOf(ctx, rq, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	if rq.live {
		return show(part)
	}
	d, err := w.Registry.Device(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	f, err := rq.frame(ctx, ui.SectionFleet, d.Name)
	return answer{body: historyFrame(f, d, part)}, err
}

// historyOf reads one page of changes, alerts and commands: three questions.
func (w *Web) historyOf(ctx context.Context, rq *request, device string) (templ.Component, error) {
	b := parseBefore(rq.URL.Query())
	v := historyView{device: device, newest: b.at.IsZero()}
	if _, err := w.Fleet.Device(rq.sc, device); err != nil {
		return historyPart(rq.View, v), nil // nobody reads it: it has no history
	}
	changes, err := w.Fleet.Changes(ctx, rq.sc, device, b.seq, historyRows)
	if err != nil {
		return nil, err
	}
	alerts, err := w.Fleet.ListAlerts(ctx, rq.sc, fleet.AlertFilter{Device: device, BeforeAt: b.at, Limit: historyRows})
	if err != nil {
		return nil, err
	}
	commands, err := w.Fleet.Commands(ctx, rq.sc, device, b.command, historyRows)
	if err != nil {
		return nil, err
	}
	next, lines := w.gather(rq, b, changes, alerts, commands)
	v.days = byDay(lines, rq.Zone)
	if !next.at.IsZero() {
		v.older = next.href(device)
	}
	if v.newest {
		const back = 14 * 24 * time.Hour
		v.from = rq.Now.Add(-back)
		v.sparks = sparksOf(alerts, v.from, rq.Now)
	}
	return historyPart(rq.View, v), nil
}

// horizon is the earliest instant that a page can tell of completely: a list
// that was cut off is complete only as far as it goes.
func horizon(changes []fleet.Change, alerts []fleet.Alert, commands []fleet.Command) (h time.Time) {
	if len(changes) == historyRows {
		h = newer(h, changes[historyRows-1].Received)
	}
	if len(alerts) == historyRows {
		h = newer(h, alerts[historyRows-1].OpenedAt)
	}
	if len(commands) == historyRows {
		h = newer(h, commands[historyRows-1].AskedAt)
	}
	return h
}

// gather merges the three lists into one page and says where the next one
// begins. An alert's end stands on the page of its own time.
func (w *Web) gather(rq *request, b before, changes []fleet.Change, alerts []fleet.Alert, commands []fleet.Command) (next before, lines []happening) {
	low := horizon(changes, alerts, commands)
	within := func(t time.Time) bool { return !t.Before(low) && (b.at.IsZero() || t.Before(b.at)) }
	next = before{at: low, seq: b.seq, command: b.command}
	for i := range changes {
		if c := &changes[i]; !c.Received.Before(low) {
			next.seq = c.Seq
			if h, ok := changeLine(rq.View, c); ok {
				lines = append(lines, h)
			}
		}
	}
	for i := range alerts {
		a := &alerts[i]
		if within(a.OpenedAt) {
			lines = append(lines, w.alertLine(rq, a, false))
		}
		if !a.Open() && within(a.ClosedAt) {
			lines = append(lines, w.alertLine(rq, a, true))
		}
	}
	for i := range commands {
		if c := &commands[i]; !c.AskedAt.Before(low) {
			next.command = c.ID
			lines = append(lines, commandLine(rq.View, c))
		}
	}
	slices.SortStableFunc(lines, func(a, b happening) int { return b.At.Compare(a.At) })
	return next, lines
}

// passing are the values that change with every receipt or reading: a change
// of nothing else is trade, not news.
func passing(id uint16) bool {
	switch id {
	case signal.HoldMillis.ID, signal.LinkDetail.ID, signal.LastDocNo.ID, signal.LastDocAt.ID, signal.LastDocSign.ID, signal.LinkSince.ID, signal.ModeSince.ID,
		signal.ReceiptSince.ID, signal.ReceiptOpen.ID, signal.ReceiptType.ID, signal.Unsent.ID, signal.FirstUnsentNo.ID, signal.FirstUnsentAt.ID, signal.ClockDrift.ID:
		return true
	}
	return false
}

// changeLine is a change in words; ok is false for one that is no news.
func changeLine(v ui.View, c *fleet.Change) (happening, bool) {
	type item struct {
		d        signal.Def
		from, to any
	}
	var items []item
	for key, pair := range c.Changes {
		if d, ok := signal.Lookup(key); ok && !passing(d.ID) {
			items = append(items, item{d, pair[0], pair[1]})
		}
	}
	if len(items) == 0 {
		return happening{}, false
	}
	slices.SortFunc(items, func(a, b item) int { return cmp.Compare(a.d.ID, b.d.ID) })
	h := happening{EventProps: ui.EventProps{ID: "change-" + strconv.FormatInt(c.Seq, 10), At: c.At, Kind: ui.EventChange, Late: c.Late}}
	first := true
	for _, it := range items {
		from, to := valueOf(it.d, it.from), valueOf(it.d, it.to)
		first = first && !from.Known()
		if it.d.ID == signal.Link.ID {
			h.Kind = ui.EventLink
		}
		h.changes = append(h.changes, changed{signalName(v, it.d.Key), signalText(v, it.d, from), signalText(v, it.d, to)})
	}
	if first && len(items) > 4 {
		h.Title, h.changes = v.T("device.first_report"), nil
		return h, true
	}
	h.Title = h.changes[0].name
	if len(h.changes) > 1 {
		h.Title = v.N("device.changes", len(h.changes))
	}
	return h, true
}

func (w *Web) alertLine(rq *request, a *fleet.Alert, end bool) happening {
	h := happening{EventProps: ui.EventProps{ID: "opened-" + a.ID, At: a.OpenedAt, Kind: ui.EventAlert, Severity: severityOf(a.Severity), Late: a.Late}}
	h.Title = w.faultName(rq.sc, rq.Lang(), a.Fault)
	if end {
		h.ID, h.At, h.Kind, h.Severity, h.Late = "closed-"+a.ID, a.ClosedAt, ui.EventWell, "", false
		h.Title = rq.T("device.over", "fault", h.Title)
		if a.Why != fleet.ClosedRecovered {
			h.said = rq.T("device.closed." + a.Why)
		}
	}
	if a.Suppressed != "" && !end {
		h.said = rq.T("device.suppressed")
	}
	return h
}

func commandLine(v ui.View, c *fleet.Command) happening {
	return happening{EventProps: ui.EventProps{
		ID: "line-" + c.ID, At: c.AskedAt, Kind: ui.EventCommand, Who: c.AskedBy.Name,
		Title: procedureName(v, c.Procedure.Name) + ": " + strings.ToLower(v.T("device.command_state."+c.State)),
	}}
}

// byDay cuts a history into days of the reader's zone.
func byDay(lines []happening, zone *time.Location) []historyDay {
	var days []historyDay
	for _, l := range lines {
		y, m, d := l.At.In(zone).Date()
		day := time.Date(y, m, d, 0, 0, 0, 0, zone)
		if len(days) == 0 || !days[len(days)-1].day.Equal(day) {
			days = append(days, historyDay{day: day})
		}
		last := &days[len(days)-1]
		last.lines = append(last.lines, l)
	}
	return days
}

// sparksOf is how the device fared between two instants, as stretches.
func sparksOf(alerts []fleet.Alert, from, to time.Time) []ui.Spark {
	var out []ui.Spark
	for i := range alerts {
		a := &alerts[i]
		end := a.ClosedAt
		if a.Open() {
			end = to
		}
		if !end.After(from) || a.OpenedAt.After(to) {
			continue
		}
		// A minute in a fortnight must be seen, also when it is the last one.
		begin := a.OpenedAt
		if least := end.Add(-to.Sub(from) / 200); begin.After(least) {
			begin = least
		}
		state, sev := alertMark(a)
		out = append(out, ui.Spark{From: newer(from, begin), To: end, State: state, Severity: sev})
	}
	// The worst is drawn last, over what it lay with.
	slices.SortStableFunc(out, func(a, b ui.Spark) int {
		return cmp.Compare(slices.Index(ui.Severities(), b.Severity), slices.Index(ui.Severities(), a.Severity))
	})
	return out
}

// newer is the later of two instants.
func newer(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
