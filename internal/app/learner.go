package app

import (
	"context"
	"log/slog"

	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// learner carries what registers say of themselves into the registry, behind
// the answer to the agent. What a crash loses comes again: an agent reports
// everything anew when it connects.
type learner struct {
	registry *registry.Service
	log      *slog.Logger
	queue    chan lesson
}

// lesson is what one report of an agent says of one device.
type lesson struct {
	tenant, agent, device string
	told                  registry.Reading
}

func newLearner(r *registry.Service, log *slog.Logger) *learner {
	return &learner{registry: r, log: log, queue: make(chan lesson, 4096)}
}

// identity is the keys that name a register rather than say how it is.
var identity = map[uint16]func(*registry.Reading, string){
	signal.Serial.ID:    func(r *registry.Reading, s string) { r.Serial = s },
	signal.Model.ID:     func(r *registry.Reading, s string) { r.Model = s },
	signal.Firmware.ID:  func(r *registry.Reading, s string) { r.Firmware = s },
	signal.RegNumber.ID: func(r *registry.Reading, s string) { r.RegNumber = s },
	signal.FNSerial.ID:  func(r *registry.Reading, s string) { r.FNSerial = s },
	signal.FFD.ID:       func(r *registry.Reading, s string) { r.FFD = s },
}

// offer picks the lessons out of a bundle. It never waits: when the registry
// is far behind, the next full report brings them again.
func (l *learner) offer(ag link.Agent, r wire.Reports) {
	for _, report := range r.Reports {
		told, any := registry.Reading{}, false
		for _, it := range report.Values {
			if set, ok := identity[it.ID]; ok && it.Value.Text() != "" {
				set(&told, it.Value.Text())
				any = true
			}
		}
		if !any {
			continue
		}
		select {
		case l.queue <- lesson{tenant: ag.Tenant, agent: ag.ID, device: report.Device, told: told}:
		default:
		}
	}
}

func (l *learner) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case t := <-l.queue:
			if err := l.learn(ctx, t); err != nil && ctx.Err() == nil {
				l.log.Warn("app: what a register said of itself was not kept", "device", t.device, "error", err)
			}
		}
	}
}

// learn keeps a lesson, unless the device is not the agent's own: what an agent
// says of another's is no news, whatever the bundle's numbers were.
func (l *learner) learn(ctx context.Context, t lesson) error {
	sc := scope.System(t.tenant, "reading")
	d, err := l.registry.Device(ctx, sc, t.device)
	if pr := problem.Of(err); pr != nil && pr.Kind == problem.NotFound {
		return nil
	}
	if err != nil || d.Agent != t.agent {
		return err
	}
	_, err = l.registry.UpdateFromReading(ctx, sc, t.device, t.told)
	return err
}
