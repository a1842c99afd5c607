package fleet_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// model is the naive fleet for one device: it looks at everything at every
// news, remembers every turn, and knows of no database.
type model struct {
	now    time.Time // event time
	values map[signal.Def]any
	rules  map[string]*modelRule
}

type modelRule struct {
	ill      bool
	since    time.Time
	turns    []time.Time
	open     bool
	flapping bool
	severity fleet.Severity
}

func newModel() *model {
	m := &model{values: map[signal.Def]any{}, rules: map[string]*modelRule{}}
	for _, f := range []string{"kkt-clock-drift", "kkt-3801-3802-receipt-open-closed", "fn-235-unsent-documents", "register-hung-or-dead", "fn-211-wrong-format"} {
		m.rules[f] = &modelRule{}
	}
	return m
}

func num(v any) int {
	n, _ := v.(int)
	return n
}

// judged is what a rule finds: worst severity, whether it is surely well, and
// its hold time. ok false means that it has nothing to say.
func (m *model) judged(fault string) (sev fleet.Severity, well bool, hold time.Duration, ok bool) {
	link, _ := m.values[signal.Link].(string)
	answers := link == "" || link == signal.LinkOK
	has := func(d signal.Def) bool { return m.values[d] != nil }
	switch fault {
	case "kkt-clock-drift":
		drift := num(m.values[signal.ClockDrift])
		drift = max(drift, -drift)
		if has(signal.ClockDrift) && drift > 300 {
			sev = fleet.Important
		}
		return sev, has(signal.ClockDrift) && drift <= 120, 0, answers
	case "kkt-3801-3802-receipt-open-closed":
		open, known := m.values[signal.ReceiptOpen].(bool)
		if open {
			sev = fleet.Critical
		}
		return sev, known && !open, 10 * time.Minute, answers
	case "fn-211-wrong-format":
		if num(m.values[signal.FNError]) == 211 {
			sev = fleet.Blocking
		}
		return sev, has(signal.FNError) && sev == fleet.Fine, 0, answers
	case "fn-235-unsent-documents":
		first, known := m.values[signal.FirstUnsentAt].(time.Time)
		age := m.now.Sub(first)
		if has(signal.Unsent) && num(m.values[signal.Unsent]) > 0 && known {
			for days, s := range map[int]fleet.Severity{3: fleet.Important, 20: fleet.Critical, 30: fleet.Blocking} {
				if age >= time.Duration(days)*24*time.Hour {
					sev = max(sev, s)
				}
			}
		}
		none := has(signal.Unsent) && num(m.values[signal.Unsent]) == 0
		return sev, none || known && age < 72*time.Hour, 0, answers
	default:
		bad := link == signal.LinkNoAnswer || link == signal.LinkRefused || link == signal.LinkMissing
		if bad {
			sev = fleet.Blocking
		}
		return sev, link == signal.LinkOK || link == signal.LinkGarbage, 20 * time.Second, true
	}
}

// surelyNot: a port that another program holds is no silence of the register,
// so a hold time begins anew, although it does not prove the register well.
func (m *model) surelyNot(fault string) bool {
	return fault == "register-hung-or-dead" && m.values[signal.Link] == signal.LinkBusy
}

func (m *model) judge() {
	for fault, r := range m.rules {
		sev, well, hold, ok := m.judged(fault)
		if !ok {
			continue
		}
		was := r.ill
		switch {
		case r.ill && well:
			r.ill, r.since = false, time.Time{}
		case !r.ill && sev != fleet.Fine:
			if r.since.IsZero() {
				r.since = m.now
			}
			r.ill = m.now.Sub(r.since) >= hold
		case !r.ill && (well || m.surelyNot(fault)):
			r.since = time.Time{}
		}
		if r.ill != was {
			r.turns = append(r.turns, m.now)
		}
		r.settle(m.now, sev)
	}
}

func (r *modelRule) settle(now time.Time, sev fleet.Severity) {
	lately := 0
	var last time.Time
	for _, t := range r.turns {
		last = t
		if t.After(now.Add(-30 * time.Minute)) {
			lately++
		}
	}
	quiet := !now.Before(last.Add(15 * time.Minute))
	if r.flapping && quiet {
		r.flapping, r.turns, lately = false, nil, 0
	}
	if lately >= 4 && !quiet {
		r.flapping = true
	}
	switch {
	case r.ill && !r.open:
		r.open, r.severity = true, sev
	case r.open && !r.ill && !r.flapping:
		r.open = false
	case r.open && r.ill:
		r.severity = max(r.severity, sev)
	}
}

