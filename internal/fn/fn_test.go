package fn_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/i18n"
)

func TestLifetimeTable(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		use  fn.Use
		want int
	}{
		"lottery on 1.2 with FN-15":           {fn.Use{Model: fn.FN15, FFD12: true, Gambling: true}, 410},
		"pawnshop on 1.05 with FN-15":         {fn.Use{Model: fn.FN15, Pawn: true}, 470},
		"lottery on 1.2 with FN-36":           {fn.Use{Model: fn.FN36, FFD12: true, Gambling: true}, 1110},
		"excise on 1.2":                       {fn.Use{Model: fn.FN15, FFD12: true, Excise: true}, 410},
		"excise on FN-36 with 1.05":           {fn.Use{Model: fn.FN36, Excise: true}, 410},
		"autonomous FN-15":                    {fn.Use{Model: fn.FN15, Autonomous: true}, 410},
		"autonomous, 1.2, goods, general tax": {fn.Use{Model: fn.FN36, Autonomous: true, FFD12: true, Goods: true, GeneralTax: true}, 410},
		"autonomous otherwise":                {fn.Use{Model: fn.FN36, Autonomous: true}, 560},
		"FN-36, general tax, goods":           {fn.Use{Model: fn.FN36, GeneralTax: true, Goods: true}, 560},
		"FN-36, general tax, agent on 1.2":    {fn.Use{Model: fn.FN36, GeneralTax: true, Agent: true, FFD12: true}, 560},
		"FN-36, general tax, agent on 1.05":   {fn.Use{Model: fn.FN36, GeneralTax: true, Agent: true}, 1110},
		"FN-15":                               {fn.Use{Model: fn.FN15}, 470},
		"old FN-13":                           {fn.Use{Model: fn.FN13}, 410},
		"FN-36 for services":                  {fn.Use{Model: fn.FN36}, 1110},
	} {
		if got := fn.LifeDays(tc.use); got != tc.want {
			t.Errorf("%s: %d days, want %d", name, got, tc.want)
		}
	}
}

func TestThirtyDayRule(t *testing.T) {
	t.Parallel()
	first := time.Date(2026, 3, 10, 12, 44, 0, 0, time.UTC)
	if got, want := fn.LocksAt(first), time.Date(2026, 4, 9, 12, 44, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("locks at %v, want %v", got, want)
	}
	if !fn.LocksAt(time.Time{}).IsZero() || fn.Locked(time.Time{}, first) {
		t.Error("nothing unsent, yet it locks")
	}
	rapid.Check(t, func(t *rapid.T) {
		age := time.Duration(rapid.Int64Range(0, int64(60*24*time.Hour)).Draw(t, "age"))
		if got, want := fn.Locked(first, first.Add(age)), age > fn.UnsentLimit; got != want {
			t.Fatalf("age %v: locked %v", age, got)
		}
	})
}

func TestDaysLeftRoundsTowardsTheWorse(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for d, want := range map[time.Duration]int{
		0: 0, 23 * time.Hour: 0, 24 * time.Hour: 1, 49 * time.Hour: 2, -time.Hour: -1, -24 * time.Hour: -1, -25 * time.Hour: -2,
	} {
		if got := fn.DaysLeft(now.Add(d), now); got != want {
			t.Errorf("%v: %d, want %d", d, got, want)
		}
	}
}

func TestTheNearerEndWins(t *testing.T) {
	t.Parallel()
	registered := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	drive := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)
	use := fn.Use{Model: fn.FN15}
	if got := fn.EndsOn(drive, registered, use); !got.Equal(drive) {
		t.Errorf("drive's own date is nearer, got %v", got)
	}
	if got, want := fn.EndsOn(drive.AddDate(3, 0, 0), registered, use), registered.AddDate(0, 0, 470); !got.Equal(want) {
		t.Errorf("planned date is nearer, got %v", got)
	}
	if got := fn.EndsOn(drive, time.Time{}, use); !got.Equal(drive) {
		t.Errorf("without a registration day: %v", got)
	}
}

func TestCodesMapBothWays(t *testing.T) {
	t.Parallel()
	for atol, want := range map[int]fn.Code{211: 1, 212: 2, 218: 8, 231: 9, 233: 0x11, 234: 0x12, 235: 0x14, 239: 0x15, 241: 0x17, 236: 0x20} {
		got, ok := fn.FromATOL(atol)
		if !ok || got != want || got.ATOL() != atol {
			t.Errorf("%d: %x, %v", atol, got, ok)
		}
	}
	for _, atol := range []int{0, 102, 136, 210} {
		if c, ok := fn.FromATOL(atol); ok {
			t.Errorf("%d is no code of the drive, got %x", atol, c)
		}
	}
	if !fn.IsATOL(210) || fn.IsATOL(209) || fn.IsATOL(0) {
		t.Error("which codes are the drive's")
	}
	if c, warned := fn.FromAnswer(0x92); c != 0x12 || !warned {
		t.Errorf("answer 92h: %x, %v", c, warned)
	}
}

func TestWarningsAndPhases(t *testing.T) {
	t.Parallel()
	if got := fn.Warnings(0x70).Keys(); len(got) != 0 {
		t.Errorf("bits without meaning: %v", got)
	}
	got := (fn.WarnOFD | fn.WarnThreeDays).Keys()
	if !slices.Equal(got, []string{"kkt.fn.warning.three_days", "kkt.fn.warning.ofd"}) {
		t.Errorf("%v", got)
	}
	if fn.Phase(5).Known() || !fn.PhaseFiscal.Signs() || fn.PhaseClosed.Signs() {
		t.Error("phases")
	}
}

func TestEveryKeyHasASentence(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	keys := fn.Warnings(0xFF).Keys()
	for p := fn.Phase(0); p < 17; p++ {
		keys = append(keys, p.Key())
	}
	for c := range 0x80 {
		if k := fn.Code(c).Key(); k != "" {
			keys = append(keys, k)
		}
	}
	for _, k := range keys {
		if !texts.Has(k) {
			t.Errorf("%q has no sentence", k)
		}
	}
}
