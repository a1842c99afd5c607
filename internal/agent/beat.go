package agent

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// beat reports in the server's slot that the agent lives and which devices it
// looked at since.
func (a *Agent) beat(ctx context.Context) {
	for {
		every, slot := a.office.set.rhythm()
		now, _ := a.server.Now()
		timer := time.NewTimer(untilBeat(now, every, slot))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-a.office.set.changed:
			timer.Stop()
			continue
		case <-timer.C:
		}
		a.heartbeat()
	}
}

// untilBeat is how long it is to the next beat: at slot after each whole every
// of the Unix clock. The clock is the server's, so that the slots of agents
// whose own clocks are wrong stay apart too.
func untilBeat(now time.Time, every, slot time.Duration) time.Duration {
	ms, span := now.UnixMilli(), every.Milliseconds()
	into := ((ms-slot.Milliseconds())%span + span) % span
	return time.Duration(span-into) * time.Millisecond
}

func (a *Agent) heartbeat() {
	now := a.deps.Clock.Now()
	a.append(wire.Report{At: now.UnixMilli()})
	for _, dev := range a.poller.Attempted() {
		a.append(wire.Report{Device: dev, At: now.UnixMilli()})
	}
	a.office.expire()
	if err := a.memory.flush(); err != nil {
		a.deps.Log.Warn("agent: since-times cannot be kept", "error", err)
	}
}

// sink puts what the poller saw into the spool.
type sink struct{ *Agent }

// Report keeps one report.
func (s sink) Report(device string, at time.Time, full bool, items []signal.Item) {
	s.append(wire.Report{Device: device, At: at.UnixMilli(), Full: full, Values: items})
}

func (a *Agent) append(r wire.Report) {
	if _, err := a.spool.Append(r); err != nil {
		a.deps.Log.Error("agent: a report was not kept", "device", r.Device, "error", err)
	}
}
