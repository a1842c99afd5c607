package catalogue_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/signal"
)

func shipped(t testing.TB) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryKnownFaultIsWritten(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	for _, k := range catalogue.KnownFaults() {
		if _, ok := c.Get(k.ID); !ok {
			t.Errorf("%s has no article", k.ID)
		}
	}
	if n := len(catalogue.KnownFaults()); n != 61 || len(c.Articles()) != n {
		t.Errorf("%d faults are known, %d written; the list has 58 and 3 of our own", n, len(c.Articles()))
	}
}

// What erases data has a name in each title: a technological reset, a reset
// through Recovery, a restored database.
var erases = regexp.MustCompile(`(?i)обнулени|recovery|сбросьте терминал|восстановите базу|удалите старые копии`)

// TestNothingIsErasedWithoutABackup looks at each step that somebody is told
// to do: what erases is an engineer's and waits for a verified backup.
func TestNothingIsErasedWithoutABackup(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, a := range shipped(t).Articles() {
		for _, s := range a.Steps {
			if s.Kind != catalogue.Do || !erases.MatchString(s.Title.RU) {
				continue
			}
			seen++
			if !s.NeedsBackup || s.Who == catalogue.Cashier {
				t.Errorf("%s, step %s: who %s, needs_backup %v", a.ID, s.ID, s.Who, s.NeedsBackup)
			}
			if s.Warning.Empty() {
				t.Errorf("%s, step %s has no warning", a.ID, s.ID)
			}
		}
	}
	if seen < 6 {
		t.Errorf("only %d such steps were found: the words have changed", seen)
	}
}

// TestStepsAreShort keeps a step to what a person takes in at once.
func TestStepsAreShort(t *testing.T) {
	t.Parallel()
	for _, a := range shipped(t).Articles() {
		for _, s := range a.Steps {
			for _, l := range i18n.Langs() {
				if n := len(strings.Fields(s.Do.In(l))); n > 60 {
					t.Errorf("%s, step %s, %s: %d words", a.ID, s.ID, l, n)
				}
			}
		}
	}
}

// TestEveryWalkEnds walks each article at random: whoever answers whatever
// comes to an end, as long as they do not go in circles on purpose.
func TestEveryWalkEnds(t *testing.T) {
	t.Parallel()
	for _, a := range shipped(t).Articles() {
		t.Run(a.ID, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { walk(t, a) })
		})
	}
}

// walk prefers answers not given yet, as a person does.
func walk(t *rapid.T, a *catalogue.Article) {
	step := a.First()
	given := make(map[string]bool)
	for range 60 {
		if step.Kind.Ends() {
			return
		}
		exits := exitsOf(step)
		fresh := slices.DeleteFunc(slices.Clone(exits), func(to string) bool { return given[step.ID+">"+to] })
		if len(fresh) > 0 {
			exits = fresh
		}
		to := rapid.SampledFrom(exits).Draw(t, step.ID)
		given[step.ID+">"+to] = true
		next, ok := a.Step(to)
		if !ok {
			t.Fatalf("%s leads to %q", step.ID, to)
		}
		step = next
	}
	t.Fatalf("after 60 steps the walk stands on %s", step.ID)
}

func exitsOf(s *catalogue.Step) []string {
	if m := s.Machine; m != nil {
		exits := []string{m.OnSuccess, m.OnFailure, m.OnUnknown}
		if m.ByHand != "" {
			exits = append(exits, m.ByHand)
		}
		return exits
	}
	var exits []string
	for _, b := range s.Branches {
		exits = append(exits, b.To)
	}
	return exits
}

func TestProofTellsYesNoAndNotKnown(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	known := func(items ...signal.Item) signal.Set { return signal.Of(items...) }
	link := signal.Item{ID: signal.Link.ID, Value: signal.TextOf(signal.LinkOK)}
	for name, c := range map[string]struct {
		fault string
		set   signal.Set
		want  catalogue.Truth
	}{
		"nothing is known":             {"kkt-3801-3802-receipt-open-closed", known(), catalogue.Unknown},
		"half is known":                {"kkt-3801-3802-receipt-open-closed", known(link), catalogue.Unknown},
		"the receipt is closed":        {"kkt-3801-3802-receipt-open-closed", known(link, signal.Item{ID: signal.ReceiptOpen.ID, Value: signal.BoolOf(false)}), catalogue.Yes},
		"the receipt is open":          {"kkt-3801-3802-receipt-open-closed", known(link, signal.Item{ID: signal.ReceiptOpen.ID, Value: signal.BoolOf(true)}), catalogue.No},
		"all was sent":                 {"fn-235-unsent-documents", known(link, signal.Item{ID: signal.Unsent.ID, Value: signal.IntOf(0)}), catalogue.Yes},
		"29 days and an hour are left": {"fn-235-unsent-documents", unsentSince(link, now.Add(-29*24*time.Hour-time.Hour)), catalogue.No},
		"the oldest is a day old":      {"fn-235-unsent-documents", unsentSince(link, now.Add(-24*time.Hour)), catalogue.Yes},
		"the clock is a minute off":    {"kkt-clock-drift", known(link, signal.Item{ID: signal.ClockDrift.ID, Value: signal.IntOf(-60)}), catalogue.Yes},
		"the clock is 61 s off":        {"kkt-clock-drift", known(link, signal.Item{ID: signal.ClockDrift.ID, Value: signal.IntOf(61)}), catalogue.No},
	} {
		a, ok := shipped(t).Get(c.fault)
		if !ok {
			t.Fatal(c.fault)
		}
		if got := a.Proof.Judge(&c.set, now); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func unsentSince(link signal.Item, at time.Time) signal.Set {
	return signal.Of(link, signal.Item{ID: signal.Unsent.ID, Value: signal.IntOf(7)}, signal.Item{ID: signal.FirstUnsentAt.ID, Value: signal.TimeOf(at)})
}
