package fleet_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

var start = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

type roster []fleet.Device

func (r roster) EachDevice(_ context.Context, f func(fleet.Device) error) error {
	for _, d := range r {
		if err := f(d); err != nil {
			return err
		}
	}
	return nil
}

// hooks remembers what it was told; fail makes the next call fail.
type hooks struct {
	mu   sync.Mutex
	told []string
	fail bool
}

func (h *hooks) note(what string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fail {
		return errors.New("the desk is away")
	}
	h.told = append(h.told, what)
	return nil
}

func (h *hooks) take() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.told
	h.told = nil
	return out
}

func mark(a fleet.Alert) string {
	s := a.Fault
	if a.Device != "" {
		s += "@" + a.Device
	} else {
		s += "@" + a.Agent
	}
	if a.Incident != "" {
		s += "+incident"
	}
	return s
}

func (h *hooks) AlertOpened(_ context.Context, _ *db.Tx, a fleet.Alert) error {
	return h.note("opened " + mark(a))
}

func (h *hooks) AlertChanged(_ context.Context, _ *db.Tx, a fleet.Alert) error {
	return h.note("changed " + mark(a) + " " + a.Severity.String())
}

func (h *hooks) AlertClosed(_ context.Context, _ *db.Tx, a fleet.Alert) error {
	return h.note("closed " + mark(a))
}

func (h *hooks) IncidentOpened(_ context.Context, _ *db.Tx, i fleet.Incident) error {
	return h.note("incident " + i.Kind + " " + i.About)
}

func (h *hooks) IncidentClosed(_ context.Context, _ *db.Tx, i fleet.Incident) error {
	return h.note("incident over " + i.Kind + " " + i.About)
}

func (h *hooks) CommandEnded(_ context.Context, _ *db.Tx, c fleet.Command) error {
	return h.note("command " + c.State)
}

// world is a service with everything around it.
type world struct {
	*fleet.Service
	t      testing.TB
	db     *db.DB
	clk    *clock.Manual
	hooks  *hooks
	bus    *bus.Bus
	roster roster
	seq    map[string]int64
	sender fleet.Sender
}

// shop is n devices d0…, one agent and outlet each: agent a0…, outlet o0….
func shop(n int) roster {
	var r roster
	for i := range n {
		k := string(rune('0'+i/10)) + string(rune('0'+i%10))
		r = append(r, fleet.Device{ID: "d" + k, Tenant: "t", Client: "c" + k, Outlet: "o" + k, Agent: "a" + k})
	}
	return r
}

func newWorld(t testing.TB, d *db.DB, clk *clock.Manual, r roster) *world {
	t.Helper()
	w := &world{t: t, db: d, clk: clk, hooks: &hooks{}, bus: bus.New(), roster: r, seq: map[string]int64{}}
	w.begin()
	return w
}

func (w *world) begin() {
	w.t.Helper()
	s, err := fleet.New(fleet.Deps{DB: w.db, Bus: w.bus, Clock: w.clk, Roster: w.roster, Hooks: w.hooks, Sender: w.sender, Plan: judge{}, Still: true})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := s.Start(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.Service = s
	w.t.Cleanup(s.Kill)
}

// crash ends the service without a last checkpoint and starts another.
func (w *world) crash() {
	w.t.Helper()
	w.Kill()
	w.begin()
}

func (w *world) sc() scope.Scope { return scope.System("t", "test") }

type values map[signal.Def]any

func items(v values) (out []signal.Item) {
	for d, x := range v {
		it := signal.Item{ID: d.ID}
		switch x := x.(type) {
		case nil:
		case int:
			it.Value = signal.IntOf(int64(x))
		case bool:
			it.Value = signal.BoolOf(x)
		case string:
			it.Value = signal.TextOf(x)
		case time.Time:
			it.Value = signal.TimeOf(x)
		}
		out = append(out, it)
	}
	return out
}

// report is the next report of an agent about a device at the clock's instant
// minus ago.
func (w *world) report(agent, device string, ago time.Duration, v values) wire.Report {
	w.seq[agent]++
	return wire.Report{Seq: w.seq[agent], Device: device, At: w.clk.Now().Add(-ago).UnixMilli(), Values: items(v)}
}

func (w *world) send(agent string, reports ...wire.Report) wire.Ack {
	w.t.Helper()
	ack, err := w.Ingest(w.t.Context(), w.batch(agent, reports...))
	if err != nil {
		w.t.Fatal(err)
	}
	return ack
}

func (w *world) batch(agent string, reports ...wire.Report) fleet.Batch {
	now := w.clk.Now()
	return fleet.Batch{Tenant: "t", Agent: agent, Received: now, Reports: wire.Reports{ID: 1, Now: now.UnixMilli(), Reports: reports}}
}

// say sends one report of now: device d07 is of agent a07.
func (w *world) say(device string, v values) {
	w.t.Helper()
	agent := "a" + device[1:]
	if ack := w.send(agent, w.report(agent, device, 0, v)); len(ack.Refused) > 0 {
		w.t.Fatalf("refused: %v", ack.Refused)
	}
}

// beat is the agent's own heartbeat.
func (w *world) beat(agents ...string) {
	w.t.Helper()
	for _, a := range agents {
		w.send(a, w.report(a, "", 0, nil))
	}
}

// pass lets time pass second by second.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	for range int(d / time.Second) {
		w.clk.Advance(time.Second)
		if err := w.Tick(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
}

// faults are the open alerts' faults of a device, in their order in memory.
func (w *world) faults(device string) []string {
	w.t.Helper()
	l, err := w.Device(w.sc(), device)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, a := range l.Alerts {
		out = append(out, a.Fault)
	}
	return out
}

func (w *world) alerts(f fleet.AlertFilter) []fleet.Alert {
	w.t.Helper()
	list, err := w.ListAlerts(w.t.Context(), w.sc(), f)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func (w *world) open(device string) map[string]fleet.Alert {
	w.t.Helper()
	out := map[string]fleet.Alert{}
	for _, a := range w.alerts(fleet.AlertFilter{Open: true, Device: device}) {
		out[a.Fault] = a
	}
	return out
}

func (w *world) wantTold(want ...string) {
	w.t.Helper()
	got := w.hooks.take()
	if len(got) != len(want) {
		w.t.Fatalf("the hooks were told %q, want %q", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			w.t.Fatalf("the hooks were told %q, want %q", got, want)
		}
	}
}
