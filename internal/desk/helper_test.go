package desk_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/jobs"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// monday is 10:00 in Moscow on a Monday with no holiday for months.
var monday = time.Date(2026, 7, 6, 7, 0, 0, 0, time.UTC)

var (
	anna  = scope.Person("firm", "p-anna", "Анна", "", scope.Dispatcher)
	boris = scope.Person("firm", "p-boris", "Борис", "", scope.Engineer)
	boss  = scope.Person("firm", "p-boss", "Глава", "", scope.Admin)
	owner = scope.Person("firm", "p-owner", "Хозяйка", "shop", scope.Owner)
	other = scope.Person("rival", "p-eve", "Ева", "", scope.Admin)
	nextd = scope.Person("firm", "p-next", "Сосед", "neighbour", scope.Owner)
)

// places is a Directory of two companies' devices.
type places map[string]desk.Place

func (p places) Place(_ context.Context, _ *db.Tx, sc scope.Scope, _, _, device string) (desk.Place, error) {
	pl, ok := p[sc.Tenant()+"/"+device]
	if !ok {
		return pl, problem.New(problem.NotFound, "not_found")
	}
	return pl, nil
}

func place(client, outlet, device, zone, country, region string, terms calendar.Terms) desk.Place {
	return desk.Place{Client: client, Outlet: outlet, Device: device, Zone: zone, Country: country, Region: region, Terms: terms}
}

var directory = places{
	"firm/till":    place("shop", "centre", "till", "Europe/Moscow", "RU", "", calendar.Contract),
	"firm/till2":   place("shop", "centre", "till2", "Europe/Moscow", "RU", "", calendar.Contract),
	"firm/once":    place("shop", "centre", "once", "Europe/Moscow", "RU", "", calendar.OneOff),
	"firm/next":    place("neighbour", "market", "next", "Europe/Moscow", "RU", "", calendar.Contract),
	"rival/till":   place("shop", "centre", "till", "Europe/Moscow", "RU", "", calendar.Contract),
	"firm/omsk":    place("shop", "omsk", "omsk", "Asia/Omsk", "RU", "", calendar.Contract),
	"firm/omsk1":   place("shop", "omsk", "omsk1", "Asia/Omsk", "RU", "", calendar.OneOff),
	"firm/almaty":  place("shop", "almaty", "almaty", "Asia/Almaty", "KZ", "", calendar.Contract),
	"firm/almaty1": place("shop", "almaty", "almaty1", "Asia/Almaty", "KZ", "", calendar.OneOff),
	"firm/berlin":  place("shop", "berlin", "berlin", "Europe/Berlin", "DE", "BE", calendar.Contract),
	"firm/berlin1": place("shop", "berlin", "berlin1", "Europe/Berlin", "DE", "BE", calendar.OneOff),
}

type bench struct {
	*testing.T
	clk *clock.Manual
	db  *db.DB
	bus *bus.Bus
	q   *jobs.Queue
	s   *desk.Service
}

// each runs the test on both databases, each with a clock of its own that
// stands at the given time.
func each(t *testing.T, at time.Time, test func(b *bench)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := clock.NewManual(at)
			b := &bench{T: t, clk: clk, db: open(t, clk), bus: bus.New()}
			b.q = jobs.New(b.db, clk, slog.New(slog.DiscardHandler), map[string]int{desk.Lane: 2})
			b.s = desk.NewService(b.db, b.bus, b.q, directory, clk)
			test(b)
		})
	}
}

func (b *bench) open(sc scope.Scope, d desk.Draft) desk.Case {
	b.Helper()
	c, err := b.s.Open(b.Context(), sc, fill(d))
	b.must(err)
	return c
}

// fill gives a draft what every draft needs.
func fill(d desk.Draft) desk.Draft {
	if d.Device == "" {
		d.Device = "till"
	}
	if d.Subject == "" {
		d.Subject = "Касса не печатает"
	}
	if d.Severity == "" {
		d.Severity = calendar.Blocking
	}
	return d
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// refused wants an error of the code.
func (b *bench) refused(err error, code string) {
	b.Helper()
	if problem.CodeOf(err) != code {
		b.Fatalf("want %q, got %v", code, err)
	}
}

func (b *bench) view(id string) desk.View {
	b.Helper()
	v, err := b.s.View(b.Context(), boss, id)
	b.must(err)
	return v
}

func (b *bench) list(sc scope.Scope, f desk.Filter) []desk.Case {
	b.Helper()
	p, err := b.s.List(b.Context(), sc, f)
	b.must(err)
	return p.Cases
}

// write runs fn in a transaction of a caller.
func (b *bench) write(fn func(tx *db.Tx) error) {
	b.Helper()
	b.must(b.db.Write(b.Context(), fn))
}

func kinds(v desk.View) map[desk.EntryKind]int {
	n := map[desk.EntryKind]int{}
	for _, e := range v.Entries {
		n[e.Kind]++
	}
	return n
}

func (b *bench) count(query string, args ...any) (n int) {
	b.Helper()
	b.must(b.db.Read(b.Context(), func(tx *db.Tx) error { return tx.QueryRow(b.Context(), query, args...).Scan(&n) }))
	return n
}

func (b *bench) enqueue(j jobs.Job) {
	b.Helper()
	b.write(func(tx *db.Tx) error { return b.q.Enqueue(b.Context(), tx, j) })
}
