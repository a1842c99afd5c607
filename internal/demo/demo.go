package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/app"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/sim"
)

// Options say how the demo runs.
type Options struct {
	Listen    string        // of the server; port 0 takes a free one
	Bench     string        // of the test bench's page; "" = a free port of this machine
	Data      string        // kept between starts; "" = a folder of its own, removed at the end
	Shops     int           // at least 1
	Seed      uint64        // of everything that happens by itself
	Quiet     bool          // nothing falls ill by itself: for tests
	Sales     float64       // receipts an hour at each register; 0 = 120
	Heartbeat time.Duration // 0 = a minute
	// Kind gives a shop that is new its register's protocol; nil = ATOL, in a
	// few of forty shops Shtrih-M or the service of driver 10.
	Kind  func(shop int) string
	Build string
	Log   *slog.Logger
}

// Demo is the running whole: server, registers and agents.
type Demo struct {
	App    *app.App
	Bench  *sim.Bench
	People []Person
	Token  string // of the admin
	Scope  scope.Scope

	opt      Options
	temp     string // folder to remove, "" = none
	data     string
	shops    []shop
	agents   []*shopAgent
	bench    *http.Server
	operator *operator
	benchAt  string
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

// Start brings everything up and returns when it can be used. What it has
// begun is ended again when it fails.
func Start(ctx context.Context, opt Options) (_ *Demo, err error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	d := &Demo{opt: opt, data: opt.Data}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Stop(context.WithoutCancel(ctx)))
		}
	}()
	if d.data == "" {
		if d.temp, err = os.MkdirTemp("", "tillwright-demo-"); err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
		d.data = d.temp
	}
	for _, step := range []func(context.Context) error{d.startServer, d.company, d.startBench, d.equip, d.startAgents, d.live} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *Demo) startServer(ctx context.Context) error {
	a, err := app.New(ctx, app.Config{
		Data: filepath.Join(d.data, "server"), Listen: d.opt.Listen, Heartbeat: d.opt.Heartbeat, Build: d.opt.Build, EnrolAtOnce: d.opt.Shops + 1,
	}, d.opt.Log, clock.System{})
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return errors.Join(err, a.Close(ctx))
	}
	d.App = a
	return nil
}

// company is the one service company of the demo; a data folder of an earlier
// start has it already.
func (d *Demo) company(ctx context.Context) error {
	tenants, err := d.App.Access.Tenants(ctx)
	if err != nil {
		return err
	}
	if len(tenants) == 0 {
		t, err := d.App.Access.CreateTenant(ctx, access.NewTenant{Name: "Вечерняя смена", Country: "RU", Lang: i18n.RU, Zone: "Asia/Omsk"})
		if err != nil {
			return err
		}
		tenants = append(tenants, t)
	}
	d.Scope = scope.System(tenants[0].ID, "demo")
	return d.shopsOf(ctx)
}

func (d *Demo) shopsOf(ctx context.Context) error {
	known, _, err := d.App.Registry.Devices(ctx, d.Scope, registry.DeviceFilter{Page: registry.Page{Limit: 200}})
	if err != nil {
		return err
	}
	// The registry lists by name, "ККТ 10" before "ККТ 2". A shop keeps its
	// number, and by it its agent's folder and the register emulated for it.
	slices.SortFunc(known, func(a, b registry.Device) int { return strings.Compare(a.ID, b.ID) })
	for _, dev := range known {
		o, err := d.App.Registry.Outlet(ctx, d.Scope, dev.Outlet)
		if err != nil {
			return err
		}
		d.shops = append(d.shops, shop{outlet: o, device: dev})
	}
	if len(known) == 0 {
		outlets, err := settle(ctx, d.App.Registry, d.Scope, max(d.opt.Shops, 1))
		if err != nil {
			return err
		}
		for _, o := range outlets {
			d.shops = append(d.shops, shop{outlet: o})
		}
		if !d.opt.Quiet {
			if err := d.impatient(ctx); err != nil {
				return err
			}
		}
	}
	d.People, d.Token, err = hire(ctx, d.App.Access, d.Scope, d.shops[0].outlet.Client)
	return err
}

