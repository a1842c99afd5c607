package spool

import (
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/wire"
)

// model is what a spool must be, whatever happens to it.
type model struct {
	s      *Spool
	dir    string
	base   string
	opt    Options
	synced int64 // highest number that was made durable
	last   int64 // highest number given out
	done   int64 // acknowledged
	at     int64
	sent   map[int64]int64 // number → the At that went out under it
	seen   map[int64]int64 // number → the At appended under it, this life
}

func (m *model) appendOne(t *rapid.T) {
	m.at++
	seq, err := m.s.Append(wire.Report{Device: "d", At: m.at})
	if err != nil {
		t.Fatal(err)
	}
	if seq <= m.last && m.seen[seq] != 0 {
		t.Fatalf("number %d given twice in one life", seq)
	}
	m.seen[seq], m.last = m.at, seq
}

func (m *model) sync(t *rapid.T) {
	if err := m.s.Sync(); err != nil {
		t.Fatal(err)
	}
	m.synced = m.last
}

// send reads some and checks that a number always means the same report.
func (m *model) send(t *rapid.T) {
	rs, err := m.s.Next(m.s.Done(), rapid.IntRange(1, 8).Draw(t, "n"), rapid.IntRange(1, 400).Draw(t, "bytes"))
	if err != nil {
		t.Fatal(err)
	}
	m.synced = m.last // Next syncs
	for i, r := range rs {
		if i > 0 && r.Seq <= rs[i-1].Seq {
			t.Fatalf("%d after %d", r.Seq, rs[i-1].Seq)
		}
		if was, again := m.sent[r.Seq]; again && was != r.At {
			t.Fatalf("number %d was used for two reports", r.Seq)
		}
		m.sent[r.Seq] = r.At
	}
	if len(rs) == 0 {
		return
	}
	m.done = rs[rapid.IntRange(0, len(rs)-1).Draw(t, "ack")].Seq
	m.s.Ack(m.done, 0)
}

// crash leaves of the segment being written any length between what was
// synced and what was written, and starts anew from a copy of the files.
func (m *model) crash(t *rapid.T) {
	seg := m.s.last()
	size := seg.size
	for _, r := range m.s.unsynced {
		size -= int64(len(r.data))
	}
	cut := rapid.Int64Range(size, seg.size).Draw(t, "cut")
	next, err := os.MkdirTemp(m.base, "life")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(next, os.DirFS(m.dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(next, filepath.Base(m.s.path(seg.first))), cut); err != nil {
		t.Fatal(err)
	}
	_ = m.s.file.Close()
	m.dir = next
	m.reopen(t)
}

func (m *model) reopen(t *rapid.T) {
	s, err := Open(m.dir, m.opt)
	if err != nil {
		t.Fatal(err)
	}
	m.s = s
	m.last = s.next - 1
	if m.last < m.synced {
		t.Fatalf("goes on at %d, but %d was durable", s.next, m.synced)
	}
	for seq := range m.seen {
		if seq > m.last {
			delete(m.seen, seq)
		}
	}
}

// check: everything durable and not acknowledged is there, once, in order.
func (m *model) check(t *rapid.T) {
	after := m.done
	rs, err := m.s.Next(after, 1<<20, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	m.synced = m.last
	for _, r := range rs {
		if r.Seq != after+1 || m.seen[r.Seq] != r.At {
			t.Fatalf("%d (at %d, want %d) after %d", r.Seq, r.At, m.seen[r.Seq], after)
		}
		after = r.Seq
		m.sent[r.Seq] = r.At
	}
	if after < m.synced {
		t.Fatalf("ends at %d, %d were durable", after, m.synced)
	}
	if m.s.Stats().Lost != 0 {
		t.Fatalf("%d lost", m.s.Stats().Lost)
	}
}

func TestNothingDurableIsLostNorReordered(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(base, "life")
		if err != nil {
			t.Fatal(err)
		}
		m := &model{dir: dir, base: base, opt: Options{SegmentBytes: 200}, sent: map[int64]int64{}, seen: map[int64]int64{}}
		m.reopen(t)
		t.Repeat(map[string]func(*rapid.T){
			"append": m.appendOne,
			"sync":   m.sync,
			"send":   m.send,
			"crash":  m.crash,
			"close": func(t *rapid.T) {
				if err := m.s.Close(); err != nil {
					t.Fatal(err)
				}
				m.synced = m.last
				m.reopen(t)
			},
			"check": m.check,
		})
		m.check(t)
		_ = m.s.Close()
		_ = os.RemoveAll(dir)
	})
}
