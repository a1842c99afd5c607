// Package spool keeps the agent's reports on disk until the server has them.
//
// It is a log cut into segments. A report counts as kept once it is written
// and synced; what is handed out for sending is always synced before. The log
// is bounded in size and age, the oldest goes first and is counted. A report's
// number is never used again, reports come out in the order they went in, and
// none that was kept is lost by a crash at any moment. See DESIGN.md of the
// agent.
package spool

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

// What the spool works by where Options says nothing.
const (
	DefaultMaxBytes = 64 << 20
	DefaultMemory   = 2000 // reports
	SyncEvery       = 200 * time.Millisecond
	saveEvery       = 10 * time.Second
)

// ErrDisk says that reports cannot be written and are held in memory.
var ErrDisk = problem.New(problem.Unavailable, "agent_spool_disk")

// ErrClosed is what Append says after Close: another program may have the
// folder by now.
var ErrClosed = errors.New("spool: closed")

// File is what the spool needs of a file it writes.
type File interface {
	io.Writer
	Sync() error
	Truncate(size int64) error
	Close() error
}

// Options are the bounds of a spool. Zero values mean the defaults.
type Options struct {
	MaxBytes     int64         // on disk, all segments together
	MaxAge       time.Duration // see Expire; default wire.MaxReportAge
	SegmentBytes int64         // default MaxBytes/64
	Memory       int           // reports held while the disk takes none
	// Open opens a segment for writing at its end; tests put a sick disk here.
	Open func(name string) (File, error)
	// Lost is told how many reports were dropped unsent; called without locks.
	Lost func(n int64)
	Log  *slog.Logger
}

// Spool is safe for concurrent use.
type Spool struct {
	opt Options
	dir string

	mu       sync.Mutex
	segs     []*segment // oldest first; the last is written to
	file     File       // the last segment, nil after a failure
	next     int64      // the next report's number
	done     int64      // all up to here are acknowledged or dropped
	doubt    int64      // first number given since a start that no welcome followed, 0 = none
	unsynced []record   // written, not yet synced
	memory   []record   // not written: the disk takes none
	place    place      // where Next stopped
	trouble  error
	lost     int64
	refused  int64
	unsaved  bool  // lost, refused or done differ from the state file
	untold   int64 // of lost, not yet told to opt.Lost
	closed   bool

	ready chan struct{} // holds one token while there may be something to send
	dirty chan struct{} // holds one token while there is something to sync
}

// Stats is the spool's condition.
type Stats struct {
	Pending int   // reports not yet acknowledged
	Oldest  int64 // agent's clock of the oldest of them, Unix ms; 0 = none
	Lost    int64 // dropped unsent since enrolment
	Refused int64 // refused by the server since enrolment
	Bytes   int64 // on disk
	Trouble error // ErrDisk while the disk takes nothing, else nil
}

func (o Options) filled() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.MaxAge <= 0 {
		o.MaxAge = wire.MaxReportAge
	}
	if o.SegmentBytes <= 0 {
		o.SegmentBytes = max(o.MaxBytes/64, 4<<10)
	}
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	if o.Open == nil {
		o.Open = openFile
	}
	if o.Lost == nil {
		o.Lost = func(int64) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Open opens the spool in dir and mends what a crash left behind. One process
// may have it open; the agent's folder lock sees to that.
func Open(dir string, opt Options) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, folder.ErrUnusable.With("path", dir).Because(err)
	}
	s := &Spool{opt: opt.filled(), dir: dir, ready: make(chan struct{}, 1), dirty: make(chan struct{}, 1)}
	state := s.loadState()
	s.lost, s.refused = state.Lost, state.Refused
	if err := s.loadSegments(); err != nil {
		return nil, err
	}
	s.done = state.Done
	if len(s.segs) > 0 {
		s.done = max(s.done, s.segs[0].first-1)
		s.next = s.segs[len(s.segs)-1].last + 1
	}
	s.next = max(s.next, s.done+1, state.Next)
	if s.doubt = state.Doubt; s.doubt == 0 {
		s.doubt = s.next
		_ = s.saveState() // without it a backup put back twice may lose what lies between
	}
	s.dropDone()
	if err := s.resume(); err != nil {
		s.fail(err)
	}
	s.wake()
	return s, nil
}

// Run syncs what was appended, at most each SyncEvery, until ctx ends.
func (s *Spool) Run(ctx context.Context) {
	pause := time.NewTicker(SyncEvery)
	defer pause.Stop()
	save := time.NewTicker(saveEvery)
	defer save.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-save.C:
			s.tend()
			continue
		case <-s.dirty:
		}
		_ = s.Sync() // the trouble is kept in Stats and told in the log
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
	}
}

// tend writes the state where it changed, and tries a sick disk again.
func (s *Spool) tend() {
	s.mu.Lock()
	if s.trouble != nil {
		s.sync()
	}
	if s.unsaved {
		s.saveState()
	}
	s.mu.Unlock()
	s.tell()
}

// Close syncs and lets the files go.
func (s *Spool) Close() error {
	s.mu.Lock()
	s.sync()
	s.closed = true
	err := errors.Join(s.trouble, s.saveState())
	if s.file != nil {
		err = errors.Join(err, s.file.Close())
		s.file = nil
	}
	s.mu.Unlock()
	s.tell()
	return err
}

// Ready is signalled when there may be something new to send.
func (s *Spool) Ready() <-chan struct{} { return s.ready }

// Trouble is ErrDisk while the disk takes nothing, else nil.
func (s *Spool) Trouble() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trouble
}

// Done is the number up to which all is acknowledged or dropped.
func (s *Spool) Done() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done
}

// Stats is the present condition.
func (s *Spool) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	oldest := batch{after: s.done, n: 1, bytes: 1}
	_ = s.collect(&oldest, &place{}) // a reading error shows at the next sending
	st := Stats{Lost: s.lost, Refused: s.refused, Trouble: s.trouble, Pending: s.pending()}
	for _, seg := range s.segs {
		st.Bytes += seg.size
	}
	if len(oldest.out) > 0 {
		st.Oldest = oldest.out[0].At
	}
	return st
}

// pending counts by segments, because numbers may have gaps between them.
func (s *Spool) pending() int {
	n := int64(0)
	for _, seg := range s.segs {
		n += max(0, seg.last-max(s.done, seg.first-1))
	}
	for _, r := range s.memory {
		if r.seq > s.done {
			n++
		}
	}
	return int(n)
}

func (s *Spool) wake() { nudge(s.ready) }

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// tell reports losses outside the lock.
func (s *Spool) tell() {
	s.mu.Lock()
	n := s.untold
	s.untold = 0
	s.mu.Unlock()
	if n > 0 {
		s.opt.Lost(n)
	}
}

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
