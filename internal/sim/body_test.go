package sim_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/fptr"
	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

// kinds are registers of every protocol at the same time of a working day.
func kinds(seed uint64, clk clock.Clock) map[string]sim.Patient {
	zone := time.FixedZone("MSK", 3*3600)
	return map[string]sim.Patient{
		"atol":   sim.NewRegister(sim.Options{Seed: seed, Clock: clk, Location: zone}),
		"shtrih": shtrih.New(shtrih.Options{Seed: seed, Clock: clk, Location: zone}),
		"fptr":   fptr.NewRegister(fptr.Options{Seed: seed, Clock: clk, Location: zone}),
	}
}

var midday = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// A common fault does the same to every kind of register, is there until it is
// cleared, and leaves what it touched in order.
func TestACommonFaultStrikesEveryKind(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	unsent := func(least, most int, from, to time.Duration) func(s sim.State) bool {
		return func(s sim.State) bool {
			age := s.Clock.Sub(s.FN.FirstUnsentAt)
			return s.FN.Unsent >= least && s.FN.Unsent <= most && age >= from && age <= to && !s.OFD.Reachable && s.FN.LastDocument == s.FN.FirstUnsent+int64(s.FN.Unsent)-1
		}
	}
	shows := map[string]func(s sim.State) bool{
		sim.FaultUnsent:     unsent(60, 459, 28*day, 31*day),
		sim.FaultNoExchange: unsent(4, 63, 25*time.Hour, 65*time.Hour),
		sim.FaultNoInternet: unsent(1, 9, 10*time.Minute, 90*time.Minute),
		sim.FaultChannel:    unsent(1, 9, 30*time.Minute, 330*time.Minute),
		sim.FaultFNOver: func(s sim.State) bool {
			left := s.FN.ValidTill.Sub(s.Clock)
			return left >= -2*day && left < 5*day && fn.Warnings(s.FN.Warnings)&fn.WarnThirtyDays != 0
		},
		sim.FaultClock:     func(s sim.State) bool { d := s.Time.Sub(s.Clock); return d >= 7*time.Minute && d < 47*time.Minute },
		sim.FaultShiftOver: func(s sim.State) bool { return s.Shift.Open && s.Clock.After(s.Shift.EndsAt) },
		sim.FaultTotals:    func(s sim.State) bool { return s.Shift.Open && s.Shift.Receipts == 0 },
	}
	healthy := func(s sim.State) bool {
		return len(s.Faults) == 0 && !s.Shift.Open && s.FN.Unsent == 0 && s.FN.Warnings == 0 && s.Clock.Equal(s.Time) && s.OFD.Reachable
	}
	list := append(sim.Common(), sim.Fault{ID: sim.FaultBlocked})
	shows[sim.FaultBlocked] = shows[sim.FaultTotals]
	for _, f := range list {
		for seed := range uint64(5) {
			clk := clock.NewManual(midday)
			for name, r := range kinds(seed, clk) {
				if f.ID == sim.FaultBlocked && name == "shtrih" {
					continue // its mode cannot be blocked
				}
				clk.Set(midday)
				if err := r.Inject(f.ID); err != nil {
					t.Errorf("%s cannot have the common fault %s: %v", name, f.ID, err)
					continue
				}
				if s := r.State(); !slices.Equal(s.Faults, []string{f.ID}) || shows[f.ID] != nil && !shows[f.ID](s) {
					t.Errorf("%s of seed %d with %s is %+v", name, seed, f.ID, s)
				}
				if err := r.Clear(f.ID); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				clk.Set(midday.Add(time.Minute)) // what waits goes out
				if s := r.State(); shows[f.ID] != nil && !healthy(s) {
					t.Errorf("%s of seed %d after %s is %+v", name, seed, f.ID, s)
				}
			}
		}
	}
}

// The kind's own word about a common fault wins, and what only it has comes
// after.
func TestAKindMayCureACommonFaultInItsOwnWay(t *testing.T) {
	t.Parallel()
	list := sim.Common(sim.Fault{ID: sim.FaultFNLink}, sim.Fault{ID: "only-here", Line: true})
	if len(list) != len(sim.Common())+1 || list[len(list)-1].ID != "only-here" {
		t.Errorf("%+v", list)
	}
	for i, f := range sim.Common() {
		if list[i].ID != f.ID {
			t.Errorf("%s stands where %s was", list[i].ID, f.ID)
		}
		if f.ID == sim.FaultFNLink && (f.CuredBy == "" || list[i].CuredBy != "") {
			t.Errorf("%+v instead of %+v", list[i], f)
		}
	}
}

// What was wrong with the old drive leaves with it, and nothing else does.
func TestADrivesFaultsLeaveWithIt(t *testing.T) {
	t.Parallel()
	leaves := []string{sim.FaultFNLink, sim.FaultFNFormat, sim.FaultFNState, sim.FaultFNOver, sim.FaultUnsent, sim.FaultDriveTerms}
	for _, r := range kinds(1, clock.NewManual(midday)) {
		changed, ok := r.(interface{ ReplaceDrive() })
		if !ok {
			continue // nobody opens a Shtrih of the bench
		}
		was := r.State().FN.Serial
		for _, id := range append(leaves, sim.FaultNoExchange) {
			if err := r.Inject(id); err != nil {
				t.Fatal(err)
			}
		}
		changed.ReplaceDrive()
		if s := r.State(); !slices.Equal(s.Faults, []string{sim.FaultNoExchange}) || s.FN.Serial == was || fn.Phase(s.FN.Phase) != fn.PhaseReady || s.FN.Unsent != 0 {
			t.Errorf("%s after its drive was replaced: %+v", s.Protocol, s)
		}
	}
}

// How a drive that is gone or worn shows does not depend on the protocol.
func TestEveryKindsDriveAgesAlike(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(midday)
	for name, r := range kinds(3, clk) {
		ends := r.State().FN.ValidTill
		for left, want := range map[time.Duration]fn.Warnings{
			31 * 24 * time.Hour: 0, 29 * 24 * time.Hour: fn.WarnThirtyDays, 2 * 24 * time.Hour: fn.WarnThirtyDays | fn.WarnThreeDays,
		} {
			clk.Set(ends.Add(-left))
			if got := fn.Warnings(r.State().FN.Warnings); got != want {
				t.Errorf("%s, %v before its drive's end: warns %x, want %x", name, left, got, want)
			}
		}
		clk.Set(ends.Add(time.Hour))
		was := r.State()
		r.Live(sim.Habits{Opens: 0, Closes: 0}, []int64{100})
		if now := r.State(); now.FN.LastDocument != was.FN.LastDocument || now.Shift.Open != was.Shift.Open {
			t.Errorf("%s trades with a drive that is past its end", name)
		}
		clk.Set(midday)
	}
}
