package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// each runs a story on both databases, with two devices.
func each(t *testing.T, n int, story func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	clk := func() *clock.Manual { return clock.NewManual(start) }
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		c := clk()
		story(t, newWorld(t, dbtest.SQLite(t, c), c, shop(n)))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		c := clk()
		story(t, newWorld(t, dbtest.Postgres(t, c), c, shop(n)))
	})
}

func TestAFaultOpensOneAlertAndItsEndClosesIt(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.say("d00", values{signal.FNError: 0, signal.FNLink: "ok", signal.Serial: "001"})
		w.wantTold()
		w.say("d00", values{signal.FNError: 210, signal.FNLink: "lost"})
		w.wantTold("opened fn-210-interface@d00")
		w.clk.Advance(time.Minute)
		w.say("d00", values{signal.FNError: 210})
		w.wantTold()
		a := w.open("d00")["fn-210-interface"]
		if a.Severity != fleet.Blocking || !a.OpenedAt.Equal(start) || a.Client != "c00" || a.Outlet != "o00" {
			t.Errorf("alert %+v", a)
		}
		if want := `{"fn.link":"lost","fn.error":210}`; string(a.Evidence) != want {
			t.Errorf("evidence %s, want %s", a.Evidence, want)
		}
		w.say("d00", values{signal.FNError: 0, signal.FNLink: "ok"})
		w.wantTold("closed fn-210-interface@d00")
		if got := w.open("d00"); len(got) != 0 {
			t.Errorf("still open: %v", got)
		}
		l, err := w.Device(w.sc(), "d01")
		if err != nil || l.State != fleet.StateUnknown {
			t.Errorf("the other device: %v %v", l.State, err)
		}
	})
}

func TestWhatWasAnsweredSurvivesACrash(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.say("d00", values{signal.Serial: "001", signal.ReceiptOpen: true})
		if err := w.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.clk.Advance(time.Minute)
		lost := w.report("a00", "d00", 0, values{signal.FNError: 211, signal.Serial: nil})
		w.send("a00", lost)
		w.wantTold("opened fn-211-wrong-format@d00")
		w.crash()
		if up := w.ReportsUpTo(w.sc().Tenant(), "a00"); up != lost.Seq || w.ReportsUpTo("another", "a00") != 0 {
			t.Errorf("reports up to %d, want %d", up, lost.Seq)
		}
		l, err := w.Device(w.sc(), "d00")
		if err != nil {
			t.Fatal(err)
		}
		want := `{"receipt.open":true,"fn.error":211}`
		if got, _ := l.Values.MarshalJSON(); string(got) != want {
			t.Errorf("values %s, want %s", got, want)
		}
		if diff := cmp.Diff([]string{"fn-211-wrong-format"}, w.faults("d00")); diff != "" {
			t.Error(diff)
		}
		// The answer was lost on the way: the bundle comes again.
		if ack := w.send("a00", lost); len(ack.Refused) != 0 {
			t.Errorf("refused %v", ack.Refused)
		}
		w.wantTold()
		// The hold time that began before the checkpoint goes on.
		w.clk.Advance(10 * time.Minute)
		w.beat("a00")
		w.wantTold("opened kkt-3801-3802-receipt-open-closed@d00")
		changes, err := w.Changes(t.Context(), w.sc(), "d00", 0, 0)
		if err != nil || len(changes) != 2 {
			t.Fatalf("history %v, %v", changes, err)
		}
		if got := changes[0].Changes["serial"]; got != [2]any{"001", nil} {
			t.Errorf("serial went %v", got)
		}
	})
}

func TestHistoryIsTheSameBeforeAndAfterACheckpoint(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		for i := range 5 {
			w.clk.Advance(time.Second)
			w.say("d00", values{signal.Unsent: i})
		}
		before, err := w.Changes(t.Context(), w.sc(), "d00", 0, 0)
		if err != nil || len(before) != 5 {
			t.Fatalf("%v %v", before, err)
		}
		if err := w.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		after, err := w.Changes(t.Context(), w.sc(), "d00", 0, 0)
		if diff := cmp.Diff(before, after); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
		page, err := w.Changes(t.Context(), w.sc(), "d00", after[1].Seq, 2)
		if diff := cmp.Diff(after[2:4], page); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
		w.crash()
		again, err := w.Changes(t.Context(), w.sc(), "d00", 0, 0)
		if diff := cmp.Diff(before, again); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
	})
}

