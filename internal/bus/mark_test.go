package bus_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/bus"
)

func drain(s *bus.Subscription) (out []bus.Event) {
	for len(s.C) > 0 {
		out = append(out, <-s.C)
	}
	return out
}

func idsOf(events []bus.Event) []string {
	ids := []string{}
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

// TestWhatWasReadAndWhatIsHeardMeet: whoever takes a mark, and listens from it
// some time later, hears what was published after the mark: each event once, in
// order, none of another tenant. When the bus cannot know, it says so, and never
// without need.
func TestWhatWasReadAndWhatIsHeardMeet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, n := bus.New(), 0
		want := func(e bus.Event) bool { return e.Topic == "case" }
		publish := func(most int, after []string) []string {
			for range rapid.IntRange(0, most).Draw(t, "events") {
				n++
				e := bus.Event{Tenant: rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "tenant"), Topic: rapid.SampledFrom([]string{"case", "device"}).Draw(t, "topic"), ID: strconv.Itoa(n)}
				if b.Publish(e); e.Tenant == "a" && e.Topic == "case" {
					after = append(after, e.ID)
				}
			}
			return after
		}
		publish(30, nil)
		mark := b.Mark("a")
		expect := publish(60, []string{})
		s, missed, known := b.Follow("a", bus.ParseMark(mark.String()), want)
		if !known {
			t.Fatal("the bus does not know its own mark")
		}
		expect = publish(60, expect)
		got := append(missed, drain(s)...)
		if !slices.Equal(idsOf(got), expect) {
			t.Fatalf("heard %v of %v", idsOf(got), expect)
		}
		// The line breaks after any event, and begins again behind it.
		if len(got) > 0 {
			k := rapid.IntRange(0, len(got)-1).Draw(t, "broken after")
			_, rest, known := b.Follow("a", got[k].At, want)
			if !known || !slices.Equal(idsOf(rest), expect[k+1:]) {
				t.Fatalf("after %s: %v of %v", got[k].ID, idsOf(rest), expect[k+1:])
			}
		}
	})
}

// TestAMarkFromLongAgoIsNotKnown: what a tenant's own events have pushed out is
// not told in part; another tenant's push nothing out.
func TestAMarkFromLongAgoIsNotKnown(t *testing.T) {
	t.Parallel()
	const kept = 512
	b := bus.New()
	for _, first := range []int{0, 3} { // an empty line, and one that goes round
		for i := range first {
			b.Publish(bus.Event{Tenant: "a", ID: "before " + strconv.Itoa(i)})
		}
		mark := b.Mark("a")
		for i := range kept {
			b.Publish(bus.Event{Tenant: "b"}, bus.Event{Tenant: "a", ID: strconv.Itoa(i)})
		}
		s, missed, known := b.Follow("a", mark, all)
		if ids := idsOf(missed); !known || len(ids) != kept || ids[0] != "0" || ids[kept-1] != strconv.Itoa(kept-1) {
			t.Fatalf("the last %d events: %v, %d of them", kept, known, len(ids))
		}
		s.Close()
		b.Publish(bus.Event{Tenant: "a"})
		if _, missed, known := b.Follow("a", mark, all); known || len(missed) > 0 {
			t.Fatalf("one more is known: %d events", len(missed))
		}
	}
}

// TestAMarkOfElsewhereIsNotKnown: neither another run's, nor another tenant's,
// nor one that was never given, whatever their numbers.
func TestAMarkOfElsewhereIsNotKnown(t *testing.T) {
	t.Parallel()
	b, before := bus.New(), bus.New()
	for _, one := range []*bus.Bus{b, before} {
		one.Publish(bus.Event{Tenant: "a"}, bus.Event{Tenant: "b"})
	}
	given := b.Mark("a").String()
	for name, m := range map[string]bus.Mark{
		"of another run": before.Mark("a"), "of another tenant": b.Mark("b"), "of no event": {},
		"not given yet": bus.ParseMark(strings.TrimSuffix(given, "1") + "1000"),
	} {
		s, missed, known := b.Follow("a", m, all)
		if known || len(missed) > 0 {
			t.Errorf("a mark %s is known", name)
		}
		if b.Publish(bus.Event{Tenant: "a", ID: "now"}); len(drain(s)) != 1 {
			t.Errorf("%s: the subscription does not listen", name)
		}
	}
	if _, missed, known := b.Follow("a", bus.ParseMark(given), all); !known || len(missed) != 4 {
		t.Errorf("its own: %v, %d", known, len(missed))
	}
}

// TestAFollowerOfNobodyHearsNobody: an empty tenant is not every tenant.
func TestAFollowerOfNobodyHearsNobody(t *testing.T) {
	t.Parallel()
	b := bus.New()
	s, _, _ := b.Follow("", bus.Mark{}, all)
	b.Publish(bus.Event{Tenant: "a"})
	if heard := drain(s); len(heard) > 0 {
		t.Fatalf("it hears %v", heard)
	}
}

// TestLostStandsWhereTheFirstWasLost: a slow follower that begins again behind
// it is told those that it stood for.
func TestLostStandsWhereTheFirstWasLost(t *testing.T) {
	t.Parallel()
	b := bus.New()
	s, _, _ := b.Follow("a", b.Mark("a"), all)
	for i := range 300 {
		b.Publish(bus.Event{Tenant: "a", ID: strconv.Itoa(i)})
	}
	heard := drain(s)
	last := heard[len(heard)-1]
	if last.Topic != bus.Lost {
		t.Fatalf("the last is %+v", last)
	}
	_, rest, known := b.Follow("a", last.At, all)
	if want := 300 - len(heard); !known || len(rest) != want || rest[want-1].ID != "299" {
		t.Fatalf("%d events after Lost, known %v, want %d", len(rest), known, want)
	}
}

func FuzzParseMark(f *testing.F) {
	f.Add(bus.New().Mark("a").String())
	f.Add("")
	f.Add("x.-1")
	f.Add(".1")
	f.Add("a.b.1")
	f.Add("x.99999999999999999999")
	f.Fuzz(func(t *testing.T, s string) {
		m := bus.ParseMark(s)
		if got := m.String(); got != "" && got != s {
			t.Fatalf("%q becomes %q", s, got)
		}
		if _, missed, known := bus.New().Follow("a", m, all); known || len(missed) > 0 {
			t.Fatalf("%q is known", s)
		}
	})
}
