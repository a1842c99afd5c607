package signal_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/signal"
)

var some = []signal.Def{signal.Link, signal.Serial, signal.Unsent, signal.ReceiptOpen, signal.FNValidTill, signal.ClockDrift}

func drawSet(t *rapid.T, label string) signal.Set {
	var s signal.Set
	for _, d := range some {
		if !rapid.Bool().Draw(t, label+d.Key) {
			continue
		}
		switch d.Kind {
		case signal.Text:
			s.Put(d, signal.TextOf(rapid.StringN(0, 20, 60).Draw(t, label)))
		case signal.Bool:
			s.Put(d, signal.BoolOf(rapid.Bool().Draw(t, label)))
		case signal.Time:
			s.Put(d, signal.TimeOf(time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, label), 0)))
		default:
			s.Put(d, signal.IntOf(rapid.Int64().Draw(t, label)))
		}
	}
	return s
}

func TestPackedFormKeepsEverything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSet(t, "s")
		var back signal.Set
		if err := back.DecodePacked(s.AppendPacked(nil)); err != nil {
			t.Fatal(err)
		}
		if d := s.Diff(&back); len(d) != 0 {
			t.Fatalf("differs by %v", d)
		}
	})
}

func TestDiffThenApplyGivesTheNext(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSet(t, "a"), drawSet(t, "b")
		got := a.Clone()
		changes := got.Apply(a.Diff(&b))
		if d := got.Diff(&b); len(d) != 0 {
			t.Fatalf("differs by %v", d)
		}
		if len(changes) != len(a.Diff(&b)) {
			t.Fatalf("%d changes for %d items", len(changes), len(a.Diff(&b)))
		}
		if again := got.Apply(a.Diff(&b)); len(again) != 0 {
			t.Fatalf("the same delta changed something twice: %v", again)
		}
	})
}

func TestJSONRoundTrip(t *testing.T) {
	t.Parallel()
	s := signal.Of()
	s.Put(signal.Serial, signal.TextOf("00106112345678"))
	s.Put(signal.Unsent, signal.IntOf(3))
	s.Put(signal.ReceiptOpen, signal.BoolOf(true))
	s.Put(signal.FNValidTill, signal.TimeOf(time.Unix(1800000000, 0)))
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"serial":"00106112345678","receipt.open":true,"fn.valid_till":1800000000,"ofd.unsent":3}`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Fatal(diff)
	}
	var back signal.Set
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if d := s.Diff(&back); len(d) != 0 {
		t.Fatalf("differs by %v", d)
	}
}

func TestParseRefusesTheWrongKindAndPassesOverTheUnknown(t *testing.T) {
	t.Parallel()
	if _, err := signal.ParseItems([]byte(`{"ofd.unsent":"many"}`)); err == nil {
		t.Error("a text was taken for a number")
	}
	items, err := signal.ParseItems([]byte(`{"from.the.future":1,"ofd.unsent":2,"serial":null}`))
	if err != nil || len(items) != 2 {
		t.Errorf("%v, %v", items, err)
	}
}

func FuzzDecodePacked(f *testing.F) {
	s := signal.Of(signal.Item{ID: signal.Serial.ID, Value: signal.TextOf("001")}, signal.Item{ID: signal.Unsent.ID, Value: signal.IntOf(-7)})
	f.Add(s.AppendPacked(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		var s signal.Set
		if s.DecodePacked(b) != nil {
			return
		}
		var back signal.Set
		if err := back.DecodePacked(s.AppendPacked(nil)); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzParseItems(f *testing.F) {
	f.Add([]byte(`{"ofd.unsent":1,"serial":"x","receipt.open":false}`))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = signal.ParseItems(b) })
}
