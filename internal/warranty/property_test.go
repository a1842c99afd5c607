package warranty_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/warranty"
)

func day(t *rapid.T, name string, from, to calendar.Date) calendar.Date {
	return calendar.Date(rapid.IntRange(int(from), int(to)).Draw(t, name))
}

func TestAfterKeepsTheDayOrEndsTheMonth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := day(t, "day", calendar.NewDate(1999, 1, 1), calendar.NewDate(2101, 1, 1))
		n := rapid.IntRange(0, 60).Draw(t, "months")
		got := warranty.After(d, n)
		from, to := d.String(), got.String()
		wantYear, wantMonth := d.Year(), int(month(d))+n
		for wantMonth > 12 {
			wantYear, wantMonth = wantYear+1, wantMonth-12
		}
		if got.Year() != wantYear || int(month(got)) != wantMonth {
			t.Fatalf("%s and %d months is %s", from, n, to)
		}
		if from[8:] != to[8:] && month(got+1) == month(got) {
			t.Fatalf("%s and %d months is %s, which is neither the same day nor the month's last", from, n, to)
		}
	})
}

func month(d calendar.Date) time.Month {
	return time.Unix(int64(d)*86400, 0).UTC().Month()
}

func TestAfterAtTheEndsOfMonths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2025-08-31", 6, "2026-02-28"},
		{"2023-08-31", 6, "2024-02-29"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2025-12-31", 2, "2026-02-28"},
		{"2025-03-31", 1, "2025-04-30"},
		{"2025-06-10", 12, "2026-06-10"},
	} {
		d, err := calendar.ParseDate(c.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := warranty.After(d, c.months).String(); got != c.want {
			t.Errorf("%s and %d months is %s, want %s", c.from, c.months, got, c.want)
		}
	}
}

// drawn is a claim that can be decided.
func drawn(t *rapid.T) warranty.Claim {
	made := day(t, "produced", calendar.NewDate(2015, 1, 1), calendar.NewDate(2027, 1, 1))
	begun := day(t, "begun", made, made+1200)
	claim := day(t, "claim", begun, begun+1500)
	var names []string
	for _, c := range warranty.Conditions() {
		names = append(names, string(c))
	}
	return warranty.Claim{
		Device: rapid.SampledFrom(warranty.Devices()).Draw(t, "device"), ClaimDate: claim.String(), Produced: made.String(),
		Activated: begun.String(), Purchased: begun.String(),
		Parts:      rapid.SliceOfNDistinct(rapid.SampledFrom(warranty.Parts()), 0, 4, rapid.ID[string]).Draw(t, "parts"),
		Conditions: rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 4, rapid.ID[string]).Draw(t, "conditions"),
	}
}

func TestAnswersHoldTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawn(t)
		a, err := warranty.Check(c)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Reasons) == 0 || a.Reason != a.Reasons[0] || len(slices.Compact(slices.Sorted(slices.Values(a.Reasons)))) != len(a.Reasons) {
			t.Fatalf("reasons %v, main %q", a.Reasons, a.Reason)
		}
		for _, r := range a.Reasons {
			if !slices.Contains(warranty.Reasons(), r) {
				t.Fatalf("%q is no reason", r)
			}
		}
		if c.ClaimDate > a.LastDay && a.Verdict != warranty.NotCovered {
			t.Fatalf("claimed %s, covered until %s, yet %s", c.ClaimDate, a.LastDay, a.Verdict)
		}
		if (a.Verdict == warranty.Covered) != slices.Equal(a.Reasons, []warranty.Reason{warranty.InTerm}) {
			t.Fatalf("%s because of %v", a.Verdict, a.Reasons)
		}
		if a.Verdict == warranty.PartNotCovered && len(a.Excluded) == 0 {
			t.Fatal("a part is not covered, and none is named")
		}
	})
}

func TestWaitingNeverHelps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawn(t)
		before, err := warranty.Check(c)
		if err != nil {
			t.Fatal(err)
		}
		d, _ := calendar.ParseDate(c.ClaimDate)
		c.ClaimDate = (d + calendar.Date(rapid.IntRange(1, 3000).Draw(t, "later"))).String()
		later, err := warranty.Check(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range before.Reasons {
			if r != warranty.InTerm && !slices.Contains(later.Reasons, r) {
				t.Fatalf("%q held and holds no longer", r)
			}
		}
		if before.LastDay != later.LastDay {
			t.Fatalf("the last day moved from %s to %s", before.LastDay, later.LastDay)
		}
	})
}

func FuzzCheck(f *testing.F) {
	f.Add("evotor", "2026-02-16", "2025-03-03", "2025-06-10", "", "fn", "liquid")
	f.Add("kassenserver", "2026-02-16", "", "", "2019-12-31", "", "opened")
	f.Fuzz(func(t *testing.T, device, claim, produced, activated, purchased, part, condition string) {
		a, err := warranty.Check(warranty.Claim{
			Device: device, ClaimDate: claim, Produced: produced, Activated: activated, Purchased: purchased, Parts: []string{part}, Conditions: []string{condition},
		})
		if (err == nil) != (len(a.Reasons) > 0) {
			t.Fatalf("%v and %v", err, a)
		}
	})
}
