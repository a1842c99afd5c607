package fleet_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/signal"
)

func TestOrdered(t *testing.T) {
	each(t, 6, func(t *testing.T, w *world) {
		day := 24 * time.Hour
		w.say("d00", values{signal.Unsent: 7, signal.FirstUnsentAt: start.Add(-29 * day), signal.FNValidTill: start.Add(400 * day)})
		w.say("d01", values{signal.Unsent: 0, signal.FNValidTill: start.Add(2 * day)})
		w.say("d02", values{signal.Unsent: 3, signal.FirstUnsentAt: start.Add(-time.Hour), signal.FNValidTill: start.Add(30 * day)})
		w.say("d03", values{signal.Unsent: 7, signal.FirstUnsentAt: start.Add(-10 * day)})
		// d04 and d05 have never said anything.
		for name, tc := range map[string]struct {
			o    fleet.Order
			want []string
		}{
			"most unsent":  {fleet.Order{By: fleet.OrderUnsent, Down: true}, []string{"d00", "d03", "d02", "d01", "d04", "d05"}},
			"least unsent": {fleet.Order{By: fleet.OrderUnsent}, []string{"d01", "d02", "d00", "d03", "d04", "d05"}},
			"drive first":  {fleet.Order{By: fleet.OrderFN}, []string{"d01", "d02", "d00", "d03", "d04", "d05"}},
			"drive last":   {fleet.Order{By: fleet.OrderFN, Down: true}, []string{"d00", "d02", "d01", "d03", "d04", "d05"}},
			// The receipt of d02 is on its way; its drive is what stops it next.
			"next stop": {fleet.Order{By: fleet.OrderNext, Now: start}, []string{"d00", "d01", "d03", "d02", "d04", "d05"}},
		} {
			got, err := w.Ordered(w.sc(), fleet.DeviceFilter{}, tc.o, "")
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("%s: %s %v", name, diff, err)
			}
			for i, id := range got { // each page goes on where the one before ended
				if rest, err := w.Ordered(w.sc(), fleet.DeviceFilter{}, tc.o, id); err != nil || !slices.Equal(rest, got[i+1:]) {
					t.Errorf("%s: after %s comes %v (%v)", name, id, rest, err)
				}
			}
		}
		lines, err := w.Lines(w.sc(), []string{"d03", "nobody", "d00"})
		if err != nil || len(lines) != 2 || lines[0].Device != "d03" || lines[1].Device != "d00" {
			t.Errorf("lines %+v (%v)", lines, err)
		}
		if _, err := w.Ordered(w.sc(), fleet.DeviceFilter{}, fleet.Order{By: "colour"}, ""); problem.CodeOf(err) != "fleet_order" {
			t.Errorf("an order that does not exist: %v", err)
		}
		if got, err := w.Ordered(w.sc(), fleet.DeviceFilter{Outlet: "o02"}, fleet.Order{By: fleet.OrderSeen}, "gone"); err != nil || !slices.Equal(got, []string{"d02"}) {
			t.Errorf("one outlet, from a device that went: %v (%v)", got, err)
		}
	})
}