// impatient shortens what a company waits for in earnest: a visitor wants to
// see a receipt left open now and not in ten minutes.
func (d *Demo) impatient(ctx context.Context) error {
	for name, seconds := range map[string]int64{"receipt_open": 5, "mode": 5, "no_answer": 10, "channel_unsent": 30} {
		if err := d.App.Fleet.SetLimit(ctx, d.Scope, name, seconds); err != nil {
			return err
		}
	}
	return nil
}

func (d *Demo) startBench(context.Context) (err error) {
	if d.operator, err = startOperator(); err != nil {
		return err
	}
	d.Bench = sim.NewBench(sim.BenchOptions{
		Count: len(d.shops), Listen: "127.0.0.1:0", Sending: &sim.Sending{Dialer: redirect{d.operator}},
		Station: d.station,
	})
	return d.Bench.Start()
}

// equip gives every shop its agent and its register.
func (d *Demo) equip(ctx context.Context) error {
	for i := range d.shops {
		s := &d.shops[i]
		a, err := newShopAgent(d.data, i, s.outlet.Name, s.outlet.Zone, d.opt.Log)
		if err != nil {
			return err
		}
		a.look = d.operator.look
		d.agents = append(d.agents, a)
		id, known := a.enrolled()
		if !known {
			c, err := code(ctx, d.App.Agents, d.Scope, s.outlet)
			if err != nil {
				return err
			}
			if id, err = a.enrol(ctx, d.App.EnrolmentAt("", c), clock.System{}.Now()); err != nil {
				return err
			}
		}
		if s.device.ID == "" {
			s.device, err = install(ctx, d.App.Registry, d.Scope, s.outlet, id, d.endpoint(i), i)
		} else {
			s.device, err = rewire(ctx, d.App.Registry, d.Scope, s.device, d.endpoint(i))
		}
		if err != nil {
			return fmt.Errorf("demo: %s: %w", s.outlet.Name, err)
		}
	}
	return nil
}

func (d *Demo) startAgents(context.Context) error {
	for _, a := range d.agents {
		a.start("https://" + d.App.Addr())
	}
	return nil
}

// Device is the register of shop n.
func (d *Demo) Device(n int) registry.Device { return d.shops[n].device }

// Outlet is shop n.
func (d *Demo) Outlet(n int) registry.Outlet { return d.shops[n].outlet }

// Shops is how many there are.
func (d *Demo) Shops() int { return len(d.shops) }

// SwitchAgent turns the agent of shop n on or off, like the PC it runs on.
func (d *Demo) SwitchAgent(n int, on bool) {
	if on {
		d.agents[n].start("https://" + d.App.Addr())
		return
	}
	d.agents[n].stop()
}

// BenchURL is the page on which registers are made ill by hand.
func (d *Demo) BenchURL() string { return "http://" + d.benchAt }

// Stop ends everything, agents first, and removes a folder of its own.
func (d *Demo) Stop(ctx context.Context) error {
	var err error
	if d.cancel != nil {
		d.cancel()
		err = d.bench.Close()
	}
	var wg sync.WaitGroup
	for _, a := range d.agents {
		wg.Go(a.stop)
	}
	wg.Wait()
	if d.Bench != nil {
		d.Bench.Stop()
	}
	if d.operator != nil {
		d.operator.Stop()
	}
	if d.App != nil {
		err = errors.Join(err, d.App.Stop(ctx))
	}
	d.running.Wait()
	if d.temp != "" {
		err = errors.Join(err, os.RemoveAll(d.temp))
	}
	return err
}

// live serves the bench's page and lets the registers trade and fall ill.
func (d *Demo) live(ctx context.Context) error {
	addr := d.opt.Bench
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	d.benchAt = l.Addr().String()
	d.bench = &http.Server{Handler: d.benchHandler(), ReadHeaderTimeout: 10 * time.Second}
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	d.cancel = cancel
	d.running.Go(func() { _ = d.bench.Serve(l) }) // ends with Close, and says so
	d.running.Go(func() { d.fate(run) })
	return nil
}
