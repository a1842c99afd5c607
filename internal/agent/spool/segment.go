package spool

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/agent/framed"
)

// magic opens every segment; the last character is the format's version.
const magic = "TWSPOOL1"

const suffix = ".seg"

// segment is one file of reports whose numbers have no gap. Its name is the
// number of its first report, so an empty one still says where to go on.
type segment struct {
	first, last int64 // last = first-1 while empty
	size        int64 // bytes, header and all
	newest      int64 // agent's clock of its newest report, Unix ms
}

// record is one report as it stands on disk.
type record struct {
	seq  int64
	at   int64
	data []byte // framed
}

// head is what the spool itself needs to know of a report.
type head struct {
	Seq int64 `json:"n"`
	At  int64 `json:"at"`
}

func (s *Spool) path(first int64) string {
	return filepath.Join(s.dir, fmt.Sprintf("%016x", first)+suffix)
}

// loadSegments reads every segment once and cuts off what is not whole.
func (s *Spool) loadSegments() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return folder.ErrUnusable.With("path", s.dir).Because(err)
	}
	var firsts []int64
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), suffix)
		if first, err := strconv.ParseInt(name, 16, 64); ok && err == nil && len(name) == 16 && first > 0 {
			firsts = append(firsts, first)
		}
	}
	slices.Sort(firsts)
	for i, first := range firsts {
		if err := s.loadSegment(first, i == len(firsts)-1, firsts); err != nil {
			return err
		}
	}
	return nil
}

func (s *Spool) loadSegment(first int64, active bool, firsts []int64) error {
	path := s.path(first)
	seg, whole, err := scan(path, first)
	if err != nil {
		return folder.ErrUnusable.With("path", path).Because(err)
	}
	if !whole {
		s.opt.Log.Warn("spool: damaged end of a segment was cut off", "segment", path, "kept", seg.last-first+1)
		if err := os.Truncate(path, seg.size); err != nil {
			return folder.ErrUnusable.With("path", path).Because(err)
		}
		if !active { // numbers up to the next segment were there and are gone
			s.lose(firsts[slices.Index(firsts, first)+1] - 1 - seg.last)
		}
	}
	if seg.last < first && !active {
		return os.Remove(path)
	}
	s.segs = append(s.segs, seg)
	return nil
}

// scan reads a segment; whole is false where something after its last sound
// report must be cut off.
func scan(path string, first int64) (seg *segment, whole bool, err error) {
	seg = &segment{first: first, last: first - 1}
	f, err := os.Open(path)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = f.Close() }()
	opening := make([]byte, len(magic))
	if _, err := io.ReadFull(f, opening); err != nil || string(opening) != magic {
		return seg, false, nil
	}
	seg.size = int64(len(magic))
	r := framed.NewReader(f)
	for {
		content, err := r.Next()
		if errors.Is(err, io.EOF) {
			return seg, true, nil
		}
		if errors.Is(err, framed.ErrTorn) {
			return seg, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		var h head
		if json.Unmarshal(content, &h) != nil || h.Seq != seg.last+1 {
			return seg, false, nil
		}
		seg.last, seg.newest, seg.size = h.Seq, max(seg.newest, h.At), int64(len(magic))+r.Good()
	}
}

// resume opens the last segment to go on, or begins the first.
func (s *Spool) resume() error {
	if len(s.segs) == 0 {
		return s.roll()
	}
	seg := s.segs[len(s.segs)-1]
	if seg.last+1 != s.next || seg.size < int64(len(magic)) {
		return s.roll()
	}
	f, err := s.opt.Open(s.path(seg.first))
	s.file = f
	return err
}

// roll closes the segment being written and begins the next one with the
// number first. The new file's name is durable before its first report.
func (s *Spool) roll() error { return s.rollTo(s.next) }

func (s *Spool) rollTo(first int64) error {
	if s.file != nil {
		if err := s.file.Sync(); err != nil {
			s.takeBack()
			return err
		}
		_ = s.file.Close() // synced: nothing can be lost by it any more
		s.file, s.unsynced = nil, nil
	}
	if n := len(s.segs); n > 0 && s.segs[n-1].last < s.segs[n-1].first { // nothing in it: begin anew
		_ = os.Remove(s.path(s.segs[n-1].first))
		s.segs = s.segs[:n-1]
	}
	f, err := s.opt.Open(s.path(first))
	if err != nil {
		return err
	}
	err = f.Truncate(0) // a torn file of the same name may lie there
	if err == nil {
		_, err = f.Write([]byte(magic))
	}
	if err == nil {
		err = folder.SyncDir(s.dir)
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	s.file = f
	s.segs = append(s.segs, &segment{first: first, last: first - 1, size: int64(len(magic))})
	return nil
}
