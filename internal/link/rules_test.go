package link

import (
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/wire"
)

func TestABucketNeverGivesMoreThanItsRate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := Rate{PerSecond: rapid.Float64Range(0.5, 100).Draw(t, "rate"), Burst: rapid.Float64Range(1, 200).Draw(t, "burst")}
		var b bucket
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		now, given, largest := start, 0.0, 0.0
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "ms")) * time.Millisecond)
			n := rapid.Float64Range(1, 300).Draw(t, "n")
			wait := b.take(r, now, n)
			if wait == 0 {
				given, largest = given+n, max(largest, n)
				continue
			}
			// The wait that it names is enough, and not needlessly long.
			if probe := b; probe.take(r, now.Add(wait), n) != 0 {
				t.Fatalf("after %v there is still not enough", wait)
			}
			if probe := b; wait > 10*time.Millisecond && probe.take(r, now.Add(wait-5*time.Millisecond), n) == 0 {
				t.Fatalf("%v is too long", wait)
			}
		}
		if bound := r.Burst + now.Sub(start).Seconds()*r.PerSecond + largest; given > bound+0.01 {
			t.Fatalf("gave %v, at most %v", given, bound)
		}
	})
}

func TestAGateLetsReportsThroughInOrder(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var g gate
	g.shut(50, "too_many_reports", now.Add(time.Second))
	g.shut(70, "unavailable", now.Add(time.Second)) // does not forget 50
	for _, c := range []struct {
		first int64
		at    time.Time
		ok    bool
	}{
		{51, now, false},
		{70, now, false},
		{50, now, true},
		{20, now, true},
		{70, now.Add(gateSpan), false},
		{70, now.Add(gateSpan + time.Second), true}, // the agent has lost what the gate waits for
	} {
		if code, ok := g.admit(c.first, c.at); ok != c.ok || !ok && code != "unavailable" {
			t.Errorf("%d at %v: %v %q", c.first, c.at, ok, code)
		}
	}
	g.open()
	if _, ok := g.admit(70, now); !ok {
		t.Error("an open gate stops")
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		at     time.Time
		offset time.Duration
		want   string
	}{
		"now":                      {now, 0, ""},
		"30 days":                  {now.Add(-wire.MaxReportAge), 0, ""},
		"a little more":            {now.Add(-wire.MaxReportAge - time.Millisecond), 0, CodeTooOld},
		"2 minutes ahead":          {now.Add(wire.MaxClockAhead), 0, ""},
		"a little further":         {now.Add(wire.MaxClockAhead + time.Millisecond), 0, CodeFuture},
		"slow clock":               {now.AddDate(-10, 0, 0), now.Sub(now.AddDate(-10, 0, 0)), ""},
		"future by a slow clock":   {now, time.Hour, CodeFuture},
		"long ago by a fast clock": {now, -31 * 24 * time.Hour, CodeTooOld},
	} {
		if got := judge(c.at.UnixMilli(), c.offset, now); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) { // no sum overflows into the good
		at, agent := rapid.Int64().Draw(t, "at"), rapid.Int64().Draw(t, "now")
		offset := Offset(wire.Reports{Now: agent}, now)
		if judge(at, offset, now) != "" {
			return
		}
		if age := now.Sub(time.UnixMilli(at).Add(offset)); age > wire.MaxReportAge || age < -wire.MaxClockAhead {
			t.Fatalf("%d with %v was let through", at, offset)
		}
	})
}

func TestALaneKeepsTheOrderAndStops(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	l := newLane()
	var got []int
	for i := range 1000 {
		if !l.put(nil, &wg, func() { got = append(got, i) }) {
			t.Fatal("refused")
		}
	}
	wg.Wait()
	for i, n := range got {
		if i != n {
			t.Fatalf("%d came as number %d", n, i)
		}
	}
	if len(got) != 1000 {
		t.Fatalf("%d ran", len(got))
	}
	block, stop := make(chan struct{}), make(chan struct{})
	for range window {
		l.put(nil, &wg, func() { <-block })
	}
	close(stop)
	if l.put(stop, &wg, func() { t.Error("ran") }) {
		t.Error("more than the window went in")
	}
	close(block)
	wg.Wait()
}

func TestCleanIsFitForDatabaseAndPage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "s")) + rapid.String().Draw(t, "text")
		got := clean(s, 20)
		if len(got) > 20 || !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\n\r\x7f") || clean(got, 20) != got {
			t.Fatalf("%q from %q", got, s)
		}
	})
	if got := clean(" Касса\x00 1\n", 100); got != "Касса 1" {
		t.Errorf("%q", got)
	}
}

func TestDoors(t *testing.T) {
	t.Parallel()
	var d doors
	r, now := Rate{PerSecond: 0.1, Burst: 2}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, c := range []struct {
		remote string
		free   bool
	}{
		{"192.0.2.1", true},
		{"::ffff:192.0.2.1", true},
		{"192.0.2.1", false},
		{"192.0.2.2", true},
		{"2001:db8::1", true},
		{"2001:db8::2", true},
		{"2001:db8::ffff:3", false}, // the same subscriber's network
		{"2001:db8:0:1::1", true},
	} {
		if wait := d.knock(c.remote, r, now); (wait == 0) != c.free {
			t.Errorf("%d: %s waits %v", i, c.remote, wait)
		}
	}
	for i := range 3 * maxDoors {
		d.knock("host"+string(rune(i)), r, now)
	}
	if len(d.buckets) > maxDoors {
		t.Errorf("%d addresses are remembered", len(d.buckets))
	}
}

func FuzzSalvage(f *testing.F) {
	f.Add([]byte(`{"t":"reports","reports":{"id":1,"reports":[{"n":1,"at":2,"v":{"ofd.unsent":"x"}},{"n":2,"at":2}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := read(data, time.Time{})
		if in.err == nil && in.msg.Type == wire.TypeReports && in.msg.Reports == nil {
			t.Fatal("a bundle without a bundle")
		}
	})
}