func TestAFailedCommitLeavesNothingBehind(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.say("d00", values{signal.FNError: 0})
		w.hooks.fail = true
		r := w.report("a00", "d00", 0, values{signal.FNError: 212})
		if _, err := w.Ingest(t.Context(), w.batch("a00", r)); problem.CodeOf(err) != "fleet_not_durable" {
			t.Fatalf("err %v", err)
		}
		l, err := w.Device(w.sc(), "d00")
		if err != nil || l.Values.Get(signal.FNError).Int() != 0 || len(l.Alerts) != 0 {
			t.Fatalf("half done: %+v %v", l, err)
		}
		w.hooks.fail = false
		w.send("a00", r)
		w.wantTold("opened fn-212-wrong-state@d00")
	})
}

func TestRefusedReports(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		old := w.report("a00", "d00", 31*24*time.Hour, values{signal.Unsent: 1})
		future := w.report("a00", "d00", -3*time.Minute, values{signal.Unsent: 2})
		foreign := w.report("a00", "d01", 0, values{signal.Unsent: 3})
		nobody := w.report("a00", "d99", 0, values{signal.Unsent: 4})
		good := w.report("a00", "d00", 0, values{signal.Unsent: 5})
		twice := good
		ack := w.send("a00", old, future, foreign, nobody, good, twice)
		want := []wire.Refused{
			{Seq: 1, Code: "report_too_old"},
			{Seq: 2, Code: "report_from_future"},
			{Seq: 3, Code: "unknown_device"},
			{Seq: 4, Code: "unknown_device"},
			{Seq: 5, Code: "report_bad_sequence"},
		}
		if diff := cmp.Diff(want, ack.Refused); diff != "" {
			t.Error(diff)
		}
		l, err := w.Device(w.sc(), "d00")
		if err != nil || l.Values.Get(signal.Unsent).Int() != 5 {
			t.Errorf("%v %v", l.Values, err)
		}
		if l, _ := w.Device(w.sc(), "d01"); l.Values.Len() != 0 {
			t.Errorf("another agent's report was taken: %v", l.Values)
		}
		states, err := w.AgentStates(w.sc())
		if err != nil || states["a00"].Refused != 5 {
			t.Errorf("%+v %v", states["a00"], err)
		}
	})
}

func TestAnAgentsWrongClockIsCorrected(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		behind := 3 * time.Hour
		r := w.report("a00", "d00", behind, values{signal.FNError: 210})
		b := w.batch("a00", r)
		b.Reports.Now = w.clk.Now().Add(-behind).UnixMilli()
		if _, err := w.Ingest(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		a := w.open("d00")["fn-210-interface"]
		if !a.OpenedAt.Equal(start) || a.Late {
			t.Errorf("opened at %v, late %v", a.OpenedAt, a.Late)
		}
		if l, _ := w.Device(w.sc(), "d00"); l.AgentSkew != behind.Milliseconds() {
			t.Errorf("skew %d", l.AgentSkew)
		}
	})
}

func TestLateNewsIsJudgedByItsTimeAndWakesNobodyWhenItIsOver(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.say("d00", values{signal.FNError: 0})
		w.say("d01", values{signal.FNError: 0})
		w.clk.Advance(time.Hour)
		w.send("a00",
			w.report("a00", "d00", 50*time.Minute, values{signal.FNError: 210}),
			w.report("a00", "d00", 40*time.Minute, values{signal.FNError: 0}),
			w.report("a00", "d00", 30*time.Minute, values{signal.FNError: 211}))
		w.wantTold()
		past := w.alerts(fleet.AlertFilter{Device: "d00"})
		if len(past) != 2 || past[0].Fault != "fn-211-wrong-format" || !past[0].Open() || !past[0].Late || past[1].Open() || !past[1].Late {
			t.Fatalf("%+v", past)
		}
		if !past[1].OpenedAt.Equal(start.Add(10*time.Minute)) || !past[1].ClosedAt.Equal(start.Add(20*time.Minute)) {
			t.Errorf("from %v to %v", past[1].OpenedAt, past[1].ClosedAt)
		}
		// The backlog is done: what is still open wakes somebody now.
		w.beat("a00")
		w.wantTold("opened fn-211-wrong-format@d00")
		w.beat("a00")
		w.wantTold()
	})
}

