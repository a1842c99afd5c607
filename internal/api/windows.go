package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

func (a *API) mountWindows() {
	handle(a, operation{
		id: "listWindows", method: http.MethodGet, path: "/maintenance-windows", tag: "rules", right: scope.SeeFleet,
		summary: "Maintenance windows that are not over", about: "There is one page.",
	}, func(_ context.Context, w who, _ *struct{}) (*answer[client.List[client.Window]], error) {
		list, err := a.Fleet.Windows(w.sc)
		return said(listed(list, "", windowOf), err)
	})
	handle(a, operation{
		id: "planWindow", method: http.MethodPost, path: "/maintenance-windows", tag: "rules", right: scope.EditRules, status: 201,
		summary: "Plan a time in which alerts wake nobody",
	}, func(ctx context.Context, w who, in *bare[client.NewWindow]) (*answer[client.Window], error) {
		return said(a.planWindow(ctx, w, in.Body))
	})
	handle(a, operation{
		id: "removeWindow", method: http.MethodDelete, path: "/maintenance-windows/{id}", tag: "rules", right: scope.EditRules, status: 204,
		summary: "End a maintenance window for good", about: "What it kept quiet and is still true is raised within a second.",
	}, func(ctx context.Context, w who, in *ByID) (*empty, error) {
		return done(a.Fleet.RemoveWindow(ctx, w.sc, in.ID))
	})
}

func (a *API) planWindow(ctx context.Context, w who, n client.NewWindow) (client.Window, error) {
	if err := a.reaches(ctx, w, n); err != nil {
		return client.Window{}, err
	}
	id, err := a.Fleet.AddWindow(ctx, w.sc, fleet.Window{
		Scope: n.Scope, Target: n.Target, Starts: n.Starts, Ends: n.Ends, Zone: n.Zone, Repeat: cmp.Or(n.Repeat, fleet.RepeatNone),
		Weekdays: weekdays(n.Weekdays), Until: n.Until, Reason: n.Reason,
	})
	if err != nil {
		return client.Window{}, err
	}
	list, err := a.Fleet.Windows(w.sc)
	for _, have := range list {
		if have.ID == id {
			return windowOf(have), err
		}
	}
	return client.Window{}, err
}

// reaches refuses a window over something that is not there: it would keep
// nothing quiet, and nobody would know until the night.
func (a *API) reaches(ctx context.Context, w who, n client.NewWindow) (err error) {
	switch n.Scope {
	case fleet.WindowClient:
		_, err = a.Registry.Client(ctx, w.sc, n.Target)
	case fleet.WindowOutlet:
		_, err = a.Registry.Outlet(ctx, w.sc, n.Target)
	case fleet.WindowDevice:
		_, err = a.Registry.Device(ctx, w.sc, n.Target)
	}
	if p := problem.Of(err); p != nil && p.Kind == problem.NotFound && n.Target != "" {
		return problem.New(problem.Invalid, "invalid").Field("target", "not_found").In("api.window")
	} else if p != nil && p.Kind != problem.NotFound {
		return err
	}
	return nil
}

func weekdays(names []string) (out []time.Weekday) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		for _, n := range names {
			if n == calendar.WeekdayName(d) {
				out = append(out, d)
			}
		}
	}
	return out
}

func windowOf(w fleet.Window) client.Window {
	return client.Window{
		ID: w.ID, CreatedBy: w.CreatedBy, CreatedAt: w.CreatedAt,
		NewWindow: client.NewWindow{
			Scope: w.Scope, Target: w.Target, Starts: w.Starts, Ends: w.Ends, Zone: w.Zone, Repeat: w.Repeat,
			Weekdays: each(w.Weekdays, calendar.WeekdayName), Until: w.Until, Reason: w.Reason,
		},
	}
}
