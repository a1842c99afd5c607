package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// fleetQuery is what the fleet's list was asked for, as its address says it.
type fleetQuery struct {
	state          ui.State // "" = all
	fault          string
	client, outlet string
	text           string
	stop           string // a day of the forecast, "2026-12-01"
	reason         fleet.StopReason
	sort           fleet.OrderBy // "" = by urgency
	down           bool          // the greatest first
	after          place
}

// parseFleetQuery reads an address; what it does not know is left out.
func parseFleetQuery(v url.Values) fleetQuery {
	q := fleetQuery{
		fault: v.Get("fault"), client: v.Get("client"), outlet: v.Get("outlet"), text: strings.TrimSpace(v.Get("q")), stop: v.Get("stop"),
		reason: fleet.StopReason(v.Get("reason")), after: parsePlace(v.Get("after")),
	}
	if s := ui.State(v.Get("state")); slices.Contains(ui.States(), s) {
		q.state = s
	}
	by, down := strings.CutPrefix(v.Get("sort"), "-")
	if o := fleet.OrderBy(by); slices.Contains(fleet.Orders(), o) {
		q.sort, q.down = o, down
	}
	return q
}

// values are the address again, without the place in the list.
func (q fleetQuery) values() url.Values {
	v := url.Values{}
	for _, p := range []struct{ key, value string }{
		{"state", string(q.state)},
		{"fault", q.fault},
		{"client", q.client},
		{"outlet", q.outlet},
		{"q", q.text},
		{"stop", q.stop},
		{"reason", string(q.reason)},
		{"sort", q.order()},
	} {
		if p.value != "" {
			v.Set(p.key, p.value)
		}
	}
	return v
}

// filters is how many filters narrow the list.
func (q fleetQuery) filters() int {
	v := q.values()
	v.Del("sort")
	return len(v)
}

// href is the list with one of its filters set to another value, from its
// beginning; "" takes the filter off.
func (q fleetQuery) href(key, value string) string {
	v := q.values()
	v.Del(key)
	if key == "stop" {
		v.Del("reason")
	}
	if value != "" {
		v.Set(key, value)
	}
	return address("/fleet", v)
}

// order is the list's order as an address says it.
func (q fleetQuery) order() string {
	if q.down {
		return "-" + string(q.sort)
	}
	return string(q.sort)
}

// worstFirst is the way in which a column is first put in order: the end that
// somebody looks for.
func worstFirst(by fleet.OrderBy) string {
	if by == fleet.OrderUnsent {
		return "-" + string(by)
	}
	return string(by)
}

// sortHref is where a press on a column's head leads: to the worst first, then
// to the other way round, then back to urgency.
func (q fleetQuery) sortHref(by fleet.OrderBy) string {
	first := worstFirst(by)
	switch {
	case q.sort != by:
		return q.href("sort", first)
	case q.order() == first && strings.HasPrefix(first, "-"):
		return q.href("sort", string(by))
	case q.order() == first:
		return q.href("sort", "-"+string(by))
	default:
		return q.href("sort", "")
	}
}

func (q fleetQuery) sortState(by fleet.OrderBy) ui.Sort {
	switch {
	case q.sort != by:
		return ui.Sortable
	case q.down:
		return ui.SortDown
	default:
		return ui.SortUp
	}
}

// keep is the filters that a search field sends along.
func (q fleetQuery) keep() map[string]string {
	m := map[string]string{}
	for k, v := range q.values() {
		if k != "q" {
			m[k] = v[0]
		}
	}
	return m
}

func address(path string, v url.Values) string {
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// place is where a page of the list ended. The list goes by urgency: by
// section, inside the section of the ill by severity, then by id.
type place struct {
	section  int
	severity fleet.Severity
	id       string
}

// String is the form in an address; "" is the beginning.
func (p place) String() string {
	if p.id == "" {
		return ""
	}
	return strconv.Itoa(p.section) + "." + strconv.Itoa(int(p.severity)) + "." + p.id
}

// parsePlace reads what String wrote; anything else is the beginning.
func parsePlace(s string) place {
	parts := strings.SplitN(s, ".", 3)
	if len(parts) != 3 || parts[2] == "" {
		return place{}
	}
	section, err := strconv.Atoi(parts[0])
	severity, err2 := strconv.ParseUint(parts[1], 10, 8)
	if err != nil || err2 != nil || section < 0 || severity > uint64(fleet.Blocking) {
		return place{}
	}
	return place{section: section, severity: fleet.Severity(severity), id: parts[2]}
}

// before says whether a device at p comes before one at q.
func (p place) before(q place) bool {
	switch {
	case p.section != q.section:
		return p.section < q.section
	case p.severity != q.severity:
		return p.severity > q.severity // worse first
	default:
		return p.id < q.id
	}
}

// fleetPager leads on through the list; there is no way back but to its
// beginning, because what came before may stand elsewhere by now.
func fleetPager(p fleetView) ui.Pager {
	pager := ui.Pager{Next: p.next}
	if p.q.after.id != "" {
		pager.First = p.q.href("after", "")
	}
	return pager
}
