package shop

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/wire"
)

// TestTheBookOnDiskIsTheBookInMemory after whatever people and the server do,
// in whatever order, with kills between.
func TestTheBookOnDiskIsTheBookInMemory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		s := newStore(t)
		defer func() { _ = s.Close() }()
		var out, sales []string
		pick := func(list []string) string { return rapid.SampledFrom(append(list, ids.New())).Draw(r, "id") }
		act := map[string]func(*rapid.T){
			"begin": func(*rapid.T) {
				id, err := s.begin(rapid.SampledFrom([]string{till1, till2}).Draw(r, "device"), "power", noon(), "")
				if err == nil {
					out = append(out, id)
				}
			},
			"enter": func(*rapid.T) {
				id := ids.New()
				if s.enter(id, coffee(pick(out), s.clock.Now()), "", nil) == nil {
					sales = append(sales, id)
				}
			},
			"change": func(*rapid.T) {
				_ = s.change(pick(sales), rapid.Int64Range(1, 4).Draw(r, "rev"), coffee("", s.clock.Now()), "x")
			},
			"strike": func(*rapid.T) { _ = s.strike(pick(sales), rapid.Bool().Draw(r, "struck")) },
			"over":   func(*rapid.T) { _ = s.amend(pick(out), "drive", noon(), s.clock.Now()) },
			"answer": func(*rapid.T) {
				s.Answered(ackOf(pick(append(out, sales...)), rapid.Int64Range(1, 4).Draw(r, "rev"), rapid.SampledFrom([]string{"", "not_found"}).Draw(r, "code")))
			},
			"connect": func(*rapid.T) { s.Again() },
			"anew": func(*rapid.T) {
				if err := s.rewrite(); err != nil {
					r.Fatal(err)
				}
			},
			"": func(r *rapid.T) {
				was := state(s.Book)
				_ = s.Close()
				s.reopen()
				if is := state(s.Book); is != was {
					r.Fatalf("before:\n%s\nafter:\n%s", was, is)
				}
				if p := s.Pending(wire.Version); p != nil {
					for i := range p.Entries {
						if err := p.Entries[i].Whole(); err != nil {
							r.Fatal(err)
						}
					}
				}
			},
		}
		r.Repeat(act)
	})
}

// FuzzOpen: whatever stands in the file, it opens, takes another entry, and
// loses no line that it cannot read.
func FuzzOpen(f *testing.F) {
	sale := coffee(till1, noon())
	for _, r := range []record{
		{Entry: &wire.Entry{ID: till1, Rev: 1, Outage: &wire.Outage{Device: till2, Reason: "power", From: 1}}},
		{Entry: &wire.Entry{ID: till2, Rev: 2, Sale: &sale}, Known: true, Answers: []wire.SoldAnswer{{ID: till2, Rev: 2}}},
		{Answers: []wire.SoldAnswer{{ID: till1, Rev: 1, Code: "not_found"}}},
	} {
		line, _ := json.Marshal(r)
		f.Add(append(line, '\n'))
		f.Add(line)
	}
	f.Add([]byte("\n\n{}\nnull\n[1]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "shop.jsonl")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		open := func() *Book {
			b, err := Open(path, clock.NewManual(noon()), slog.New(slog.DiscardHandler), func() {})
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		b := open()
		if p := b.Pending(wire.Version); p != nil && len(p.Entries) > wire.MaxSold {
			t.Fatalf("%d entries", len(p.Entries))
		}
		id, err := b.begin(ids.New(), "power", noon(), "")
		if err != nil {
			t.Fatal(err)
		}
		bad := len(b.bad)
		_ = b.Close()
		b = open()
		defer func() { _ = b.Close() }()
		if _, ok := b.line(id); !ok || len(b.bad) != bad {
			t.Fatalf("there: %v, %d bad lines, %d before", ok, len(b.bad), bad)
		}
	})
}
