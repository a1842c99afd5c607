package fleet_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// benchRoster is n devices, two at each outlet, one agent an outlet.
func benchRoster(n int) roster {
	r := make(roster, 0, n)
	var outlet, agent string
	for i := range n {
		if i%2 == 0 {
			outlet, agent = ids.New(), ids.New()
		}
		r = append(r, fleet.Device{ID: ids.New(), Tenant: "t", Client: "c", Outlet: outlet, Agent: agent})
	}
	return r
}

// tenValues is a report of ten values; turn chooses what differs.
func tenValues(now time.Time, one, all int) []signal.Item {
	return []signal.Item{
		{ID: signal.Link.ID, Value: signal.TextOf(signal.LinkOK)},
		{ID: signal.Mode.ID, Value: signal.IntOf(int64(all % 2))},
		{ID: signal.Submode.ID, Value: signal.IntOf(int64(all % 3))},
		{ID: signal.Shift.ID, Value: signal.TextOf("open")},
		{ID: signal.ShiftNumber.ID, Value: signal.IntOf(int64(100 + all))},
		{ID: signal.ShiftEndsAt.ID, Value: signal.TimeOf(now.Add(20*time.Hour + time.Duration(all)*time.Second))},
		{ID: signal.ClockDrift.ID, Value: signal.IntOf(int64(all % 60))},
		{ID: signal.Unsent.ID, Value: signal.IntOf(int64(all % 5))},
		{ID: signal.LastDocNo.ID, Value: signal.IntOf(int64(1000 + one + all))},
		{ID: signal.HoldMillis.ID, Value: signal.IntOf(int64(40 + all%100))},
	}
}

// BenchmarkIngest measures reports of ten values made durable, judged and
// answered in one process: senders wait for each answer as agents do.
func BenchmarkIngest(b *testing.B) {
	for _, v := range []struct {
		name string
		each int // one report in so many changes one value; 0 = none
		all  bool
	}{
		{"nothing_changes", 0, false},
		{"one_in_ten_changes_one_value", 10, false},
		{"each_changes_one_value", 1, false},
		{"each_changes_all_values", 1, true},
	} {
		b.Run(v.name, func(b *testing.B) { benchIngest(b, v.each, v.all) })
	}
}

const (
	benchDevices = 20_000
	benchSenders = 2_000
)

func benchIngest(b *testing.B, each int, all bool) {
	r := benchRoster(benchDevices)
	d := dbtest.SQLite(b, clock.System{})
	s, err := fleet.New(fleet.Deps{DB: d, Clock: clock.System{}, Roster: r})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer s.Kill()
	base := time.Now()
	var seqs [benchDevices / 2]int64
	send := func(i int, turn int) {
		now := time.Now()
		one, every := 0, 0
		if each > 0 && turn%each == 0 {
			one = turn
			if all {
				every = turn
			}
		}
		agent := i / 2
		seqs[agent]++
		_, err := s.Ingest(b.Context(), fleet.Batch{Tenant: "t", Agent: r[i].Agent, Received: now, Reports: wire.Reports{
			ID: 1, Now: now.UnixMilli(), Reports: []wire.Report{{
				Seq: seqs[agent], Device: r[i].ID, At: now.UnixMilli(), Full: true, Values: tenValues(base, one, every),
			}},
		}})
		if err != nil {
			b.Error(err)
		}
	}
	fan(benchDevices, benchSenders, func(i int) { send(i, 0) })
	var took lats
	before, cpu := s.Stats(), cpuTime()
	b.ResetTimer()
	begin := time.Now()
	fan(b.N, benchSenders, func(i int) {
		t := time.Now()
		send(i%benchDevices, i/7+1)
		took.add(time.Since(t))
	})
	b.StopTimer()
	after := s.Stats()
	b.ReportMetric(float64((cpuTime()-cpu).Microseconds())/float64(b.N), "cpu-µs/report")
	b.ReportMetric(float64(b.N)/time.Since(begin).Seconds(), "reports/s")
	b.ReportMetric(took.p99().Seconds()*1000, "p99-ms")
	b.ReportMetric(float64(after.Reports-before.Reports)/float64(max(1, after.Commits-before.Commits)), "reports/commit")
}

