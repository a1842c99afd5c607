package courier

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/sim/drive"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// journey is a drive with two documents that wait, and a way on which somebody
// carries to 127.0.0.1:7777.
func journey(t *testing.T) (*Way, *drive.Drive, func() paper.Holder) {
	t.Helper()
	d := drive.Draw(rand.New(rand.NewPCG(1, 1)), began)
	for n := range uint32(2) {
		d.Sign(paper.Document{Form: paper.Receipt, Kind: 1, Sum: 100}, &drive.Shift{}, began, n)
	}
	w := &Way{}
	w.Join(New(nil, Options{}), time.Minute)
	return w, &d, func() paper.Holder { return paper.Holder{Drive: d.Serial} }
}

var began = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func TestOneLetterAtATimeTheOldestFirst(t *testing.T) {
	t.Parallel()
	w, d, holder := journey(t)
	first, _ := d.First()
	l, _, ok := w.Next(began, "127.0.0.1", 7777, d, holder)
	if !ok || l.Number != first.Number || l.Drive != d.Serial || l.Form != paper.Receipt || len(l.Data) == 0 || l.Host != "127.0.0.1" || l.Port != 7777 {
		t.Fatalf("%v %+v", ok, l)
	}
	if _, _, ok := w.Next(began, "127.0.0.1", 7777, d, holder); ok {
		t.Error("a second letter goes while the first is on its way")
	}
	w.Ended(l, Outcome{Network: 5}, began, d, began)
	if d.Unsent() != 2 || w.Reaches("127.0.0.1", 7777) {
		t.Error("a letter that failed counts as taken")
	}
	if _, wait, ok := w.Next(began.Add(20*time.Second), "127.0.0.1", 7777, d, holder); ok || wait != 40*time.Second {
		t.Errorf("twenty seconds after a failure: %v, wait %v", ok, wait)
	}
	again, _, ok := w.Next(began.Add(time.Minute), "127.0.0.1", 7777, d, holder)
	if !ok || again.Number != first.Number {
		t.Fatalf("the next try is %v %+v", ok, again)
	}
	w.Ended(again, Outcome{}, began.Add(time.Minute), d, began.Add(time.Hour))
	if d.Unsent() != 1 || !d.Confirmed.Equal(began.Add(time.Hour)) || !w.Reaches("127.0.0.1", 7777) {
		t.Errorf("%d wait, confirmed %v", d.Unsent(), d.Confirmed)
	}
}

func TestAnAnswerForAnotherDriveConfirmsNothing(t *testing.T) {
	t.Parallel()
	w, d, holder := journey(t)
	l, _, ok := w.Next(began, "127.0.0.1", 7777, d, holder)
	if !ok {
		t.Fatal("no letter")
	}
	d.Serial = "9999078902999999" // replaced, and the numbers happen to be the same
	if w.Ended(l, Outcome{}, began, d, began); d.Unsent() != 2 {
		t.Errorf("%d documents of the new drive wait", d.Unsent())
	}
}

func TestTheBenchTakesWhatNobodyCarries(t *testing.T) {
	t.Parallel()
	w, d, holder := journey(t)
	if _, _, ok := w.Next(began, Nobody, 7777, d, holder); ok {
		t.Error("a letter goes to nobody")
	}
	w.SendDue("127.0.0.1", 7777, d, began.Add(time.Hour))
	if d.Unsent() != 2 {
		t.Error("the bench took what a courier carries")
	}
	w.SendDue(Nobody, 7777, d, began.Add(time.Hour))
	if d.Unsent() != 0 || !w.Reaches(Nobody, 7777) {
		t.Errorf("%d documents wait that nobody carries", d.Unsent())
	}
	if _, _, ok := w.Next(began, "127.0.0.1", 7777, d, holder); ok {
		t.Error("a letter without a document")
	}
}
