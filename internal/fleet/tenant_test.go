package fleet_test

import (
	"testing"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

func TestTenantsNeverMix(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.say("d00", values{signal.FNError: 210})
		b := w.batch("a00", w.report("a00", "d00", 0, values{signal.FNError: 0}))
		b.Tenant = "other"
		if _, err := w.Ingest(t.Context(), b); problem.CodeOf(err) != "forbidden" {
			t.Errorf("another tenant's agent was taken: %v", err)
		}
		for _, sc := range []scope.Scope{scope.System("other", "test"), scope.Person("t", "p", "Olga", "c77", scope.Owner)} {
			if _, err := w.Device(sc, "d00"); problem.CodeOf(err) != "not_found" {
				t.Errorf("device: %v", err)
			}
			if list, err := w.ListDevices(sc, fleet.DeviceFilter{IDs: []string{"d00"}}); err != nil || len(list) != 0 {
				t.Errorf("list: %v %v", list, err)
			}
			if list, err := w.ListAlerts(t.Context(), sc, fleet.AlertFilter{}); err != nil || len(list) != 0 {
				t.Errorf("alerts: %v %v", list, err)
			}
			if _, err := w.Changes(t.Context(), sc, "d00", 0, 0); problem.CodeOf(err) != "not_found" {
				t.Errorf("changes: %v", err)
			}
			if o, err := w.Overview(sc); err != nil || o.Devices != 0 {
				t.Errorf("overview: %+v %v", o, err)
			}
		}
		if _, err := w.Overview(scope.Scope{}); problem.CodeOf(err) != "forbidden" {
			t.Errorf("no scope: %v", err)
		}
		owner := scope.Person("t", "p", "Olga", "c00", scope.Owner)
		if o, err := w.Overview(owner); err != nil || o.Devices != 1 || o.Alerts[fleet.Blocking] != 1 {
			t.Errorf("the owner's overview: %+v %v", o, err)
		}
	})
}