func (m *model) want() []string {
	var out []string
	for _, f := range slices.Sorted(maps.Keys(m.rules)) {
		if r := m.rules[f]; r.open {
			out = append(out, fmt.Sprintf("%s %s flapping=%v", f, r.severity, r.flapping))
		}
	}
	return out
}

// TestTheFleetAgreesWithANaiveModel plays random lives of one register:
// changes, heartbeats, long waits, bundles sent twice, checkpoints and crashes.
func TestTheFleetAgreesWithANaiveModel(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(start)
	w := newWorld(t, dbtest.SQLite(t, clk), clk, nil)
	rapid.Check(t, func(rt *rapid.T) {
		id := ids.New()
		dv := fleet.Device{ID: "d" + id, Tenant: "t", Client: "c", Outlet: "o", Agent: "a" + id}
		w.roster = roster{dv}
		if err := w.AddDevice(t.Context(), dv); err != nil {
			rt.Fatal(err)
		}
		m := newModel()
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			w.clk.Advance(time.Duration(rapid.SampledFrom([]int{1, 7, 30, 60, 300, 600, 1000, 7200, 86400, 5 * 86400}).Draw(rt, "wait")) * time.Second)
			m.now = w.clk.Now()
			switch rapid.SampledFrom([]string{"say", "say", "say", "full", "beat", "crash", "checkpoint"}).Draw(rt, "step") {
			case "say":
				v := drawValues(rt, m.now)
				m.take(v)
				w.twice(rt, w.report(dv.Agent, dv.ID, 0, v))
			case "full":
				v := drawValues(rt, m.now)
				m.values = map[signal.Def]any{}
				m.take(v)
				r := w.report(dv.Agent, dv.ID, 0, v)
				r.Full = true
				w.twice(rt, r)
			case "beat":
				m.judge()
				w.twice(rt, w.report(dv.Agent, dv.ID, 0, nil))
			case "crash":
				w.crash()
			case "checkpoint":
				if err := w.Checkpoint(t.Context()); err != nil {
					rt.Fatal(err)
				}
			}
			if got, want := w.got(dv.ID), m.want(); !slices.Equal(got, want) {
				rt.Fatalf("open %q, want %q", got, want)
			}
		}
	})
}

func (m *model) take(v values) {
	for d, x := range v {
		m.values[d] = x
	}
	m.judge()
}

func (w *world) twice(rt *rapid.T, r wire.Report) {
	agent := "a" + r.Device[1:]
	w.send(agent, r)
	if rapid.Bool().Draw(rt, "again") {
		w.send(agent, r)
	}
}

func (w *world) got(device string) []string {
	l, err := w.Device(w.sc(), device)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, a := range l.Alerts {
		if _, known := newModel().rules[a.Fault]; known {
			out = append(out, fmt.Sprintf("%s %s flapping=%v", a.Fault, a.Severity, a.Flapping))
		}
	}
	slices.Sort(out)
	inDB := w.open(device)
	if len(inDB) != len(l.Alerts) {
		w.t.Fatalf("memory has %v, the database %v", l.Alerts, inDB)
	}
	return out
}

func drawValues(rt *rapid.T, now time.Time) values {
	v := values{}
	pick := func(d signal.Def, from ...any) {
		if rapid.IntRange(0, 2).Draw(rt, "has "+d.Key) == 0 {
			v[d] = rapid.SampledFrom(from).Draw(rt, d.Key)
		}
	}
	pick(signal.Link, signal.LinkOK, signal.LinkOK, signal.LinkNoAnswer, signal.LinkBusy, signal.LinkGarbage, nil)
	pick(signal.ClockDrift, 0, 119, 200, -301, nil)
	pick(signal.ReceiptOpen, true, false, nil)
	pick(signal.FNError, 0, 211, 211, 0)
	pick(signal.Unsent, 0, 1, 5, nil)
	pick(signal.FirstUnsentAt, now.Add(-time.Hour), now.Add(-80*time.Hour), now.Add(-25*24*time.Hour), nil)
	return v
}
