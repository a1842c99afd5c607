package ratelimit_test

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/access/ratelimit"
	"github.com/tillwright/tillwright/internal/clock"
)

func start() *clock.Manual { return clock.NewManual(time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)) }

func TestAKeyGetsItsBurstAndThenItsRate(t *testing.T) {
	t.Parallel()
	clk := start()
	l := ratelimit.New(clk, 2, time.Minute, 3, 100)
	for range 3 {
		if ok, _ := l.Allow("a"); !ok {
			t.Fatal("the burst was refused")
		}
	}
	ok, retry := l.Allow("a")
	if ok || retry != 30*time.Second {
		t.Fatalf("%v, retry after %v", ok, retry)
	}
	if ok, _ := l.Allow("b"); !ok {
		t.Error("another key was refused")
	}
	clk.Advance(retry)
	if ok, _ := l.Allow("a"); !ok {
		t.Error("refused after the time it was told to wait")
	}
	if ok, _ := l.AllowN("c", 4); ok {
		t.Error("more than the burst at once")
	}
	clk.Set(start().Now()) // the machine's clock was put back
	if ok, _ := l.Allow("a"); ok {
		t.Error("a clock that went back gave a token")
	}
}

func TestNeverMoreThanRateAndBurst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		clk := start()
		rate, burst := rapid.IntRange(1, 20).Draw(t, "rate"), rapid.IntRange(1, 20).Draw(t, "burst")
		l := ratelimit.New(clk, rate, time.Second, burst, 10)
		begin, allowed := clk.Now(), 0
		for range rapid.IntRange(1, 200).Draw(t, "tries") {
			clk.Advance(time.Duration(rapid.IntRange(0, 300).Draw(t, "ms")) * time.Millisecond)
			if ok, _ := l.Allow("k"); ok {
				allowed++
			}
		}
		most := float64(burst) + float64(rate)*clk.Now().Sub(begin).Seconds()
		if float64(allowed) > most+1e-6 {
			t.Fatalf("%d allowed, at most %.2f", allowed, most)
		}
	})
}

func TestMemoryIsBoundedAndABusyKeyIsNotForgotten(t *testing.T) {
	t.Parallel()
	l := ratelimit.New(start(), 1, time.Hour, 1, 100)
	l.Allow("busy")
	for i := range 10_000 {
		l.Allow(strconv.Itoa(i))
		if ok, _ := l.Allow("busy"); ok {
			t.Fatalf("forgotten after %d other keys", i)
		}
	}
	if l.Len() > 101 {
		t.Errorf("%d keys kept", l.Len())
	}
}
