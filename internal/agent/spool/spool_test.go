package spool

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

func report(dev string, at int64) wire.Report {
	return wire.Report{Device: dev, At: at, Values: []signal.Item{
		{ID: signal.Unsent.ID, Value: signal.IntOf(at)}, {ID: signal.Serial.ID}, // the second: a value that is gone
	}}
}

func open(t testing.TB, dir string, opt Options) *Spool {
	t.Helper()
	s, err := Open(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fill(t testing.TB, s *Spool, n int) {
	t.Helper()
	for i := range n {
		if _, err := s.Append(report("d", int64(i+1))); err != nil {
			t.Fatal(err)
		}
	}
}

func numbers(t testing.TB, s *Spool) (seqs []int64) {
	t.Helper()
	after := s.Done()
	for {
		rs, err := s.Next(after, 7, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(rs) == 0 {
			return seqs
		}
		for _, r := range rs {
			seqs = append(seqs, r.Seq)
			after = r.Seq
		}
	}
}

func wantRun(t testing.TB, got []int64, first, last int64) {
	t.Helper()
	if int64(len(got)) != last-first+1 {
		t.Fatalf("%d reports, want %d to %d: %v", len(got), first, last, got)
	}
	for i, n := range got {
		if n != first+int64(i) {
			t.Fatalf("number %d at place %d: %v", n, i, got)
		}
	}
}

func TestReportsComeBackAsTheyWentIn(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), Options{})
	want := report("dev-1", 1700000000000)
	want.Full = true
	seq, err := s.Append(want)
	if err != nil || seq != 1 {
		t.Fatalf("%d, %v", seq, err)
	}
	got, err := s.Next(0, 10, 1000)
	want.Seq = 1
	if err != nil || len(got) != 1 || fmt.Sprint(got[0].Device, got[0].At, got[0].Full) != fmt.Sprint(want.Device, want.At, want.Full) {
		t.Fatalf("%+v, %v", got, err)
	}
	a, b := signal.Of(got[0].Values...), signal.Of(want.Values...)
	if len(got[0].Values) != 2 || len(a.Diff(&b)) != 0 {
		t.Errorf("values %v", got[0].Values)
	}
	if st := s.Stats(); st.Pending != 1 || st.Oldest != want.At {
		t.Errorf("stats %+v", st)
	}
}

// TestTornAtEveryOffset cuts the log as a power cut may leave it.
func TestTornAtEveryOffset(t *testing.T) {
	t.Parallel()
	src := t.TempDir()
	s := open(t, src, Options{})
	ends := []int64{int64(len(magic))}
	for range 6 {
		fill(t, s, 1)
		if err := s.Sync(); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, s.segs[0].size)
	}
	whole, err := os.ReadFile(s.path(1))
	if err != nil {
		t.Fatal(err)
	}
	for cut := range int64(len(whole)) + 1 {
		dir := filepath.Join(t.TempDir(), fmt.Sprint(cut))
		_ = os.MkdirAll(dir, 0o700)
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(s.path(1))), whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		kept := int64(0)
		for kept < 6 && ends[kept+1] <= cut {
			kept++
		}
		again := open(t, dir, Options{})
		wantRun(t, numbers(t, again), 1, kept)
		fill(t, again, 2)
		wantRun(t, numbers(t, again), 1, kept+2)
		if again.Stats().Lost != 0 {
			t.Fatalf("cut at %d: %d lost", cut, again.Stats().Lost)
		}
		_ = again.Close()
	}
}

func TestDamageInTheMiddleCostsOneSegmentAndIsCounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, Options{SegmentBytes: 300})
	fill(t, s, 20)
	_ = s.Close()
	seg := s.segs[1]
	data, _ := os.ReadFile(s.path(seg.first))
	data[len(data)/2] ^= 1
	if err := os.WriteFile(s.path(seg.first), data, 0o600); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir, Options{SegmentBytes: 300})
	got := numbers(t, again)
	lost := again.Stats().Lost
	if lost < 1 || lost > seg.last-seg.first+1 || int64(len(got)) != 20-lost || got[len(got)-1] != 20 {
		t.Fatalf("lost %d, left %v", lost, got)
	}
}

