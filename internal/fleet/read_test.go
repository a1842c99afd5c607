package fleet_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/signal"
)

func TestListsAndCounts(t *testing.T) {
	each(t, 6, func(t *testing.T, w *world) {
		w.say("d00", values{signal.FNError: 210, signal.Model: "АТОЛ 30Ф"})
		w.say("d01", values{signal.ClockDrift: 400})
		w.say("d02", values{signal.FNError: 0, signal.FNValidTill: start.Add(90 * 24 * time.Hour)})
		w.say("d03", values{signal.FNError: 0})
		w.pass(70 * time.Second)
		w.beat("a00", "a01", "a02")
		w.pass(15 * time.Second)
		o, err := w.Overview(w.sc())
		if err != nil {
			t.Fatal(err)
		}
		want := fleet.Overview{
			Devices: 6, States: map[string]int{"ill": 2, "ok": 1, "silent": 1, "unknown": 2},
			Alerts: map[fleet.Severity]int{fleet.Blocking: 1, fleet.Important: 2},
			Faults: map[string]int{"fn-210-interface": 1, "kkt-clock-drift": 1, "agent-silent": 1},
			Agents: map[string]int{"ok": 3, "silent": 1, "unknown": 2},
		}
		if diff := cmp.Diff(want, o); diff != "" {
			t.Error(diff)
		}
		for name, tc := range map[string]struct {
			f    fleet.DeviceFilter
			want []string
		}{
			"all":      {fleet.DeviceFilter{}, []string{"d00", "d01", "d02", "d03", "d04", "d05"}},
			"ill":      {fleet.DeviceFilter{States: []string{fleet.StateIll}}, []string{"d00", "d01"}},
			"fault":    {fleet.DeviceFilter{Fault: "kkt-clock-drift"}, []string{"d01"}},
			"silent":   {fleet.DeviceFilter{Fault: fleet.FaultAgentSilent}, []string{"d03"}},
			"severity": {fleet.DeviceFilter{Severity: fleet.Critical}, []string{"d00"}},
			"outlet":   {fleet.DeviceFilter{Outlet: "o02"}, []string{"d02"}},
			"page":     {fleet.DeviceFilter{After: "d01", Limit: 2}, []string{"d02", "d03"}},
			"text":     {fleet.DeviceFilter{IDs: []string{"d05", "d00", "d99", "d00"}}, []string{"d00", "d05"}},
			"nothing":  {fleet.DeviceFilter{IDs: []string{}}, nil},
		} {
			list, err := w.ListDevices(w.sc(), tc.f)
			var got []string
			for _, l := range list {
				got = append(got, l.Device)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("%s: %s %v", name, diff, err)
			}
		}
	})
}

func TestPagesAskAConstantNumberOfQuestions(t *testing.T) {
	each(t, 3, func(t *testing.T, w *world) {
		measure := func() map[string]int {
			out := map[string]int{}
			for name, page := range map[string]func() error{
				"timeline":  func() error { return nil },
				"alerts":    func() error { return nil },
				"incidents": func() error { return nil },
			} {
				ctx, count := db.CountQueries(t.Context())
				switch name {
				case "timeline":
					page = func() error { _, err := w.Timeline(ctx, w.sc(), "d00", 0); return err }
				case "alerts":
					page = func() error { _, err := w.ListAlerts(ctx, w.sc(), fleet.AlertFilter{Open: true}); return err }
				case "incidents":
					page = func() error { _, err := w.ListIncidents(ctx, w.sc(), false, 0); return err }
				}
				if err := page(); err != nil {
					t.Fatal(err)
				}
				out[name] = count()
			}
			return out
		}
		few := measure()
		for i := range 30 {
			w.clk.Advance(20 * time.Minute)
			for _, d := range []string{"d00", "d01", "d02"} {
				w.say(d, values{signal.FNError: 210 + i%3, signal.Unsent: i})
			}
		}
		if err := w.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		many := measure()
		if diff := cmp.Diff(few, many); diff != "" {
			t.Error(diff)
		}
		if few["timeline"] != 3 || few["alerts"] != 1 {
			t.Errorf("%v", few)
		}
		line, err := w.Timeline(t.Context(), w.sc(), "d00", 500)
		if err != nil || len(line) != 30+30+29 { // changes, opened, closed
			t.Errorf("%d happenings, %v", len(line), err)
		}
	})
}

