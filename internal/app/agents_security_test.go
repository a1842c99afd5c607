package app_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"log/slog"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/app"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// start is a running server with one company.
func start(t *testing.T, cfg app.Config) (*app.App, scope.Scope) {
	t.Helper()
	cfg.Data, cfg.Listen, cfg.Build = t.TempDir(), "127.0.0.1:0", "test"
	a, err := app.New(t.Context(), cfg, slog.New(slog.DiscardHandler), clock.System{})
	must(t, err)
	must(t, a.Start(t.Context()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := a.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	tenant, err := a.Access.CreateTenant(t.Context(), access.NewTenant{Name: "Кассовый сервис", Country: "RU", Lang: i18n.RU, Zone: "Europe/Moscow"})
	must(t, err)
	return a, scope.System(tenant.ID, "test")
}

// shop is a client with one outlet, an agent in it and a register.
type shop struct{ agent, device string }

func newShop(t *testing.T, a *app.App, sc scope.Scope, name, serial string) shop {
	t.Helper()
	c, err := a.Registry.AddClient(t.Context(), sc, registry.Client{Name: name, Kind: registry.Company, Country: registry.RU})
	must(t, err)
	o, err := a.Registry.AddOutlet(t.Context(), sc, registry.Outlet{Client: c.ID, Name: name, Zone: "Europe/Moscow"})
	must(t, err)
	code, err := a.Agents.CreateCode(t.Context(), sc, link.NewCode{Outlet: o.ID, Name: name})
	must(t, err)
	public, _, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	got, err := a.Hub.Enrol(t.Context(), wire.Enrol{Code: code.Code, PublicKey: public, Host: "pc", OS: "linux", Arch: "amd64", Build: "test"}, "192.0.2.1")
	must(t, err)
	d, err := a.Registry.AddDevice(t.Context(), sc, o.ID, got.Agent, registry.DeviceForm{
		Kind: registry.FiscalPrinter, Name: name, Model: "АТОЛ 30Ф", Serial: serial,
		Endpoint: &kkt.Endpoint{Protocol: "atol", Transport: "tcp", Address: "192.0.2.10:5555"},
	})
	must(t, err)
	must(t, a.Fleet.AddDevice(t.Context(), fleet.Device{ID: d.ID, Tenant: sc.Tenant(), Client: d.Client, Outlet: d.Outlet, Agent: got.Agent}))
	return shop{got.Agent, d.ID}
}

// TestAnAgentTellsOfItsOwnRegistersOnly: a stolen machine in one shop says who
// the register of another shop is. Neither the state nor the card of that
// register hears of it, not even by a number that was taken before.
func TestAnAgentTellsOfItsOwnRegistersOnly(t *testing.T) {
	t.Parallel()
	a, sc := start(t, app.Config{})
	robbed, other := newShop(t, a, sc, "Заря", "00106900000000"), newShop(t, a, sc, "Рассвет", "00106900000001")
	handler := app.Handler(a)
	seq := int64(0)
	say := func(device, serial string, number int64) wire.Ack {
		t.Helper()
		now := time.Now()
		ack, err := handler.Reports(t.Context(), link.Agent{ID: robbed.agent, Tenant: sc.Tenant()}, wire.Reports{ID: number, Now: now.UnixMilli(), Reports: []wire.Report{{
			Seq: number, Device: device, At: now.UnixMilli(), Values: []signal.Item{{ID: signal.Serial.ID, Value: signal.TextOf(serial)}},
		}}}, now)
		must(t, err)
		return ack
	}
	next := func() int64 { seq++; return seq }
	say(robbed.device, "00106900000002", next())
	if ack := say(other.device, "00106666666666", next()); len(ack.Refused) != 1 || ack.Refused[0].Code != fleet.RefusedUnknownDevice {
		t.Errorf("%+v", ack)
	}
	say(other.device, "00106666666667", 1) // a number that was taken long ago is acknowledged without a look
	say(robbed.device, "00106900000003", next())
	// Lessons are learned in order: when the last one is there, all are.
	learned := func() string {
		d, err := a.Registry.Device(t.Context(), sc, robbed.device)
		must(t, err)
		return d.Serial
	}
	for end := time.Now().Add(10 * time.Second); learned() != "00106900000003"; {
		if time.Now().After(end) {
			t.Fatalf("its own register's number is %q", learned())
		}
		<-time.After(5 * time.Millisecond)
	}
	d, err := a.Registry.Device(t.Context(), sc, other.device)
	if must(t, err); d.Serial != "00106900000001" {
		t.Errorf("the other shop's register is now %q", d.Serial)
	}
}
