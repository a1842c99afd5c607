package web

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func TestCaseFilter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query string
		view  string
		want  desk.Filter
	}{
		{"", viewActive, desk.Filter{}},
		{"view=mine", viewMine, desk.Filter{Owner: "me"}},
		{"view=nobody", viewNobody, desk.Filter{Owner: "-"}},
		{"view=waiting", viewWaiting, desk.Filter{States: []desk.State{desk.Waiting}}},
		{"view=broken", viewBroken, desk.Filter{Broken: true}},
		{"view=ended", viewEnded, desk.Filter{States: []desk.State{desk.Resolved, desk.Closed}}},
		{"view=nonsense&severity=deadly", viewActive, desk.Filter{}},
		{"severity=critical&q=1042&outlet=o&after=5_x", viewActive, desk.Filter{Severity: calendar.Critical, Text: "1042", Outlet: "o", After: "5_x"}},
	} {
		q, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		c.want.Limit = pageOfCases
		view, got := caseFilter(q, "me")
		if diff := cmp.Diff(c.want, got); diff != "" || view != c.view {
			t.Errorf("%q: view %q, filter %s", c.query, view, diff)
		}
	}
}

func TestAnotherAnswerBeginsAtTheFirstPage(t *testing.T) {
	t.Parallel()
	v := deskView{query: url.Values{"view": {"mine"}, "after": {"9_z"}, "q": {"чек"}, "lang": {"de"}}}
	if got, want := v.with("severity", "minor"), "/cases?q=%D1%87%D0%B5%D0%BA&severity=minor&view=mine"; got != want {
		t.Errorf("with severity: %s, want %s", got, want)
	}
	if got, want := v.with("after", "10_a"), "/cases?after=10_a&q=%D1%87%D0%B5%D0%BA&view=mine"; got != want {
		t.Errorf("next page: %s, want %s", got, want)
	}
	if got := (deskView{query: url.Values{}}).with("view", ""); got != "/cases" {
		t.Errorf("no question: %s", got)
	}
	if got, want := v.exports()[csvFile], "/cases.csv?q=%D1%87%D0%B5%D0%BA&view=mine"; got != want {
		t.Errorf("export: %s, want %s", got, want)
	}
}

func TestListPromise(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	at := func(h int) time.Time { return now.Add(time.Duration(h) * time.Hour) }
	for name, c := range map[string]struct {
		desk.Case
		state ui.PromiseState
		left  time.Duration
	}{
		"running":       {desk.Case{State: desk.Open, OpenedAt: at(-1), DueAt: at(3)}, ui.PromiseRunning, 3 * time.Hour},
		"at the second": {desk.Case{State: desk.Open, OpenedAt: at(-1), DueAt: now}, ui.PromiseRunning, 0},
		"waiting":       {desk.Case{State: desk.Waiting, OpenedAt: at(-1)}, ui.PromisePaused, 0},
		"late":          {desk.Case{State: desk.New, OpenedAt: at(-5), DueAt: at(-1), LimitAt: at(2)}, ui.PromiseLate, 2 * time.Hour},
		"overdue":       {desk.Case{State: desk.New, OpenedAt: at(-5), DueAt: at(-2)}, ui.PromiseOverdue, -2 * time.Hour},
		"past limit":    {desk.Case{State: desk.New, OpenedAt: at(-9), DueAt: at(-3), LimitAt: at(-1)}, ui.PromiseOverdue, -time.Hour},
		"met":           {desk.Case{State: desk.Closed, OpenedAt: at(-9), ClosedAt: at(-3)}, ui.PromiseMet, 0},
		"missed":        {desk.Case{State: desk.Closed, OpenedAt: at(-9), BrokenAt: at(-5), ClosedAt: at(-3)}, ui.PromiseMissed, -2 * time.Hour},
	} {
		if p := listPromise(c.Case, now); p.State != c.state || p.Left != c.left {
			t.Errorf("%s: %s with %s left, want %s with %s", name, p.State, p.Left, c.state, c.left)
		}
	}
}

func TestCasePromiseShowsWhereTheClockStood(t *testing.T) {
	t.Parallel()
	v := english(t)
	lines := []calendar.Line{
		{What: calendar.WhatOpen, Seconds: 3600},
		{What: calendar.WhatPaused, Seconds: 600, Reason: calendar.Part},
		{What: calendar.WhatClosed, Seconds: 36000},
		{What: calendar.WhatPaused, Seconds: 60, Reason: calendar.Part},
		{What: calendar.WhatOpen, Seconds: 1800},
		{What: calendar.WhatPaused, Seconds: 60, Reason: calendar.Power},
	}
	want := []time.Duration{time.Hour, 90 * time.Minute}
	if got := pausePlaces(lines); !slices.Equal(got, want) {
		t.Errorf("pauses at %v, want %v", got, want)
	}
	p := casePromise(v, calendar.Result{State: calendar.Paused, Used: 90 * time.Minute, Mark: calendar.Mark{Total: 4 * time.Hour, Left: 150 * time.Minute}, Explanation: lines}, time.UTC)
	if p.State != ui.PromisePaused || p.Reason != v.T("pause.power") || !p.Due.IsZero() || p.Left != 150*time.Minute {
		t.Errorf("paused: %+v", p)
	}
	limit := calendar.Mark{Total: 6 * time.Hour, Left: time.Hour, Deadline: v.Now.Add(time.Hour)}
	p = casePromise(v, calendar.Result{State: calendar.Running, Mark: calendar.Mark{Total: 4 * time.Hour, Overrun: time.Hour, Breached: true}, Limit: &limit}, time.UTC)
	if p.State != ui.PromiseLate || p.Left != time.Hour || !p.Due.Equal(limit.Deadline) {
		t.Errorf("late within the limit: %+v", p)
	}
	limit.Breached, limit.Overrun = true, 5*time.Minute
	p = casePromise(v, calendar.Result{State: calendar.Running, Mark: calendar.Mark{Total: 4 * time.Hour, Overrun: 2 * time.Hour, Breached: true}, Limit: &limit}, time.UTC)
	if p.State != ui.PromiseOverdue || p.Left != -5*time.Minute {
		t.Errorf("past the limit: %+v", p)
	}
}