// fan calls f for 0…n-1 from so many senders; sender k takes every so-manyth,
// so that one agent never speaks twice at once.
func fan(n, senders int, f func(int)) {
	var wg sync.WaitGroup
	for k := range senders {
		wg.Go(func() {
			for i := 2 * k; i < n; i += 2 * senders {
				f(i)
				if i+1 < n {
					f(i + 1)
				}
			}
		})
	}
	wg.Wait()
}

// cpuTime is what the whole process has used: it tells the cost of a report
// also on a machine that has other work.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

type lats struct {
	mu sync.Mutex
	d  []time.Duration
	n  atomic.Int64
}

func (l *lats) add(d time.Duration) {
	if l.n.Add(1)%16 != 0 {
		return
	}
	l.mu.Lock()
	l.d = append(l.d, d)
	l.mu.Unlock()
}

func (l *lats) p99() time.Duration {
	if len(l.d) == 0 {
		return 0
	}
	slices.Sort(l.d)
	return l.d[len(l.d)*99/100]
}

// fullState is what an ATOL register tells, all of it.
func fullState(i int, now time.Time) []signal.Item {
	n := fmt.Sprintf("%08d", i)
	at := signal.TimeOf(now)
	return append(tenValues(now, i, i),
		signal.Item{ID: signal.Model.ID, Value: signal.TextOf("АТОЛ 30Ф")}, signal.Item{ID: signal.Serial.ID, Value: signal.TextOf("001061" + n)},
		signal.Item{ID: signal.Firmware.ID, Value: signal.TextOf("5.8.100")}, signal.Item{ID: signal.RegNumber.ID, Value: signal.TextOf("00012345" + n)},
		signal.Item{ID: signal.INN.ID, Value: signal.TextOf("77" + n)}, signal.Item{ID: signal.FFD.ID, Value: signal.TextOf("1.2")},
		signal.Item{ID: signal.Paper.ID, Value: signal.BoolOf(true)}, signal.Item{ID: signal.Registered.ID, Value: signal.BoolOf(true)},
		signal.Item{ID: signal.ErrorCode.ID, Value: signal.IntOf(0)}, signal.Item{ID: signal.ReceiptOpen.ID, Value: signal.BoolOf(false)},
		signal.Item{ID: signal.FNLink.ID, Value: signal.TextOf("ok")}, signal.Item{ID: signal.FNError.ID, Value: signal.IntOf(0)},
		signal.Item{ID: signal.FNSerial.ID, Value: signal.TextOf("72810000" + n)}, signal.Item{ID: signal.FNPhase.ID, Value: signal.IntOf(3)},
		signal.Item{ID: signal.FNValidTill.ID, Value: signal.TimeOf(now.Add(time.Duration(40+i%400) * 24 * time.Hour))},
		signal.Item{ID: signal.FNWarnings.ID, Value: signal.IntOf(0)}, signal.Item{ID: signal.FNFFD.ID, Value: signal.TextOf("1.2")},
		signal.Item{ID: signal.OFDHost.ID, Value: signal.TextOf("f1.ofd.example")}, signal.Item{ID: signal.OFDPort.ID, Value: signal.IntOf(21101)},
		signal.Item{ID: signal.OFDChannel.ID, Value: signal.TextOf("proto")}, signal.Item{ID: signal.OFDReach.ID, Value: signal.TextOf("ok")},
		signal.Item{ID: signal.OFDNetError.ID, Value: signal.IntOf(0)}, signal.Item{ID: signal.LastDocAt.ID, Value: at},
		signal.Item{ID: signal.LastDocSign.ID, Value: signal.TextOf("01" + n)}, signal.Item{ID: signal.Temperature.ID, Value: signal.IntOf(41)},
	)
}

