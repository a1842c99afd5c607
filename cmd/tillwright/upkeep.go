package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/demo"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/migrate"
)

type seedCmd struct {
	store
	Devices int `help:"How many devices." default:"10000"`
	Cases   int `help:"How many cases." default:"100000"`
}

// Run fills an empty database; one that holds a company is left alone.
func (c seedCmd) Run(ctx context.Context, e env) error {
	return c.with(ctx, func(d *db.DB) error {
		s := access.New(d, clock.System{}, access.Options{Log: e.log})
		tenants, err := s.Tenants(ctx)
		if err != nil {
			return err
		}
		if len(tenants) > 0 {
			return errors.New("this database holds a company already; seeding is for an empty one")
		}
		t, err := s.CreateTenant(ctx, access.NewTenant{Name: "Seed", Country: "RU", Lang: i18n.RU, Zone: "Europe/Moscow"})
		if err != nil {
			return err
		}
		if err := demo.Seed(ctx, d, t.ID, demo.Size{Devices: c.Devices, Cases: c.Cases}, clock.System{}.Now()); err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "%d devices and %d cases; add a person with: tillwright user add\n", c.Devices, c.Cases)
		return err
	})
}

type doctorCmd struct{ store }

// Run checks what must hold before the server can be trusted with a company.
func (c doctorCmd) Run(ctx context.Context, e env) (err error) {
	bad := 0
	say := func(what string, err error, help string) {
		if err == nil {
			fmt.Fprintf(e.out, "ok    %s\n", what)
			return
		}
		bad++
		fmt.Fprintf(e.out, "WRONG %s: %v\n      %s\n", what, err, help)
	}
	say("data folder can be written", writable(c.Data), "give the server's user the folder, or name another with --data")
	d, err := c.open(ctx)
	say("database opens", err, "check --db, and that the file or server is there")
	if err != nil {
		return errors.New("the doctor found something")
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	pending, err := migrate.Pending(ctx, d)
	if err == nil && pending {
		err = errors.New("migrations are pending")
	}
	say("database has this program's form", err, "run: tillwright migrate")
	if err == nil {
		say("database is whole", d.Check(ctx), "restore the last backup: tillwright restore")
		say("there is somebody to sign in", c.anybody(ctx, d), "run: tillwright user add --company … --email … --name …")
	}
	if bad > 0 {
		return fmt.Errorf("the doctor found %d things", bad)
	}
	return nil
}

func (c doctorCmd) anybody(ctx context.Context, d *db.DB) error {
	tenants, err := access.New(d, clock.System{}, access.Options{}).Tenants(ctx)
	if err == nil && len(tenants) == 0 {
		return errors.New("no company yet")
	}
	return err
}

func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	probe := filepath.Join(dir, ".doctor")
	if err := os.WriteFile(probe, []byte("ok"), 0o600); err != nil {
		return err
	}
	return os.Remove(probe)
}
