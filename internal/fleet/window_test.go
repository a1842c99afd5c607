package fleet_test

import (
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

func TestAWindowKeepsAlertsAndRaisesAtItsEndWhatIsStillTrue(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		_, err := w.AddWindow(t.Context(), w.sc(), fleet.Window{
			Scope: fleet.WindowOutlet, Target: "o00", Starts: start, Ends: start.Add(10 * time.Minute), Zone: "Europe/Moscow", Repeat: fleet.RepeatNone,
		})
		if err != nil {
			t.Fatal(err)
		}
		w.say("d00", values{signal.FNError: 210, signal.ClockDrift: 900})
		w.say("d01", values{signal.FNError: 211})
		w.wantTold("opened fn-211-wrong-format@d01")
		if a := w.open("d00")["fn-210-interface"]; a.Suppressed == "" || a.Announced {
			t.Fatalf("%+v", a)
		}
		w.say("d00", values{signal.ClockDrift: 0})
		w.crash()
		for range 9 {
			w.pass(time.Minute)
			w.beat("a00", "a01")
		}
		w.wantTold()
		w.pass(time.Minute)
		w.wantTold("opened fn-210-interface@d00")
		if past := w.alerts(fleet.AlertFilter{Device: "d00"}); len(past) != 2 {
			t.Errorf("what was over before the end is kept: %+v", past)
		}
		dispatcher := scope.Person("t", "p", "Ira", "", scope.Dispatcher)
		if _, err := w.AddWindow(t.Context(), dispatcher, fleet.Window{}); problem.CodeOf(err) != "forbidden" {
			t.Errorf("%v", err)
		}
	})
}

func planned(t *testing.T, zone, from, to, repeat string, days ...time.Weekday) fleet.Window {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	w := fleet.Window{Scope: fleet.WindowAll, Starts: at(from), Ends: at(to), Zone: zone, Repeat: repeat, Weekdays: days}
	if err := fleet.CheckWindow(&w, w.Starts); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWindowsKeepTheirHoursOverDaylightSaving(t *testing.T) {
	t.Parallel()
	// Berlin: clocks go 02:00→03:00 on 29 March 2026 and 03:00→02:00 on 25 October.
	night := planned(t, "Europe/Berlin", "2026-03-20 23:00", "2026-03-21 05:00", fleet.RepeatDaily)
	sundays := planned(t, "Europe/Berlin", "2026-03-22 01:00", "2026-03-22 04:00", fleet.RepeatWeekly)
	workdays := planned(t, "Asia/Almaty", "2026-03-02 22:00", "2026-03-03 02:00", fleet.RepeatWeekly, time.Monday, time.Friday)
	ending := night
	ending.Until = time.Date(2026, 3, 25, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name string
		w    fleet.Window
		at   string
		want bool
	}{
		{"first beginning is inside", night, "2026-03-20T22:00:00Z", true},
		{"just before", night, "2026-03-20T21:59:59Z", false},
		{"end is outside", night, "2026-03-21T04:00:00Z", false},
		{"before the first", night, "2026-03-19T23:00:00Z", false},
		{"spring night ends at five by the wall", night, "2026-03-29T02:59:59Z", true},
		{"spring night is over", night, "2026-03-29T03:00:00Z", false},
		{"summer evening begins at eleven by the wall", night, "2026-07-01T21:00:00Z", true},
		{"summer evening, an hour early", night, "2026-07-01T20:59:59Z", false},
		{"autumn night is an hour longer", night, "2026-10-25T03:59:59Z", true},
		{"autumn night is over", night, "2026-10-25T04:00:00Z", false},
		{"spring Sunday begins at one", sundays, "2026-03-29T00:00:00Z", true},
		{"spring Sunday ends at four of summer time", sundays, "2026-03-29T02:00:00Z", false},
		{"autumn Sunday, second two o'clock", sundays, "2026-10-25T01:30:00Z", true},
		{"not a Sunday", sundays, "2026-03-30T00:30:00Z", false},
		{"Friday into Saturday", workdays, "2026-03-06T20:59:00Z", true},
		{"Wednesday", workdays, "2026-03-04T18:00:00Z", false},
		{"before its end for good", ending, "2026-03-24T23:30:00Z", true},
		{"after its end for good", ending, "2026-03-25T23:30:00Z", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339, tc.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := tc.w.Covers(at); got != tc.want {
				t.Errorf("%s: %v, want %v", tc.at, got, tc.want)
			}
		})
	}
}