func TestNoDataNeitherOpensNorCloses(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.say("d00", values{signal.Link: signal.LinkOK, signal.ClockDrift: 400})
		w.wantTold("opened kkt-clock-drift@d00")
		w.say("d00", values{signal.Link: signal.LinkBusy, signal.ClockDrift: nil})
		w.clk.Advance(time.Minute)
		w.say("d00", values{signal.ClockDrift: 0}) // stale: the register does not answer
		w.wantTold()
		w.say("d00", values{signal.Link: signal.LinkOK, signal.ClockDrift: 200})
		w.wantTold() // between the two limits
		w.say("d00", values{signal.ClockDrift: 100})
		w.wantTold("closed kkt-clock-drift@d00")
	})
}

// TestManyDevicesAtOnceAreToldToEachCompany lets more devices change in one
// commit than are named: no company's pages may miss it for that.
func TestManyDevicesAtOnceAreToldToEachCompany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var r roster
		for i := range 90 {
			k := fmt.Sprintf("%02d", i)
			r = append(r, fleet.Device{ID: "d" + k, Tenant: "t", Client: "c", Outlet: "o", Agent: "a"})
		}
		r = append(r, fleet.Device{ID: "e", Tenant: "u", Client: "c", Outlet: "p", Agent: "b"})
		w := newWorld(t, d, clock.NewManual(start), r)
		sub := w.bus.Subscribe(func(e bus.Event) bool { return e.Topic == "device" })
		defer sub.Close()
		well := values{signal.Link: signal.LinkOK}
		ours, theirs := w.batch("a"), w.batch("b", w.report("b", "e", 0, well))
		for _, d := range r[:90] {
			ours.Reports.Reports = append(ours.Reports.Reports, w.report("a", d.ID, 0, well))
		}
		theirs.Tenant = "u"
		for _, err := range w.Together(t.Context(), ours, theirs) {
			if err != nil {
				t.Fatal(err)
			}
		}
		named, many := map[string]int{}, map[string]int{}
		for range len(sub.C) {
			if e := <-sub.C; e.ID != "" {
				named[e.Tenant]++
			} else {
				many[e.Tenant]++
			}
		}
		if named["t"] == 0 || many["t"] != 1 || named["u"]+many["u"] != 1 {
			t.Errorf("named %v, many %v", named, many)
		}
	})
}

// TestAFirstLookSaysNothing is the word of an agent that is just opening a new
// register's port: nobody knows yet how the register is.
func TestAFirstLookSaysNothing(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.say("d00", nil)
		if l, err := w.Device(w.sc(), "d00"); err != nil || l.State != fleet.StateUnknown || !l.Seen.IsZero() {
			t.Fatalf("%+v, %v", l, err)
		}
		w.say("d00", values{signal.Link: signal.LinkOK})
		if l, err := w.Device(w.sc(), "d00"); err != nil || l.State != fleet.StateOK {
			t.Fatalf("%+v, %v", l, err)
		}
	})
}

