package systemtest_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/agent/spool"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/wire"
)

// TestNewsOfTenMinutesAgo is an outage of ten minutes without waiting for it:
// the agent's disk holds what it saw then. What was ill and is well again
// wakes nobody; what is still ill opens its one case, whose promise counts from
// when it was noticed.
func TestNewsOfTenMinutesAgo(t *testing.T) {
	t.Parallel()
	s, b := install(t), newBench(t, 2)
	sh := openShop(s, "Рыба", b.registers...)
	b.inject(1, sim.FaultFNLink)
	fell := time.Now().Add(-10 * time.Minute).Truncate(time.Millisecond)
	remember(t, sh, fell)
	sh.on()
	s.well(sh.devices[0])
	a, c := once(s, sh.devices[1])
	if !a.Late || !a.Announced || !a.ClosedAt.IsZero() || !a.OpenedAt.Equal(fell) || c.OpenedAt.Before(a.NoticedAt) {
		t.Errorf("what is still ill since %v: alert %+v, case %+v", fell, a, c)
	}
	alerts := s.alerts(sh.devices[0])
	if len(alerts) != 1 || !alerts[0].Late || alerts[0].Announced || !alerts[0].ClosedAt.Equal(fell.Add(2*time.Minute)) {
		t.Errorf("what is well again: %+v", alerts)
	}
	if cases := s.cases(sh.devices[0]); len(cases) != 0 {
		t.Errorf("it woke somebody: %+v", cases)
	}
	for i, ch := range told(s, sh.devices[0])[:20] {
		if want := fell.Add(time.Duration(i+1) * time.Second); !ch.At.Equal(want) || !ch.Late || ch.Changes["receipt.open"][1] != (i%2 == 0) {
			t.Errorf("change %d: %+v, it was at %v", i, ch, want)
		}
	}
}

// remember writes what the agent saw around an instant in the past: both
// registers fell ill, the first got well after two minutes.
func remember(t *testing.T, sh *shop, fell time.Time) {
	t.Helper()
	sp, err := spool.Open(filepath.Join(sh.dir, "spool"), spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	saw := func(n int, at time.Time, full bool, values ...signal.Item) {
		_, failed := sp.Append(wire.Report{Device: sh.devices[n], At: at.UnixMilli(), Full: full, Values: values})
		err = errors.Join(err, failed)
	}
	linked, lost, found := item(signal.Link, signal.TextOf(signal.LinkOK)), item(signal.FNLink, signal.TextOf("lost")), item(signal.FNLink, signal.TextOf("ok"))
	for n := range 2 {
		saw(n, fell.Add(-time.Minute), true, linked, found, item(signal.ReceiptOpen, signal.BoolOf(false)))
		saw(n, fell, false, lost)
	}
	for i := range 20 {
		saw(0, fell.Add(time.Duration(i+1)*time.Second), false, item(signal.ReceiptOpen, signal.BoolOf(i%2 == 0)))
	}
	saw(0, fell.Add(2*time.Minute), false, found)
	if err := errors.Join(err, sp.Close()); err != nil {
		t.Fatal(err)
	}
}

func item(d signal.Def, v signal.Value) signal.Item { return signal.Item{ID: d.ID, Value: v} }
