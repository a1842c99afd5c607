package agent

import (
	"errors"
	"time"

	"github.com/tillwright/tillwright/internal/agent/journal"
	"github.com/tillwright/tillwright/internal/wire"
)

// The codes of results and problems that the agent's office makes.
const (
	CodeExpired       = "deadline_passed"
	CodeUnknownDevice = "unknown_device" // or more commands wait for it than it can take
	CodeNoID          = "command_malformed"
)

const maxID = 64 // bytes of a command's or a device's id

var errExpired = errors.New("agent: the command's deadline is over")

// Command writes a command down, queues it, and gives what is to be answered
// at once: that it is taken, and its result where there is one already.
func (o *office) Command(c wire.Command) []wire.Message {
	if c.ID == "" || len(c.ID) > maxID || len(c.Device) > maxID {
		return []wire.Message{{Type: wire.TypeProblem, Problem: &wire.Problem{Code: CodeNoID}}}
	}
	fresh, known, err := o.journal.Take(c, o.deps.Clock.Now())
	if err != nil { // the server tells it again; until then nothing may be said of it
		o.deps.Log.Error("agent: a command cannot be written down", "command", c.ID, "error", err)
		return []wire.Message{{Type: wire.TypeProblem, Problem: &wire.Problem{Code: journal.CodeJournal, Detail: c.ID}}}
	}
	taken := []wire.Message{{Type: wire.TypeTaken, Taken: &wire.Taken{ID: c.ID}}}
	switch {
	case known != nil:
		return append(taken, wire.Message{Type: wire.TypeResult, Result: known})
	case fresh:
		o.deps.Log.Info("agent: command taken", "command", c.ID, "device", c.Device, "procedure", c.Procedure.Name)
		o.queue(c)
	}
	return taken
}

// takeUp queues what an earlier life took and did not begin. It waits for the
// first welcome, because a deadline is by the server's clock.
func (o *office) takeUp() {
	for _, c := range o.journal.Waiting() {
		o.queue(c)
	}
}

func (o *office) queue(c wire.Command) {
	switch {
	case o.Expired(c):
		o.finish(c.ID, wire.ResultExpired, CodeExpired)
	case !o.poller.Submit(c):
		o.finish(c.ID, wire.ResultFailed, CodeUnknownDevice)
	}
}

// Expired says whether the deadline is over by the server's clock.
func (o *office) Expired(c wire.Command) bool {
	now, _ := o.server.Now()
	return now.UnixMilli() > c.Deadline
}

// Begin writes down that the first byte is about to go out.
func (o *office) Begin(c wire.Command) error {
	if o.Expired(c) {
		o.finish(c.ID, wire.ResultExpired, CodeExpired)
		return errExpired
	}
	err := o.journal.Begin(c.ID, o.deps.Clock.Now())
	if errors.Is(err, journal.ErrDisk) {
		o.finish(c.ID, wire.ResultFailed, journal.CodeJournal)
	}
	return err
}

// End writes a result down and has it told.
func (o *office) End(r wire.Result) {
	err := o.journal.End(r, o.deps.Clock.Now())
	switch {
	case errors.Is(err, journal.ErrState): // it has ended already
		return
	case err != nil:
		o.deps.Log.Error("agent: a result cannot be written down", "command", r.ID, "error", err)
	}
	o.deps.Log.Info("agent: command ended", "command", r.ID, "state", r.State, "code", r.Code)
	nudge(o.changed)
}

// Orphaned queues a command anew whose device was changed meanwhile.
func (o *office) Orphaned(c wire.Command) { o.queue(c) }

// Settled forgets a result that the server has, and notes what it has of the
// shop's journal.
func (o *office) Settled(m wire.Message) {
	if m.SoldAck != nil && o.book != nil {
		o.book.Answered(*m.SoldAck)
	}
	if m.ResultAck == nil {
		return
	}
	id := m.ResultAck.ID
	if err := o.journal.Acked(id, o.deps.Clock.Now()); err != nil {
		o.deps.Log.Warn("agent: an acknowledged result may be told again", "command", id, "error", err)
	}
}

func (o *office) finish(id, state, code string) {
	o.End(wire.Result{ID: id, State: state, Code: code, At: o.deps.Clock.Now().Truncate(time.Millisecond).UnixMilli()})
}
