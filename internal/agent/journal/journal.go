// Package journal keeps commands from being carried out twice.
//
// A command is written down before the agent says that it has it, marked
// before the first byte goes to the register, and its result is written down
// before it is told. A command that was begun and has no result when the agent
// starts may or may not have happened: its result is "unknown" with the code
// agent_restarted, and it is never run again. Each step is durable before the
// next one. See DESIGN.md of the agent.
package journal

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

// The codes of results that the journal itself makes.
const (
	CodeRestarted = "agent_restarted" // the agent stopped while the command ran
	CodeJournal   = "agent_journal"   // the command could not be written down, so it was not run
)

// KeepFor is how long a finished command is remembered, so that a late second
// delivery is answered and not run. It is twice the longest time a server
// delivers again.
const KeepFor = 30 * 24 * time.Hour

// MaxKept is how many acknowledged commands are remembered at most.
const MaxKept = 2000

// What the journal fails with.
var (
	ErrDisk  = problem.New(problem.Unavailable, CodeJournal) // it cannot be written: do not run the command
	ErrState = errors.New("journal: the command is not in the state for that")
)

type stage int

const (
	taken stage = iota
	begun
	ended
	acked
)

// entry is one command and how far it came.
type entry struct {
	Command wire.Command
	Result  wire.Result
	stage   stage
	at      int64 // when it last changed, agent's clock, Unix ms
	order   int   // of taking
}

// Journal is safe for concurrent use.
type Journal struct {
	mu      sync.Mutex
	path    string
	file    *os.File
	size    int64
	fresh   int64 // size when it was last written anew
	broken  bool  // the end of the file may be torn: write it anew first
	entries map[string]*entry
	count   int
}

// Open reads the journal in dir, cuts off a torn end, and gives every command
// that was begun without an end the result "unknown". now is the agent's clock.
func Open(dir string, now time.Time) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, ErrDisk.Because(err)
	}
	j := &Journal{path: filepath.Join(dir, "journal.log"), entries: map[string]*entry{}}
	if err := j.load(); err != nil {
		return nil, ErrDisk.Because(err)
	}
	for _, e := range j.entries {
		if e.stage != begun {
			continue
		}
		e.stage, e.at = ended, now.UnixMilli()
		e.Result = wire.Result{ID: e.Command.ID, State: wire.ResultUnknown, Code: CodeRestarted, At: e.at}
	}
	j.prune(now)
	if err := j.rewrite(); err != nil {
		return nil, ErrDisk.Because(err)
	}
	return j, nil
}

// Close lets the file go.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file = nil
	return err
}

// Take writes a command down. fresh is false for one the journal knows; known
// is then its result, nil while it has none. It fails with ErrDisk: the command
// must then not be run in this life, and nothing may be said of it, because it
// may stand on the disk all the same and run in the next life.
func (j *Journal) Take(c wire.Command, now time.Time) (fresh bool, known *wire.Result, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if e, ok := j.entries[c.ID]; ok {
		if e.stage < ended {
			return false, nil, nil
		}
		r := e.Result
		return false, &r, nil
	}
	if err := j.write(line{Op: opTake, Command: &c, At: now.UnixMilli()}, now); err != nil {
		return false, nil, err
	}
	return true, nil, nil
}

// Begin marks that the command's first byte is about to go out. Only after it
// returned without error may the command run, and only once.
func (j *Journal) Begin(id string, now time.Time) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if e, ok := j.entries[id]; !ok || e.stage != taken {
		return fmt.Errorf("%w: begin %s", ErrState, id)
	}
	return j.write(line{Op: opBegin, ID: id, At: now.UnixMilli()}, now)
}

// End writes the result down. Where the disk takes it not, the result is held
// in memory and told all the same; after a restart it would be "unknown".
func (j *Journal) End(r wire.Result, now time.Time) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	e, ok := j.entries[r.ID]
	if !ok || e.stage >= ended {
		return fmt.Errorf("%w: end %s", ErrState, r.ID)
	}
	l := line{Op: opEnd, ID: r.ID, Result: &r, At: now.UnixMilli()}
	err := j.write(l, now)
	if err != nil {
		j.apply(l)
	}
	return err
}

// Acked notes that the server has the result. An unknown id changes nothing.
func (j *Journal) Acked(id string, now time.Time) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if e, ok := j.entries[id]; !ok || e.stage != ended {
		return nil
	}
	l := line{Op: opAck, ID: id, At: now.UnixMilli()}
	err := j.write(l, now)
	if err != nil {
		j.apply(l)
	}
	return err
}

// Waiting is the commands taken and not begun, in the order they were taken.
func (j *Journal) Waiting() []wire.Command {
	var out []wire.Command
	for _, e := range j.in(taken) {
		out = append(out, e.Command)
	}
	return out
}

// Unanswered is the results that the server has not acknowledged, in the order
// their commands were taken.
func (j *Journal) Unanswered() []wire.Result {
	var out []wire.Result
	for _, e := range j.in(ended) {
		out = append(out, e.Result)
	}
	return out
}

func (j *Journal) in(s stage) []*entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.sorted(func(e *entry) bool { return e.stage == s })
}

func (j *Journal) sorted(want func(*entry) bool) []*entry {
	var out []*entry
	for _, e := range j.entries {
		if want(e) {
			c := *e
			out = append(out, &c)
		}
	}
	slices.SortFunc(out, func(a, b *entry) int { return cmp.Compare(a.order, b.order) })
	return out
}

// prune forgets what is finished and old, and the oldest of too many.
func (j *Journal) prune(now time.Time) {
	limit := now.Add(-KeepFor).UnixMilli()
	finished := j.sorted(func(e *entry) bool { return e.stage >= ended })
	for _, e := range finished {
		if e.at < limit {
			delete(j.entries, e.Command.ID)
		}
	}
	done := j.sorted(func(e *entry) bool { return e.stage == acked })
	for len(done) > MaxKept {
		delete(j.entries, done[0].Command.ID)
		done = done[1:]
	}
}
