// Package agent is the program in the shop: it reads registers, keeps what it
// saw on disk until the server has it, and carries out the server's commands
// at most once. It is a value, so that a test or the demo runs many of them in
// one process. DESIGN.md beside this file says why it is as it is.
package agent

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/agent/channel"
	"github.com/tillwright/tillwright/internal/agent/discover"
	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/agent/identity"
	"github.com/tillwright/tillwright/internal/agent/journal"
	"github.com/tillwright/tillwright/internal/agent/poll"
	"github.com/tillwright/tillwright/internal/agent/reach"
	"github.com/tillwright/tillwright/internal/agent/shop"
	"github.com/tillwright/tillwright/internal/agent/spool"
	"github.com/tillwright/tillwright/internal/agent/steady"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/wire"
)

// stopWithin is how long a stop waits for registers that still talk.
const stopWithin = 2 * time.Second

// Config is what a person sets. The server sets the rest.
type Config struct {
	Data     string        // the agent's folder
	Server   string        // instead of the enrolment's, for a server that moved; "" = as enrolled
	Devices  []wire.Device // known here; they win over the server's of the same id
	Build    string        // version of the program
	Host     string        // name of the machine, for people
	MaxBytes int64         // of the spool; 0 = its default
	Search   string        // where to look for registers: SearchAll, SearchSerial, SearchNone; "" = SearchAll
	Page     string        // where the shop's people find their page: an address that shop.CheckAddress takes; "" = nowhere
	PIN      string        // that the page asks for; "" = none
}

// Deps are what a test puts in the place of the world. Protocols must be set,
// the rest may be left out.
type Deps struct {
	Protocols map[string]kkt.Protocol
	Clock     clock.Clock
	Server    *steady.Server // the server's time, where the protocols want it too; over the same Clock
	Client    *http.Client
	Jitter    func(most time.Duration) time.Duration
	Timing    channel.Timing
	Discover  discover.Options // what a search sees of the world; the rest is filled in
	Look      reach.Look       // at operators of fiscal data; nil = never
	Texts     *i18n.Bundle     // of the shop's page; nil = they are loaded
	Log       *slog.Logger
}

// Agent is one agent. Make it with New, run it once.
type Agent struct {
	cfg  Config
	deps Deps

	dir     *folder.Folder
	id      identity.Identity
	spool   *spool.Spool
	journal *journal.Journal
	memory  *memory
	server  *steady.Server
	poller  *poll.Poller
	office  *office
	search  *search
	reach   *reach.Watch
	book    *shop.Book // nil when it cannot be read
}

// New makes an agent that does nothing yet.
func New(cfg Config, deps Deps) *Agent {
	if deps.Clock == nil {
		deps.Clock = steady.New()
	}
	if deps.Server == nil {
		deps.Server = steady.NewServer(deps.Clock)
	}
	if deps.Jitter == nil {
		deps.Jitter = func(most time.Duration) time.Duration { return rand.N(max(most, 1)) }
	}
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	return &Agent{cfg: cfg, deps: deps}
}

// Run works until ctx ends; then it puts what it saw on disk within two
// seconds. It fails at once with folder.ErrHeld, folder.ErrUnusable,
// identity.ErrMissing, identity.ErrDamaged or journal.ErrDisk.
func (a *Agent) Run(ctx context.Context) error {
	if err := a.open(); err != nil {
		return errors.Join(err, a.close())
	}
	a.deps.Log.Info("agent: started", "agent", a.id.Agent, "name", a.id.Name, "server", a.id.Server, "build", a.cfg.Build)
	line := channel.New(channel.Options{
		Server: a.id.Server, Agent: a.id.Agent, Key: a.id.Key, Pin: a.id.Pin, Client: a.deps.Client,
		Backlog: backlog{a.spool, a.office}, Office: a.office, Clock: a.deps.Clock, Time: a.server,
		Jitter: a.deps.Jitter, Timing: a.deps.Timing, Log: a.deps.Log,
	})
	var work sync.WaitGroup
	page := func(ctx context.Context) { a.page(ctx, line.Connected) }
	for _, part := range []func(context.Context){a.spool.Run, a.poller.Run, line.Run, a.beat, a.search.run, a.reach.Run, page} {
		work.Go(func() { part(ctx) })
	}
	<-ctx.Done()
	done := make(chan struct{})
	go func() { work.Wait(); close(done) }()
	late := time.NewTimer(stopWithin)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
		a.deps.Log.Warn("agent: a register still talks; stopping all the same")
	}
	err := a.close()
	a.deps.Log.Info("agent: stopped")
	return err
}

func (a *Agent) open() (err error) {
	if a.dir, err = folder.Open(a.cfg.Data); err != nil {
		return err
	}
	if a.id, err = identity.Load(a.dir.Path); err != nil {
		return err
	}
	if a.cfg.Server != "" {
		a.id.Server = a.cfg.Server
	}
	now := a.deps.Clock.Now()
	if a.journal, err = journal.Open(a.dir.Path("journal"), now); err != nil {
		return err
	}
	a.spool, err = spool.Open(a.dir.Path("spool"), spool.Options{
		MaxBytes: a.cfg.MaxBytes, Log: a.deps.Log,
		Lost: func(n int64) {
			a.deps.Log.Warn("agent: reports were dropped unsent", "count", n)
			a.office.amend()
		},
	})
	if err != nil {
		return err
	}
	a.memory = loadMemory(a.dir, a.deps.Log)
	a.server = a.deps.Server
	a.office = newOffice(a)
	a.search = newSearch(a.office)
	a.openBook()
	a.reach = reach.New(reach.Options{Look: a.deps.Look, Clock: a.deps.Clock, Jitter: a.deps.Jitter})
	a.poller = poll.New(poll.Options{
		Protocols: a.deps.Protocols, Sink: sink{a}, Commands: a.office, Memory: a.memory,
		Clock: a.deps.Clock, Ahead: a.server.Ahead,
		Jitter: a.deps.Jitter, Log: a.deps.Log, Reach: a.reach.Reach, Hurry: a.reach.Hurry,
	})
	a.office.resume()
	return nil
}

func (a *Agent) close() error {
	var errs []error
	if a.memory != nil {
		errs = append(errs, a.memory.flush())
	}
	if a.spool != nil {
		errs = append(errs, a.spool.Close())
	}
	if a.book != nil {
		errs = append(errs, a.book.Close())
	}
	if a.journal != nil {
		errs = append(errs, a.journal.Close())
	}
	if a.dir != nil {
		errs = append(errs, a.dir.Close())
	}
	return errors.Join(errs...)
}

// Devices is the registers that an agent with this configuration looks after:
// those of the file, and those the server last told of.
func Devices(cfg Config) []wire.Device {
	return merge(cfg.Devices, loadConfig(filepath.Join(cfg.Data, fileConfig), slog.New(slog.DiscardHandler)).Devices)
}
