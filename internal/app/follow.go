package app

import (
	"context"
	"errors"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/wire"
)

// follow tells the fleet and the agents when the registry's devices change.
func (a *App) follow(ctx context.Context) {
	sub := a.Bus.Subscribe(func(e bus.Event) bool {
		_, ours := e.Data.(registry.Change)
		return e.Topic == "device" && ours || e.Topic == bus.Lost
	})
	defer sub.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-sub.C:
			if err := a.followed(ctx, e); err != nil && ctx.Err() == nil {
				a.log.Error("app: a change of the registry did not reach the fleet", "device", e.ID, "error", err)
			}
		}
	}
}

func (a *App) followed(ctx context.Context, e bus.Event) error {
	if e.Topic == bus.Lost { // read everything again: adding a watched device moves it
		return roster{a}.EachDevice(ctx, func(d fleet.Device) error { return a.Fleet.AddDevice(ctx, d) })
	}
	sc := scope.System(e.Tenant, "fleet")
	d, err := a.Registry.Device(ctx, sc, e.ID)
	if gone, err := found(err); err != nil {
		return err
	} else if !gone {
		return a.Fleet.RemoveDevice(ctx, e.ID)
	}
	if err != nil {
		return err
	}
	before, _ := a.Fleet.AgentOf(e.ID)
	if watched(d) {
		err = a.Fleet.AddDevice(ctx, fleetDevice(e.Tenant, d))
	} else {
		err = a.Fleet.RemoveDevice(ctx, e.ID)
	}
	if err != nil {
		return err
	}
	for _, agent := range []string{before, d.Agent} {
		if err := a.configure(ctx, e.Tenant, agent); err != nil {
			return err
		}
	}
	return nil
}

// configure sends an agent that is connected what it is to do now; one that is
// not gets it with its next welcome.
func (a *App) configure(ctx context.Context, tenant, agent string) error {
	if agent == "" {
		return nil
	}
	c, err := a.agentConfig(ctx, tenant, agent)
	if err != nil {
		return err
	}
	a.Hub.Send(agent, wire.Message{Type: wire.TypeConfig, Config: &c})
	return nil
}

// keepSessions is how long ended sessions and old attempts are kept, for whoever
// looks into a break-in.
const keepSessions = 90 * 24 * time.Hour

// upkeep does by the hour what keeps the database small: old changes, sessions
// and attempts to sign in that nobody asks for any more.
func (a *App) upkeep(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			n, err := a.Fleet.Maintain(ctx)
			_, swept := a.Files.Sweep(ctx, a.clock.Now())
			if err := errors.Join(err, swept, a.Access.Sweep(ctx, keepSessions), a.Help.Sweep(ctx)); err != nil && ctx.Err() == nil {
				a.log.Error("app: upkeep failed", "error", err)
			}
			if n > 0 {
				a.log.Info("app: old changes deleted", "rows", n)
			}
		}
	}
}
