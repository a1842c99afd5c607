package fnchange

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/signal"
)

type values map[signal.Def]any

func set(v values) signal.Set {
	var s signal.Set
	for d, x := range v {
		switch x := x.(type) {
		case string:
			s.Put(d, signal.TextOf(x))
		case int:
			s.Put(d, signal.IntOf(int64(x)))
		case bool:
			s.Put(d, signal.BoolOf(x))
		case time.Time:
			s.Put(d, signal.TimeOf(x))
		}
	}
	return s
}

func noon() time.Time { return time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC) }

func well(more values) signal.Set {
	v := values{
		signal.Link: signal.LinkOK, signal.FNSerial: "old", signal.FNPhase: 3, signal.Shift: "closed", signal.Unsent: 0,
		signal.LastDocNo: 93, signal.LastDocAt: noon(), signal.LastDocSign: "0184610009", signal.FNValidTill: noon().AddDate(0, 0, 20),
	}
	for d, x := range more {
		v[d] = x
	}
	return set(v)
}

func TestProve(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		step StepID
		s    signal.Set
		want Truth
	}{
		"shift closed":                 {StepShift, well(nil), Yes},
		"shift open":                   {StepShift, well(values{signal.Shift: "open"}), No},
		"shift never told":             {StepShift, set(values{signal.Link: signal.LinkOK}), Unknown},
		"no answer proves nothing":     {StepShift, well(values{signal.Link: signal.LinkNoAnswer}), Unknown},
		"all sent":                     {StepSent, well(nil), Yes},
		"three wait":                   {StepSent, well(values{signal.Unsent: 3}), No},
		"archive still open":           {StepArchive, well(nil), No},
		"archive closed":               {StepArchive, well(values{signal.FNPhase: 7}), Yes},
		"archive read only":            {StepArchive, well(values{signal.FNPhase: 15}), Yes},
		"its report waits":             {StepFarewell, well(values{signal.FNPhase: 7, signal.Unsent: 1}), No},
		"its report is sent":           {StepFarewell, well(values{signal.FNPhase: 7}), Yes},
		"the same drive":               {StepSwap, well(nil), No},
		"another drive":                {StepSwap, well(values{signal.FNSerial: "new", signal.FNPhase: 1}), Yes},
		"the old one is not the new":   {StepRegister, well(nil), Unknown},
		"new and not registered":       {StepRegister, well(values{signal.FNSerial: "new", signal.FNPhase: 1}), No},
		"new and registered":           {StepRegister, well(values{signal.FNSerial: "new", signal.LastDocNo: 1}), Yes},
		"its first document waits":     {StepOperator, well(values{signal.FNSerial: "new", signal.LastDocNo: 1, signal.Unsent: 1}), No},
		"the operator took it":         {StepOperator, well(values{signal.FNSerial: "new", signal.LastDocNo: 1}), Yes},
		"no document was made":         {StepOperator, well(values{signal.FNSerial: "new", signal.LastDocNo: 0}), No},
		"papers no reading can prove":  {StepOffice, well(nil), Unknown},
		"a drive nobody can ask about": {StepSwap, set(values{signal.Link: signal.LinkOK}), Unknown},
	} {
		if got := Prove(tc.step, "old", tc.s); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}

