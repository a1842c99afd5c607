package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/agent"
	"github.com/tillwright/tillwright/internal/agent/channel"
	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/agent/identity"
	"github.com/tillwright/tillwright/internal/agent/reach"
	"github.com/tillwright/tillwright/internal/wire"
)

// shopAgent is the agent of one shop, which can be switched off like the PC
// it would run on.
type shopAgent struct {
	name string
	dir  string
	zone *time.Location
	look reach.Look
	log  *slog.Logger

	mu     sync.Mutex
	cancel context.CancelFunc
	done   chan struct{}
}

func newShopAgent(data string, n int, name, zone string, log *slog.Logger) (*shopAgent, error) {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return &shopAgent{name: name, dir: filepath.Join(data, "agents", fmt.Sprintf("%03d", n+1)), zone: loc, log: log.With("agent", name)}, nil
}

// enrolled gives the agent's id when it has one from an earlier start.
func (s *shopAgent) enrolled() (id string, ok bool) {
	got, err := identity.Load(func(name ...string) string { return filepath.Join(append([]string{s.dir}, name...)...) })
	return got.Agent, err == nil
}

// enrol trades a one-time code for an identity, as an engineer would on the
// shop's PC.
func (s *shopAgent) enrol(ctx context.Context, text string, now time.Time) (id string, err error) {
	e, err := wire.ParseEnrolment(text)
	if err != nil {
		return "", err
	}
	f, err := folder.Open(s.dir)
	if err != nil {
		return "", err
	}
	got, err := identity.Enrol(ctx, f, e, identity.About{Host: s.name, OS: runtime.GOOS, Arch: runtime.GOARCH, Build: "demo"}, channel.Client(e.Pin), true, now)
	return got.Agent, errors.Join(err, f.Close())
}

// start switches the agent on; it is on already, nothing happens.
func (s *shopAgent) start(server string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.done = cancel, make(chan struct{})
	a := agent.New(agent.Config{Data: s.dir, Server: server, Build: "demo", Host: s.name, MaxBytes: 8 << 20, Search: agent.SearchNone},
		agent.Deps{Protocols: protocols(s.zone), Look: s.look, Log: s.log})
	go func(done chan struct{}) {
		defer close(done)
		if err := a.Run(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("demo: an agent stopped", "error", err)
		}
	}(s.done)
}

// stop switches it off and waits until its folder is free.
func (s *shopAgent) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel == nil {
		return
	}
	s.cancel()
	<-s.done
	s.cancel, s.done = nil, nil
}

// on says whether it runs.
func (s *shopAgent) on() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cancel != nil
}
