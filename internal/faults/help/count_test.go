package help_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/faults/help"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func november() help.Period {
	return help.Period{From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), Zone: time.UTC}
}

func trace(v string, k help.Kind, fault string, after time.Duration) help.Trace {
	return help.Trace{Visitor: help.Visitor(v), Kind: k, Fault: fault, At: noon.Add(after)}
}

func call(v string, after time.Duration) help.Call {
	return help.Call{Visitor: help.Visitor(v), At: noon.Add(after)}
}

func TestCount(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	helped := []help.Trace{trace("a", help.Shown, "f", 0), trace("a", help.Opened, "f", time.Minute), trace("a", help.Solved, "f", 10*time.Minute)}
	for name, tc := range map[string]struct {
		traces []help.Trace
		calls  []help.Call
		now    time.Duration
		want   help.Funnel
	}{
		"only shown":                     {helped[:1], nil, 30 * day, help.Funnel{Shown: 1}},
		"opened from the list":           {helped[1:2], nil, 30 * day, help.Funnel{Shown: 1, Opened: 1}},
		"helped, patience over":          {helped, nil, 7*day + 10*time.Minute, help.Funnel{Shown: 1, Opened: 1, Solved: 1, Spared: 1}},
		"helped, patience not over":      {helped, nil, 7*day + 9*time.Minute, help.Funnel{Shown: 1, Opened: 1, Solved: 1, Waiting: 1}},
		"a case on the sixth day":        {helped, []help.Call{call("a", 6*day)}, 30 * day, help.Funnel{Shown: 1, Opened: 1, Solved: 1, Called: 1}},
		"a case at the end of patience":  {helped, []help.Call{call("a", 7*day+10*time.Minute)}, 30 * day, help.Funnel{Shown: 1, Opened: 1, Solved: 1, Spared: 1}},
		"a case while still reading":     {helped, []help.Call{call("a", 5*time.Minute)}, 30 * day, help.Funnel{Shown: 1, Opened: 1, Solved: 1, Called: 1}},
		"a case before the reading":      {helped, []help.Call{call("a", -time.Second)}, 30 * day, help.Funnel{Shown: 1, Opened: 1, Solved: 1, Spared: 1}},
		"somebody else's case":           {helped, []help.Call{call("b", time.Hour)}, 30 * day, help.Funnel{Shown: 1, Opened: 1, Solved: 1, Spared: 1}},
		"back within the day":            {append(helped, trace("a", help.Opened, "f", day-1)), nil, 30 * day, help.Funnel{Shown: 1, Opened: 1, Solved: 1, Spared: 1}},
		"back after a day":               {append(helped, trace("a", help.Opened, "f", day)), nil, 30 * day, help.Funnel{Shown: 2, Opened: 2, Solved: 1, Spared: 1}},
		"begun before the period":        {[]help.Trace{trace("a", help.Shown, "f", -13*time.Hour), trace("a", help.Solved, "f", 0)}, nil, 30 * day, help.Funnel{}},
		"told twice that it helped":      {append(helped, trace("a", help.Solved, "f", time.Hour)), nil, 7*day + 10*time.Minute, help.Funnel{Shown: 1, Opened: 1, Solved: 1, Spared: 1}},
		"a case long after the solution": {helped, []help.Call{call("a", 20*day)}, 30 * day, help.Funnel{Shown: 1, Opened: 1, Solved: 1, Spared: 1}},
	} {
		got := help.Count(tc.traces, tc.calls, november(), noon.Add(tc.now))
		if got.ByFault["f"] != tc.want {
			t.Errorf("%s: %+v, want %+v", name, got.ByFault["f"], tc.want)
		}
		if got.All != tc.want {
			t.Errorf("%s: the visit is %+v, want %+v", name, got.All, tc.want)
		}
	}
}

func TestAVisitIsOneWhateverIsRead(t *testing.T) {
	t.Parallel()
	r := help.Count([]help.Trace{
		trace("a", help.Shown, "f", 0), trace("a", help.Shown, "g", 0), trace("a", help.Opened, "g", time.Minute), trace("a", help.Solved, "g", time.Hour),
		trace("b", help.Shown, "f", 0),
	}, nil, november(), noon.AddDate(0, 0, 20))
	if want := (help.Funnel{Shown: 2, Opened: 1, Solved: 1, Spared: 1}); r.All != want {
		t.Errorf("visits %+v, want %+v", r.All, want)
	}
	if want := (help.Funnel{Shown: 2}); r.ByFault["f"] != want {
		t.Errorf("the article that only stood there has %+v", r.ByFault["f"])
	}
	if r.ByDay["2026-11-01"] != r.All || len(r.ByDay) != 1 {
		t.Errorf("by day %+v", r.ByDay)
	}
}

