package steady_test

import (
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/agent/steady"
	"github.com/tillwright/tillwright/internal/clock"
)

func TestServerTimeIsLearnedFromTheBestAnswer(t *testing.T) {
	t.Parallel()
	own := clock.NewManual(time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC))
	truth := time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC)
	s := steady.NewServer(own)
	if now, known := s.Now(); known || !now.Equal(own.Now()) {
		t.Fatal(now, known)
	}
	learn := func(server time.Time, trip time.Duration) {
		sent := own.Now()
		s.Learn(server, sent, own.Advance(trip))
	}
	learn(truth.Add(time.Second), 2*time.Second)
	if now, known := s.Now(); !known || !now.Equal(truth.Add(2*time.Second)) {
		t.Fatal(now, known)
	}
	learn(truth.Add(time.Hour), 20*time.Second) // a slow answer says less
	if now, _ := s.Now(); !now.Equal(truth.Add(22 * time.Second)) {
		t.Fatal(now)
	}
	own.Advance(11 * time.Minute)
	learn(truth.Add(time.Hour), 20*time.Second) // but more than one that is long past
	if now, _ := s.Now(); !now.Equal(truth.Add(time.Hour + 10*time.Second)) {
		t.Fatal(now)
	}
}
