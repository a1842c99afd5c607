package spool

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/wire"
)

// instants is what waits, by the instants that the test gave each report.
func instants(t testing.TB, s *Spool) (ats []int64) {
	t.Helper()
	for after := s.Done(); ; {
		rs, err := s.Next(after, 7, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(rs) == 0 {
			return ats
		}
		for _, r := range rs {
			ats, after = append(ats, r.At), r.Seq
		}
	}
}

// fataler is what *testing.T and *rapid.T have in common here.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

func put(t fataler, s *Spool, ats ...int64) {
	t.Helper()
	for _, at := range ats {
		if _, err := s.Append(report("d", at)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestADiskPutBackGoesOnAboveTheServer: what an earlier life had kept is the
// server's, what was seen since is not, whatever their numbers.
func TestADiskPutBackGoesOnAboveTheServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, Options{SegmentBytes: 400})
	s.SkipTo(0)
	put(t, s, 1, 2, 3, 4, 5)
	s.Ack(2, 0)
	_ = s.Close() // the backup is made here; then the first life went on to number 100

	again := open(t, dir, Options{SegmentBytes: 400})
	put(t, again, 11, 12)
	_ = again.Close()
	again = open(t, dir, Options{SegmentBytes: 400}) // still without the server
	put(t, again, 13)
	again.SkipTo(100)
	put(t, again, 14)
	if got := fmt.Sprint(instants(t, again)); got != "[11 12 13 14]" {
		t.Fatal(got)
	}
	if got := fmt.Sprint(numbers(t, again)); got != "[101 102 103 104]" {
		t.Fatal(got)
	}
	if st := again.Stats(); st.Pending != 4 || st.Lost != 0 {
		t.Errorf("%+v", st)
	}
	again.Ack(104, 1)
	_ = again.Close()
	last := open(t, dir, Options{SegmentBytes: 400})
	last.SkipTo(104) // of this disk itself
	put(t, last, 15)
	if got := fmt.Sprint(numbers(t, last)); got != "[105]" || last.Stats().Refused != 1 {
		t.Errorf("%s, %+v", got, last.Stats())
	}
}

// TestNumbersThatHavePassedTheServersKeepTheirOrder: a disk put back that saw
// more before the welcome than the life before had told.
func TestNumbersThatHavePassedTheServersKeepTheirOrder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, Options{SegmentBytes: 300})
	s.SkipTo(0)
	put(t, s, 1, 2)
	s.Ack(2, 0)
	_ = s.Close() // the backup is made here; then the first life went on to number 5

	again := open(t, dir, Options{SegmentBytes: 300})
	put(t, again, 11, 12, 13, 14, 15, 16, 17)
	again.SkipTo(5)
	put(t, again, 18)
	if got := fmt.Sprint(instants(t, again)); got != "[11 12 13 14 15 16 17 18]" {
		t.Fatal(got)
	}
	if got := numbers(t, again); got[0] <= 5 || !slices.IsSorted(got) || again.Stats().Lost != 0 {
		t.Errorf("%v, %+v", got, again.Stats())
	}
}

// TestAWelcomeOfOnesOwnNumbersChangesNothing: an answer that got lost is no
// disk put back.
func TestAWelcomeOfOnesOwnNumbersChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, Options{})
	s.SkipTo(0)
	put(t, s, 1, 2, 3)
	s.SkipTo(2) // reconnected: the answer to 1 and 2 was lost
	if got := fmt.Sprint(numbers(t, s)); got != "[1 2 3]" {
		t.Fatal(got)
	}
	_ = s.Close()
	s = open(t, dir, Options{})
	put(t, s, 4)
	s.SkipTo(3)
	if got := fmt.Sprint(numbers(t, s)); got != "[1 2 3 4]" {
		t.Fatal(got)
	}
}

func TestADiskPutBackThatTakesNothing(t *testing.T) {
	t.Parallel()
	dir, disk := t.TempDir(), &sickDisk{}
	s := open(t, dir, Options{Open: disk.open, Memory: 10})
	put(t, s, 1, 2)
	disk.full = true
	put(t, s, 3, 4)
	s.SkipTo(50)
	put(t, s, 5)
	if got := fmt.Sprint(instants(t, s), numbers(t, s)); got != "[1 2 3 4 5] [51 52 53 54 55]" {
		t.Fatal(got)
	}
	disk.full = false
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	s = open(t, dir, Options{})
	if got := fmt.Sprint(instants(t, s)); got != "[1 2 3 4 5]" || s.Stats().Lost != 0 {
		t.Fatal(got, s.Stats())
	}
}

