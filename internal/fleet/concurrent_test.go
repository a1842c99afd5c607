package fleet_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// TestManySpeakWhileManyLook is worth most under the race detector.
func TestManySpeakWhileManyLook(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(start)
	w := newWorld(t, dbtest.SQLite(t, clk), clk, shop(20))
	var speakers, lookers sync.WaitGroup
	for i := range 20 {
		speakers.Go(func() {
			id := fmt.Sprintf("%02d", i)
			for n := range 60 {
				r := wire.Report{Seq: int64(n + 1), Device: "d" + id, At: start.UnixMilli(), Values: items(values{signal.Unsent: n, signal.FNError: 210 + n%3})}
				b := fleet.Batch{Tenant: "t", Agent: "a" + id, Received: start, Reports: wire.Reports{Now: start.UnixMilli(), Reports: []wire.Report{r}}}
				if _, err := w.Ingest(t.Context(), b); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	look := func(f func() error) {
		lookers.Go(func() {
			for {
				if err := f(); err != nil {
					t.Error(err)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	look(func() error { _, err := w.Overview(w.sc()); return err })
	look(func() error { _, err := w.ListDevices(w.sc(), fleet.DeviceFilter{}); return err })
	look(func() error { _, err := w.Forecast(w.sc(), time.UTC); return err })
	look(func() error { _, err := w.Timeline(t.Context(), w.sc(), "d03", 0); return err })
	look(func() error { return w.Checkpoint(t.Context()) })
	look(func() error { return w.Tick(t.Context()) })
	look(func() error { return w.SetLimit(t.Context(), w.sc(), "clock_drift", 200) })
	look(func() error {
		return w.MoveDevice(t.Context(), fleet.Device{ID: "d04", Tenant: "t", Client: "c04", Outlet: "elsewhere", Agent: "a04"})
	})
	speakers.Wait()
	close(done)
	lookers.Wait()
	w.crash()
	for i := range 20 {
		l, err := w.Device(w.sc(), fmt.Sprintf("d%02d", i))
		if err != nil || l.Values.Get(signal.Unsent).Int() != 59 {
			t.Errorf("%s: %v %v", l.Device, l.Values, err)
		}
		changes, err := w.Changes(t.Context(), w.sc(), l.Device, 0, 500)
		if err != nil || len(changes) != 60 {
			t.Errorf("%s: %d changes, %v", l.Device, len(changes), err)
		}
	}
}
