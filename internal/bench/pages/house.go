package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/app"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/demo"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/migrate"
	"github.com/tillwright/tillwright/internal/scope"
)

// house is a running server on a seeded database.
type house struct {
	app     *app.App
	token   string
	sc      scope.Scope
	device  string
	caseID  string
	started time.Duration // how long it took to read the state
}

type page struct{ name, path string }

// open seeds an empty database and starts the real server on it.
func open(ctx context.Context, dir, dsn string, devices, cases int) (*house, error) {
	if dsn == "" {
		dsn = "sqlite:" + dir + "/tillwright.db"
	}
	h := &house{}
	if err := h.seed(ctx, dsn, devices, cases); err != nil {
		return nil, err
	}
	a, err := app.New(ctx, app.Config{Data: dir, DB: dsn, Listen: "127.0.0.1:0", Build: "bench"}, slog.New(slog.DiscardHandler), clock.System{})
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := a.Start(ctx); err != nil {
		return nil, err
	}
	h.started, h.app = time.Since(begin), a
	return h, h.pick(ctx)
}

func (h *house) seed(ctx context.Context, dsn string, devices, cases int) error {
	d, err := db.Open(ctx, dsn, clock.System{})
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if _, err := migrate.Up(ctx, d); err != nil {
		return err
	}
	s := access.New(d, clock.System{}, access.Options{})
	t, err := s.CreateTenant(ctx, access.NewTenant{Name: "bench", Country: "RU", Lang: i18n.RU, Zone: "Europe/Moscow"})
	if err != nil {
		return err
	}
	h.sc = scope.System(t.ID, "bench")
	p, err := s.CreatePerson(ctx, h.sc, access.NewPerson{
		Email: "bench@example.org", Name: "Bench", Lang: i18n.RU, Theme: access.Auto, Roles: []scope.Role{scope.Admin}, Password: demo.Password(),
	})
	if err != nil {
		return err
	}
	if h.token, _, err = s.IssueToken(ctx, h.sc, p.ID, "bench", time.Time{}); err != nil {
		return err
	}
	if err := demo.Seed(ctx, d, t.ID, demo.Size{Devices: devices, Cases: cases}, clock.System{}.Now()); err != nil {
		return err
	}
	// PostgreSQL counts its tables by itself within a minute of their filling;
	// the bench does not wait for it.
	return d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "ANALYZE")
		return err
	})
}

// pick finds a device and a case to look at.
func (h *house) pick(ctx context.Context) error {
	lines, err := h.app.Fleet.ListDevices(h.sc, fleet.DeviceFilter{Limit: 1})
	if err != nil {
		return err
	}
	h.device = lines[0].Device
	cases, err := h.app.Desk.List(ctx, h.sc, desk.Filter{Limit: 1})
	if err != nil {
		return err
	}
	h.caseID = cases.Cases[0].ID
	return nil
}

func (h *house) paths() []page {
	return []page{
		{"Watch", "/"},
		{"Watch: queue alone", "/watch/cases"},
		{"Fleet", "/fleet"},
		{"Fleet: the ill", "/fleet?state=ill"},
		{"Fleet: by unsent", "/fleet?sort=-unsent"},
		{"Fleet: words", "/fleet?q=кофейня"},
		{"Device", "/devices/" + h.device},
		{"Cases", "/cases"},
		{"Cases: ended", "/cases?view=ended"},
		{"Cases: words", "/cases?q=кофейня"},
		{"Cases: ended, words", "/cases?view=ended&q=кофейня"},
		{"Case", "/cases/" + h.caseID},
		{"API: devices", "/api/v1/devices"},
		{"API: cases", "/api/v1/cases"},
	}
}

func (h *house) close(ctx context.Context) error { return h.app.Stop(ctx) }