func filled(b *testing.B, d *db.DB, clk clock.Clock, n int) *fleet.Service {
	b.Helper()
	r := benchRoster(n)
	now := clk.Now()
	s, err := fleet.New(fleet.Deps{DB: d, Bus: bus.New(), Clock: clk, Roster: r, Still: true})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	fan(n, 500, func(i int) {
		_, err := s.Ingest(b.Context(), fleet.Batch{Tenant: "t", Agent: r[i].Agent, Received: now, Reports: wire.Reports{
			Now: now.UnixMilli(), Reports: []wire.Report{{Seq: int64(i + 1), Device: r[i].ID, At: now.UnixMilli(), Full: true, Values: fullState(i, now)}},
		}})
		if err != nil {
			b.Error(err)
		}
	})
	if err := s.Checkpoint(b.Context()); err != nil {
		b.Fatal(err)
	}
	return s
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkMemory measures the heap of a device with everything that an ATOL
// register tells, with its share of agents and maps. TILLWRIGHT_MILLION=1 adds
// a million devices, for which the machine needs some five gigabytes and ten
// minutes.
func BenchmarkMemory(b *testing.B) {
	counts := []int{200_000}
	if os.Getenv("TILLWRIGHT_MILLION") != "" {
		counts = append(counts, 1_000_000)
	}
	for _, n := range counts {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			before := heap()
			s := filled(b, dbtest.SQLite(b, clock.System{}), clock.System{}, n)
			b.ReportMetric(float64(heap()-before)/float64(n), "B/device")
			b.ReportMetric(float64(heap())/1e6, "heap-MB")
			runtime.KeepAlive(s)
			s.Kill()
		})
	}
}

// BenchmarkSilence lets 50,000 agents fall silent in the same second and
// measures until their alerts, and the one incident over them, are durable.
func BenchmarkSilence(b *testing.B) {
	for name, open := range map[string]func() *db.DB{
		"sqlite":     func() *db.DB { return dbtest.SQLite(b, clock.System{}) },
		"postgresql": func() *db.DB { return dbtest.Postgres(b, clock.System{}) },
	} {
		b.Run(name, func(b *testing.B) { benchSilence(b, open()) })
	}
}

func benchSilence(b *testing.B, d *db.DB) {
	const agents = 50_000
	clk := clock.NewManual(time.Now())
	s := filled(b, d, clk, 2*agents)
	defer s.Kill()
	tick := func() {
		if err := s.Tick(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	for range 3 { // up to a moment before the limit
		clk.Advance(25 * time.Second)
		tick()
	}
	clk.Advance(6 * time.Second)
	b.ResetTimer()
	tick()
	b.StopTimer()
	list, err := s.ListIncidents(b.Context(), scope.System("t", "bench"), true, 0)
	if err != nil || len(list) != 1 || list[0].Outlets != agents {
		b.Fatalf("%d incidents: %+v (%v)", len(list), list, err)
	}
}

// BenchmarkForecast counts the stops of 100,000 devices.
func BenchmarkForecast(b *testing.B) {
	const n = 100_000
	r := benchRoster(n)
	s, err := fleet.New(fleet.Deps{DB: dbtest.SQLite(b, clock.System{}), Clock: clock.System{}, Roster: r, Still: true})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer s.Kill()
	sc := scope.System("t", "bench")
	i := 0
	for b.Loop() {
		// A change makes the kept forecast stale, so each turn counts anew.
		now := time.Now()
		_, err := s.Ingest(b.Context(), fleet.Batch{Tenant: "t", Agent: r[i].Agent, Received: now, Reports: wire.Reports{
			Now: now.UnixMilli(), Reports: []wire.Report{{Seq: int64(i + 1), Device: r[i].ID, At: now.UnixMilli(), Full: true, Values: fullState(i, now)}},
		}})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Forecast(sc, time.UTC); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