func TestUnsentDocumentsGetWorseByTimeAlone(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.say("d00", values{signal.Unsent: 4, signal.FirstUnsentAt: start, signal.Serial: "7"})
		day := 24 * time.Hour
		for _, step := range []struct {
			after time.Duration
			told  []string
		}{
			{day - time.Minute, nil},
			{day, []string{"opened ofd-no-exchange@d00"}},
			{3 * day, []string{"opened fn-235-unsent-documents@d00"}},
			{20 * day, []string{"changed fn-235-unsent-documents@d00 critical"}},
			{29 * day, nil},
			{30 * day, []string{"changed fn-235-unsent-documents@d00 blocking"}},
		} {
			w.clk.Set(start.Add(step.after))
			w.beat("a00")
			w.wantTold(step.told...)
		}
		w.say("d00", values{signal.Unsent: 0, signal.FirstUnsentAt: nil})
		told := w.hooks.take()
		slices.Sort(told)
		if diff := cmp.Diff([]string{"closed fn-235-unsent-documents@d00", "closed ofd-no-exchange@d00"}, told); diff != "" {
			t.Error(diff)
		}
	})
}

func TestFlappingIsHeldOpenUntilQuiet(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		turn := func(code int) {
			w.clk.Advance(time.Minute)
			w.say("d00", values{signal.FNError: code})
		}
		const f = "fn-211-wrong-format@d00"
		turn(211)
		turn(0)
		turn(211)
		w.wantTold("opened "+f, "closed "+f, "opened "+f)
		turn(0)
		w.wantTold("changed " + f + " blocking")
		if a := w.open("d00")["fn-211-wrong-format"]; !a.Flapping {
			t.Fatalf("%+v", a)
		}
		turn(211)
		turn(0)
		w.crash() // damping is remembered
		w.clk.Advance(14 * time.Minute)
		w.beat("a00")
		w.wantTold()
		w.clk.Advance(time.Minute)
		w.beat("a00")
		w.wantTold("closed " + f)
		turn(211)
		w.wantTold("opened " + f)
	})
}

func TestADeviceIsWatchedFromItsAddingToItsRemoval(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		dv := fleet.Device{ID: "d50", Tenant: "t", Client: "c", Outlet: "o", Agent: "a50"}
		if err := w.AddDevice(t.Context(), dv); err != nil {
			t.Fatal(err)
		}
		w.say("d50", values{signal.FNError: 210})
		w.wantTold("opened fn-210-interface@d50")
		dv.Outlet, dv.Agent = "o2", "a00"
		if err := w.MoveDevice(t.Context(), dv); err != nil {
			t.Fatal(err)
		}
		w.wantTold("changed fn-210-interface@d50 blocking")
		if ack := w.send("a50", w.report("a50", "d50", 0, values{signal.FNError: 0})); len(ack.Refused) != 1 {
			t.Error("the old agent may still speak for the device")
		}
		if a := w.open("d50")["fn-210-interface"]; a.Outlet != "o2" {
			t.Errorf("%+v", a)
		}
		if err := w.RemoveDevice(t.Context(), "d50"); err != nil {
			t.Fatal(err)
		}
		w.wantTold("closed fn-210-interface@d50")
		if err := w.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.crash()
		if _, err := w.Device(w.sc(), "d50"); problem.CodeOf(err) != "not_found" {
			t.Errorf("%v", err)
		}
	})
}

func TestStoppedServiceAnswersSo(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(start)
	w := newWorld(t, dbtest.SQLite(t, clk), clk, shop(1))
	w.say("d00", values{signal.FNError: 210})
	if err := w.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := w.Ingest(t.Context(), w.batch("a00"))
	if !errors.Is(err, problem.New(problem.Unavailable, "fleet_stopped")) {
		t.Fatalf("%v", err)
	}
	err = w.db.Read(t.Context(), func(tx *db.Tx) error {
		var n int
		err := tx.QueryRow(context.Background(), `SELECT count(*) FROM fleet_log`).Scan(&n)
		if n != 0 {
			t.Errorf("%d rows left to replay", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAlertsOfDevicesThatWentWhileWeWereDownAreClosed(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.say("d00", values{signal.FNError: 210})
		w.say("d01", values{signal.FNError: 210})
		w.hooks.take()
		w.roster = w.roster[1:]
		w.crash()
		w.wantTold("closed fn-210-interface@d00")
		if got := w.alerts(fleet.AlertFilter{Open: true}); len(got) != 1 || got[0].Device != "d01" {
			t.Errorf("%+v", got)
		}
	})
}
