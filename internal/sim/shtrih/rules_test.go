package shtrih_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

const (
	openSale   = "8D 1E 00 00 00 00"
	item       = "80 1E 00 00 00 E8 03 00 00 00 64 00 00 00 00 01 00 00 00 00"
	openShift  = "E0 1E 00 00 00"
	closeShift = "41 1E 00 00 00"
	cancel     = "88 1E 00 00 00"
	goOn       = "B0 1E 00 00 00"
	fnStatus   = "FF 01 1E 00 00 00"
	reboot     = "FE F3 00 00 00 00"
	shortState = "10 1E 00 00 00"
)

// paid closes a receipt in cash.
func paid(kopecks string) string {
	return "FF 45 1E 00 00 00" + kopecks + strings.Repeat("00", 75) + strings.Repeat("00", 31) + "01"
}

// TestStatesRefuseWhatDoesNotBelong: errors stand where the documents put
// them.
func TestStatesRefuseWhatDoesNotBelong(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 1})
	s.play(t, []step{
		{closeShift, "41 73"},
		{cancel, "88 55"},
		{"89 1E 00 00 00", "89 55"},
		{paid("0000000000"), "FF 45 55"},
		{goOn, "B0 72"},
		{openShift, "E0 00 1E"},
		{openShift, "E0 73"},
		{openSale, "8D 00 1E"},
		{openSale, "8D 4A"},
		{openShift, "E0 4A"},
		{closeShift, "41 4A"},
		{"40 1E 00 00 00", "40 4A"},
		{"50 1E 00 00 00 01 00 00 00 00", "50 4A"},
		{"1E 1E 00 00 00 15 01 00 02 01", "1E 73"},
		{paid("0000000000"), "FF 45 8E"},
		{item, "80 00 1E"},
		{"82" + item[2:], "82 73"},
		{paid("6300000000"), "FF 45 45"},
		{paid("6400000000"), "FF 45 00 00 00 00 00 00" + strings.Repeat("??", 8)},
		{"8D 1E 00 00 00 04", "8D 33"},
		{"51 1E 00 00 00 FF FF FF FF 7F", "51 46"},
		{"51 1E 00 00 00 01 00 00 00 00", "51 00 1E ?? ??"},
	})
	s.clock.Advance(24*time.Hour + time.Second)
	s.play(t, []step{
		{shortState, "10 00 1E 92 02 03" + strings.Repeat("??", 10)},
		{openSale, "8D 4E"},
		{item, "80 4E"},
		{openShift, "E0 4E"},
		{closeShift, "41 00 1E"},
		{item, "80 00 1E"}, // opens the shift and the receipt by itself
		{shortState, "10 00 1E 92 02 08" + strings.Repeat("??", 10)},
	})
}

// TestPrintingTakesItsTime: what prints waits, what reads does not.
func TestPrintingTakesItsTime(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 1, Printing: 2 * time.Second, LongLast: true})
	s.play(t, []step{
		{openShift, "E0 00 1E"},
		{openSale, "8D 50"},
		{shortState, "10 00 1E 92 02 02 05 00 ?? 48 00 00 00 FF FF FF 05"},
		{fnStatus, "FF 01 00" + strings.Repeat("??", 30)},
	})
	s.clock.Advance(2 * time.Second)
	s.want(t, openSale, "8D 00 1E")
}

func (s *stand) inject(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := s.Inject(id); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *stand) clear(t *testing.T, id string) {
	t.Helper()
	if err := s.Clear(id); err != nil {
		t.Fatal(err)
	}
}

