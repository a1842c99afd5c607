package desk_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/scope"
)

// agent is whose message raises alerts; it has no right of its own.
var agent = scope.Agent("firm", "a-1", "касса 1")

func alert(id string, sev calendar.Severity) desk.Alert {
	return desk.Alert{
		ID: id, Client: "shop", Outlet: "centre", Device: "till", Fault: "fn-full", Severity: sev,
		OpenedAt: monday.Add(-time.Minute), At: monday, Evidence: json.RawMessage(`{"fn":{"daysLeft":1}}`),
	}
}

func (b *bench) opened(a desk.Alert) {
	b.Helper()
	b.write(func(tx *db.Tx) error { return b.s.AlertOpened(b.Context(), tx, agent, a) })
}

func (b *bench) changed(a desk.Alert) {
	b.Helper()
	b.write(func(tx *db.Tx) error { return b.s.AlertChanged(b.Context(), tx, agent, a) })
}

func (b *bench) closed(a desk.Alert) {
	b.Helper()
	b.write(func(tx *db.Tx) error { return b.s.AlertClosed(b.Context(), tx, agent, a) })
}

func (b *bench) only(f desk.Filter) desk.Case {
	b.Helper()
	list := b.list(boss, f)
	if len(list) != 1 {
		b.Fatalf("%d cases: %+v", len(list), list)
	}
	return list[0]
}

func TestAnAlertOpensOneCase(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		b.opened(alert("a", calendar.Critical))
		b.opened(alert("a", calendar.Blocking)) // told again: left as it is
		c := b.only(desk.Filter{})
		if c.Alert != "a" || c.Source != desk.FromAlert || c.Severity != calendar.Critical || c.Number != 1001 || c.State != desk.New {
			b.Errorf("%+v", c)
		}
		v := b.view(c.ID)
		var evidence map[string]any
		b.must(json.Unmarshal(v.Evidence, &evidence))
		if e := v.Entries[0]; evidence["fn"] == nil || e.Data["began"] != float64(db.Millis(monday.Add(-time.Minute))) || e.Actor.Kind != scope.BySystem {
			b.Errorf("evidence %s, opened %+v", v.Evidence, e)
		}
		_, err := b.s.Open(b.Context(), anna, fill(desk.Draft{Alert: "a", Source: desk.FromGuide}))
		b.refused(err, "alert_has_case")
		if c := b.open(anna, desk.Draft{}); c.Number != 1002 {
			b.Errorf("the refused ones took a number: %d", c.Number)
		}
		if n := b.count(`SELECT count(*) FROM audit_entry`); n != 1 { // the open by hand
			b.Errorf("%d audit entries", n)
		}
	})
}

func TestTheSameAlertTwiceAtOnce(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		b.must(together(8, func(int) error {
			return b.db.Write(b.Context(), func(tx *db.Tx) error {
				return b.s.AlertOpened(b.Context(), tx, agent, alert("a", calendar.Critical))
			})
		}))
		b.only(desk.Filter{})
	})
}

func TestAWellDeviceClosesItsCase(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		b.opened(alert("a", calendar.Blocking))
		c := b.only(desk.Filter{})
		b.clk.Advance(30 * time.Minute)
		well := alert("a", calendar.Blocking)
		well.Why = "proof"
		b.closed(well)
		b.clk.Advance(24 * time.Hour)
		v := b.view(c.ID)
		if v.State != desk.Closed || v.Clock.State != calendar.Stopped || v.Clock.Used != 30*time.Minute || !v.BrokenAt.IsZero() || v.Clock.Breached {
			b.Errorf("%+v %+v", v.Case, v.Clock)
		}
		if !v.ClosedAt.Equal(monday.Add(30*time.Minute)) || kinds(v)[desk.EntryWell] != 1 {
			b.Errorf("closed at %v, %v", v.ClosedAt, kinds(v))
		}
		if n := b.count(`SELECT count(*) FROM job`); n != 0 {
			b.Errorf("%d jobs wait", n)
		}
		b.closed(well) // told again: one more line, nothing else
		again := b.view(c.ID)
		if again.Version != v.Version || !again.ClosedAt.Equal(v.ClosedAt) || kinds(again)[desk.EntryWell] != 2 {
			b.Errorf("%+v", again.Case)
		}
	})
}