// life is a server and an agent's disk that is put back and cut off at any
// moment.
type life struct {
	t       *rapid.T
	base    string
	dir     string
	backup  string
	s       *Spool
	at      int64
	durable []int64        // instants that the disk has kept, sent or not
	backed  []int64        // durable when the backup was made
	server  map[int64]bool // instants that the server took
	seq     int64          // the highest number that it took
	latest  int64          // the latest instant that it took
	welcome bool           // this process has seen one
}

func (l *life) copyOf(dir string) string {
	next, err := os.MkdirTemp(l.base, "life")
	if err == nil {
		err = os.CopyFS(next, os.DirFS(dir))
	}
	if err != nil {
		l.t.Fatal(err)
	}
	return next
}

func (l *life) start(dir string) {
	s, err := Open(dir, Options{SegmentBytes: 300})
	if err != nil {
		l.t.Fatal(err)
	}
	l.s, l.dir, l.welcome = s, dir, false
}

func (l *life) see() {
	l.at++
	put(l.t, l.s, l.at)
	l.durable = append(l.durable, l.at)
}

// connect welcomes the agent and takes some of what it has.
func (l *life) connect() {
	if !l.welcome {
		l.s.SkipTo(l.seq)
		l.welcome = true
	}
	rs, err := l.s.Next(l.s.Done(), rapid.IntRange(0, 6).Draw(l.t, "n"), 1<<20)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, r := range rs {
		l.take(r)
	}
	if len(rs) > 0 && rapid.Bool().Draw(l.t, "the answer arrives") {
		l.s.Ack(rs[len(rs)-1].Seq, 0)
	}
}

// take is the server: it passes over numbers that it had. What is new to it
// comes in the order in which it was seen.
func (l *life) take(r wire.Report) {
	if r.Seq <= l.seq {
		return
	}
	if !l.server[r.At] && r.At < l.latest {
		l.t.Fatalf("report %d came after %d", r.At, l.latest)
	}
	l.seq, l.server[r.At], l.latest = r.Seq, true, max(l.latest, r.At)
}

// cut is a power cut after everything was synced.
func (l *life) cut() {
	_ = l.s.Sync()
	l.start(l.copyOf(l.dir))
}

func (l *life) keep() {
	_ = l.s.Sync()
	l.backup, l.backed = l.copyOf(l.dir), slices.Clone(l.durable)
}

// putBack: what was seen since the backup and not sent is gone with the disk.
func (l *life) putBack() {
	if l.backup == "" {
		l.t.Skip("no backup yet")
	}
	l.durable = slices.Clone(l.backed)
	l.start(l.copyOf(l.backup))
}

// everything that the disk kept comes to the server in the end.
func (l *life) check() {
	for range 3 {
		l.cut()
		l.s.SkipTo(l.seq)
		rs, err := l.s.Next(l.s.Done(), 1<<20, 1<<30)
		if err != nil {
			l.t.Fatal(err)
		}
		for _, r := range rs {
			l.take(r)
		}
		if len(rs) > 0 {
			l.s.Ack(rs[len(rs)-1].Seq, 0)
		}
		l.welcome = true
	}
	for _, at := range l.durable {
		if !l.server[at] {
			l.t.Fatalf("report %d never came", at)
		}
	}
	if st := l.s.Stats(); st.Lost != 0 || st.Pending != 0 {
		l.t.Fatalf("%+v", st)
	}
}

func TestNothingIsLostWhenADiskIsPutBack(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(base, "life")
		if err != nil {
			t.Fatal(err)
		}
		l := &life{t: t, base: base, server: map[int64]bool{}}
		l.start(dir)
		t.Repeat(map[string]func(*rapid.T){
			"see":     func(*rapid.T) { l.see() },
			"connect": func(*rapid.T) { l.connect() },
			"cut":     func(*rapid.T) { l.cut() },
			"backup":  func(*rapid.T) { l.keep() },
			"put back": func(t *rapid.T) {
				l.t = t
				l.putBack()
			},
		})
		l.check()
	})
}
