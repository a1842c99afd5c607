package help_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

const (
	first    = "tenant-1"
	second   = "tenant-2"
	fn235    = "fn-235-unsent-documents"
	printing = "kkt-receipt-printing-hung"
)

var (
	reader     = help.Reader(first)
	elsewhere  = help.Reader(second)
	engineer   = scope.Person(first, "p-eng", "Ирина", "", scope.Engineer)
	manager    = scope.Person(first, "p-man", "Max", "", scope.Manager)
	admin      = scope.Person(first, "p-adm", "Anna", "", scope.Admin)
	dispatcher = scope.Person(first, "p-dis", "Oleg", "", scope.Dispatcher)
	owner      = scope.Person(first, "p-own", "Olga", "client-1", scope.Owner)
	foreign    = scope.Person(second, "p-for", "Other", "", scope.Admin)
)

// bench is a service and the world around it, which a test steers.
type bench struct {
	*help.Service
	db    *db.DB
	clock *clock.Manual
	world *world
	told  *bus.Subscription // what the bus was told
}

// world stands in for the desk, the registry and the other companies.
type world struct {
	*faults.Service
	clock   clock.Clock
	mu      sync.Mutex
	taken   []help.Draft
	outlets map[string][]time.Time
	fail    error
}

func (w *world) Articles(_ context.Context, sc scope.Scope) ([]*catalogue.Article, error) {
	return w.Service.Articles(sc), nil
}

func (w *world) Article(_ context.Context, sc scope.Scope, id string) (*catalogue.Article, error) {
	return w.Service.Article(sc, id)
}

func (w *world) Firms(context.Context) ([]help.Firm, error) {
	return []help.Firm{{ID: first, Name: "Кассовый сервис", Zone: "Europe/Moscow", Lang: i18n.RU}, {ID: second, Name: "Kassenhilfe", Zone: "Europe/Berlin", Lang: i18n.DE}}, nil
}

// desk is the world's desk.
type desk struct{ *world }

func (w desk) Take(_ context.Context, _ *db.Tx, sc scope.Scope, d help.Draft) (string, int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		return "", 0, w.fail
	}
	w.taken = append(w.taken, d)
	if d.Case != "" {
		return d.Case, 77, nil
	}
	return "case-" + sc.Tenant(), int64(100 + len(w.taken)), nil
}

func (w desk) OpenedAt(_ context.Context, _ scope.Scope, outlets []string, _, _ time.Time) (map[string][]time.Time, error) {
	out := map[string][]time.Time{}
	for _, o := range outlets {
		out[o] = w.outlets[o]
	}
	return out, nil
}

func (w desk) Number(context.Context, scope.Scope, string) (int64, error) { return 77, nil }

func (w *world) ByNumber(_ context.Context, sc scope.Scope, number string) (device, outlet string, err error) {
	if sc.Tenant() == first && number == "00106900000011" {
		return "device-1", "outlet-1", nil
	}
	return "", "", nil
}

// silent is a bench without devices.
type silent struct{ faults.Runner }

func (silent) Reading(context.Context, scope.Scope, string) (signal.Set, time.Time, error) {
	return signal.Set{}, time.Time{}, problem.New(problem.NotFound, "not_found")
}

func (silent) Client(context.Context, scope.Scope, string) (string, error) {
	return "", problem.New(problem.NotFound, "not_found")
}

type walkCases struct{}

func (walkCases) Take(_ context.Context, _ scope.Scope, s faults.Summary) (string, error) {
	return "case-of-" + s.Session, nil
}

var shipped = sync.OnceValues(catalogue.Shipped)

// story runs a test on both databases with a clock and a bench of its own.
func story(t *testing.T, f func(t *testing.T, ctx context.Context, b *bench)) {
	t.Helper()
	t.Parallel()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := clock.NewManual(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC))
			f(t, t.Context(), newBench(t, open(t, clk), clk))
		})
	}
}

func newBench(t *testing.T, d *db.DB, clk *clock.Manual) *bench {
	t.Helper()
	c, err := shipped()
	must(t, err)
	fx, err := faults.New(d, clk, c, faults.Ports{Runner: silent{}, Readings: silent{}, Devices: silent{}, Backups: faults.NoBackups{}, Cases: walkCases{}})
	must(t, err)
	w := &world{Service: fx, clock: clk, outlets: map[string][]time.Time{}}
	line := bus.New()
	return &bench{
		Service: help.New(d, clk, help.Ports{Library: w, Walks: fx, Firms: w, Desk: desk{w}, Registers: w, Bus: line}), db: d, clock: clk, world: w,
		told: line.Subscribe(func(bus.Event) bool { return true }),
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if problem.CodeOf(err) != code {
		t.Fatalf("got %v, want the problem %s", err, code)
	}
}

// wantField fails unless the form's field is refused for the reason.
func wantField(t *testing.T, err error, field, code string) {
	t.Helper()
	p := problem.Of(err)
	if p == nil || !slices.ContainsFunc(p.Fields, func(f problem.Field) bool { return f.Name == field && f.Code == code }) {
		t.Fatalf("got %v, want %s: %s", err, field, code)
	}
}

// audited is the actions of a company's audit trail.
func (b *bench) audited(t *testing.T, tenant string) string {
	t.Helper()
	var actions []string
	must(t, b.db.Read(t.Context(), func(tx *db.Tx) error {
		list, err := audit.List(t.Context(), tx, scope.System(tenant, "test"), audit.Filter{Limit: 100})
		for _, r := range list {
			actions = append(actions, r.Action)
		}
		return err
	}))
	return strings.Join(actions, " ")
}

// visitor is a new reader.
func visitor() help.Visitor { return help.VisitorOf(help.NewKey()) }
