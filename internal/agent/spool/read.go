package spool

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/tillwright/tillwright/internal/agent/framed"
	"github.com/tillwright/tillwright/internal/wire"
)

// Next is the reports after the number given, in order, at most n and at most
// so many bytes of JSON together, but at least one where there is one. What it
// gives is durable, except while the disk takes nothing: then what memory
// holds follows what the disk holds.
func (s *Spool) Next(after int64, n, bytes int) ([]wire.Report, error) {
	s.mu.Lock()
	s.sync()
	b := batch{after: max(after, s.done), n: n, bytes: bytes}
	err := s.collect(&b, &s.place)
	s.mu.Unlock()
	s.tell()
	return b.out, err
}

// place is where reading a segment stopped, so that the next call goes on
// there instead of reading the segment from its start.
type place struct {
	first  int64 // the segment's; 0 = no place
	seq    int64 // the last report read
	offset int64 // behind it
}

func (s *Spool) collect(b *batch, p *place) error {
	for i := 0; i < len(s.segs) && !b.full; i++ {
		seg := s.segs[i]
		if seg.last <= b.after {
			continue
		}
		from := place{first: seg.first, seq: seg.first - 1, offset: int64(len(magic))}
		if p.first == seg.first && p.seq <= b.after {
			from = *p
		}
		at, err := b.readSegment(s.path(seg.first), from, seg.size)
		*p = at
		if errors.Is(err, framed.ErrTorn) || missing(err) {
			s.amputate(seg, at)
			continue
		}
		if err != nil {
			return fmt.Errorf("spool: %w", err)
		}
	}
	for _, r := range s.memory {
		if _, err := b.add(r.data[framed.Header:]); err != nil {
			return err
		}
	}
	return nil
}

// amputate gives up what a running program finds damaged or gone: the reports
// behind the place are lost, and writing goes on in a fresh segment.
func (s *Spool) amputate(seg *segment, at place) {
	s.opt.Log.Error("spool: a segment is damaged or gone", "segment", s.path(seg.first), "lost", seg.last-at.seq)
	s.lose(seg.last - at.seq)
	seg.last, seg.size = at.seq, at.offset
	if seg == s.last() && s.file != nil {
		s.unsynced = nil
		_ = s.file.Close()
		s.file = nil
	}
}

// batch collects reports up to its bounds.
type batch struct {
	after    int64
	n, bytes int
	full     bool
	out      []wire.Report
}

// readSegment reads on from a place and returns the place where it stopped.
func (b *batch) readSegment(path string, p place, size int64) (place, error) {
	f, err := os.Open(path)
	if err != nil {
		return p, err
	}
	defer func() { _ = f.Close() }()
	start := p.offset
	r := framed.NewReader(io.NewSectionReader(f, start, size-start))
	for start+r.Good() < size {
		content, err := r.Next()
		if errors.Is(err, io.EOF) { // shorter than we wrote it
			return p, framed.ErrTorn
		}
		if err != nil {
			return p, err
		}
		seq, err := b.add(content)
		if err != nil || b.full {
			return p, err
		}
		p.seq, p.offset = seq, start+r.Good()
	}
	return p, nil
}

// add takes a report that is wanted and has room, and returns its number.
func (b *batch) add(content []byte) (int64, error) {
	var h head
	if b.full {
		return 0, nil
	}
	if err := json.Unmarshal(content, &h); err != nil {
		return 0, fmt.Errorf("spool: %w", err)
	}
	if h.Seq <= b.after {
		return h.Seq, nil
	}
	if len(b.out) >= b.n || len(b.out) > 0 && len(content)+1 > b.bytes {
		b.full = true
		return 0, nil
	}
	var r wire.Report
	if err := json.Unmarshal(content, &r); err != nil {
		return 0, fmt.Errorf("spool: %w", err)
	}
	b.out = append(b.out, r)
	b.after = h.Seq
	b.bytes -= len(content) + 1
	return h.Seq, nil
}