// TestWindowsAreReplacedTogetherOrNotAtAll: a change that is refused leaves the
// old window as it was, and one that is taken leaves no moment without either.
func TestWindowsAreReplacedTogetherOrNotAtAll(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		work := fleet.Window{Scope: fleet.WindowOutlet, Target: "o00", Starts: start, Ends: start.Add(time.Hour), Zone: "UTC", Repeat: fleet.RepeatNone}
		old, err := w.AddWindow(t.Context(), w.sc(), work)
		if err != nil {
			t.Fatal(err)
		}
		longer, endless := work, work
		longer.Ends, endless.Ends = start.Add(2*time.Hour), start.Add(200*24*time.Hour)
		if _, err := w.PlanWindows(t.Context(), w.sc(), old, longer, endless); problem.CodeOf(err) != "window_length" {
			t.Errorf("%v", err)
		}
		if _, err := w.PlanWindows(t.Context(), w.sc(), "nobody's", longer); problem.CodeOf(err) != "not_found" {
			t.Errorf("%v", err)
		}
		w.crash()
		if all, err := w.Windows(w.sc()); err != nil || len(all) != 1 || all[0].ID != old {
			t.Fatalf("after a refusal: %+v, %v", all, err)
		}
		ids, err := w.PlanWindows(t.Context(), w.sc(), old, longer)
		if err != nil || len(ids) != 1 {
			t.Fatal(ids, err)
		}
		w.crash()
		if all, err := w.Windows(w.sc()); err != nil || len(all) != 1 || all[0].ID != ids[0] || !all[0].Ends.Equal(longer.Ends) {
			t.Errorf("after a change: %+v, %v", all, err)
		}
	})
}

// TestWorkThatSparesNobodyIsRefused: what is over already, or ends before it
// begins, would be planned and show nowhere.
func TestWorkThatSparesNobodyIsRefused(t *testing.T) {
	t.Parallel()
	now := start.Add(2 * time.Hour)
	for name, c := range map[string]struct {
		ends   time.Duration // after start
		repeat string
		until  time.Duration // after start, 0 = for good
		code   string
	}{
		"once, to come":            {4 * time.Hour, fleet.RepeatNone, 0, ""},
		"once, over":               {time.Hour, fleet.RepeatNone, 0, "window_past"},
		"once, until means naught": {4 * time.Hour, fleet.RepeatNone, -time.Hour, ""},
		"daily, for good":          {time.Hour, fleet.RepeatDaily, 0, ""},
		"daily, this day the last": {4 * time.Hour, fleet.RepeatDaily, time.Hour, ""},
		"daily, ends before it":    {4 * time.Hour, fleet.RepeatDaily, -time.Hour, "window_until"},
		"weekly, was the last":     {time.Hour, fleet.RepeatWeekly, 30 * time.Minute, "window_until"},
	} {
		w := fleet.Window{Scope: fleet.WindowAll, Starts: start, Ends: start.Add(c.ends), Zone: "UTC", Repeat: c.repeat}
		if c.until != 0 {
			w.Until = start.Add(c.until)
		}
		if err := fleet.CheckWindow(&w, now); problem.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
}

func TestWindowsThatHideTooMuchAreRefused(t *testing.T) {
	t.Parallel()
	good := fleet.Window{Scope: fleet.WindowAll, Starts: start, Ends: start.Add(time.Hour), Zone: "UTC", Repeat: fleet.RepeatDaily}
	for code, change := range map[string]func(*fleet.Window){
		"window_length": func(w *fleet.Window) { w.Ends = w.Starts.Add(24 * time.Hour) },
		"window_zone":   func(w *fleet.Window) { w.Zone = "Mars/Olympus" },
		"window_scope":  func(w *fleet.Window) { w.Scope = "planet" },
		"window_repeat": func(w *fleet.Window) { w.Repeat = "often" },
		"required":      func(w *fleet.Window) { w.Scope = fleet.WindowDevice },
		"window_past":   func(w *fleet.Window) { w.Repeat = fleet.RepeatNone },
		"window_until":  func(w *fleet.Window) { w.Until = w.Starts.Add(-time.Hour) },
	} {
		w := good
		change(&w)
		if err := fleet.CheckWindow(&w, start.Add(48*time.Hour)); problem.CodeOf(err) != code {
			t.Errorf("%v, want %s", err, code)
		}
	}
}
