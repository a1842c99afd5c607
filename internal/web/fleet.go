package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// fleetRows is how many devices one page of the list holds.
const fleetRows = 50

func (w *Web) mountFleet(mux Mux) {
	mux.Handle("GET /fleet", w.page(scope.SeeFleet, w.fleetPage))
	mux.Handle("GET /fleet/list", w.page(scope.SeeFleet, fragment(w.fleetList)))
	for _, ending := range []string{csvFile, xlsxFile} {
		mux.Handle("GET /fleet"+ending, w.Guard.Require(scope.SeeFleet)(http.HandlerFunc(w.fleetFile)))
	}
	mux.Handle("GET /windows/new", w.page(scope.EditRules, w.windowForm))
	mux.Handle("POST /windows", w.page(scope.EditRules, w.windowPlan))
	mux.Handle("POST /windows/{id}/remove", w.page(scope.EditRules, w.windowRemove))
}

// fleetRow is one device of the list.
type fleetRow struct {
	live  fleet.Live
	d     registry.Device
	state ui.State
	sev   ui.Severity
	fault string // the worst open one, in words
	stop  *fleet.Stop
}

// fleetView is the list with its filters.
type fleetView struct {
	q       fleetQuery
	rows    []fleetRow
	next    string
	states  []ui.Chip
	faults  []ui.Chip
	only    []ui.Chip // what else narrows the list
	pick    bool
	liveURL string
	export  map[string]string // addresses by the file's ending
}

func (w *Web) fleetPage(ctx context.Context, rq *request) (answer, error) {
	list, err := w.fleetList(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	f, err := rq.frame(ctx, ui.SectionFleet, rq.T("fleetpage.title"))
	return answer{body: fleetFrame(f, list)}, err
}

func (w *Web) fleetList(ctx context.Context, rq *request) (templ.Component, error) {
	q := parseFleetQuery(rq.URL.Query())
	f, err := w.finder(ctx, rq, q)
	if err != nil {
		return nil, err
	}
	lines, next, err := w.fleetLines(rq, f, fleetRows)
	if err != nil {
		return nil, err
	}
	v := fleetView{q: q, pick: rq.sc.Can(scope.EditRules) && rq.sc.Client() == "", export: map[string]string{}}
	for _, ending := range []string{csvFile, xlsxFile} {
		v.export[ending] = address("/fleet"+ending, q.values())
	}
	here := q.values()
	if at := q.after.String(); at != "" {
		here.Set("after", at)
	}
	v.liveURL = address("/fleet/list", here)
	if next.id != "" {
		v.next = q.href("after", next.String())
	}
	if v.rows, err = w.fleetRowsOf(ctx, rq, &f.standing, lines, q.stop != ""); err != nil {
		return nil, err
	}
	if err := w.fleetChips(ctx, rq, f, &v); err != nil {
		return nil, err
	}
	return fleetPart(rq.View, v), nil
}

func (w *Web) finder(ctx context.Context, rq *request, q fleetQuery) (*finder, error) {
	s, err := w.standing(rq)
	if err != nil {
		return nil, err
	}
	f := &finder{standing: s, q: q}
	return f, w.byText(ctx, rq, f)
}

// fleetLines is a page of the list: by urgency, by one of its columns, or the
// registers of one day of the forecast in the order in which they stop.
func (w *Web) fleetLines(rq *request, f *finder, limit int) ([]fleet.Line, place, error) {
	switch {
	case f.q.stop != "":
		return w.dayLines(rq, f)
	case f.q.sort != "":
		return f.ordered(limit)
	default:
		return f.find(limit)
	}
}

func (w *Web) dayLines(rq *request, f *finder) ([]fleet.Line, place, error) {
	const enough = 500
	stops, err := w.Fleet.StopsOn(rq.sc, rq.Zone, f.q.stop, f.q.reason, enough)
	if err != nil {
		return nil, place{}, err
	}
	at := make(map[string]int, len(stops))
	f.only = make([]string, len(stops))
	for i, s := range stops {
		at[s.Device], f.only[i] = i, s.Device
	}
	lines, _, err := f.find(enough)
	slices.SortFunc(lines, func(a, b fleet.Line) int { return cmp.Compare(at[a.Device], at[b.Device]) })
	for i := range lines { // the day's own stop, where the line tells the next one of any kind
		stop := stops[at[lines[i].Device]].Stop
		lines[i].Next = &stop
	}
	return lines, place{}, err
}

// fleetRowsOf puts names and values to devices: one question, the rest is in
// memory. byDay says that the lines name the stop that they are listed for.
func (w *Web) fleetRowsOf(ctx context.Context, rq *request, s *standing, lines []fleet.Line, byDay bool) ([]fleetRow, error) {
	ids := make([]string, len(lines))
	for i := range lines {
		ids[i] = lines[i].Device
	}
	found, err := w.Registry.DevicesByIDs(ctx, rq.sc, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]fleetRow, 0, len(lines))
	for i := range lines {
		live, err := w.Fleet.Device(rq.sc, lines[i].Device)
		if err != nil {
			continue // it was taken out of service just now
		}
		r := fleetRow{live: live, d: found[lines[i].Device], stop: fleet.Ahead(live.Stops, rq.Now)}
		if f := lines[i].Next; byDay && f != nil {
			r.stop = f
		}
		r.state, r.sev = s.of(&lines[i])
		r.fault = w.worstFault(rq, &live)
		rows = append(rows, r)
	}
	return rows, nil
}

