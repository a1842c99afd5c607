package faults_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

const (
	tenant = "tenant-1"
	shop   = "client-1"
	device = "device-1"
)

var (
	engineer   = scope.Person(tenant, "p-eng", "Ирина", "", scope.Engineer)
	dispatcher = scope.Person(tenant, "p-dis", "Oleg", "", scope.Dispatcher)
	manager    = scope.Person(tenant, "p-man", "Max", "", scope.Manager)
	cashier    = scope.Person(tenant, "p-cas", "Аня", shop, scope.Cashier)
	stranger   = scope.Person(tenant, "p-str", "Stranger", "client-2", scope.Owner)
	foreign    = scope.Person("tenant-2", "p-eng", "Other", "", scope.Engineer)
)

// bench is a service and the world around it, which a test steers.
type bench struct {
	*faults.Service
	world *world
}

// world stands in for what the service needs of others.
type world struct {
	clock    *clock.Manual
	bus      *bus.Bus
	mu       sync.Mutex
	asked    []faults.Request
	scopes   []scope.Scope
	outcome  faults.Outcome
	refuse   error
	cannot   []string // procedures that the register has no commands for
	reading  signal.Set
	readAt   time.Time
	backup   bool
	taken    []faults.Summary
	takeFail error
}

func newBench(t *testing.T, d *db.DB, clk *clock.Manual) *bench {
	t.Helper()
	w := &world{clock: clk, bus: bus.New()}
	s, err := faults.New(d, clk, shipped(t), faults.Ports{Runner: w, Readings: w, Devices: w, Backups: w, Cases: w, Bus: w.bus})
	if err != nil {
		t.Fatal(err)
	}
	return &bench{Service: s, world: w}
}

func (w *world) Plan(_ context.Context, _ scope.Scope, _ string, p kkt.Procedure) ([][]byte, error) {
	if slices.Contains(w.cannot, p.Name) {
		return nil, fmt.Errorf("other: procedure %q: %w", p.Name, kkt.ErrUnsupported)
	}
	if p.Name == kkt.ProcCancel {
		return [][]byte{{0x59}}, nil
	}
	return [][]byte{{0x48}}, nil
}

func (w *world) Run(_ context.Context, sc scope.Scope, r faults.Request) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refuse != nil {
		return "", w.refuse
	}
	w.asked, w.scopes = append(w.asked, r), append(w.scopes, sc)
	return "command-" + r.Key, nil
}

func (w *world) Outcome(context.Context, scope.Scope, string) (faults.Outcome, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.outcome, nil
}

func (w *world) Reading(_ context.Context, sc scope.Scope, id string) (signal.Set, time.Time, error) {
	if id != device || sc.Tenant() != tenant {
		return signal.Set{}, time.Time{}, problem.New(problem.NotFound, "not_found")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.reading.Clone(), w.readAt, nil
}

func (w *world) Client(_ context.Context, sc scope.Scope, id string) (string, error) {
	if id != device || sc.Tenant() != tenant || sc.Client() != "" && sc.Client() != shop {
		return "", problem.New(problem.NotFound, "not_found")
	}
	return shop, nil
}

func (w *world) Verified(context.Context, scope.Scope, string) (time.Time, bool, string, error) {
	if w.backup {
		return w.clock.Now(), true, "", nil
	}
	return faults.NoBackups{}.Verified(context.Background(), scope.Scope{}, "")
}

func (w *world) Take(_ context.Context, _ scope.Scope, s faults.Summary) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.takeFail != nil {
		return "", w.takeFail
	}
	w.taken = append(w.taken, s)
	return "case-of-" + s.Session, nil
}

// ends makes the running command end.
func (w *world) ends(o faults.Outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.outcome = o
}

// reports makes the device report after a second.
func (w *world) reports(items ...signal.Item) {
	at := w.clock.Advance(time.Second)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reading, w.readAt = signal.Of(items...), at
}

func said(ok bool, code int) faults.Outcome {
	return faults.Outcome{
		State:     faults.OutcomeDone,
		Exchanges: []kkt.Exchange{{Sent: []byte{0x59}, Got: []byte{0x55, byte(code), 0}}},
		Meanings:  []kkt.Meaning{{OK: ok, Code: code}},
	}
}

func linkOK(more ...signal.Item) []signal.Item {
	return append(more, signal.Item{ID: signal.Link.ID, Value: signal.TextOf(signal.LinkOK)})
}

// refused is how an agent tells the register's own no.
func refused(code int) faults.Outcome {
	o := said(false, code)
	o.State, o.Code = faults.OutcomeFailed, "refused"
	return o
}

// noThenYes is a procedure whose work was refused and that then left its mode
// well.
func noThenYes() faults.Outcome {
	o := said(false, 102)
	o.Meanings = append(o.Meanings, kkt.Meaning{OK: true})
	return o
}