func TestASegmentGoneWhileRunningIsCountedAndTheRestGoesOn(t *testing.T) {
	t.Parallel()
	var told int64
	s := open(t, t.TempDir(), Options{SegmentBytes: 300, Lost: func(n int64) { told += n }})
	fill(t, s, 20)
	gone := *s.segs[0]
	if err := os.Remove(s.path(gone.first)); err != nil {
		t.Fatal(err)
	}
	wantRun(t, numbers(t, s), gone.last+1, 20)
	if n := gone.last - gone.first + 1; told != n || s.Stats().Lost != n {
		t.Errorf("told %d, stats %+v, want %d", told, s.Stats(), n)
	}
}

func TestTheOldestGoFirstWhenFullAndAreCounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var told int64
	s := open(t, dir, Options{MaxBytes: 4000, SegmentBytes: 500, Lost: func(n int64) { told += n }})
	fill(t, s, 200)
	st := s.Stats()
	if st.Bytes > 4000 || st.Lost == 0 || told != st.Lost || int64(st.Pending)+st.Lost != 200 {
		t.Fatalf("%+v, told %d", st, told)
	}
	wantRun(t, numbers(t, s), st.Lost+1, 200)
	_ = s.Close()
	if again := open(t, dir, Options{}).Stats(); again.Lost != st.Lost || again.Pending != st.Pending {
		t.Fatalf("after reopening %+v, before %+v", again, st)
	}
}

func TestOldOnesExpireByAConfirmedClockOnly(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), Options{SegmentBytes: 300})
	day := (24 * time.Hour).Milliseconds()
	for i := range 40 {
		_, _ = s.Append(report("d", int64(i)*day))
	}
	if s.Stats().Pending != 40 {
		t.Fatal("the age of the reports alone dropped some")
	}
	s.Expire(time.UnixMilli(40 * day))
	st := s.Stats()
	if st.Oldest < 7*day || st.Oldest > 10*day || st.Lost != 40-int64(st.Pending) {
		t.Fatalf("%+v", st)
	}
}

func TestAcknowledgedSegmentsLeaveTheDisk(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), Options{SegmentBytes: 1000})
	for range 50 {
		fill(t, s, 10)
		got := numbers(t, s)
		s.Ack(got[len(got)-1], 0)
		s.Ack(1, 0) // an old acknowledgement again changes nothing
	}
	st := s.Stats()
	if st.Pending != 0 || st.Bytes > 2000 || s.Done() != 500 {
		t.Fatalf("%+v, done %d", st, s.Done())
	}
	files, _ := filepath.Glob(filepath.Join(s.dir, "*"+suffix))
	if len(files) > 2 {
		t.Fatalf("%d segments left", len(files))
	}
}

func TestADamagedStateFileLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, Options{})
	fill(t, s, 5)
	s.Ack(2, 0)
	_ = s.Close()
	if err := os.WriteFile(s.statePath(), []byte("{\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantRun(t, numbers(t, open(t, dir, Options{})), 1, 5) // 1 and 2 are sent again
}

func TestRunSyncsInGroups(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		disk := &sickDisk{}
		s := open(t, dir, Options{Open: disk.open})
		ctx, stop := context.WithCancel(t.Context())
		go s.Run(ctx)
		synctest.Wait()
		before := disk.syncs
		for range 100 {
			fill(t, s, 1)
			time.Sleep(10 * time.Millisecond) // the bubble's time: nobody waits
		}
		time.Sleep(SyncEvery)
		synctest.Wait()
		stop()
		synctest.Wait()
		if n := disk.syncs - before; n < 4 || n > 7 {
			t.Errorf("%d syncs in a second", n)
		}
		s.mu.Lock()
		left := len(s.unsynced)
		s.mu.Unlock()
		if left != 0 {
			t.Errorf("%d reports not synced", left)
		}
	})
}
