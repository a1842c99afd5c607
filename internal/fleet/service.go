package fleet

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/wire"
)

// Roster names every device that is to be watched, of every tenant. It is
// read once at the start; later changes come by AddDevice, MoveDevice and
// RemoveDevice.
type Roster interface {
	EachDevice(ctx context.Context, f func(Device) error) error
}

// Sender hands a command to an agent that is connected now; false means that
// it is not.
type Sender interface {
	Send(agent string, c wire.Command) bool
}

// Planner is what a command would send to the register, without sending it.
type Planner interface {
	Plan(ctx context.Context, tenant, device string, p kkt.Procedure) ([][]byte, error)
	// Risk is the procedure's at this device: commands given by hand are judged
	// by the device's own protocol.
	Risk(ctx context.Context, tenant, device string, p kkt.Procedure) (kkt.Risk, error)
}

// Deps is what the service is made of. Hooks, Sender, Planner and Logger may
// be nil.
type Deps struct {
	DB     *db.DB
	Bus    *bus.Bus
	Clock  clock.Clock
	Roster Roster
	Hooks  Hooks
	Sender Sender
	Plan   Planner
	Logger *slog.Logger
	// Heartbeat is how often each agent speaks at least; 0 = the wire's default.
	Heartbeat time.Duration
	// Checkpoint is how often changed state goes to its rows; 0 = 5 s.
	Checkpoint time.Duration
	// Retention is how long changes are kept; 0 = 400 days.
	Retention time.Duration
	// Still leaves the clockwork out: the caller calls Tick and Checkpoint.
	Still bool
}

// silenceGrace is how long after its heartbeat an agent may still be on its way.
const silenceGrace = 20 * time.Second

// Service is the fleet as a running value: New, Start, Stop.
type Service struct {
	db         *db.DB
	bus        *bus.Bus
	clock      clock.Clock
	roster     Roster
	hooks      Hooks
	sender     Sender
	planner    Planner
	logger     *slog.Logger
	heartbeat  time.Duration
	checkEvery time.Duration
	retention  time.Duration
	still      bool
	rules      *catalogue

	queue    chan *waiting
	stopping chan struct{}
	ended    chan struct{} // no commit runs any more
	cancel   context.CancelFunc
	running  sync.WaitGroup
	stopOnce sync.Once

	// work is held by whoever changes the fleet, across the transaction. It is
	// always taken before mu.
	work     sync.Mutex
	gathered []*waiting
	drafts   []*draft
	logRoom  []byte
	packRoom []byte
	timers   map[*device]struct{} // a hold time runs
	held     map[*device]struct{} // an alert is suppressed by a window
	silent   map[*agent]struct{}  // the agent's alert is open
	ticked   time.Time            // when Tick last ran

	// mu guards what pages read. Changes need both work and mu, so whoever
	// holds work may read without mu.
	mu        sync.RWMutex
	devices   map[string]*device
	agents    map[string]*agent
	tenants   map[string]*tenant
	deadlines []int64 // by agent's slot: when it becomes silent, Unix ms; never = not expected
	slots     []*agent
	dirty     []*device
	touched   map[*agent]struct{} // rows of agents that are older than memory
	seq       int64               // of the last durable change
	names     names               // grows under work and mu
	started   time.Time
	orphans   []*Alert // found at the start, of devices that are gone

	cacheMu   sync.Mutex // of the forecasts; taken under mu
	commandMu sync.Mutex
	commands  map[string]openCommand // under way, by id

	checking sync.Mutex   // one checkpoint at a time
	pending  atomic.Int64 // changes that no checkpoint has written yet
	agentsAt int64        // when the contacts of agents were last written, Unix ms
	count    counters
}

type counters struct {
	reports, commits, failed, checkpoints atomic.Int64
}

// Stats is what the service has done since it started and what it holds now,
// for /metrics.
type Stats struct {
	Reports, Commits, Failed, Checkpoints int64
	Devices, Agents, Waiting, Pending     int64
}

// New makes a service that is not running yet.
func New(d Deps) (*Service, error) {
	rules, err := loadCatalogue()
	if err != nil {
		return nil, err
	}
	s := &Service{
		db: d.DB, bus: d.Bus, clock: d.Clock, roster: d.Roster, hooks: d.Hooks, sender: d.Sender, planner: d.Plan,
		logger: d.Logger, heartbeat: d.Heartbeat, checkEvery: d.Checkpoint, retention: d.Retention, still: d.Still, rules: rules,
		queue: make(chan *waiting, 1024), stopping: make(chan struct{}), ended: make(chan struct{}), timers: map[*device]struct{}{},
		commands: map[string]openCommand{}, held: map[*device]struct{}{}, silent: map[*agent]struct{}{},
		devices: map[string]*device{}, agents: map[string]*agent{}, tenants: map[string]*tenant{}, touched: map[*agent]struct{}{},
	}
	for _, r := range rules.rules {
		r.number = s.names.number(r.def.ID)
	}
	s.defaults()
	return s, nil
}

func (s *Service) defaults() {
	if s.hooks == nil {
		s.hooks = NoHooks{}
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	if s.bus == nil {
		s.bus = bus.New()
	}
	if s.heartbeat <= 0 {
		s.heartbeat = wire.DefaultHeartbeat
	}
	if s.checkEvery <= 0 {
		s.checkEvery = 5 * time.Second
	}
	if s.retention <= 0 {
		s.retention = 400 * 24 * time.Hour
	}
}

// Start reads the state, replays what no checkpoint had caught, and begins to
// take reports. ctx bounds the reading only; Stop ends the service.
func (s *Service) Start(ctx context.Context) error {
	if err := s.load(ctx); err != nil {
		return err
	}
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel = cancel
	s.running.Go(func() { s.commitLoop(run) })
	if s.still {
		return nil
	}
	s.running.Go(func() { s.every(time.Second, "tick", func() error { return s.Tick(run) }) })
	s.running.Go(func() { s.every(s.checkEvery, "checkpoint", func() error { return s.Checkpoint(run) }) })
	return nil
}

// every runs f again and again until Stop; an error is logged and the next
// turn tries again.
func (s *Service) every(d time.Duration, what string, f func() error) {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		select {
		case <-s.stopping:
			return
		case <-t.C:
			if err := f(); err != nil {
				s.logger.Error("fleet: "+what+" failed, it will be tried again", "error", err)
			}
		}
	}
}

// Stop answers nobody any more, waits for the commit that runs, and writes a
// last checkpoint so that the next start has nothing to replay.
func (s *Service) Stop(ctx context.Context) error {
	s.stopOnce.Do(func() { close(s.stopping) })
	s.running.Wait()
	if s.cancel != nil {
		s.cancel()
	}
	return s.Checkpoint(ctx)
}

// Stats is a snapshot of the counters.
func (s *Service) Stats() Stats {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return Stats{
		Reports: s.count.reports.Load(), Commits: s.count.commits.Load(), Failed: s.count.failed.Load(),
		Checkpoints: s.count.checkpoints.Load(),
		Devices:     int64(len(s.devices)), Agents: int64(len(s.agents)), Waiting: int64(len(s.queue)),
		Pending: s.pending.Load(),
	}
}

func (s *Service) takeDraft() *draft {
	if n := len(s.drafts); n > 0 {
		dr := s.drafts[n-1]
		s.drafts = s.drafts[:n-1]
		return dr
	}
	return &draft{}
}

func (s *Service) giveDraft(dr *draft) {
	if len(s.drafts) < maxBatch {
		s.drafts = append(s.drafts, dr)
	}
}
