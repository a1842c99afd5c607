package app

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/wire"
)

// defaultPoll is how often a register is read when its device says nothing
// else.
const defaultPoll = 10 * time.Second

// handler is the server's side of what agents say.
type handler struct{ app *App }

// Brief is the registers that the agent looks after and its second of the
// minute, the commands that wait for it, and how far its reports have come.
func (h *handler) Brief(ctx context.Context, ag link.Agent) (b link.Briefing, err error) {
	if b.Config, err = h.app.agentConfig(ctx, ag.Tenant, ag.ID); err != nil {
		return link.Briefing{}, err
	}
	b.Seq = h.app.Fleet.ReportsUpTo(ag.Tenant, ag.ID)
	b.Commands, err = h.app.Fleet.Pending(ctx, ag.ID)
	return b, err
}

func (a *App) agentConfig(ctx context.Context, tenant, agent string) (wire.Config, error) {
	devices, err := a.Registry.DevicesOfAgent(ctx, scope.System(tenant, "agents"), agent)
	if err != nil {
		return wire.Config{}, err
	}
	heartbeat := a.cfg.Heartbeat
	if heartbeat <= 0 {
		heartbeat = wire.DefaultHeartbeat
	}
	slot, err := a.slots.of(ctx, tenant, agent, heartbeat)
	if err != nil {
		return wire.Config{}, err
	}
	search, err := a.Agents.Wanted(ctx, scope.System(tenant, "agents"), agent)
	if err != nil {
		return wire.Config{}, err
	}
	c := wire.Config{Heartbeat: heartbeat.Milliseconds(), Slot: slot.Milliseconds(), Version: search, Search: search}
	for _, d := range devices {
		// The version only has to differ when something differs, and to grow.
		c.Version += d.Version
		if d.Endpoint == nil || d.Retired() {
			continue
		}
		poll := d.Poll
		if poll <= 0 {
			poll = defaultPoll
		}
		c.Devices = append(c.Devices, wire.Device{ID: d.ID, Endpoint: *d.Endpoint, Poll: poll.Milliseconds(), Name: d.Name})
	}
	return c, nil
}

// Reports gives the bundle to the fleet and lets the registry learn what the
// registers say of themselves.
func (h *handler) Reports(ctx context.Context, ag link.Agent, r wire.Reports, received time.Time) (wire.Ack, error) {
	ack, err := h.app.Fleet.Ingest(ctx, fleet.Batch{Tenant: ag.Tenant, Agent: ag.ID, Reports: r, Received: received})
	if err == nil {
		h.app.learner.offer(ag, r)
	}
	return ack, err
}

// Taken says that a command is in the agent's journal.
func (h *handler) Taken(ctx context.Context, ag link.Agent, t wire.Taken) error {
	return h.app.Fleet.Taken(ctx, ag.ID, t.ID)
}

// Result says how a command ended.
func (h *handler) Result(ctx context.Context, ag link.Agent, r wire.Result) error {
	return h.app.Fleet.Result(ctx, ag.ID, r)
}

// Connected and Disconnected change nothing here: silence is judged by the
// fleet from what was last heard, so that a line that comes and goes is no
// alert.
func (h *handler) Connected(context.Context, link.Agent, wire.Hello) {}

// Disconnected changes nothing; see Connected.
func (h *handler) Disconnected(context.Context, link.Agent, string) {}

// sender hands commands to agents that are connected now.
type sender struct{ app *App }

// Send is false when the agent is not there.
func (s sender) Send(agent string, c wire.Command) bool {
	return s.app.Hub.Send(agent, wire.Message{Type: wire.TypeCommand, Command: &c})
}

// roster names every device of every company to the fleet.
type roster struct{ app *App }

// EachDevice calls f for each device that is in service.
func (r roster) EachDevice(ctx context.Context, f func(fleet.Device) error) error {
	tenants, err := r.app.Access.Tenants(ctx)
	if err != nil {
		return err
	}
	for _, t := range tenants {
		if err := r.ofTenant(ctx, t, f); err != nil {
			return err
		}
	}
	return nil
}

func (r roster) ofTenant(ctx context.Context, t access.Tenant, f func(fleet.Device) error) error {
	for d, err := range r.app.Registry.AllDevices(ctx, scope.System(t.ID, "fleet")) {
		if err != nil {
			return err
		}
		if !watched(d) {
			continue
		}
		if err := f(fleetDevice(t.ID, d)); err != nil {
			return err
		}
	}
	return nil
}

// watched says whether the fleet looks after the device: somebody reads it.
func watched(d registry.Device) bool { return !d.Retired() && d.Agent != "" && d.Endpoint != nil }

func fleetDevice(tenant string, d registry.Device) fleet.Device {
	return fleet.Device{ID: d.ID, Tenant: tenant, Client: d.Client, Outlet: d.Outlet, Agent: d.Agent}
}

// planner shows what a procedure would send to a device.
type planner struct {
	registry  *registry.Service
	protocols map[string]kkt.Protocol
}

// Plan asks the device's own protocol.
func (p planner) Plan(ctx context.Context, tenant, device string, proc kkt.Procedure) ([][]byte, error) {
	protocol, err := p.of(ctx, tenant, device)
	if err != nil {
		return nil, err
	}
	return protocol.Plan(proc)
}

// Risk asks the device's own protocol.
func (p planner) Risk(ctx context.Context, tenant, device string, proc kkt.Procedure) (kkt.Risk, error) {
	protocol, err := p.of(ctx, tenant, device)
	if err != nil {
		return "", err
	}
	return kkt.RiskAt(protocol, proc), nil
}

func (p planner) of(ctx context.Context, tenant, device string) (kkt.Protocol, error) {
	d, err := p.registry.Device(ctx, scope.System(tenant, "plan"), device)
	if err != nil {
		return nil, err
	}
	if d.Endpoint == nil || p.protocols[d.Endpoint.Protocol] == nil {
		return nil, errNotFound("app.plan")
	}
	return p.protocols[d.Endpoint.Protocol], nil
}
