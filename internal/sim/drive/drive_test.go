package drive_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/sim/drive"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func dice(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// drawn is a drive in the middle of its life, in a register whose shift is open.
func drawn(seed uint64, keeps int) (*drive.Drive, *drive.Shift) {
	rnd := dice(seed)
	d := drive.Draw(rnd, noon)
	d.Keeps = keeps
	d.DrawLast(rnd, noon, 41)
	s := &drive.Shift{Number: 41}
	s.Begin(noon)
	return &d, s
}

func sale(sum int64) paper.Document { return paper.Document{Form: paper.Receipt, Kind: 1, Sum: sum} }

func TestADrawnDriveIsInTheMiddleOfItsLife(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		d, _ := drawn(seed, 0)
		if d.Phase != fn.PhaseFiscal || d.Refuses(noon) != drive.None || d.Warnings(noon) != 0 || d.Unsent() != 0 {
			t.Errorf("seed %d: phase %d, refuses %d, warns %x, %d wait", seed, d.Phase, d.Refuses(noon), d.Warnings(noon), d.Unsent())
		}
		if len(d.Serial) != 16 || !strings.HasPrefix(d.Serial, "9999078902") {
			t.Errorf("seed %d: %q is not a dummy's number", seed, d.Serial)
		}
		if again, _ := drawn(seed, 0); again.Serial != d.Serial || again.Last.Sign != d.Last.Sign || !again.ValidTill.Equal(d.ValidTill) {
			t.Errorf("seed %d gives two different drives", seed)
		}
	}
}

func TestADriveNumbersAndCountsWhatItSigns(t *testing.T) {
	t.Parallel()
	d, s := drawn(1, 0)
	last, receipts := d.Last.Number, d.Receipts
	opening := d.Sign(paper.Document{Form: paper.OpenShift}, s, noon, 5)
	first := d.Sign(sale(100), s, noon.Add(time.Minute), 6)
	second := d.Sign(paper.Document{Form: paper.Correction, Kind: 2, Sum: 7}, s, noon.Add(2*time.Minute), 7)
	if opening.Number != last+1 || first.Number != last+2 || second.Number != last+3 {
		t.Errorf("numbers %d, %d, %d after %d", opening.Number, first.Number, second.Number, last)
	}
	if opening.Shift != 42 || opening.Receipt != 0 || first.Receipt != 1 || second.Receipt != 2 {
		t.Errorf("shift %d, receipts %d, %d, %d", opening.Shift, opening.Receipt, first.Receipt, second.Receipt)
	}
	if d.Receipts != receipts+2 || s.Receipts != 2 || s.Documents != 3 || d.Unsent() != 3 || d.LastSale.Number != second.Number {
		t.Errorf("%d receipts more, %d and %d in the shift, %d wait, last sale %d", d.Receipts-receipts, s.Receipts, s.Documents, d.Unsent(), d.LastSale.Number)
	}
	report := d.Tell(paper.Document{Form: paper.CloseShift})
	if report.Unsent != 3 || report.FirstNumber != int64(opening.Number) || !report.FirstUnsent.Equal(noon) {
		t.Errorf("the report tells %d since %v from %d", report.Unsent, report.FirstUnsent, report.FirstNumber)
	}
	d.Sign(report, s, noon.Add(3*time.Minute), 8)
	s.End(noon.Add(3 * time.Minute))
	if s.Open || s.Current() != 42 {
		t.Errorf("after its end the shift is %d, open %v", s.Current(), s.Open)
	}
}

func TestAShiftIsOverAfterADay(t *testing.T) {
	t.Parallel()
	s := &drive.Shift{Number: 7}
	if s.Current() != 7 || s.Over(noon.AddDate(1, 0, 0)) {
		t.Error("a closed shift is over or counts itself")
	}
	s.Begin(noon)
	if s.Current() != 8 || s.Over(noon.Add(drive.ShiftLimit)) || !s.Over(noon.Add(drive.ShiftLimit+time.Second)) {
		t.Error("a shift may last a day and no longer")
	}
}

func TestWhyADriveRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(d *drive.Drive, s *drive.Shift)
		at     time.Time
		want   drive.Refusal
	}{
		"healthy":                    {nil, noon, drive.None},
		"closed":                     {func(d *drive.Drive, _ *drive.Shift) { d.Phase = fn.PhaseClosed }, noon, drive.WrongState},
		"never registered":           {func(d *drive.Drive, _ *drive.Shift) { d.Replace(dice(9), noon) }, noon, drive.WrongState},
		"in the last one's minute":   {func(d *drive.Drive, s *drive.Shift) { d.Sign(sale(1), s, noon.Add(30*time.Second), 1) }, noon, drive.None},
		"clock behind the last one":  {func(d *drive.Drive, s *drive.Shift) { d.Sign(sale(1), s, noon, 1) }, noon.Add(-time.Second), drive.WrongTime},
		"keys over":                  {func(d *drive.Drive, _ *drive.Shift) { d.ValidTill = noon }, noon.Add(time.Second), drive.KeysOver},
		"last moment":                {func(d *drive.Drive, _ *drive.Shift) { d.ValidTill = noon }, noon, drive.None},
		"life over, as it was drawn": {func(d *drive.Drive, _ *drive.Shift) { d.ValidTill, d.Ends = noon, drive.LifeOver }, noon.Add(time.Second), drive.LifeOver},
		"archive full":               {func(d *drive.Drive, _ *drive.Shift) { d.Last.Number = drive.Archive }, noon, drive.ArchiveFull},
		"no room for what waits": {func(d *drive.Drive, _ *drive.Shift) {
			d.LeaveUnsent(dice(1), noon, drive.Left{Receipts: 16_000, Age: time.Hour})
		}, noon, drive.StorageFull},
		"thirty days":                 {func(d *drive.Drive, s *drive.Shift) { d.Sign(sale(1), s, noon, 1) }, noon.Add(fn.UnsentLimit), drive.None},
		"thirty days and a second":    {func(d *drive.Drive, s *drive.Shift) { d.Sign(sale(1), s, noon, 1) }, noon.Add(fn.UnsentLimit + time.Second), drive.Waiting},
		"thirty days, then confirmed": {func(d *drive.Drive, s *drive.Shift) { d.Confirm(int64(d.Sign(sale(1), s, noon, 1).Number), noon) }, noon.AddDate(0, 0, 40), drive.None},
	} {
		d, s := drawn(3, 0)
		if tc.change != nil {
			tc.change(d, s)
		}
		if got := d.Refuses(tc.at); got != tc.want {
			t.Errorf("%s: refuses with %d, want %d", name, got, tc.want)
		}
	}
}

func TestWhatADriveWarnsOf(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	d, s := drawn(2, 0)
	for left, want := range map[time.Duration]fn.Warnings{
		30 * day: 0, 30*day - 1: fn.WarnThirtyDays, 3 * day: fn.WarnThirtyDays, 3*day - 1: fn.WarnThirtyDays | fn.WarnThreeDays, -day: fn.WarnThirtyDays | fn.WarnThreeDays,
	} {
		if got := d.Warnings(d.ValidTill.Add(-left)); got != want {
			t.Errorf("%v left: warns %x, want %x", left, got, want)
		}
	}
	d.Sign(sale(1), s, noon, 1)
	if d.Warnings(noon.Add(5*day)) != 0 || d.Warnings(noon.Add(5*day+1)) != fn.WarnOFD {
		t.Error("the operator is waited for for five days")
	}
	d.Last.Number = drive.Archive/10*9 + 1
	if d.Warnings(noon) != fn.WarnMemory {
		t.Errorf("an archive of nine tenths warns %x", d.Warnings(noon))
	}
}

func TestANewDriveIsEmptyAndWantsToBeRegistered(t *testing.T) {
	t.Parallel()
	d, s := drawn(4, 10)
	old := d.Sign(sale(5), s, noon, 1)
	was := d.Serial
	d.Replace(dice(5), noon)
	if d.Serial == was || d.Phase != fn.PhaseReady || d.Unsent() != 0 || d.Receipts != 0 || d.Last.Number != 0 || d.Keeps != 10 {
		t.Errorf("a new drive: %+v", d)
	}
	if _, ok := d.Find(int64(old.Number)); ok {
		t.Error("a new drive knows the old one's documents")
	}
	d.Phase = fn.PhaseFiscal
	if doc := d.Sign(paper.Document{Form: paper.Changed}, s, noon, 1); doc.Number != 1 {
		t.Errorf("its first document is %d", doc.Number)
	}
}

func TestWhichDocumentsADriveStillHas(t *testing.T) {
	t.Parallel()
	for keeps, want := range map[int]int{0: 2, 10: 20} { // the last and the last receipt; up to twice the list
		d, s := drawn(6, keeps)
		from := int64(d.Last.Number) + 1
		for i := range 300 {
			form := paper.Document{Form: paper.Settlement}
			if i == 298 {
				form = sale(12)
			}
			doc := d.Sign(form, s, noon, uint32(i))
			d.Confirm(int64(doc.Number), noon)
		}
		had := 0
		for n := from; n <= int64(d.Last.Number); n++ {
			if doc, ok := d.Find(n); ok {
				had++
				if int64(doc.Number) != n {
					t.Errorf("asked for %d, got %d", n, doc.Number)
				}
			}
		}
		if had < max(keeps, 2) || had > want {
			t.Errorf("keeps %d: has %d of its documents, want up to %d", keeps, had, want)
		}
		if _, ok := d.Find(0); ok {
			t.Error("there is no document 0")
		}
	}
	d, s := drawn(7, 0)
	waits := d.Sign(sale(3), s, noon, 1)
	for range 9 {
		d.Sign(sale(4), s, noon, 2)
	}
	if _, ok := d.Find(int64(waits.Number)); !ok {
		t.Error("a document that waits cannot be asked for")
	}
}

