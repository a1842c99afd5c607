package web

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func (w *Web) mountAdminRules(mux Mux) {
	may := scope.EditRules
	mux.Handle("GET /admin/rules", w.page(may, w.rulesShow))
	mux.Handle("POST /admin/rules", w.page(may, w.ruleAdd))
	mux.Handle("POST /admin/rules/{id}/remove", w.page(may, w.ruleRemove))
	mux.Handle("POST /admin/limits/{name}", w.page(may, w.limitSet))
	mux.Handle("GET /admin/windows", w.page(may, w.windowList))
	mux.Handle("POST /admin/windows/{id}/remove", w.page(may, w.adminWindowRemove))
}

// rulesView is the limits and rules of a company.
type rulesView struct {
	limits          []fleet.Limit
	builtin, custom []fleet.RuleDef
	titles          map[string]string // of the rules' faults
	limit           typed             // the limit that was not taken
	limitName       string
	rule            typed
}

func (w *Web) rulesShow(ctx context.Context, rq *request) (answer, error) {
	return w.rulesPage(ctx, rq, rulesView{})
}

func (w *Web) rulesPage(ctx context.Context, rq *request, v rulesView) (answer, error) {
	var err error
	if v.limits, err = w.Fleet.Limits(rq.sc); err != nil {
		return answer{}, err
	}
	if v.builtin, v.custom, err = w.Fleet.Rules(rq.sc); err != nil {
		return answer{}, err
	}
	v.titles = map[string]string{}
	for _, list := range [][]fleet.RuleDef{v.builtin, v.custom} {
		for _, r := range list {
			v.titles[r.Fault] = w.faultName(rq.sc, rq.Lang(), r.Fault)
		}
	}
	f, err := rq.admin(ctx, "rules", rq.T("admin.rules.title"))
	return answer{body: rulesFullPage(f, v), status: max(v.limit.status(), v.rule.status())}, err
}

func (w *Web) limitSet(ctx context.Context, rq *request) (answer, error) {
	t, name := rq.typed(), rq.PathValue("name")
	value, err := strconv.ParseInt(strings.TrimSpace(t.Get("value")), 10, 64)
	if err != nil {
		err = problem.New(problem.Invalid, "invalid").Field("value", "required").In("web.limitSet")
	} else {
		err = w.Fleet.SetLimit(ctx, rq.sc, name, value*limitScale(t.Get("unit")))
	}
	if err == nil {
		return goTo("/admin/rules#limits")
	}
	again, ok := t.refused(err)
	if !ok {
		return answer{}, err
	}
	return w.rulesPage(ctx, rq, rulesView{limit: again, limitName: name})
}

// limitScale is how many seconds the unit of a form has; limits are kept in
// seconds and said in the largest unit that divides them.
func limitScale(unit string) int64 {
	switch unit {
	case "d":
		return 86400
	case "h":
		return 3600
	case "min":
		return 60
	default:
		return 1
	}
}

// limitUnit is the unit that a limit is told in and its value there.
func limitUnit(l fleet.Limit) (value int64, unit string) {
	if l.Unit != "s" {
		return l.Value, l.Unit
	}
	for _, u := range []string{"d", "h", "min"} {
		if n := limitScale(u); l.Value >= n && l.Value%n == 0 {
			return l.Value / n, u
		}
	}
	return l.Value, "s"
}

func limitUnits(v ui.View, l fleet.Limit) []ui.Option {
	_, now := limitUnit(l)
	if l.Unit != "s" {
		return []ui.Option{{Value: l.Unit, Text: v.Or("admin.unit."+l.Unit, l.Unit), On: true}}
	}
	var out []ui.Option
	for _, u := range []string{"s", "min", "h", "d"} {
		out = append(out, ui.Option{Value: u, Text: v.T("admin.unit." + u), On: u == now})
	}
	return out
}

// limitValue says a limit's value as a person would.
func limitValue(v ui.View, l fleet.Limit, n int64) string {
	if l.Unit == "s" {
		return v.Span(time.Duration(n) * time.Second)
	}
	return strings.TrimSpace(v.Int(n) + " " + l.Unit)
}

func (w *Web) ruleAdd(ctx context.Context, rq *request) (answer, error) {
	t := rq.typed()
	def := fleet.RuleDef{
		ID: strings.TrimSpace(t.Get("id")), Fault: strings.TrimSpace(t.Get("id")), Clear: strings.TrimSpace(t.Get("clear")), For: strings.TrimSpace(t.Get("for")),
		Evidence: strings.Fields(strings.ReplaceAll(t.Get("evidence"), ",", " ")),
	}
	if s, ok := fleet.ParseSeverity(t.Get("severity")); ok {
		def.Levels = []fleet.LevelDef{{Severity: s, When: strings.TrimSpace(t.Get("when"))}}
	}
	err := w.Fleet.AddRule(ctx, rq.sc, def)
	if err == nil {
		return goTo("/admin/rules#custom")
	}
	again, ok := t.refused(err)
	if !ok {
		return answer{}, err
	}
	return w.rulesPage(ctx, rq, rulesView{rule: again})
}

