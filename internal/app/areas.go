package app

import (
	"context"
	"path/filepath"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/files"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/fnchange"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

// buildAreas makes every area and ties what one declares to what another
// offers. Two of them know each other only through this: the registry is
// asked by nearly all, and the hub is made last, so both are reached through
// the App itself.
func (a *App) buildAreas() error {
	a.Registry = registry.New(a.DB, a.Bus, agentsOfLink{a})
	a.Access = access.New(a.DB, a.clock, access.Options{Clients: a.Registry, Log: a.log})
	a.Desk = desk.NewService(a.DB, a.Bus, a.Jobs, directory{a.Registry, a.Access}, a.clock)
	a.Jobs.Handle(desk.JobMark, a.Desk.OnMark)
	a.Jobs.Handle(jobAlert, a.onAlert)
	a.Jobs.Handle(jobIncident, a.onIncident)
	a.Jobs.Handle(jobCommand, a.onCommand)
	var err error
	a.Fleet, err = fleet.New(fleet.Deps{
		DB: a.DB, Bus: a.Bus, Clock: a.clock, Roster: roster{a}, Hooks: hooks{a.Jobs}, Sender: sender{a}, Plan: planner{a.Registry, Protocols()},
		Logger: a.log, Heartbeat: a.cfg.Heartbeat,
	})
	if err != nil {
		return err
	}
	shipped, err := catalogue.Shipped()
	if err != nil {
		return err
	}
	a.Faults, err = faults.New(a.DB, a.clock, shipped, faults.Ports{
		Runner: runner{a.Fleet, a.Registry, Protocols()}, Readings: readings{a.Fleet}, Devices: owners{a.Registry},
		Backups: faults.NoBackups{}, Cases: cases{a.Desk, a.Registry}, Bus: a.Bus,
	})
	if err != nil {
		return err
	}
	a.Help = help.New(a.DB, a.clock, help.Ports{
		Library: library{a.Faults}, Walks: a.Faults, Firms: firms{a.Access}, Desk: helpDesk{a.Desk}, Registers: registers{a.Registry}, Bus: a.Bus,
	})
	folder, err := files.NewFolder(filepath.Join(a.cfg.Data, "files"))
	if err != nil {
		return err
	}
	a.Files = files.New(a.DB, folder)
	a.FNChange = fnchange.New(a.DB, a.clock, fnchange.Ports{
		Machine: machine{runner{a.Fleet, a.Registry, Protocols()}}, Readings: readings{a.Fleet}, Devices: shops{a.Registry}, Desk: driveDesk{a.Desk}, Bus: a.Bus,
	})
	a.PowerCut = powercut.New(a.DB, a.clock, powercut.Ports{
		Machine: corrector{a.Fleet}, Readings: lastRead{readings{a.Fleet}}, Devices: tills{a.Registry}, Desk: journalDesk{a.Desk}, Bus: a.Bus,
	})
	a.learner = newLearner(a.Registry, a.log)
	a.Hub = link.New(link.Options{DB: a.DB, Clock: a.clock, Handler: &handler{app: a}, Books: books{a}, Log: a.log, Bus: a.Bus, RemoteAddr: a.remote, Limits: a.limits()})
	a.Agents = link.NewService(a.Hub, outlets{a.Registry})
	a.Agents.Ties = link.Ties{AddDevice: a.addFound, Configure: a.configure}
	a.slots = newSlots(a.Agents, a.clock)
	return nil
}

// agentsOfLink lets the registry ask whether an agent exists.
type agentsOfLink struct{ app *App }

// HasAgent is true for an agent of the scope's company that may still come.
func (l agentsOfLink) HasAgent(ctx context.Context, sc scope.Scope, agent string) (bool, error) {
	_, err := l.app.Agents.AgentDetail(ctx, scope.System(sc.Tenant(), "registry"), agent)
	return found(err)
}

// outlets lets the link ask whether an outlet exists.
type outlets struct{ registry *registry.Service }

// CheckOutlet is problem.NotFound when the scope does not reach the outlet.
func (o outlets) CheckOutlet(ctx context.Context, _ *db.Tx, sc scope.Scope, outlet string) error {
	_, err := o.registry.Outlet(ctx, sc, outlet)
	return err
}

// owners lets guided fixes ask whose a device is.
type owners struct{ registry *registry.Service }

// Client is the device's client.
func (o owners) Client(ctx context.Context, sc scope.Scope, device string) (string, error) {
	d, err := o.registry.Device(ctx, asReader(sc), device)
	if err == nil && sc.Client() != "" && sc.Client() != d.Client {
		return "", errNotFound("app.owners")
	}
	return d.Client, err
}

// limits are the usual ones, but for how many agents may enrol at once.
func (a *App) limits() link.Limits {
	var l link.Limits
	if n := float64(a.cfg.EnrolAtOnce); n > 0 {
		l.Enrol = link.Rate{PerSecond: n, Burst: n}
	}
	return l
}