func TestStretchSaysTheDayOnce(t *testing.T) {
	t.Parallel()
	v := english(t)
	from := time.Date(2026, 11, 20, 14, 5, 0, 0, time.UTC)
	same, other := stretch(v, from, from.Add(time.Hour), time.UTC), stretch(v, from, from.Add(18*time.Hour), time.UTC)
	if same != v.Moment(from, v.Now, time.UTC)+" – 15:05" {
		t.Errorf("same day: %s", same)
	}
	if want := v.Moment(from, v.Now, time.UTC) + " – " + v.Moment(from.Add(18*time.Hour), v.Now, time.UTC); other != want {
		t.Errorf("over midnight: %s, want %s", other, want)
	}
}

func TestPresence(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	p := newPresence(clk)
	if got := p.enter("t1", "case", "anna", "Анна"); len(got) != 0 {
		t.Errorf("alone, but sees %v", got)
	}
	if got := p.enter("t1", "case", "otto", "Otto"); !slices.Equal(got, []string{"Анна"}) {
		t.Errorf("Otto sees %v", got)
	}
	if got := p.enter("t2", "case", "eve", "Eve"); len(got) != 0 {
		t.Errorf("another company sees %v", got)
	}
	if got := p.inCases("t1", "anna"); !slices.Equal(got["case"], []string{"Otto"}) {
		t.Errorf("Anna's list says %v", got)
	}
	p.leave("t1", "case", "otto")
	if got := p.inCases("t1", "anna"); len(got) != 0 {
		t.Errorf("after Otto left: %v", got)
	}
	clk.Advance(presentFor + time.Second)
	if got := p.enter("t1", "case", "ivan", "Иван"); len(got) != 0 {
		t.Errorf("who is silent for long is not there: %v", got)
	}
}

func TestALimitSurvivesItsForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := fleet.Limit{LimitDef: fleet.LimitDef{Unit: "s"}, Value: rapid.Int64Range(0, 40_000_000).Draw(t, "seconds")}
		n, unit := limitUnit(l)
		if n*limitScale(unit) != l.Value {
			t.Fatalf("%d s became %d %s", l.Value, n, unit)
		}
	})
	if n, unit := limitUnit(fleet.Limit{LimitDef: fleet.LimitDef{Unit: "s"}, Value: 86400}); n != 1 || unit != "d" {
		t.Errorf("a day is told as %d %s", n, unit)
	}
}

func TestPointedMarksTheCharacter(t *testing.T) {
	t.Parallel()
	p := problem.New(problem.Invalid, "rule_syntax").With("position", 4)
	before, at, after := pointed("чек > > 5", rulePosition(p))
	if before != "чек" || at != " " || after != "> > 5" {
		t.Errorf("%q %q %q", before, at, after)
	}
	for _, n := range []int{0, -1, 100} {
		if b, a, _ := pointed("abc", n); b != "abc" || a != "" {
			t.Errorf("position %d: %q %q", n, b, a)
		}
	}
	if rulePosition(nil) != 0 {
		t.Error("no problem has no position")
	}
}

func TestEvidenceOfAnIncident(t *testing.T) {
	t.Parallel()
	v := english(t)
	lines, _ := caseEvidenceLines(v, []byte(`{"kind":"ofd","about":"ofd.example:7777","outlets":12,"devices":31}`))
	if len(lines) != 4 {
		t.Errorf("%d lines, want what, host, outlets, devices", len(lines))
	}
	lines, _ = caseEvidenceLines(v, []byte(`{"receipt.open":true,"mode":1}`))
	if len(lines) != 2 || lines[0].Key > lines[1].Key {
		t.Errorf("signals: %v", lines)
	}
	if lines, _ = caseEvidenceLines(v, []byte(`nonsense`)); len(lines) != 0 {
		t.Errorf("nonsense: %v", lines)
	}
}

// TestWordsOfDataKeys asks for the keys that are built from data, which the
// test of the texts cannot see.
func TestWordsOfDataKeys(t *testing.T) {
	t.Parallel()
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	add := func(stem string, ends ...string) {
		for _, e := range ends {
			keys = append(keys, stem+e)
		}
	}
	add("case.view.", caseViews()...)
	for _, view := range caseViews() {
		add("case.none."+view, "", "_text")
	}
	for _, s := range desk.States() {
		add("desk.state.", string(s))
	}
	add("case.filter.", "device", "outlet", "client", "fault")
	add("admin.audit.subject.", auditSubjects()...)
	add("admin.unit.", "s", "min", "h", "d")
	add("admin.windows.scope.", fleet.WindowAll, fleet.WindowClient, fleet.WindowOutlet, fleet.WindowDevice)
	add("fix.wait.", "checking", "proving")
	for _, tab := range (&Web{}).adminTabs() {
		add("admin.tab.", tab.name)
	}
	for _, k := range keys {
		if !b.Has(k) {
			t.Errorf("no text for %q", k)
		}
	}
}
