package app

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/scope"
)

// Pauses of advance: how soon after a command or a reading a guided fix moves
// on, and how often its deadlines are looked at without one.
const (
	advanceSoon   = 200 * time.Millisecond
	advanceAlways = 5 * time.Second
)

// advance moves guided fixes on when the outcome or the reading that they wait
// for is there. Nobody has to have the page open for it.
func (a *App) advance(ctx context.Context) {
	sub := a.Bus.Subscribe(func(e bus.Event) bool { return e.Topic == "command" || e.Topic == "device" || e.Topic == bus.Lost })
	defer sub.Close()
	soon, always := time.NewTimer(time.Hour), time.NewTicker(advanceAlways)
	defer soon.Stop()
	defer always.Stop()
	waiting := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-sub.C:
			if len(waiting) == 0 {
				soon.Reset(advanceSoon)
			}
			waiting[e.Tenant] = true
		case <-soon.C:
			for tenant := range waiting {
				a.advanceIn(ctx, tenant)
			}
			clear(waiting)
		case <-always.C:
			if err := a.Faults.Refresh(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("app: companies' articles were not looked at", "error", err)
			}
			a.advanceEverywhere(ctx)
		}
	}
}

func (a *App) advanceEverywhere(ctx context.Context) {
	tenants, err := a.Access.Tenants(ctx)
	if err != nil && ctx.Err() == nil {
		a.log.Error("app: guided fixes were not looked at", "error", err)
	}
	for _, t := range tenants {
		a.advanceIn(ctx, t.ID)
	}
}

func (a *App) advanceIn(ctx context.Context, tenant string) {
	if _, err := a.Faults.AdvanceAll(ctx, scope.System(tenant, "guided fix")); err != nil && ctx.Err() == nil {
		a.log.Error("app: guided fixes did not move on", "error", err)
	}
	if err := a.FNChange.AdvanceAll(ctx, scope.System(tenant, "fn change")); err != nil && ctx.Err() == nil {
		a.log.Error("app: replacements of drives did not move on", "error", err)
	}
	if err := a.PowerCut.AdvanceAll(ctx, scope.System(tenant, "power cut")); err != nil && ctx.Err() == nil {
		a.log.Error("app: correction receipts did not move on", "error", err)
	}
}