func TestWhatGoesOutOnPaper(t *testing.T) {
	t.Parallel()
	d, s := drawn(8, 0)
	d.ValidTill = noon.Add(100*24*time.Hour + time.Hour)
	p := d.Paper(d.Sign(sale(1234), s, noon, 1))
	if p.KeyDays != 100 || len(p.Items) != 1 || p.Items[0].Sum != 1234 || p.Items[0].Quantity != 1000 {
		t.Errorf("%d days, items %+v", p.KeyDays, p.Items)
	}
	rung := sale(7)
	rung.Items = []paper.Item{{Name: "a", Sum: 3}, {Name: "b", Sum: 4}}
	if p := d.Paper(d.Sign(rung, s, noon, 1)); len(p.Items) != 2 {
		t.Errorf("items that were rung up became %+v", p.Items)
	}
	if p := d.Paper(d.Sign(paper.Document{Form: paper.OpenShift}, s, noon, 1)); len(p.Items) != 0 {
		t.Errorf("a shift is opened with %+v", p.Items)
	}
}

func TestOnlyTheOldestIsConfirmed(t *testing.T) {
	t.Parallel()
	d, s := drawn(9, 0)
	a, b := d.Sign(sale(1), s, noon, 1), d.Sign(sale(2), s, noon, 2)
	if d.Confirm(int64(b.Number), noon) || d.Unsent() != 2 || !d.Confirmed.IsZero() {
		t.Error("the second was confirmed before the first")
	}
	if !d.Confirm(int64(a.Number), noon.Add(time.Second)) || d.Waits(int64(a.Number)) || !d.Waits(int64(b.Number)) || !d.Confirmed.Equal(noon.Add(time.Second)) {
		t.Error("the first was not confirmed, or the second with it")
	}
	if d.Confirm(int64(a.Number), noon) {
		t.Error("the first was confirmed twice")
	}
}

func TestTheBenchsOwnOperatorTakesWhatHasWaited(t *testing.T) {
	t.Parallel()
	d, s := drawn(10, 0)
	d.Sign(sale(1), s, noon, 1)
	late := d.Sign(sale(2), s, noon.Add(2*time.Second), 2)
	d.SendDue(noon.Add(drive.SendPause - 1))
	if d.Unsent() != 2 || !d.Confirmed.IsZero() {
		t.Error("taken too early")
	}
	d.SendDue(noon.Add(drive.SendPause))
	if first, ok := d.First(); !ok || first.Number != late.Number {
		t.Errorf("after three seconds waits %+v", first)
	}
	d.SendDue(noon.Add(-time.Hour))
	if d.Unsent() != 0 {
		t.Error("a document out of the future waits for ever")
	}
}

// What LeaveUnsent leaves is a drive that could have come about by sales: in a
// row, the oldest of the age asked for, none younger than now, each found.
func TestLeavingDocumentsUnsent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, s := drawn(rapid.Uint64Max(99).Draw(t, "seed"), rapid.SampledFrom([]int{0, 500}).Draw(t, "keeps"))
		if rapid.Bool().Draw(t, "new drive") {
			d.Replace(dice(1), noon)
			d.Phase = fn.PhaseFiscal
		}
		before := rapid.IntRange(0, 5).Draw(t, "waiting before")
		for range before {
			d.Sign(sale(1), s, noon.Add(-time.Hour), 1)
		}
		last, signs := d.Last.Number, map[uint32]bool{}
		n := rapid.IntRange(1, 500).Draw(t, "n")
		age := time.Duration(rapid.Int64Range(1, int64(60*24*time.Hour)).Draw(t, "age"))
		behind := rapid.Bool().Draw(t, "behind")
		d.LeaveUnsent(dice(2), noon, drive.Left{Receipts: n, Age: age, Behind: behind, Shift: 0, Cashier: "A"})
		want := n
		if behind {
			want += before
		}
		first, ok := d.First()
		if !ok || d.Unsent() != want || !first.At.Equal(noon.Add(-age)) || int64(d.Last.Number) != int64(first.Number)+int64(want)-1 {
			t.Fatalf("%d wait, the first %d of %v, the last %d; want %d", d.Unsent(), first.Number, first.At, d.Last.Number, want)
		}
		if d.LastSale.Number != d.Last.Number {
			t.Fatalf("the last receipt is %d, the last document %d", d.LastSale.Number, d.Last.Number)
		}
		if behind && d.Last.Number < last+uint32(n) {
			t.Fatalf("an operator had %d, new ones end at %d", last, d.Last.Number)
		}
		at := first.At
		for i := range want {
			doc, ok := d.Find(int64(first.Number) + int64(i))
			if !ok || doc.At.Before(at) || doc.At.After(noon) || doc.Form != paper.Receipt || doc.Sum <= 0 {
				t.Fatalf("document %d: %v %+v", i, ok, doc)
			}
			at, signs[doc.Sign] = doc.At, true
		}
		if n > 1 && len(signs) < n/2 {
			t.Fatalf("%d documents have %d signs", n, len(signs))
		}
		if d.Behind(noon) {
			t.Fatal("the clock is behind what was left")
		}
	})
	d, s := drawn(11, 0)
	d.Sign(sale(1), s, noon, 1)
	if d.LeaveUnsent(dice(1), noon, drive.Left{}); d.Unsent() != 1 {
		t.Error("none left is not nothing done")
	}
}
