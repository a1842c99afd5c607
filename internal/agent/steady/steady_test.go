package steady

import (
	"testing"
	"time"
)

func TestClockFollowsTheCountAlone(t *testing.T) {
	t.Parallel()
	count := 5 * time.Hour
	at := time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC)
	c := start(at, func() time.Duration { return count })
	count += 90 * time.Minute
	if got := c.Now(); !got.Equal(at.Add(90 * time.Minute)) {
		t.Errorf("after 90 minutes of the count: %s", got)
	}
}

func TestSinceBootGrows(t *testing.T) {
	t.Parallel()
	first := sinceBoot()
	for range 1 << 20 {
		if sinceBoot() > first {
			return
		}
	}
	t.Error("the count stands still")
}
