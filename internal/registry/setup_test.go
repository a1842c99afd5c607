package registry_test

import (
	"context"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

var (
	engineer = scope.Person("tenant-a", "p1", "Игорь", "", scope.Engineer)
	stranger = scope.Person("tenant-b", "p2", "Jörg", "", scope.Admin)
	program  = scope.System("tenant-a", "test")
)

// house is a registry with one client, two outlets and one device.
type house struct {
	db     *db.DB
	clock  *clock.Manual
	svc    *registry.Service
	events *bus.Subscription

	client      registry.Client
	shop, depot registry.Outlet
	till        registry.Device
	contact     registry.Contact
}

// each runs the test on both databases, each with a clock of its own that the
// test may move.
func each(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &house{clock: clock.NewManual(time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC))}
			b := bus.New()
			h.db, h.events = open(t, h.clock), b.Subscribe(func(e bus.Event) bool { return e.Topic == "device" })
			h.svc = registry.New(h.db, b, nil)
			h.fill(t)
			test(t, h)
		})
	}
}

func (h *house) fill(t *testing.T) {
	t.Helper()
	h.client = h.addClient(t, registry.Client{Name: "ООО «Берёзка»", Kind: registry.Company, Country: registry.RU, INN: inn("770112345"), KPP: "770101001"})
	h.shop = h.addOutlet(t, h.client, "Магазин на Лесной", "Москва")
	h.depot = h.addOutlet(t, h.client, "Склад", "Königsberg")
	h.till = h.addDevice(t, h.shop, "Касса 1", "00106712345678")
	var err error
	h.contact, err = h.svc.SaveContact(t.Context(), engineer, registry.Contact{
		Client: h.client.ID, Outlet: h.shop.ID, Name: "Ольга", Phone: "8 (999) 123-45-67", Role: "старший кассир",
	})
	must(t, err)
	h.drain()
}

func (h *house) addClient(t *testing.T, c registry.Client) registry.Client {
	t.Helper()
	c, err := h.svc.AddClient(t.Context(), engineer, c)
	must(t, err)
	return c
}

func (h *house) addOutlet(t *testing.T, c registry.Client, name, city string) registry.Outlet {
	t.Helper()
	o, err := h.svc.AddOutlet(t.Context(), engineer, registry.Outlet{Client: c.ID, Name: name, City: city, Address: "Лесная ул., 5", Zone: "Europe/Moscow"})
	must(t, err)
	return o
}

func form(name, serial string) registry.DeviceForm {
	return registry.DeviceForm{
		Kind: registry.FiscalPrinter, Name: name, Model: "АТОЛ 30Ф", Serial: serial, Poll: time.Second,
		Endpoint: &kkt.Endpoint{Protocol: "atol", Transport: "tcp", Address: "10.0.0.5:5555", Password: "hidden-30"},
	}
}

func (h *house) addDevice(t *testing.T, o registry.Outlet, name, serial string) registry.Device {
	t.Helper()
	d, err := h.svc.AddDevice(t.Context(), engineer, o.ID, "agent-1", form(name, serial))
	must(t, err)
	return d
}

// drain returns the changes told since the last call, each as "id change".
func (h *house) drain() (changes []registry.Change) {
	for len(h.events.C) > 0 {
		if c, ok := (<-h.events.C).Data.(registry.Change); ok {
			changes = append(changes, c)
		}
	}
	return changes
}

func (h *house) audited(ctx context.Context, t *testing.T, action string) (details []string) {
	t.Helper()
	must(t, h.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT actor_id || ' ' || detail FROM audit_entry WHERE tenant = 'tenant-a' AND action = $1 ORDER BY number`, action)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				return err
			}
			details = append(details, s)
		}
		return rows.Err()
	}))
	return details
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
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

// inn completes the digits of an ИНН.
func inn(digits string) string {
	s, _ := registry.CompleteINN(digits)
	return s
}
