package web

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func TestMarkOf(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		line  fleet.Line
		state ui.State
		sev   ui.Severity
	}{
		"well":                 {fleet.Line{State: fleet.StateOK}, ui.StateOK, ""},
		"silent":               {fleet.Line{State: fleet.StateSilent, Severity: fleet.Critical}, ui.StateSilent, ""},
		"no answer":            {fleet.Line{State: fleet.StateNoReply, Severity: fleet.Blocking}, ui.StateNoAnswer, ""},
		"never heard of":       {fleet.Line{State: fleet.StateUnknown}, ui.StateUnknown, ""},
		"ill":                  {fleet.Line{State: fleet.StateIll, Severity: fleet.Critical, Faults: []string{"kkt-shift-over-24h"}}, ui.StateIll, ui.Critical},
		"only the OFD":         {fleet.Line{State: fleet.StateIll, Severity: fleet.Important, Faults: []string{"ofd-no-exchange"}}, ui.StateNoOFD, ""},
		"the OFD for too long": {fleet.Line{State: fleet.StateIll, Severity: fleet.Critical, Faults: []string{"fn-235-unsent-documents"}}, ui.StateIll, ui.Critical},
		"the OFD and more":     {fleet.Line{State: fleet.StateIll, Severity: fleet.Important, Faults: []string{"ofd-no-exchange", "kkt-clock-drift"}}, ui.StateIll, ui.Important},
	} {
		if state, sev := markOf(&tc.line); state != tc.state || sev != tc.sev {
			t.Errorf("%s: %q %q, want %q %q", name, state, sev, tc.state, tc.sev)
		}
	}
}

func TestGroupAlerts(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	alerts := []fleet.Alert{
		{ID: "1", Outlet: "a", Severity: fleet.Minor, OpenedAt: at},
		{ID: "2", Outlet: "b", Severity: fleet.Important, OpenedAt: at},
		{ID: "3", Outlet: "a", Severity: fleet.Critical, OpenedAt: at.Add(-time.Hour)},
		{ID: "4", Outlet: "c", Severity: fleet.Blocking, OpenedAt: at},                  // has a case
		{ID: "5", Outlet: "d", Severity: fleet.Blocking, OpenedAt: at, Incident: "inc"}, // has one, and an incident
		{ID: "8", Outlet: "g", Severity: fleet.Blocking, OpenedAt: at, Incident: "inc"}, // has no case of its own
		{ID: "6", Outlet: "e", Severity: fleet.Blocking, OpenedAt: at, Suppressed: "w"}, // planned
		{ID: "7", Outlet: "f", Severity: fleet.Important, OpenedAt: at.Add(time.Minute)},
	}
	cased := []string{"4", "5"}
	groups := groupAlerts(alerts, func(a *fleet.Alert) bool { return slices.Contains(cased, a.ID) })
	var got []string
	for _, g := range groups {
		got = append(got, g.outlet)
	}
	if want := []string{"g", "a", "f", "b"}; !slices.Equal(got, want) {
		t.Fatalf("outlets %v, want %v", got, want)
	}
	if groups[0].incident != "inc" {
		t.Error("the group does not name its incident")
	}
	if ids := []string{groups[1].alerts[0].ID, groups[1].alerts[1].ID}; !slices.Equal(ids, []string{"3", "1"}) {
		t.Errorf("the worst alert of an outlet does not come first: %v", ids)
	}
}

func TestForecastDays(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	f := fleet.Forecast{From: time.Date(2026, 10, 24, 0, 0, 0, 0, zone)} // the clocks go back on the 25th
	for i := range 3 {
		f.Days = append(f.Days, fleet.ForecastDay{Day: f.From.AddDate(0, 0, i).Format(time.DateOnly), Stops: map[fleet.StopReason]int{fleet.StopShift: i}})
	}
	days := forecastDays(f)
	for i, d := range days {
		if got := d.Date.In(zone).Format(time.DateOnly); got != f.Days[i].Day {
			t.Errorf("day %d is drawn as %s, counted as %s", i, got, f.Days[i].Day)
		}
		if d.Href != "/fleet?stop="+f.Days[i].Day || d.Counts[ui.ReasonShift] != i {
			t.Errorf("day %d: %+v", i, d)
		}
	}
	if n := stopped(days); n != 3 {
		t.Errorf("%d registers in all, want 3", n)
	}
}

func TestPlaceRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := place{
			section: rapid.IntRange(0, 4).Draw(t, "section"), severity: fleet.Severity(rapid.IntRange(0, int(fleet.Blocking)).Draw(t, "severity")),
			id: rapid.StringMatching(`[0-9a-f.\-]{1,40}`).Draw(t, "id"),
		}
		if got := parsePlace(p.String()); got != p {
			t.Fatalf("%+v came back as %+v", p, got)
		}
	})
}

func TestPlaceOrderIsTotal(t *testing.T) {
	t.Parallel()
	draw := rapid.Custom(func(t *rapid.T) place {
		return place{rapid.IntRange(0, 2).Draw(t, "s"), fleet.Severity(rapid.IntRange(0, 2).Draw(t, "v")), rapid.StringMatching(`[ab]{1,2}`).Draw(t, "i")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := draw.Draw(t, "a"), draw.Draw(t, "b"), draw.Draw(t, "c")
		if a != b && a.before(b) == b.before(a) {
			t.Fatalf("%+v and %+v have no order", a, b)
		}
		if a.before(b) && b.before(c) && !a.before(c) {
			t.Fatalf("the order is not transitive: %+v %+v %+v", a, b, c)
		}
	})
}

func TestFleetQuery(t *testing.T) {
	t.Parallel()
	q := parseFleetQuery(url.Values{"state": {"ill"}, "q": {"  кофе "}, "stop": {"2026-12-01"}, "reason": {"fn_expiry"}, "after": {"nonsense"}, "other": {"x"}})
	if q.text != "кофе" || q.state != ui.StateIll || q.after != (place{}) {
		t.Errorf("%+v", q)
	}
	if got, want := q.href("stop", ""), "/fleet?q="+url.QueryEscape("кофе")+"&state=ill"; got != want {
		t.Errorf("without its day: %s, want %s", got, want)
	}
	if parseFleetQuery(url.Values{"state": {"<script>"}}).state != "" {
		t.Error("an unknown state was taken")
	}
}

func FuzzParsePlace(f *testing.F) {
	f.Add("0.4.01a1fbad")
	f.Add("..")
	f.Fuzz(func(t *testing.T, s string) {
		p := parsePlace(s)
		if p == (place{}) {
			return
		}
		if p.id == "" || p.section < 0 || parsePlace(p.String()) != p {
			t.Errorf("%q was read as %+v", s, p)
		}
	})
}

// TestColumnHeadsTurnTheList: the worst first, then the other way round, then
// back to urgency; filters stay.
func TestColumnHeadsTurnTheList(t *testing.T) {
	t.Parallel()
	for by, want := range map[fleet.OrderBy][]string{
		fleet.OrderUnsent: {"-unsent", "unsent", ""},
		fleet.OrderFN:     {"fn", "-fn", ""},
	} {
		q := parseFleetQuery(url.Values{"client": {"c1"}, "after": {"0.0.d7"}})
		for _, w := range want {
			next, err := url.Parse(q.sortHref(by))
			if err != nil {
				t.Fatal(err)
			}
			v := next.Query()
			if v.Get("sort") != w || v.Get("client") != "c1" || v.Get("after") != "" {
				t.Fatalf("%s: a press leads to %s, want %q", by, next, w)
			}
			q = parseFleetQuery(v)
			if state := q.sortState(by); (w == "") != (state == ui.Sortable) || (state == ui.SortDown) != (w != "" && w[0] == '-') {
				t.Errorf("%s: shown as %q", w, state)
			}
		}
	}
	if q := parseFleetQuery(url.Values{"sort": {"-password"}}); q.sort != "" || q.down || q.order() != "" {
		t.Errorf("an unknown order became %+v", q)
	}
}

// TestAnIncidentLeadsToItsRegisters: a line that tells of many registers leads
// to them, and its address says so to the fleet's list.
func TestAnIncidentLeadsToItsRegisters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, about, want string }{
		{fleet.IncidentOutlet, "01-a", "/fleet?outlet=01-a"},
		{fleet.IncidentOFD, "ofd.example.org", "/fleet?fault=ofd-no-exchange"},
		{fleet.IncidentSilence, "", "/fleet?state=" + string(ui.StateSilent)},
		{fleet.IncidentServer, "", ""},
	} {
		line := incidentLine{Incident: fleet.Incident{Kind: c.kind, About: c.about}}
		got := line.href()
		if got != c.want {
			t.Errorf("%s leads to %q, not %q", c.kind, got, c.want)
		}
		if u, err := url.Parse(got); err != nil || got != "" && parseFleetQuery(u.Query()).filters() != 1 {
			t.Errorf("%s: the list does not understand %q", c.kind, got)
		}
	}
}
