package spool

import (
	"os"
	"time"
)

// Ack says that everything up to the number is the server's now. refused of
// them were not taken and never will be; they are counted.
func (s *Spool) Ack(through int64, refused int) {
	s.mu.Lock()
	if through = min(through, s.next-1); through > s.done {
		s.done = through
		s.refused += int64(refused)
		s.unsaved = true
		s.forgetMemory()
		s.dropDone()
	}
	s.mu.Unlock()
	s.tell()
}

// Expire drops segments whose newest report is older than MaxAge at now. The
// caller passes a now that the server has confirmed: a clock that jumped ahead
// must not throw a month of reports away.
func (s *Spool) Expire(now time.Time) {
	s.mu.Lock()
	limit := now.Add(-s.opt.MaxAge).UnixMilli()
	for len(s.segs) > 1 && s.segs[0].newest < limit {
		s.dropOldest()
	}
	s.mu.Unlock()
	s.tell()
}

// bound keeps the log under MaxBytes.
func (s *Spool) bound() {
	size := int64(0)
	for _, seg := range s.segs {
		size += seg.size
	}
	for size > s.opt.MaxBytes && len(s.segs) > 1 {
		size -= s.segs[0].size
		s.dropOldest()
	}
}

// dropOldest gives the oldest segment up and counts what the server never got.
func (s *Spool) dropOldest() {
	seg := s.segs[0]
	s.lose(max(0, seg.last-max(s.done, seg.first-1)))
	s.done = max(s.done, seg.last)
	_ = s.saveState() // the count is at worst low by this one segment
	s.remove()
}

// dropDone removes segments that are acknowledged as a whole. The one being
// written stays until it has some size, then a fresh one takes its place.
func (s *Spool) dropDone() {
	for len(s.segs) > 1 && s.segs[0].last <= s.done {
		s.remove()
	}
	seg := s.last()
	if seg == nil || len(s.segs) > 1 || len(s.memory) > 0 || seg.last > s.done || seg.size < s.opt.SegmentBytes/4 {
		return
	}
	if err := s.roll(); err != nil {
		s.fail(err)
		return
	}
	s.dropDone()
}

func (s *Spool) remove() {
	path := s.path(s.segs[0].first)
	if err := os.Remove(path); err != nil && !missing(err) {
		s.opt.Log.Warn("spool: a finished segment cannot be removed", "segment", path, "error", err)
	}
	s.segs = s.segs[1:]
}

func (s *Spool) lose(n int64) {
	if n > 0 {
		s.lost += n
		s.untold += n
		s.unsaved = true
	}
}