// worstFault is the title of the worst open alert, "" when all is well.
func (w *Web) worstFault(rq *request, l *fleet.Live) string {
	if l.AgentAlert != nil {
		return "" // the mark says it already
	}
	var worst *fleet.Alert
	for i := range l.Alerts {
		if a := &l.Alerts[i]; worst == nil || a.Severity > worst.Severity {
			worst = a
		}
	}
	if worst == nil {
		return ""
	}
	title := w.faultName(rq.sc, rq.Lang(), worst.Fault)
	if n := len(l.Alerts) - 1; n > 0 {
		title = rq.N("fleetpage.and_more", n, "fault", title)
	}
	return title
}

// fleetChips are the filters with how many devices each would show.
func (w *Web) fleetChips(ctx context.Context, rq *request, f *finder, v *fleetView) error {
	o, err := w.Fleet.Overview(rq.sc)
	if err != nil {
		return err
	}
	n, err := f.count(o)
	if err != nil {
		return err
	}
	v.states = append(v.states, ui.Chip{Label: rq.T("fleetpage.all"), Href: f.q.href("state", ""), Count: o.Devices, HasCount: true})
	for _, s := range ui.States() {
		c := ui.Chip{Label: rq.T("ui.state." + string(s)), Href: f.q.href("state", string(s)), Count: n[s], HasCount: true, State: s}
		if f.q.state == s {
			c.On, c.Href = true, f.q.href("state", "")
		}
		if c.Count > 0 || c.On {
			v.states = append(v.states, c)
		}
	}
	v.faults = w.faultChips(rq, f.q, o)
	v.only, err = w.narrowed(ctx, rq, f.q)
	return err
}

// faultChips offers the faults that most devices have.
func (w *Web) faultChips(rq *request, q fleetQuery, o fleet.Overview) []ui.Chip {
	const most = 6
	var chips []ui.Chip
	for id, n := range o.Faults {
		c := ui.Chip{Label: short(w.faultName(rq.sc, rq.Lang(), id)), Href: q.href("fault", id), Count: n, On: q.fault == id}
		if c.On {
			c.Href = q.href("fault", "")
		}
		chips = append(chips, c)
	}
	slices.SortFunc(chips, func(a, b ui.Chip) int {
		if a.On != b.On {
			return map[bool]int{true: -1, false: 1}[a.On]
		}
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Label, b.Label))
	})
	return chips[:min(len(chips), most)]
}

// short is a fault's title for a chip: what stands before its colon says
// enough, "FN error 210: the register cannot reach its drive".
func short(s string) string {
	const most = 30
	if head, _, ok := strings.Cut(s, ":"); ok && len([]rune(head)) <= most {
		return head
	}
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}

// narrowed names what else narrows the list, each with a way to take it off.
func (w *Web) narrowed(ctx context.Context, rq *request, q fleetQuery) ([]ui.Chip, error) {
	var chips []ui.Chip
	add := func(key, label string) { chips = append(chips, ui.Chip{Label: label, Href: q.href(key, ""), On: true}) }
	if q.client != "" {
		c, err := w.Registry.Client(ctx, rq.sc, q.client)
		if err != nil {
			return nil, err
		}
		add("client", c.Name)
	}
	if q.outlet != "" {
		o, err := w.Registry.Outlet(ctx, rq.sc, q.outlet)
		if err != nil {
			return nil, err
		}
		add("outlet", o.Name)
	}
	if q.stop != "" {
		day, err := time.ParseInLocation(time.DateOnly, q.stop, rq.Zone)
		if err == nil {
			add("stop", rq.T("fleetpage.stops_on", "day", rq.Date(day, rq.Zone)))
		}
	}
	if q.reason != "" {
		add("reason", rq.T("ui.forecast.reason."+string(reasonOf(q.reason))))
	}
	return chips, nil
}

// fnDays is how many days a fiscal drive still signs, with the tone in which
// that is said; ok is false when it was never told.
func fnDays(l *fleet.Live, now time.Time) (days int, tone string, ok bool) {
	till := l.Values.Get(signal.FNValidTill)
	if !till.Known() {
		return 0, "", false
	}
	switch days = fn.DaysLeft(till.Time(), now); {
	case days < 3:
		tone = "tone-blocking"
	case days < 30:
		tone = "tone-important"
	}
	return days, tone, true
}

// fleetCols are the columns of the list.
func fleetCols(v ui.View, q fleetQuery) []ui.Col {
	cols := []ui.Col{
		{Key: "state", Title: v.T("fleetpage.col_state"), Fit: true, Phone: ui.PhoneSide},
		{Key: "name", Title: v.T("fleetpage.col_name"), Phone: ui.PhoneTitle},
		{Key: "place", Title: v.T("fleetpage.col_place"), Phone: ui.PhonePlain},
		{Key: "fn", Title: v.T("fleetpage.col_fn"), Num: true, Fit: true, Phone: ui.PhoneHide},
		{Key: "unsent", Title: v.T("fleetpage.col_unsent"), Num: true, Fit: true, Phone: ui.PhoneHide},
		{Key: "shift", Title: v.T("fleetpage.col_shift"), Fit: true, Spare: true, Phone: ui.PhoneHide},
		{Key: "next", Title: v.T("fleetpage.col_next"), Phone: ui.PhoneLine},
		{Key: "seen", Title: v.T("fleetpage.col_seen"), Fit: true, Spare: true},
	}
	if q.stop != "" {
		return cols // a day of the forecast has its own order
	}
	for i := range cols {
		if by := fleet.OrderBy(cols[i].Key); slices.Contains(fleet.Orders(), by) {
			cols[i].Sort, cols[i].Href = q.sortState(by), q.sortHref(by)
		}
	}
	return cols
}