func TestAWellDeviceClosesAWaitingAndAResolvedCase(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		for id, do := range map[string]string{"w": "wait", "r": "resolve"} {
			b.opened(alert(id, calendar.Minor))
			c := b.only(desk.Filter{})
			_, err := acts()[do](b, c.ID)
			b.must(err)
			b.clk.Advance(time.Minute)
			b.closed(alert(id, calendar.Minor))
			if v := b.view(c.ID); v.State != desk.Closed || v.WaitReason != "" || v.Clock.State != calendar.Stopped {
				b.Errorf("%s: %+v", do, v.Case)
			}
		}
	})
}

func TestADeviceThatFallsIllAgainGetsANewCase(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		for _, id := range []string{"a", "b", "c"} {
			b.opened(alert(id, calendar.Blocking))
			b.clk.Advance(10 * time.Minute)
			b.closed(alert(id, calendar.Blocking))
			b.clk.Advance(time.Hour)
		}
		b.opened(alert("d", calendar.Blocking))
		now := b.only(desk.Filter{Device: "till"})
		earlier := b.list(boss, desk.Filter{Device: "till", States: []desk.State{desk.Resolved, desk.Closed}})
		if now.Alert != "d" || len(earlier) != 3 || earlier[0].Alert != "c" || earlier[2].Alert != "a" {
			b.Errorf("now %s, earlier %+v", now.Alert, earlier)
		}
	})
}

func TestSeverityFollowsAnAlertUpAndNeverDown(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		b.opened(alert("a", calendar.Important))
		c := b.only(desk.Filter{})
		is := func(want calendar.Severity) {
			b.Helper()
			got, err := b.s.Get(b.Context(), boss, c.ID)
			b.must(err)
			if got.Severity != want {
				b.Errorf("severity %s, want %s", got.Severity, want)
			}
			c = got
		}
		b.changed(alert("a", calendar.Minor))
		is(calendar.Important)
		if c.Version != 1 {
			b.Errorf("an alert's figures took a person's version: %d", c.Version)
		}
		b.changed(alert("a", calendar.Blocking))
		is(calendar.Blocking)
		if want := monday.Add(90 * time.Minute); !c.DueAt.Equal(want) || c.Version != 2 {
			b.Errorf("due %v, version %d", c.DueAt, c.Version)
		}
		_, err := b.s.SetSeverity(b.Context(), anna, c.ID, c.Version, calendar.Minor, "поставили подменную")
		b.must(err)
		for _, s := range []calendar.Severity{calendar.Important, calendar.Blocking, calendar.Critical, calendar.Blocking} {
			b.changed(alert("a", s)) // up and down: a person's word stands
			is(calendar.Minor)
		}
		if n := kinds(b.view(c.ID))[desk.EntryAlert]; n != 6 {
			b.Errorf("%d lines about the alert", n)
		}
	})
}

func TestAnAlertOfAnEndedCaseOnlyAddsALine(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		b.opened(alert("a", calendar.Minor))
		c := b.only(desk.Filter{})
		_, err := acts()["resolve"](b, c.ID)
		b.must(err)
		b.changed(alert("a", calendar.Blocking))
		v := b.view(c.ID)
		if v.State != desk.Resolved || v.Severity != calendar.Minor || kinds(v)[desk.EntryAlert] != 1 || v.Version != 2 {
			b.Errorf("%+v", v.Case)
		}
		b.changed(alert("nobody's", calendar.Blocking))
		b.closed(alert("nobody's", calendar.Blocking))
	})
}

func TestRecordAddsALine(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		sub := b.bus.Subscribe(forCase)
		defer sub.Close()
		b.write(func(tx *db.Tx) error {
			return b.s.Record(b.Context(), tx, boris, c.ID, desk.EntryCommand, map[string]any{"what": "status"})
		})
		v := b.view(c.ID)
		last := v.Entries[len(v.Entries)-1]
		if last.Kind != desk.EntryCommand || last.Data["what"] != "status" || last.Actor.ID != "p-boris" || v.Version != 1 {
			b.Errorf("%+v", last)
		}
		if e := <-sub.C; e.ID != c.ID || e.Data != "case.command" {
			b.Errorf("told %+v", e)
		}
	})
}
