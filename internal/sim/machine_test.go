package sim_test

import (
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/sim"
)

// TestAShopTurnsItsShift: by the clock on the wall, over midnight too; a shop
// that never closes changes its shift before the day is full.
func TestAShopTurnsItsShift(t *testing.T) {
	t.Parallel()
	day, night, always := sim.Habits{Opens: 8, Closes: 22}, sim.Habits{Opens: 20, Closes: 4}, sim.Habits{}
	for _, c := range []struct {
		habits        sim.Habits
		hour          int
		open          bool
		hours         int // that the shift has been open
		opens, closes bool
	}{
		{day, 7, false, 0, false, false},
		{day, 8, false, 0, true, false},
		{day, 21, true, 13, false, false},
		{day, 22, true, 14, false, true},
		{night, 2, false, 0, true, false},
		{night, 4, true, 8, false, true},
		{night, 12, false, 0, false, false},
		{always, 3, false, 0, true, false},
		{always, 3, true, 20, false, false},
		{always, 3, true, 21, false, true},
	} {
		now := time.Date(2026, 3, 10, c.hour, 0, 0, 0, time.UTC)
		opens, closes := c.habits.Turn(now, c.open, now.Add(-time.Duration(c.hours)*time.Hour))
		if opens != c.opens || closes != c.closes {
			t.Errorf("%+v: %v, %v", c, opens, closes)
		}
	}
}