func TestForecastCountsEachRegisterOnItsFirstStop(t *testing.T) {
	each(t, 6, func(t *testing.T, w *world) {
		day := 24 * time.Hour
		moscow, err := time.LoadLocation("Europe/Moscow")
		if err != nil {
			t.Fatal(err)
		}
		w.say("d00", values{signal.FNValidTill: start.Add(5 * day)})
		w.say("d01", values{signal.FNValidTill: start.Add(5 * day), signal.Unsent: 2, signal.FirstUnsentAt: start.Add(-28 * day)})
		w.say("d02", values{signal.FNValidTill: start.Add(-day)})
		w.say("d03", values{signal.FNValidTill: start.Add(400 * day), signal.Shift: "open", signal.ShiftEndsAt: start.Add(20 * time.Hour)})
		w.say("d04", values{signal.FNValidTill: start.Add(9 * day), signal.Shift: "open", signal.ShiftEndsAt: start.Add(30 * time.Minute)})
		w.say("d05", values{signal.Unsent: 0, signal.FirstUnsentAt: start.Add(-29 * day)})
		f, err := w.Forecast(w.sc(), moscow)
		if err != nil || len(f.Days) != fleet.ForecastDays || f.Days[0].Day != "2026-03-10" {
			t.Fatalf("%+v %v", f, err)
		}
		got := map[string]map[fleet.StopReason]int{}
		for _, d := range f.Days {
			if len(d.Stops) > 0 {
				got[d.Day] = d.Stops
			}
		}
		want := map[string]map[fleet.StopReason]int{
			"2026-03-10": {fleet.StopFN: 1, fleet.StopShift: 1},
			"2026-03-12": {fleet.StopUnsent: 1},
			"2026-03-15": {fleet.StopFN: 1},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		list, err := w.StopsOn(w.sc(), moscow, "2026-03-10", "", 0)
		if err != nil || len(list) != 2 || list[0].Device != "d02" || list[1].Reason != fleet.StopShift {
			t.Errorf("%+v %v", list, err)
		}
		w.say("d02", values{signal.FNValidTill: start.Add(100 * day)})
		if f, _ = w.Forecast(w.sc(), moscow); f.Days[0].Stops[fleet.StopFN] != 0 {
			t.Errorf("the kept forecast is stale: %+v", f.Days[0])
		}
		w.say("d05", values{signal.FNValidTill: start.Add(300 * day), signal.Shift: "expired", signal.LastDocAt: start.Add(-9 * time.Hour)})
		if l, err := w.Device(w.sc(), "d05"); err != nil || l.Next.Reason != fleet.StopShift || !l.Next.At.Equal(start.Add(-9*time.Hour)) {
			t.Errorf("a shift that is over, of a register that does not say since when: %+v %v", l.Next, err)
		}
		l, err := w.Device(w.sc(), "d03")
		if err != nil || l.Next.Reason != fleet.StopShift || len(l.Stops) != 2 {
			t.Errorf("%+v %v", l.Stops, err)
		}
	})
}

func TestOldHistoryIsDeleted(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.say("d00", values{signal.Unsent: 1})
		w.say("d01", values{signal.LastDocNo: 1})
		w.clk.Advance(40 * 24 * time.Hour)
		w.say("d00", values{signal.Unsent: 2})
		if err := w.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		// A receipt more is no history worth keeping for a year.
		if n, err := w.Maintain(t.Context()); err != nil || n != 1 {
			t.Fatalf("deleted %d, %v", n, err)
		}
		w.clk.Advance(380 * 24 * time.Hour)
		if n, err := w.Maintain(t.Context()); err != nil || n != 1 {
			t.Fatalf("deleted %d, %v", n, err)
		}
		left, err := w.Changes(t.Context(), w.sc(), "d00", 0, 0)
		if err != nil || len(left) != 1 || left[0].Changes["ofd.unsent"][1] != float64(2) {
			t.Errorf("%+v %v", left, err)
		}
	})
}
