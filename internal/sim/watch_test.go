package sim_test

import (
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/sim"
)

func TestAWatchAgesAndKeepsItsDrift(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(midday)
	w := sim.NewWatch(clk, time.FixedZone("MSK", 3*3600))
	if !w.Own().Equal(midday) || w.Own().Hour() != 15 {
		t.Errorf("a new watch shows %v", w.Own())
	}
	if w.Turn(midday.Add(-time.Minute)) || !w.Bench().Equal(midday) {
		t.Error("a minute off counts as right, or the bench's time went along")
	}
	w.Move(midday.AddDate(0, 1, 0))
	clk.Advance(time.Hour)
	if want := midday.AddDate(0, 1, 0).Add(time.Hour); !w.Bench().Equal(want) || !w.Own().Equal(want.Add(-time.Minute)) {
		t.Errorf("moved by a month the bench has %v, the register %v", w.Bench(), w.Own())
	}
	if !w.Turn(w.Bench().Add(59*time.Second)) || w.Own().Sub(w.Bench()) != 59*time.Second {
		t.Errorf("turned right it shows %v at %v", w.Own(), w.Bench())
	}
}
