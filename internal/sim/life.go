package sim

import (
	"context"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Habits are how the registers of a bench live when nobody looks.
type Habits struct {
	SalesPerHour float64 // mean, of one register while its shop is open; 0 sells nothing
	Opens        int     // hour of the register's own zone
	Closes       int     // hour; equal to Opens: never closes, and the shift is changed every 20 hours
	// FaultsPerDay is how often each fault befalls one register, on average.
	FaultsPerDay map[string]float64
	// HealAfter mends by itself what no command mends, after so long; 0 never.
	HealAfter time.Duration
}

// changeShift is when a shop that never closes changes its shift.
const changeShift = 20 * time.Hour

// Life lets the registers of a bench trade, send to the OFD and fall ill. What
// happens depends only on the seed and on the steps taken.
type Life struct {
	bench  *Bench
	habits Habits

	mu    sync.Mutex
	rnd   *rand.Rand
	since map[ailment]time.Duration // how long a fault has lasted
}

type ailment struct {
	register int
	fault    string
}

// NewLife gives a bench a life. Nothing happens until Step or Run.
func NewLife(b *Bench, h Habits, seed uint64) *Life {
	return &Life{bench: b, habits: h, rnd: rand.New(rand.NewPCG(seed, 0x6c69_6665)), since: map[ailment]time.Duration{}}
}

// Run takes a step every so often, as long as the step is, until the context
// ends. The time is the machine's; a bench whose clock was moved goes on from
// there.
func (l *Life) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			l.Step(every)
		}
	}
}

// Step lives through one span of time that has passed. It does not move
// anybody's clock.
func (l *Life) Step(span time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, s := range l.bench.stations {
		s.Patient().Live(l.habits, l.sales(span))
		l.heal(i, s, span)
		l.sicken(s, span)
	}
}

// sales draws the sums of a step's receipts.
func (l *Life) sales(span time.Duration) []int64 {
	mean := l.habits.SalesPerHour * span.Hours()
	n := int(mean)
	if l.rnd.Float64() < mean-float64(n) {
		n++
	}
	sums := make([]int64, n)
	for i := range sums {
		sums[i] = 4_900 + l.rnd.Int64N(350_000)
	}
	return sums
}

// sicken lets a healthy register fall ill. One illness at a time: two at once
// would hide each other.
func (l *Life) sicken(s Station, span time.Duration) {
	if len(l.habits.FaultsPerDay) == 0 {
		return
	}
	well := len(s.Patient().Active()) == 0
	for _, id := range slices.Sorted(maps.Keys(l.habits.FaultsPerDay)) {
		chance := 1 - math.Exp(-l.habits.FaultsPerDay[id]*span.Hours()/24)
		if l.rnd.Float64() < chance && well {
			well = s.Inject(id) != nil // an id that is not known makes nobody ill
		}
	}
}

// heal ends what has lasted long enough and no command can end.
func (l *Life) heal(i int, s Station, span time.Duration) {
	if l.habits.HealAfter == 0 {
		return
	}
	active := s.Patient().Active()
	for _, f := range l.bench.Faults() {
		key := ailment{register: i, fault: f.ID}
		if f.CuredBy != "" || !slices.Contains(active, f.ID) {
			delete(l.since, key)
			continue
		}
		l.since[key] += span
		if l.since[key] >= l.habits.HealAfter && s.Clear(f.ID) == nil {
			delete(l.since, key)
		}
	}
}

// Live is one step of one register: send, open or close the shop, sell. A
// register that is in somebody's hands, or that its drive holds back, waits.
func (r *Register) Live(h Habits, sums []int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sendDue()
	if r.mode > 1 || r.receipt.kind != 0 || r.driveRefuses() != 0 || r.has(FaultUnplugged) || r.has(FaultSilent) || r.has(FaultPower) || r.has(FaultNoPaper) {
		return
	}
	if r.has(FaultShiftOver) {
		return
	}
	switch opens, closes := h.Turn(r.own(), r.shift.Open, r.shift.OpenedAt); {
	case closes:
		r.closeShift()
	case opens:
		r.openShift()
	}
	if !r.shift.Open || r.shift.Over(r.own()) || r.has(FaultAgentTag) {
		return
	}
	for _, sum := range sums {
		r.receipt = receipt{kind: 1, sum: sum}
		means := byte(inCash)
		if sum%3 != 0 {
			means++
		}
		r.finishReceipt(means)
	}
}

// Turn says what a shop does now about its shift, which has been open since
// then or is closed.
func (h Habits) Turn(now time.Time, open bool, since time.Time) (opens, closes bool) {
	busy := h.busy(now.Hour())
	if open {
		return false, !busy || h.Opens == h.Closes && now.Sub(since) > changeShift
	}
	return busy, false
}

// busy says whether the shop is open at an hour.
func (h Habits) busy(hour int) bool {
	switch {
	case h.Opens == h.Closes:
		return true
	case h.Opens < h.Closes:
		return hour >= h.Opens && hour < h.Closes
	default:
		return hour >= h.Opens || hour < h.Closes
	}
}
