package access_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// cheap costs keep the tests quick; the real ones are checked where they
// matter.
var cheap = access.Params{MemoryKiB: 64, Time: 1, Threads: 1}

const goodPassword = "четыре слова подряд 7"

// house is a server with two companies, each with an admin.
type house struct {
	db     *db.DB
	clock  *clock.Manual
	svc    *access.Service
	tenant access.Tenant
	admin  access.Person
	sc     scope.Scope // the admin's
	other  scope.Scope // an admin's of another company
}

// each runs the test on both databases, each with a clock of its own that the
// test may move.
func each(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := clock.NewManual(time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC))
			test(t, newHouse(t, open(t, clk), clk))
		})
	}
}

func newHouse(t *testing.T, d *db.DB, clk *clock.Manual) *house {
	t.Helper()
	h := &house{db: d, clock: clk, svc: service(d, clk)}
	h.tenant, h.admin, h.sc = h.company(t, "Кассовый сервис", "RU", "anna@example.org")
	_, _, h.other = h.company(t, "Kassenhilfe", "DE", "joerg@example.org")
	return h
}

func service(d *db.DB, clk clock.Clock) *access.Service {
	return access.New(d, clk, access.Options{Hasher: access.NewHasher(cheap, 4, 64), Log: slog.New(slog.DiscardHandler)})
}

func (h *house) company(t *testing.T, name, country, admin string) (access.Tenant, access.Person, scope.Scope) {
	t.Helper()
	tenant, err := h.svc.CreateTenant(t.Context(), access.NewTenant{Name: name, Country: country, Lang: i18n.RU, Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.svc.CreatePerson(t.Context(), scope.System(tenant.ID, "setup"), access.NewPerson{
		Email: admin, Name: "Анна Ёлкина", Lang: i18n.RU, Roles: []scope.Role{scope.Admin}, Password: goodPassword,
	})
	if err != nil {
		t.Fatal(err)
	}
	return tenant, p, scope.Person(tenant.ID, p.ID, p.Name, "", p.Roles...)
}

func (h *house) person(t *testing.T, email string, roles ...scope.Role) access.Person {
	t.Helper()
	p, err := h.svc.CreatePerson(t.Context(), h.sc, access.NewPerson{Email: email, Name: email, Roles: roles, Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (h *house) scopeOf(p access.Person) scope.Scope {
	return scope.Person(h.tenant.ID, p.ID, p.Name, p.Client, p.Roles...)
}

func (h *house) login(t *testing.T, email string) access.SignedIn {
	t.Helper()
	in, err := h.svc.Login(t.Context(), access.Credentials{Email: email, Password: goodPassword, Remote: "192.0.2.7", UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func (h *house) audited(t *testing.T, action string) (n int) {
	t.Helper()
	err := h.db.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT COUNT(*) FROM audit_entry WHERE tenant = $1 AND action = $2`, h.tenant.ID, action).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if got := problem.CodeOf(err); got != code {
		t.Errorf("problem %q, want %q (%v)", got, code, err)
	}
}

func wantField(t *testing.T, err error, name, code string) {
	t.Helper()
	if err == nil {
		t.Errorf("no problem, want %s: %s", name, code)
		return
	}
	for _, f := range problem.Of(err).Fields {
		if f.Name == name && f.Code == code {
			return
		}
	}
	t.Errorf("%v does not name %s: %s", err, name, code)
}

func bySession(ctx context.Context, h *house, secret string) error {
	_, err := h.svc.BySession(ctx, secret)
	return err
}