func TestHindrances(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		r    Reason
		s    signal.Set
		want []Hindrance
	}{
		"none":                           {Term, well(nil), nil},
		"never read":                     {Term, signal.Set{}, []Hindrance{NoReading}},
		"clock":                          {Term, well(values{signal.ClockDrift: -301}), []Hindrance{ClockOff}},
		"clock, just so":                 {Term, well(values{signal.ClockDrift: 300}), nil},
		"receipt":                        {Term, well(values{signal.ReceiptOpen: true, signal.Shift: "open"}), []Hindrance{ReceiptOpen}},
		"open shift on an expired drive": {Term, well(values{signal.Shift: "open", signal.FNValidTill: noon().Add(-time.Hour)}), []Hindrance{ShiftOnDead}},
		"open shift on a locked drive":   {Term, well(values{signal.Shift: "open", signal.Unsent: 1, signal.FirstUnsentAt: noon().AddDate(0, 0, -31)}), []Hindrance{ShiftOnDead}},
		"open shift, link lost":          {Term, well(values{signal.Shift: "expired", signal.FNLink: "lost"}), []Hindrance{ShiftOnDead}},
		"a broken drive's shift":         {Broken, well(values{signal.Shift: "expired", signal.FNLink: "lost"}), nil},
		"expired with the shift closed":  {Term, well(values{signal.FNValidTill: noon().Add(-time.Hour)}), nil},
		"ready":                          {Term, well(values{signal.FNPhase: 1}), []Hindrance{AlreadyNew}},
		"closed":                         {Term, well(values{signal.FNPhase: 7}), []Hindrance{ClosedBefore}},
	} {
		if got := Hindrances(tc.r, tc.s, noon()); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

func TestTermsAreOfTheLaw(t *testing.T) {
	t.Parallel()
	msk := time.FixedZone("MSK", 3*3600)
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, msk)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, tc := range []struct {
		step        StepID
		since, want string
	}{
		{StepOffice, "2026-03-10 12:00", "2026-03-12 00:00"}, // Tuesday: to the end of Wednesday
		{StepOffice, "2026-03-13 23:59", "2026-03-17 00:00"}, // Friday: to the end of Monday
		{StepOffice, "2026-05-08 10:00", "2026-05-13 00:00"}, // the 9th is a Saturday, its day off the 11th
		{StepClaim, "2026-03-10 12:00", "2026-03-18 00:00"},
		{StepClaim, "2026-12-30 12:00", "2027-01-08 00:00"}, // the 31st is off; 2027's resolution is not known: weekends alone
	} {
		if got := Due(tc.step, at(tc.since), msk); !got.Equal(at(tc.want)) {
			t.Errorf("%s from %s: %s, want %s", tc.step, tc.since, got, tc.want)
		}
	}
	if due := Due(StepSwap, noon(), msk); !due.IsZero() {
		t.Errorf("a swap is due %s", due)
	}
}

// TestSettleKeepsTheOrder: whatever the readings say, in whatever order, steps
// are done one after the other, none is undone, and a step that no reading can
// prove stops them.
func TestSettleKeepsTheOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		reason := rapid.SampledFrom(Reasons()).Draw(t, "reason")
		p := begun(StartRequest{Device: "d", Reason: reason}, well(nil), actor(), noon(), time.UTC)
		now := noon()
		for range rapid.IntRange(1, 30).Draw(t, "readings") {
			now = now.Add(time.Minute)
			s := well(values{
				signal.Shift:    rapid.SampledFrom([]string{"open", "closed", "expired"}).Draw(t, "shift"),
				signal.Unsent:   rapid.IntRange(0, 2).Draw(t, "unsent"),
				signal.FNPhase:  rapid.SampledFrom([]int{1, 3, 7, 15}).Draw(t, "phase"),
				signal.FNSerial: rapid.SampledFrom([]string{"old", "new"}).Draw(t, "drive"),
			})
			before := done(&p)
			settle(&p, s, now.Add(time.Second), now, time.UTC)
			after := done(&p)
			if after < before {
				t.Fatalf("%d steps were done, now %d", before, after)
			}
			for i, st := range p.Steps {
				if (st.State == Done) != (i < after) {
					t.Fatalf("steps are done out of order: %+v", p.Steps)
				}
				if st.State == Done && !Provable(st.ID) {
					t.Fatalf("a reading proved %s", st.ID)
				}
			}
			if p.State != Current {
				t.Fatalf("readings alone ended it: %s", p.State)
			}
		}
	})
}

func done(p *Procedure) (n int) {
	for _, s := range p.Steps {
		if s.State == Done {
			n++
		}
	}
	return n
}
