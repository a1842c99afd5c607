package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime/pprof"
	"strings"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/app"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/migrate"
)

type serverCmd struct{}

// Run is the child: the real server on a database with one outlet per agent.
// It prints its address and serves until its standard input ends.
func (serverCmd) Run(ctx context.Context, c *cli) error {
	cfg := app.Config{Data: c.Data, DB: c.DB, Listen: "127.0.0.1:0", Build: "bench"}
	if err := fill(ctx, c); err != nil {
		return err
	}
	a, err := app.New(ctx, cfg, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})), clock.System{})
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	if c.Profile != "" {
		f, err := os.Create(c.Profile)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	fmt.Printf("addr=%s\n", a.Addr())
	_, _ = os.Stdin.Read(make([]byte, 1)) // the parent closes it
	return a.Stop(context.WithoutCancel(ctx))
}

// fill writes clients, outlets, agents and devices in a few large statements.
func fill(ctx context.Context, c *cli) error {
	dsn := c.DB
	if dsn == "" {
		dsn = "sqlite:" + c.Data + "/tillwright.db"
	}
	d, err := db.Open(ctx, dsn, clock.System{})
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if _, err := migrate.Up(ctx, d); err != nil {
		return err
	}
	t, err := access.New(d, clock.System{}, access.Options{}).CreateTenant(ctx, access.NewTenant{Name: "bench", Country: "RU", Lang: i18n.RU, Zone: "Europe/Moscow"})
	if err != nil {
		return err
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO registry_client (id, tenant, number, name, kind, country, inn, kpp, ust_id, note, sort, folded, created_at, version)
			VALUES ('c', $1, '1', 'c', 'company', 'RU', '', '', '', '', 'c', 'c', 1, 1)`, t.ID)
		if err != nil {
			return err
		}
		for n := range c.agents() {
			if err := fillAgent(ctx, tx, t.ID, n, c.PerAgent); err != nil {
				return err
			}
		}
		return nil
	})
}

func fillAgent(ctx context.Context, tx *db.Tx, tenant string, n, devices int) error {
	outlet, agent := fmt.Sprintf("o%06d", n), agentID(n)
	_, err := tx.Exec(ctx, `INSERT INTO registry_outlet (id, tenant, client, name, address, city, zone, note, sort, folded, created_at, version)
		VALUES ($1, $2, 'c', $1, '', '', 'Europe/Moscow', '', $1, $1, 1, 1)`, outlet, tenant)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO link_agent (id, tenant, outlet, name, public_key, enrolled_at, enrolled_by) VALUES ($1, $2, $3, $1, $4, 1, 'bench')`,
		agent, tenant, outlet, []byte(key(n).Public().(publicKey)))
	if err != nil {
		return err
	}
	args, rows := []any{}, []string{}
	for i := range devices {
		k := 4 * i
		rows = append(rows, fmt.Sprintf(`($%d,$%d,'c',$%d,$%d,'fiscal_printer','','','','','{"protocol":"atol","transport":"tcp","address":"192.0.2.1:5555"}',
			1000,'','','','','','','','','','',0,1,1)`, k+1, k+2, k+3, k+4))
		args = append(args, deviceID(n, i), tenant, outlet, agent)
	}
	_, err = tx.Exec(ctx, `INSERT INTO registry_device (id, tenant, client, outlet, agent, kind, name, model, serial, firmware, endpoint, poll_ms, reg_number,
		fn_serial, produced_on, activated_on, purchased_on, tax_systems, ffd, note, sort, folded, retired_at, created_at, version) VALUES `+strings.Join(rows, ","), args...)
	return err
}
