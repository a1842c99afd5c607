package app

import (
	"context"
	"log/slog"

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

type lesson struct {
	tenant, device string
	told           registry.Reading
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
func (l *learner) offer(tenant string, r wire.Reports) {
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
		case l.queue <- lesson{tenant: tenant, device: report.Device, told: told}:
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
			_, err := l.registry.UpdateFromReading(ctx, scope.System(t.tenant, "reading"), t.device, t.told)
			if err != nil && ctx.Err() == nil {
				l.log.Warn("app: what a register said of itself was not kept", "device", t.device, "error", err)
			}
		}
	}
}
