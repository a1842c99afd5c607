package fleet_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/wire"
)

// line is a connection that may be down.
type line struct {
	mu   sync.Mutex
	up   bool
	sent []wire.Command
}

func (l *line) Send(_ string, c wire.Command) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.up {
		l.sent = append(l.sent, c)
	}
	return l.up
}

func commands(t *testing.T, up bool, story func(t *testing.T, w *world, l *line)) {
	t.Helper()
	each(t, 2, func(t *testing.T, w *world) {
		l := &line{up: up}
		w.sender = l
		w.crash()
		story(t, w, l)
	})
}

func (w *world) state(id string) string {
	w.t.Helper()
	c, err := w.Command(w.t.Context(), w.sc(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c.State
}

var cancel = fleet.AskCommand{
	Device: "d00", Procedure: kkt.Procedure{Name: kkt.ProcCancel}, Consent: &fleet.Consent{Who: "Anna", How: "phone"}, Reason: "receipt left open",
}

func TestACommandGoesItsWayOnce(t *testing.T) {
	commands(t, true, func(t *testing.T, w *world, l *line) {
		id, err := w.Ask(t.Context(), w.sc(), cancel)
		if err != nil {
			t.Fatal(err)
		}
		if len(l.sent) != 1 || l.sent[0].ID != id || w.state(id) != fleet.CommandSent {
			t.Fatalf("%v, %s", l.sent, w.state(id))
		}
		if err := w.Taken(t.Context(), "a01", id); problem.CodeOf(err) != "not_found" {
			t.Errorf("another agent took it: %v", err)
		}
		if err := w.Taken(t.Context(), "a00", id); err != nil || w.state(id) != fleet.CommandTaken {
			t.Fatalf("%v, %s", err, w.state(id))
		}
		done := wire.Result{ID: id, State: wire.ResultDone, Exchanges: []kkt.Exchange{{Sent: []byte{0x59}, Got: []byte{0x55, 0, 0}, At: start}}}
		for range 2 {
			if err := w.Result(t.Context(), "a00", done); err != nil {
				t.Fatal(err)
			}
		}
		failed := done
		failed.State = wire.ResultFailed
		if err := w.Result(t.Context(), "a00", failed); err != nil {
			t.Fatal(err)
		}
		if err := w.Taken(t.Context(), "a00", id); err != nil {
			t.Fatal(err)
		}
		w.wantTold("command done")
		c, err := w.Command(t.Context(), w.sc(), id)
		if err != nil || c.State != fleet.CommandDone || len(c.Exchanges) != 1 || c.Consent.Who != "Anna" || !c.Ended() {
			t.Errorf("%+v %v", c, err)
		}
		if err := w.Result(t.Context(), "a00", wire.Result{ID: id, State: "maybe"}); problem.CodeOf(err) != "command_result_state" {
			t.Errorf("%v", err)
		}
	})
}

func TestACommandWaitsForItsAgentUntilItsDeadline(t *testing.T) {
	commands(t, false, func(t *testing.T, w *world, _ *line) {
		id, err := w.Ask(t.Context(), w.sc(), cancel)
		if err != nil || w.state(id) != fleet.CommandAsked {
			t.Fatal(err)
		}
		w.crash()
		pending, err := w.Pending(t.Context(), "a00")
		if err != nil || len(pending) != 1 || pending[0].ID != id {
			t.Fatalf("%v %v", pending, err)
		}
		w.pass(2 * time.Minute)
		if w.state(id) != fleet.CommandExpired {
			t.Errorf("state %s", w.state(id))
		}
		if pending, _ := w.Pending(t.Context(), "a00"); len(pending) != 0 {
			t.Errorf("still pending: %v", pending)
		}
		second, err := w.Ask(t.Context(), w.sc(), cancel)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Cancel(t.Context(), w.sc(), second); err != nil || w.state(second) != fleet.CommandCancelled {
			t.Errorf("%v, %s", err, w.state(second))
		}
		w.wantTold("command expired", "command cancelled")
		if err := w.Cancel(t.Context(), w.sc(), id); problem.CodeOf(err) != "command_under_way" {
			t.Errorf("%v", err)
		}
	})
}

func TestACommandWithoutAnswerIsUnknownUntilTheAnswerComes(t *testing.T) {
	commands(t, true, func(t *testing.T, w *world, _ *line) {
		id, err := w.Ask(t.Context(), w.sc(), cancel)
		if err != nil {
			t.Fatal(err)
		}
		w.pass(3 * time.Minute)
		if w.state(id) != fleet.CommandSent {
			t.Errorf("state %s", w.state(id))
		}
		w.pass(4 * time.Minute)
		if w.state(id) != fleet.CommandUnknown {
			t.Errorf("state %s", w.state(id))
		}
		if err := w.Result(t.Context(), "a00", wire.Result{ID: id, State: wire.ResultDone}); err != nil || w.state(id) != fleet.CommandDone {
			t.Errorf("%v, %s", err, w.state(id))
		}
		w.wantTold("command unknown", "command done")
	})
}

func TestWhoMayAskForWhat(t *testing.T) {
	commands(t, true, func(t *testing.T, w *world, l *line) {
		dispatcher := scope.Person("t", "p", "Ira", "", scope.Dispatcher)
		raw := fleet.AskCommand{Device: "d00", Procedure: kkt.Procedure{Name: kkt.ProcRaw, Raw: []byte{0xE8}}, Consent: cancel.Consent}
		bare := cancel
		bare.Consent = nil
		other := cancel
		other.Device = "d77"
		for code, try := range map[string]struct {
			sc  scope.Scope
			ask fleet.AskCommand
		}{
			"forbidden":             {dispatcher, raw},
			"command_needs_consent": {dispatcher, bare},
			"not_found":             {dispatcher, other},
		} {
			if _, err := w.Ask(t.Context(), try.sc, try.ask); problem.CodeOf(err) != code {
				t.Errorf("%v, want %s", err, code)
			}
		}
		stranger := scope.System("other", "test")
		if _, err := w.Ask(t.Context(), stranger, cancel); problem.CodeOf(err) != "not_found" {
			t.Errorf("another tenant: %v", err)
		}
		if len(l.sent) != 0 {
			t.Errorf("sent %v", l.sent)
		}
	})
}

// judge is the protocol of every device here: a command that begins with 3F
// only reads.
type judge struct{}

func (judge) Plan(_ context.Context, _, _ string, p kkt.Procedure) ([][]byte, error) {
	return [][]byte{p.Raw}, nil
}

func (judge) Risk(_ context.Context, _, device string, p kkt.Procedure) (kkt.Risk, error) {
	switch {
	case device == "d01":
		return "", problem.New(problem.NotFound, "not_found")
	case len(p.Raw) > 0 && p.Raw[0] == 0x3F:
		return kkt.RiskRead, nil
	default:
		return kkt.RiskDangerous, nil
	}
}

// TestReadingByHandNeedsNobodysConsent: what the register's own protocol says
// only reads needs no consent; what it does not know stays dangerous, and so
// does everything at a register that it cannot be asked about. Bytes of any
// kind are an engineer's.
func TestReadingByHandNeedsNobodysConsent(t *testing.T) {
	commands(t, true, func(t *testing.T, w *world, l *line) {
		dispatcher := scope.Person("t", "p", "Ira", "", scope.Dispatcher)
		by := func(device string, raw ...byte) fleet.AskCommand {
			return fleet.AskCommand{Device: device, Procedure: kkt.Procedure{Name: kkt.ProcRaw, Raw: raw}}
		}
		engineer := scope.Person("t", "p", "Oleg", "", scope.Engineer)
		if _, err := w.Ask(t.Context(), dispatcher, by("d00", 0x3F)); problem.CodeOf(err) != "forbidden" {
			t.Errorf("a dispatcher: %v", err)
		}
		id, err := w.Ask(t.Context(), engineer, by("d00", 0x3F))
		if err != nil {
			t.Fatal(err)
		}
		if c, err := w.Command(t.Context(), w.sc(), id); err != nil || c.Risk != kkt.RiskRead || len(l.sent) != 1 {
			t.Errorf("%+v, %v, sent %v", c, err, l.sent)
		}
		for _, ask := range []fleet.AskCommand{by("d00", 0x71), by("d00"), by("d01", 0x3F)} {
			if _, err := w.Ask(t.Context(), engineer, ask); problem.CodeOf(err) != "command_needs_consent" {
				t.Errorf("% X at %s: %v", ask.Procedure.Raw, ask.Device, err)
			}
		}
	})
}

func TestAwaitReturnsWhenTheCommandEnds(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(start)
	w := newWorld(t, dbtest.SQLite(t, clk), clk, shop(1))
	id, err := w.Ask(t.Context(), w.sc(), cancel)
	if err != nil {
		t.Fatal(err)
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if c, err := w.AwaitCommand(gone, w.sc(), id); err != nil || c.State != fleet.CommandAsked {
		t.Fatalf("%+v %v", c, err)
	}
	got := make(chan string)
	go func() {
		c, err := w.AwaitCommand(context.WithoutCancel(t.Context()), w.sc(), id)
		if err != nil {
			c.State = err.Error()
		}
		got <- c.State
	}()
	if err := w.Result(t.Context(), "a00", wire.Result{ID: id, State: wire.ResultFailed, Code: "refused"}); err != nil {
		t.Fatal(err)
	}
	if state := <-got; state != fleet.CommandFailed {
		t.Errorf("state %s", state)
	}
}