// drawn is any history of three visitors with two articles.
func drawn(t *rapid.T) ([]help.Trace, []help.Call) {
	minute := rapid.IntRange(-2*24*60, 40*24*60)
	visitor := rapid.SampledFrom([]string{"a", "b", "c"})
	var traces []help.Trace
	for range rapid.IntRange(0, 30).Draw(t, "traces") {
		traces = append(traces, trace(visitor.Draw(t, "v"), rapid.SampledFrom([]help.Kind{help.Shown, help.Opened, help.Solved}).Draw(t, "k"),
			rapid.SampledFrom([]string{"f", "g"}).Draw(t, "fault"), time.Duration(minute.Draw(t, "m"))*time.Minute))
	}
	var calls []help.Call
	for range rapid.IntRange(0, 6).Draw(t, "calls") {
		calls = append(calls, call(visitor.Draw(t, "v"), time.Duration(minute.Draw(t, "m"))*time.Minute))
	}
	return traces, calls
}

func sane(f help.Funnel) bool {
	return f.Shown >= f.Opened && f.Opened >= f.Solved && f.Solved == f.Spared+f.Waiting+f.Called && f.Spared >= 0 && f.Waiting >= 0 && f.Called >= 0
}

func TestAFunnelOnlyNarrows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		traces, calls := drawn(t)
		now := noon.Add(time.Duration(rapid.IntRange(0, 60*24).Draw(t, "now")) * time.Hour)
		r := help.Count(traces, calls, november(), now)
		days := help.Funnel{}
		for name, f := range r.ByFault {
			if !sane(f) {
				t.Fatalf("%s: %+v", name, f)
			}
		}
		for name, f := range r.ByDay {
			if !sane(f) {
				t.Fatalf("%s: %+v", name, f)
			}
			days = help.Funnel{
				Shown: days.Shown + f.Shown, Opened: days.Opened + f.Opened, Solved: days.Solved + f.Solved,
				Spared: days.Spared + f.Spared, Waiting: days.Waiting + f.Waiting, Called: days.Called + f.Called,
			}
		}
		if days != r.All {
			t.Fatalf("the days come to %+v, all is %+v", days, r.All)
		}
	})
}

func TestOrderDoesNotMatterAndCasesOnlyTakeAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		traces, calls := drawn(t)
		now := noon.AddDate(0, 2, 0)
		r := help.Count(traces, calls, november(), now)
		other := help.Count(rapid.Permutation(traces).Draw(t, "traces"), rapid.Permutation(calls).Draw(t, "calls"), november(), now)
		if fmt.Sprint(r) != fmt.Sprint(other) {
			t.Fatalf("%+v in another order is %+v", r, other)
		}
		more := help.Count(traces, append(calls, call("a", time.Duration(rapid.IntRange(0, 40*24*60).Draw(t, "more"))*time.Minute)), november(), now)
		if more.All.Spared > r.All.Spared || more.All.Solved != r.All.Solved {
			t.Fatalf("another case made %+v of %+v", more.All, r.All)
		}
	})
}

func TestRate(t *testing.T) {
	t.Parallel()
	if _, ok := (help.Funnel{Shown: 3, Solved: 1, Waiting: 1}).Rate(); ok {
		t.Error("a share of nothing")
	}
	for _, tc := range []struct{ spared, called, want int }{{1, 0, 100}, {0, 1, 0}, {1, 2, 33}, {2, 1, 67}, {1, 1, 50}} {
		if got, ok := (help.Funnel{Spared: tc.spared, Called: tc.called}).Rate(); !ok || got != tc.want {
			t.Errorf("%d of %d: %d%%", tc.spared, tc.called, got)
		}
	}
}

func TestLastDays(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	p, err := help.LastDays(7, time.Date(2026, 10, 28, 23, 30, 0, 0, time.UTC), berlin) // 00:30 of the 29th there; the clocks went back on the 25th
	if err != nil {
		t.Fatal(err)
	}
	days := p.Days()
	if len(days) != 7 || days[0].Format(time.DateOnly) != "2026-10-23" || days[6].Format(time.DateOnly) != "2026-10-29" {
		t.Errorf("days %v", days)
	}
	for _, n := range []int{0, -1, 366} {
		if _, err := help.LastDays(n, noon, time.UTC); err == nil {
			t.Errorf("%d days are a period", n)
		}
	}
}