// TestEveryFaultShows: what each fault answers, what ends it, and that all is
// well after.
func TestEveryFaultShows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault string
		shows []step
		cure  []string // commands; without any, Clear
	}{
		{shtrih.FaultReceiptOpen, []step{{closeShift, "41 4A"}}, []string{cancel}},
		{shtrih.FaultReceiptLeft, []step{{item, "80 33"}, {closeShift, "41 4A"}}, []string{cancel}},
		{shtrih.FaultWrongMode, []step{{openShift, "E0 73"}, {shortState, "10 00 1E 92 02 0A 00" + strings.Repeat("??", 9)}}, []string{"2B 1E 00 00 00"}},
		{shtrih.FaultField, []step{{item, "80 33"}, {"1F 1E 00 00 00 11 01 00 11", "1F 00 01"}}, nil},
		{shtrih.FaultNoInternet, []step{{"FF 3F 1E 00 00 00", "FF 3F 00 ?? 00"}}, nil},
		{shtrih.FaultShiftOver, []step{{openSale, "8D 4E"}}, []string{closeShift}},
		{shtrih.FaultTotals, []step{{"1A 1E 00 00 00 F1", "1A 00 1E 00 00 00 00 00 00"}}, []string{closeShift}},
		{shtrih.FaultClock, []step{{"21 1E 00 00 00 19 00 00", "21 33"}}, []string{"21 1E 00 00 00 0C 00 00"}},
		{shtrih.FaultChannel, []step{{"1F 1E 00 00 00 15 01 00 02", "1F 00 00"}}, []string{"1E 1E 00 00 00 15 01 00 02 01"}},
		{shtrih.FaultOFDNotSet, []step{{"1F 1E 00 00 00 13 01 00 01", "1F 00" + strings.Repeat("00", 64)}}, nil},
		{shtrih.FaultHung, []step{{openShift, "E0 58"}, {shortState, "10 00 1E 92 02 04 03" + strings.Repeat("??", 9)}}, []string{goOn}},
		{shtrih.FaultFNLink, []step{{fnStatus, "FF 01 30"}, {openShift, "E0 30"}, {"FF 39 1E 00 00 00", "FF 39 30"}}, []string{reboot}},
		{shtrih.FaultFNSlow, []step{{fnStatus, "FF 01 2F"}, {openShift, "E0 2F"}}, []string{reboot}},
		{shtrih.FaultPassword, []step{{shortState, "10 4F"}}, []string{reboot}},
		{shtrih.FaultFNFormat, []step{{fnStatus, "FF 01 01"}}, nil},
		{shtrih.FaultFNState, []step{{fnStatus, "FF 01 02"}}, nil},
		{shtrih.FaultDriveTerms, []step{{item, "80 09"}}, nil},
		{shtrih.FaultNoPaper, []step{{openShift, "E0 6B"}, {shortState, "10 00 1E 10 02 04 01" + strings.Repeat("??", 9)}}, nil},
		{shtrih.FaultCover, []step{{openShift, "E0 6B"}, {shortState, "10 00 1E 92 06 04 01" + strings.Repeat("??", 9)}}, nil},
	} {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			s := put(t, shtrih.Options{Seed: 2})
			s.inject(t, c.fault)
			s.play(t, c.shows)
			for _, command := range c.cure {
				if got := s.ask(t, command); len(got) < 2 || got[1] != 0 {
					t.Fatalf("%s: % X", command, got)
				}
			}
			if c.cure == nil {
				s.clear(t, c.fault)
			}
			if list := s.register.Active(); len(list) != 0 {
				t.Errorf("still %v", list)
			}
			for _, f := range shtrih.Faults() {
				if f.ID == c.fault && (f.CuredBy != "") != (c.cure != nil) {
					t.Errorf("cured by %q", f.CuredBy)
				}
			}
			s.clock.Advance(time.Minute)
			s.ask(t, openShift)
			s.want(t, item, "80 00 1E")
			s.want(t, paid("6400000000"), "FF 45 00 00 00 00 00 00"+strings.Repeat("??", 8))
			s.clock.Advance(5 * time.Second)
			if n := s.register.State().FN.Unsent; n != 0 {
				t.Errorf("%d documents wait", n)
			}
		})
	}
}

// TestDocumentsThatAreNotSent: the drive counts, warns and stops after thirty
// days; when they are taken it signs again.
func TestDocumentsThatAreNotSent(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 9})
	s.inject(t, shtrih.FaultNoExchange)
	st := s.register.State()
	if st.FN.Unsent < 4 {
		t.Fatalf("%+v", st.FN)
	}
	s.want(t, "FF 39 1E 00 00 00", "FF 39 00 02 00"+hex2(int64(st.FN.Unsent))+hex4(st.FN.FirstUnsent)+strings.Repeat("??", 5))
	s.want(t, openShift, "E0 00 1E")
	s.want(t, closeShift, "41 00 1E")
	s.clock.Advance(5 * 24 * time.Hour)
	s.want(t, fnStatus, "FF 01 00 03 00 00 00 08"+strings.Repeat("??", 25))
	s.clock.Advance(26 * 24 * time.Hour)
	s.want(t, openShift, "E0 15")
	s.clear(t, shtrih.FaultNoExchange)
	s.want(t, openShift, "E0 00 1E")
}

