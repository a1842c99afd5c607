package channel_test

import (
	"context"
	"crypto/ed25519"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/agent/channel"
	"github.com/tillwright/tillwright/internal/agent/spool"
	"github.com/tillwright/tillwright/internal/agent/steady"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// office is the rest of an agent.
type office struct {
	mu        sync.Mutex
	welcomes  []wire.Welcome
	configs   []wire.Config
	commands  []wire.Command
	resultAck []string
	soldAck   []wire.SoldAck
	outgoing  []wire.Message
	changed   chan struct{}
	event     chan struct{}
}

func (o *office) note(f func()) {
	o.mu.Lock()
	f()
	o.mu.Unlock()
	select {
	case o.event <- struct{}{}:
	default:
	}
}

func (o *office) Hello() wire.Hello {
	o.mu.Lock()
	defer o.mu.Unlock()
	return wire.Hello{Build: "test"}
}

func (o *office) Welcome(w wire.Welcome) {
	o.note(func() { o.welcomes = append(o.welcomes, w) })
}
func (o *office) Config(c wire.Config) { o.note(func() { o.configs = append(o.configs, c) }) }

func (o *office) Command(c wire.Command) []wire.Message {
	o.note(func() { o.commands = append(o.commands, c) })
	return []wire.Message{{Type: wire.TypeTaken, Taken: &wire.Taken{ID: c.ID}}}
}

func (o *office) Settled(m wire.Message) {
	o.note(func() {
		if m.ResultAck != nil {
			o.resultAck = append(o.resultAck, m.ResultAck.ID)
		}
		if m.SoldAck != nil {
			o.soldAck = append(o.soldAck, *m.SoldAck)
		}
		o.outgoing = nil
	})
}

func (o *office) Outgoing() []wire.Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.outgoing
}
func (o *office) Changed() <-chan struct{} { return o.changed }

// say gives the agent something to tell.
func (o *office) say(m ...wire.Message) {
	o.note(func() { o.outgoing = m })
	o.changed <- struct{}{}
}

func (o *office) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	late := time.After(patience)
	for {
		o.mu.Lock()
		yes := ok()
		o.mu.Unlock()
		if yes {
			return
		}
		select {
		case <-o.event:
		case <-late:
			t.Fatalf("never came: %s", what)
		}
	}
}

// agent is a channel with a real spool.
type agent struct {
	spool   *spool.Spool
	office  *office
	channel *channel.Channel
	stop    func()
}

func quick() channel.Timing {
	return channel.Timing{
		BackoffMin: time.Millisecond, BackoffMax: 5 * time.Millisecond, Repeat: 40 * time.Millisecond,
		Ping: 5 * time.Second, FallbackTry: 2,
	}
}

// newAgent connects to s; change may bend the options.
func newAgent(t *testing.T, s *server, change func(*channel.Options)) *agent {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.key = public
	sp, err := spool.Open(t.TempDir(), spool.Options{SegmentBytes: 4000})
	if err != nil {
		t.Fatal(err)
	}
	a := &agent{spool: sp, office: &office{changed: make(chan struct{}, 1), event: make(chan struct{}, 1)}}
	opt := channel.Options{
		Server: s.URL, Agent: "agent-1", Key: private, Backlog: sp, Office: a.office, Clock: clock.System{},
		Time: steady.NewServer(clock.System{}), Jitter: func(most time.Duration) time.Duration { return most / 2 },
		Timing: quick(),
	}
	if change != nil {
		change(&opt)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	a.channel = channel.New(opt)
	go func() { defer close(done); a.channel.Run(ctx) }()
	a.stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(func() { a.stop(); _ = sp.Close() })
	return a
}

func (a *agent) report(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		_, err := a.spool.Append(wire.Report{Device: "d", At: time.Now().UnixMilli(), Values: []signal.Item{{ID: signal.Unsent.ID, Value: signal.IntOf(int64(i))}}})
		if err != nil {
			t.Fatal(err)
		}
	}
}
