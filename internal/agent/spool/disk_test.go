package spool

import (
	"errors"
	"os"
	"testing"
)

var errFull = errors.New("no space left on device")

// sickDisk takes writes and syncs as long as it is told to.
type sickDisk struct {
	full, syncFails, truncFails bool
	syncs                       int
}

type sickFile struct {
	File
	disk *sickDisk
}

func (d *sickDisk) open(name string) (File, error) {
	if d.full {
		if _, err := os.Stat(name); err != nil {
			return nil, errFull
		}
	}
	f, err := openFile(name)
	return &sickFile{File: f, disk: d}, err
}

func (f *sickFile) Write(b []byte) (int, error) {
	if !f.disk.full {
		return f.File.Write(b)
	}
	n, _ := f.File.Write(b[:len(b)/2]) // a full disk often takes a part
	return n, errFull
}

func (f *sickFile) Sync() error {
	f.disk.syncs++
	if f.disk.syncFails {
		return errFull
	}
	return f.File.Sync()
}

func (f *sickFile) Truncate(n int64) error {
	if f.disk.truncFails {
		return errFull
	}
	return f.File.Truncate(n)
}

func TestAFullDisk(t *testing.T) {
	t.Parallel()
	for name, sick := range map[string]sickDisk{
		"write fails":            {full: true},
		"sync fails":             {syncFails: true},
		"cutting back fails too": {full: true, truncFails: true},
		"all of it":              {full: true, syncFails: true, truncFails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			disk := &sickDisk{}
			s := open(t, dir, Options{Open: disk.open, Memory: 5})
			fill(t, s, 3)
			if err := s.Sync(); err != nil {
				t.Fatal(err)
			}
			*disk = sick
			fill(t, s, 4)
			if err := s.Sync(); !errors.Is(err, ErrDisk) || !errors.Is(s.Stats().Trouble, ErrDisk) {
				t.Fatalf("a sick disk says %v, stats %v", err, s.Stats().Trouble)
			}
			wantRun(t, numbers(t, s), 1, 7) // goes out all the same
			*disk = sickDisk{}
			fill(t, s, 1)
			if err := s.Sync(); err != nil {
				t.Fatalf("the disk is well again: %v", err)
			}
			if st := s.Stats(); st.Lost != 0 || st.Pending != 8 {
				t.Fatalf("%+v", st)
			}
			again := open(t, dir, Options{}) // as after kill -9
			wantRun(t, numbers(t, again), 1, 8)
		})
	}
}

func TestAFullDiskKeepsTheNewestInMemory(t *testing.T) {
	t.Parallel()
	disk := &sickDisk{}
	s := open(t, t.TempDir(), Options{Open: disk.open, Memory: 5})
	fill(t, s, 2)
	_ = s.Sync()
	disk.full = true
	fill(t, s, 20)
	got := numbers(t, s)
	wantRun(t, got[:2], 1, 2)
	wantRun(t, got[2:], 18, 22)
	if st := s.Stats(); st.Lost != 15 || st.Pending != 7 {
		t.Fatalf("%+v", st)
	}
	s.Ack(22, 0)
	disk.full = false
	fill(t, s, 1)
	wantRun(t, numbers(t, s), 23, 23)
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
}

func TestOpenOnAFullDiskStillTakesReports(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), Options{Open: (&sickDisk{full: true}).open})
	fill(t, s, 3)
	wantRun(t, numbers(t, s), 1, 3)
	if !errors.Is(s.Stats().Trouble, ErrDisk) {
		t.Error("says nothing of it")
	}
}