// TestTheDrivesLifeEnds: it warns thirty and three days before.
func TestTheDrivesLifeEnds(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for seed := range uint64(8) {
		s := put(t, shtrih.Options{Seed: seed})
		till := s.register.State().FN.ValidTill
		for days, warning := range map[int]string{29: "02", 2: "03"} {
			s.register.SetClock(till.AddDate(0, 0, -days))
			s.want(t, fnStatus, "FF 01 00 03 00 00 00"+warning+strings.Repeat("??", 25))
		}
		s.register.SetClock(till.Add(time.Hour))
		reply := s.ask(t, openShift)
		if !like("E0 05", reply) && !like("E0 12", reply) {
			t.Errorf("% X", reply)
		}
		said[string(reply)] = true
	}
	if len(said) != 2 {
		t.Errorf("drives say only %v", said)
	}
	s := put(t, shtrih.Options{})
	s.inject(t, shtrih.FaultFNOver)
	if left := time.Until(s.register.State().FN.ValidTill); s.register.State().FN.Warnings&2 == 0 {
		t.Errorf("no warning with %v left", left)
	}
	s.clear(t, shtrih.FaultFNOver)
	if s.register.State().FN.Warnings != 0 {
		t.Error("still warns")
	}
}

// TestPaperRunsOutInAReceipt: after new paper the register waits to go on.
func TestPaperRunsOutInAReceipt(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 2})
	s.want(t, item, "80 00 1E")
	s.inject(t, shtrih.FaultNoPaper)
	s.want(t, shortState, "10 00 1E 10 02 08 02"+strings.Repeat("??", 9))
	s.want(t, paid("6400000000"), "FF 45 6B")
	s.want(t, goOn, "B0 6B")
	s.clear(t, shtrih.FaultNoPaper)
	s.want(t, shortState, "10 00 1E 92 02 08 03"+strings.Repeat("??", 9))
	s.want(t, paid("6400000000"), "FF 45 58")
	s.want(t, goOn, "B0 00 1E")
	s.want(t, paid("6400000000"), "FF 45 00 00 00 00 00 00"+strings.Repeat("??", 8))
	if list := s.register.Active(); len(list) != 0 {
		t.Errorf("still %v", list)
	}
}

func TestTheStorageFills(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 2})
	s.inject(t, shtrih.FaultNoExchange)
	sums := make([]int64, 20_000)
	for i := range sums {
		sums[i] = 100
	}
	s.register.Live(sim.Habits{}, sums)
	s.want(t, closeShift, "41 14")
	s.want(t, "FF 63 1E 00 00 00", "FF 63 00 ?? ?? ?? 00 00 00 00 00 00")
}

// TestARestartDropsWhatIsHalfDone: a receipt, a begun document, a date to be
// confirmed.
func TestARestartDropsWhatIsHalfDone(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 2})
	s.inject(t, shtrih.FaultReceiptOpen)
	s.want(t, reboot, "FE 00")
	s.want(t, shortState, "10 00 1E 92 02 02"+strings.Repeat("??", 10))
	s.want(t, closeShift, "41 00 1E")
	s.want(t, "22 1E 00 00 00 0B 03 1A", "22 00")
	s.want(t, openShift, "E0 C0")
	s.want(t, reboot, "FE 00")
	s.want(t, openShift, "E0 00 1E")
	if got := s.register.Active(); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestFaultsAreKnownByTheirIDs(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{})
	if s.Inject("plague") == nil || s.Clear("plague") == nil {
		t.Error("took an unknown fault")
	}
	seen := map[string]bool{}
	for _, f := range s.register.Faults() {
		if seen[f.ID] {
			t.Errorf("%s twice", f.ID)
		}
		seen[f.ID] = true
		if f.CuredBy != "" && kkt.RiskOf(f.CuredBy) != kkt.RiskChange {
			t.Errorf("%s is cured by %s", f.ID, f.CuredBy)
		}
	}
	s.clear(t, shtrih.FaultClock) // what is not there is well already
}
