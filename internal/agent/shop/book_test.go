package shop

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/wire"
)

func ackOf(id string, rev int64, code string) wire.SoldAck {
	return wire.SoldAck{Answers: []wire.SoldAnswer{{ID: id, Rev: rev, Code: code}}}
}

// state is what a book says of everything, for comparing two.
func state(b *Book) string {
	var out []string
	for _, l := range b.lineup(func(*Line) bool { return true }) {
		data, _ := json.Marshal(l.Entry)
		answer, _ := json.Marshal(l.Answer)
		out = append(out, fmt.Sprintf("%s %d %s %v", data, l.At, answer, l.Known))
	}
	return strings.Join(out, "\n")
}

// TestWhatWasSaidToBeWrittenIsThereAfterAKill, whatever follows: a kill leaves
// the file as it is at any byte of the line that was being written.
func TestWhatWasSaidToBeWrittenIsThereAfterAKill(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	id := s.began(till1)
	sale := s.sold(id)
	s.answered("")
	before, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	was := state(s.Book)
	if err := s.strike(sale, true); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(s.path)
	if err != nil || !bytes.HasPrefix(after, before) {
		t.Fatalf("the file was not only added to: %v", err)
	}
	is := state(s.Book)
	for n := len(before); n <= len(after); n++ {
		if err := os.WriteFile(s.path, after[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		s.reopen()
		want := was
		if n >= len(after)-1 { // whole, but for the end of the line
			want = is
		}
		if got := state(s.Book); got != want || len(s.bad) != 0 {
			t.Fatalf("cut at %d of %d: %d bad lines\n%s\nwant\n%s", n-len(before), len(after)-len(before), len(s.bad), got, want)
		}
		next := s.sold(id) // and it goes on
		s.reopen()
		if _, ok := s.line(next); !ok {
			t.Fatalf("cut at %d: what was written after it is gone", n-len(before))
		}
	}
}

// TestLinesThatCannotBeReadAreKept and do no harm to the others.
func TestLinesThatCannotBeReadAreKept(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	id := s.began(till1)
	data, _ := os.ReadFile(s.path)
	strange := "{\"entry\":{\"id\":\"of tomorrow\"}}\n\x00\xff not JSON\n"
	if err := os.WriteFile(s.path, append([]byte(strange), data...), 0o600); err != nil {
		t.Fatal(err)
	}
	s.reopen()
	s.sold(id)
	s.broken = true // the next entry writes the file anew
	s.sold(id)
	data, _ = os.ReadFile(s.path)
	s.reopen()
	if len(s.sales(id)) != 2 || len(s.bad) != 2 || !bytes.HasPrefix(data, []byte(strange)) {
		t.Errorf("%d sales, %d bad lines in\n%s", len(s.sales(id)), len(s.bad), data)
	}
}

func TestABookThatCannotBeWrittenSaysSo(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "gone")
	b, err := Open(filepath.Join(dir, "shop.jsonl"), clock.NewManual(noon()), slog.New(slog.DiscardHandler), func() { t.Error("something to tell") })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.begin(till1, "power", noon(), ""); !errors.Is(err, ErrDisk) {
		t.Fatalf("%v", err)
	}
	if len(b.outages()) != 0 || b.Pending(wire.Version) != nil {
		t.Error("what is not on the disk is in the book")
	}
	if _, err := Open(t.TempDir(), clock.NewManual(noon()), slog.New(slog.DiscardHandler), nil); err == nil {
		t.Error("a folder was opened as a book")
	}
}

// TestTheBookIsBounded: what is the company's for a month makes room; what is
// not is never dropped, and then nothing more is taken, which is said.
func TestTheBookIsBounded(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	old, other := s.began(till1), s.began(till2)
	kept := s.sold(other)
	s.sold(old)
	if err := s.amend(old, "power", noon().Add(-time.Hour), noon()); err != nil {
		t.Fatal(err)
	}
	s.answered("")
	for s.Pending(wire.Version) != nil {
		s.answered("")
	}
	s.lines = maxLines
	last := s.sold(other) // writes anew: nothing is old yet
	if _, ok := s.line(old); !ok || s.lines != 5 {
		t.Fatalf("%v, %d lines", ok, s.lines)
	}
	s.clock.Advance(keep + time.Hour)
	s.lines = maxLines
	s.sold(other)
	for id, want := range map[string]bool{old: false, other: true, kept: true, last: true} {
		if _, ok := s.line(id); ok != want {
			t.Errorf("%s: %v", id, ok)
		}
	}
	if len(s.sales(old)) != 0 {
		t.Error("its sales stay")
	}
	s.reopen()
	if n := len(s.sales(other)); n != 3 {
		t.Errorf("%d sales", n)
	}
	fill(t, s, other)
	if err := s.enter(ids.New(), coffee(other, s.clock.Now()), "", nil); !errors.Is(err, ErrFull) {
		t.Errorf("%v", err)
	}
	s.Answered(ackOf(last, 1, "")) // an answer is taken all the same
	if l, _ := s.line(last); !l.Taken() {
		t.Error("the answer was not taken")
	}
}

// fill makes the book as long as it may be.
func fill(t *testing.T, s *store, outage string) {
	t.Helper()
	f, err := os.OpenFile(s.path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	for range maxLines {
		sale := coffee(outage, noon())
		line, _ := json.Marshal(record{Entry: &wire.Entry{ID: ids.New(), Rev: 1, Sale: &sale}})
		if _, err := f.Write(append(line, '\n')); err != nil {
			t.Fatal(err)
		}
	}
	_ = f.Close()
	s.reopen()
}

// TestTheServerIsToldBreakdownsFirst, sales when it knows theirs, no more than
// a message carries, and everything until it is answered.
func TestTheServerIsToldBreakdownsFirst(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	if s.Pending(wire.Version) != nil {
		t.Fatal("an empty book tells something")
	}
	id := s.began(till1)
	for range wire.MaxSold + 5 {
		s.sold(id)
	}
	p := s.Pending(wire.Version)
	if len(p.Entries) != 1 || p.Entries[0].ID != id || p.Now != noon().UnixMilli() {
		t.Fatalf("%+v", p)
	}
	if again := s.Pending(wire.Version); again.ID != p.ID {
		t.Errorf("the same content under %d and %d", p.ID, again.ID)
	}
	nudges := s.nudge
	s.answered("")
	if s.nudge == nudges {
		t.Error("nobody hears that the sales may go")
	}
	first := s.Pending(wire.Version)
	if len(first.Entries) != wire.MaxSold || first.ID == p.ID {
		t.Fatalf("%d entries under %d", len(first.Entries), first.ID)
	}
	s.reopen() // killed before the answer: told again
	if again := s.Pending(wire.Version); len(again.Entries) != wire.MaxSold || again.Entries[0].ID != first.Entries[0].ID {
		t.Errorf("%d entries", len(again.Entries))
	}
	s.answered("")
	s.reopen()
	if rest := s.Pending(wire.Version); len(rest.Entries) != 5 {
		t.Errorf("%d entries", len(rest.Entries))
	}
	s.answered("")
	if s.Pending(wire.Version) != nil || s.Waiting() != 0 {
		t.Errorf("%d wait", s.Waiting())
	}
}

func TestAMessageIsNoLargerThanItMayBe(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	id := s.began(till1)
	s.answered("")
	large := coffee(id, noon())
	for len(large.Items) < wire.MaxSoldItems {
		large.Items = append(large.Items, wire.SoldItem{Name: strings.Repeat("ы", maxName), Price: 1, Quantity: 1, VAT: 6, Object: 1})
	}
	for range 10 {
		if err := s.enter(ids.New(), large, "", nil); err != nil {
			t.Fatal(err)
		}
	}
	for n := 0; s.Pending(wire.Version) != nil; n++ {
		data, _ := json.Marshal(s.Pending(wire.Version))
		if len(data) > maxTold+200 || n > 10 {
			t.Fatalf("message %d has %d bytes", n, len(data))
		}
		s.answered("")
	}
}

// TestAnswersToWhatHasChangedSince only say that the entry is known.
func TestAnswersToWhatHasChangedSince(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	id := s.began(till1)
	if err := s.amend(id, "drive", noon().Add(-time.Hour), time.Time{}); err != nil {
		t.Fatal(err)
	}
	s.Answered(ackOf(id, 1, ""))
	l, _ := s.line(id)
	if l.Taken() || !l.Known || s.Pending(wire.Version).Entries[0].Rev != 2 {
		t.Errorf("%+v", l)
	}
	s.Answered(ackOf(id, 3, "")) // of a future that was never told
	s.Answered(ackOf(ids.New(), 1, ""))
	if l, _ = s.line(id); l.Taken() {
		t.Error("an answer to another revision counts")
	}
	s.Answered(ackOf(id, 2, ""))
	size := s.size
	s.Answered(ackOf(id, 2, "")) // told twice
	if l, _ = s.line(id); !l.Taken() || s.size != size {
		t.Errorf("%+v, %d bytes more", l, s.size-size)
	}
}

// TestWhatWasRefusedIsToldAgainOnTheNextConnection, because the company may
// have mended the reason; the same refusal is not written down twice.
func TestWhatWasRefusedIsToldAgainOnTheNextConnection(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	id := s.began(till1)
	s.answered(codeNotFound)
	if s.Pending(wire.Version) != nil || s.Waiting() != 1 {
		t.Fatalf("%d wait", s.Waiting())
	}
	size := s.size
	s.reopen()
	s.Again()
	before := s.Pending(wire.Version).ID
	s.answered(codeNotFound)
	if s.Pending(wire.Version) != nil || s.size != size {
		t.Errorf("told again at once, or %d bytes written", s.size-size)
	}
	s.Again()
	if s.Pending(wire.Version).ID == before {
		t.Error("another telling under the same number")
	}
	s.answered("")
	if l, _ := s.line(id); !l.Taken() || !l.Known || s.Waiting() != 0 {
		t.Errorf("%+v", l)
	}
}

// TestAServerThatForgotABreakdownIsToldIt: it was put back from a backup. It
// ends even where the server goes on not to know it.
func TestAServerThatForgotABreakdownIsToldIt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	id := s.began(till1)
	s.answered("")
	sale := s.sold(id)
	s.answered(codeNotFound)
	p := s.Pending(wire.Version)
	if p == nil || len(p.Entries) != 1 || p.Entries[0].ID != id {
		t.Fatalf("%+v", p)
	}
	s.answered("")
	if p = s.Pending(wire.Version); p == nil || len(p.Entries) != 1 || p.Entries[0].ID != sale {
		t.Fatalf("%+v", p)
	}
	s.answered(codeNotFound)
	if p = s.Pending(wire.Version); p != nil {
		t.Errorf("round in circles: %+v", p)
	}
	s.Again()
	s.answered("")
	if s.Waiting() != 0 {
		t.Errorf("%d wait", s.Waiting())
	}
}
