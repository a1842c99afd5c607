package spool

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tillwright/tillwright/internal/agent/framed"
	"github.com/tillwright/tillwright/internal/wire"
)

// Append gives the report its number and writes it. It is kept after the next
// Sync. Append never blocks on a sick disk: the report is then held in memory,
// the oldest of memory being dropped when there are too many, and Stats
// names the trouble.
func (s *Spool) Append(r wire.Report) (seq int64, err error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return 0, ErrClosed
	}
	r.Seq = s.next
	rec, err := encode(r)
	if err != nil {
		s.mu.Unlock()
		return 0, err
	}
	s.next++
	if s.trouble != nil {
		s.hold(rec)
	} else if err := s.write(rec); err != nil {
		s.hold(rec)
		s.fail(err)
	}
	s.bound()
	s.mu.Unlock()
	nudge(s.dirty)
	s.wake()
	s.tell()
	return r.Seq, nil
}

func encode(r wire.Report) (record, error) {
	content, err := json.Marshal(r)
	if err != nil {
		return record{}, fmt.Errorf("spool: %w", err)
	}
	if len(content) > maxReport {
		return record{}, fmt.Errorf("spool: a report of %d bytes, at most %d", len(content), maxReport)
	}
	return record{seq: r.Seq, at: r.At, data: framed.Append(nil, content)}, nil
}

// maxReport leaves room in a message for what stands around a report, and for
// the text growing when it is written anew.
const maxReport = wire.MaxMessage / 2

// write puts one record at the end of the log.
func (s *Spool) write(rec record) error {
	seg := s.last()
	if s.file == nil || seg == nil || seg.last+1 != rec.seq || seg.size >= s.opt.SegmentBytes {
		if err := s.rollTo(rec.seq); err != nil {
			return err
		}
		seg = s.last()
	}
	if _, err := s.file.Write(rec.data); err != nil {
		return errors.Join(err, s.rewind(seg.size))
	}
	seg.size += int64(len(rec.data))
	seg.last, seg.newest = rec.seq, max(seg.newest, rec.at)
	s.unsynced = append(s.unsynced, rec)
	return nil
}

// rewind takes half a record back. Where even that fails the segment is left
// alone: its torn end is cut off when it is next read.
func (s *Spool) rewind(size int64) error {
	if s.file == nil {
		return nil
	}
	err := s.file.Truncate(size)
	if err != nil {
		err = errors.Join(err, s.file.Close())
		s.file = nil
	}
	return err
}

func (s *Spool) last() *segment {
	if len(s.segs) == 0 {
		return nil
	}
	return s.segs[len(s.segs)-1]
}

// Sync makes everything appended so far durable. It fails with ErrDisk.
func (s *Spool) Sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sync()
	return s.trouble
}

func (s *Spool) sync() {
	if s.trouble != nil && !s.recover() {
		return
	}
	if len(s.unsynced) == 0 || s.file == nil {
		return
	}
	if err := s.file.Sync(); err != nil {
		s.takeBack()
		s.fail(err)
		return
	}
	s.unsynced = s.unsynced[:0]
	if cap(s.unsynced) > 1024 {
		s.unsynced = nil
	}
}

// takeBack moves what a failed sync may have lost from the log into memory:
// after a failed sync nobody can say what the disk holds.
func (s *Spool) takeBack() {
	if len(s.unsynced) == 0 {
		return
	}
	seg := s.last()
	for _, r := range s.unsynced {
		seg.size -= int64(len(r.data))
	}
	seg.last = s.unsynced[0].seq - 1
	s.memory = append(s.unsynced, s.memory...)
	s.unsynced = nil
	_ = s.rewind(seg.size) // on failure the segment is closed and its end cut off when read
}

// recover tries to write what memory holds; true when the disk took it all.
func (s *Spool) recover() bool {
	if s.last() == nil || s.file == nil {
		first := s.next
		if len(s.memory) > 0 {
			first = s.memory[0].seq
		}
		if err := s.rollTo(first); err != nil {
			return false
		}
	}
	for len(s.memory) > 0 {
		if err := s.write(s.memory[0]); err != nil {
			return false
		}
		s.memory = s.memory[1:]
	}
	if err := s.file.Sync(); err != nil {
		s.takeBack()
		return false
	}
	s.memory, s.unsynced, s.trouble = nil, nil, nil
	s.opt.Log.Info("spool: the disk takes reports again")
	return true
}

// hold keeps a record in memory, dropping the oldest beyond the bound.
func (s *Spool) hold(rec record) {
	s.memory = append(s.memory, rec)
	for len(s.memory) > s.opt.Memory {
		if s.memory[0].seq > s.done {
			s.lose(1)
		}
		s.memory = s.memory[1:]
	}
}

func (s *Spool) fail(err error) {
	if s.trouble == nil {
		s.opt.Log.Error("spool: the disk takes no reports, holding them in memory", "error", err, "bound", s.opt.Memory)
	}
	s.trouble = ErrDisk.Because(err)
}