// rulePosition is where in the expression the mistake is, 1-based; 0 = not
// known.
func rulePosition(p *problem.Error) int {
	if p == nil {
		return 0
	}
	switch n := p.Args["position"].(type) {
	case int:
		return n
	case int64:
		return int(n)
	}
	for _, f := range p.Fields {
		if n, ok := f.Args["position"].(int); ok {
			return n
		}
	}
	return 0
}

// pointed cuts an expression at the mistake, so that the page can mark it.
func pointed(text string, position int) (before, at, after string) {
	r := []rune(text)
	if position < 1 || position > len(r) {
		return text, "", ""
	}
	return string(r[:position-1]), string(r[position-1]), string(r[position:])
}

func (w *Web) ruleRemove(ctx context.Context, rq *request) (answer, error) {
	if err := w.Fleet.RemoveRule(ctx, rq.sc, rq.PathValue("id")); err != nil {
		return answer{}, err
	}
	return goTo("/admin/rules#custom")
}

// windowRow is a maintenance window with the name of what it covers.
type windowRow struct {
	fleet.Window
	target string
	now    bool
}

func (w *Web) windowList(ctx context.Context, rq *request) (answer, error) {
	list, err := w.Fleet.Windows(rq.sc)
	if err != nil {
		return answer{}, err
	}
	rows, err := w.nameWindows(ctx, rq, list)
	if err != nil {
		return answer{}, err
	}
	f, err := rq.admin(ctx, "windows", rq.T("admin.windows.title"))
	return answer{body: windowsPage(f, rows)}, err
}

// nameWindows names what the windows cover, with one question for all.
func (w *Web) nameWindows(ctx context.Context, rq *request, list []fleet.Window) ([]windowRow, error) {
	var n names
	for _, x := range list {
		switch x.Scope {
		case fleet.WindowDevice:
			n.device(x.Target)
		case fleet.WindowOutlet:
			if err := n.outlet(w.Fleet, rq.sc, x.Target); err != nil {
				return nil, err
			}
		case fleet.WindowClient:
			lines, err := w.Fleet.ListDevices(rq.sc, fleet.DeviceFilter{Client: x.Target, Limit: 1})
			if err != nil {
				return nil, err
			}
			if len(lines) > 0 {
				if err := n.outlet(w.Fleet, rq.sc, lines[0].Outlet); err != nil {
					return nil, err
				}
			}
		}
	}
	if err := n.ask(ctx, w.Registry, rq.sc); err != nil {
		return nil, err
	}
	rows := make([]windowRow, len(list))
	for i, x := range list {
		rows[i] = windowRow{Window: x, target: w.windowTarget(rq, &n, x), now: x.Covers(rq.Now)}
	}
	return rows, nil
}

func (w *Web) windowTarget(rq *request, n *names, x fleet.Window) string {
	switch x.Scope {
	case fleet.WindowDevice:
		d := n.of(x.Target, "")
		return joined(deviceName(d), d.Place.OutletName)
	case fleet.WindowOutlet:
		return n.of("", x.Target).Place.OutletName
	case fleet.WindowClient:
		if lines, err := w.Fleet.ListDevices(rq.sc, fleet.DeviceFilter{Client: x.Target, Limit: 1}); err == nil && len(lines) > 0 {
			return n.of("", lines[0].Outlet).Place.ClientName
		}
		return ""
	default:
		return rq.T("admin.windows.all")
	}
}

func (w *Web) adminWindowRemove(ctx context.Context, rq *request) (answer, error) {
	if err := w.Fleet.RemoveWindow(ctx, rq.sc, rq.PathValue("id")); err != nil {
		return answer{}, err
	}
	return goTo("/admin/windows")
}

// windowWhen says when a window holds: once, or each day or week by the wall
// clock of its own zone.
func windowWhen(v ui.View, x fleet.Window) string {
	zone := placeZone(x.Zone)
	if x.Repeat == fleet.RepeatNone || x.Repeat == "" {
		return stretch(v, x.Starts, x.Ends, zone)
	}
	hours := x.Starts.In(zone).Format("15:04") + "–" + x.Ends.In(zone).Format("15:04")
	if x.Repeat == fleet.RepeatDaily {
		return windowDays(v, &x, v.T("admin.windows.daily", "hours", hours))
	}
	return windowDays(v, &x, v.T("admin.windows.weekly", "days", dayNames(v, &x, x.Starts.In(zone).Weekday()), "hours", hours))
}
