package agent

import (
	"encoding/json"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tillwright/tillwright/internal/agent/spool"
	"github.com/tillwright/tillwright/internal/wire"
)

const (
	// amendEvery bounds how often reports that never arrived make the devices
	// tell everything anew.
	amendEvery = 10 * time.Minute
	// sane is how far the clocks may be apart for the age of reports to count.
	sane = 24 * time.Hour
)

// office is the agent's side of the channel and of the poller.
type office struct {
	*Agent
	set     settings
	changed chan struct{} // one token when Outgoing may have something new
	first   sync.Once
	speaks  atomic.Int64 // the server's version of the protocol

	mu      sync.Mutex
	amended time.Time
}

func newOffice(a *Agent) *office {
	return &office{Agent: a, changed: make(chan struct{}, 1), set: settings{changed: make(chan struct{}, 1)}}
}

// resume goes on by the configuration that the server told last.
func (o *office) resume() {
	c := loadConfig(o.dir.Path(fileConfig), o.deps.Log)
	o.set.set(c)
	o.poller.Configure(merge(o.cfg.Devices, c.Devices))
}

// Hello is what the agent says of itself.
func (o *office) Hello() wire.Hello {
	st := o.spool.Stats()
	return wire.Hello{
		Build: o.cfg.Build, OS: runtime.GOOS, Arch: runtime.GOARCH, Host: o.cfg.Host,
		Pending: st.Pending, Oldest: st.Oldest, Lost: st.Lost,
	}
}

// Welcome takes the server's view: its configuration, whatever its version,
// and its count of our reports. Every device then tells everything once.
func (o *office) Welcome(w wire.Welcome) {
	o.spool.SkipTo(w.Seq)
	o.speaks.Store(int64(w.Version))
	o.apply(w.Config)
	o.expire()
	o.poller.Full()
	if o.book != nil {
		o.book.Again()
	}
	o.first.Do(o.takeUp)
}

// Config takes a newer configuration.
func (o *office) Config(c wire.Config) {
	if c.Version > o.set.get().Version {
		o.apply(c)
	}
}

func (o *office) apply(c wire.Config) {
	data, err := json.Marshal(c)
	if err == nil {
		err = o.dir.Write(fileConfig, data)
	}
	if err != nil { // it holds for this run all the same
		o.deps.Log.Error("agent: the configuration cannot be kept", "error", err)
	}
	o.deps.Log.Info("agent: configuration", "version", c.Version, "devices", len(c.Devices))
	o.set.set(c)
	o.poller.Configure(merge(o.cfg.Devices, c.Devices))
	nudge(o.search.wanted)
}

// expire drops what is too old to be taken, by a clock that the server has
// confirmed.
func (o *office) expire() {
	if ahead, known := o.server.Ahead(); known && ahead.Abs() < sane {
		o.spool.Expire(o.deps.Clock.Now())
	}
}

// Outgoing is the results not yet acknowledged, the disk's trouble, what a
// search found, and what the shop wrote down that the server has not answered.
func (o *office) Outgoing() []wire.Message {
	var out []wire.Message
	for _, r := range o.journal.Unanswered() {
		out = append(out, wire.Message{Type: wire.TypeResult, Result: &r})
	}
	if o.spool.Trouble() != nil {
		out = append(out, wire.Message{Type: wire.TypeProblem, Problem: &wire.Problem{
			Code: spool.ErrDisk.Code, Detail: "reports are held in memory",
		}})
	}
	return append(append(out, o.search.outgoing()...), o.sold()...)
}

// Changed is signalled when Outgoing may have something new.
func (o *office) Changed() <-chan struct{} { return o.changed }

// amend makes every device tell everything: a change that never arrived would
// otherwise stay unknown until the value changes again.
func (o *office) amend() {
	now := o.deps.Clock.Now()
	o.mu.Lock()
	often := !o.amended.IsZero() && now.Sub(o.amended) < amendEvery
	if !often {
		o.amended = now
	}
	o.mu.Unlock()
	if !often {
		o.poller.Full()
	}
}

// backlog is the spool as the channel sees it.
type backlog struct {
	*spool.Spool
	office *office
}

// Ack also notices what the server would not take.
func (b backlog) Ack(through int64, refused int) {
	b.Spool.Ack(through, refused)
	if refused > 0 {
		b.office.amend()
	}
}
