package main

import (
	"context"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/demo"
	"github.com/tillwright/tillwright/internal/scope"
)

type demoCmd struct {
	Listen string `help:"Address of the pages; port 0 takes a free one." default:"127.0.0.1:8080" env:"TILLWRIGHT_LISTEN"`
	Bench  string `help:"Address of the page on which registers are made ill by hand." default:"127.0.0.1:0"`
	Data   string `help:"Folder to keep; by default one of its own that is removed at the end." type:"path"`
	Shops  int    `help:"How many shops." default:"40"`
	Seed   uint64 `help:"Seed of what happens by itself." default:"1"`
	Quiet  bool   `help:"Nothing falls ill by itself."`
}

// stopWithin bounds an orderly end.
const stopWithin = 15 * time.Second

// Run starts everything, prints how to get in and goes on until it is told to
// stop.
func (c demoCmd) Run(ctx context.Context, e env) error {
	d, err := demo.Start(ctx, demo.Options{
		Listen: c.Listen, Bench: c.Bench, Data: c.Data, Shops: c.Shops, Seed: c.Seed, Quiet: c.Quiet, Build: build(), Log: e.log,
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "url=%s\n", d.App.URL())
	for _, p := range d.People {
		fmt.Fprintf(e.out, "%s_email=%s\n%s_password=%s\n", p.Role, p.Email, p.Role, p.Password)
		if p.Role == scope.Admin {
			fmt.Fprintf(e.out, "admin_token=%s\n", d.Token)
		}
	}
	fmt.Fprintf(e.out, "bench_url=%s\nready\n", d.BenchURL())
	select {
	case <-ctx.Done():
	case err = <-d.App.Failed():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if stopErr := d.Stop(last); stopErr != nil {
		e.log.Error("the demo did not end in order", "error", stopErr)
	}
	return err
}
