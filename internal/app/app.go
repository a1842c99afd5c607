package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/access/httpauth"
	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/files"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/fnchange"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/jobs"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/migrate"
	"github.com/tillwright/tillwright/internal/ocr"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/web"
)

// App is the server as a value: New, Start, Stop. A test runs as many of them
// in one process as it likes.
type App struct {
	cfg   Config
	log   *slog.Logger
	clock clock.Clock

	DB       *db.DB
	Bus      *bus.Bus
	Jobs     *jobs.Queue
	Access   *access.Service
	Registry *registry.Service
	Fleet    *fleet.Service
	Desk     *desk.Service
	Faults   *faults.Service
	FNChange *fnchange.Service
	PowerCut *powercut.Service
	Files    *files.Service
	Help     *help.Service
	Photos   *ocr.Reader
	Hub      *link.Hub
	Agents   *link.Service
	Texts    *i18n.Bundle
	guard    *httpauth.Guard
	pages    *web.Web

	cert     link.Certificate
	listener net.Listener
	server   *http.Server
	learner  *learner
	slots    *slots
	running  sync.WaitGroup
	cancel   context.CancelFunc
	failed   chan error
	ready    chan struct{}

	readiness readiness
}

// Protocols are the languages of registers that this program speaks.
func Protocols() map[string]kkt.Protocol {
	return map[string]kkt.Protocol{atol.Name: atol.Protocol{}, fptr.Name: fptr.Protocol{}, shtrih.Name: &shtrih.Protocol{}}
}

// New opens the database, brings it to this program's form and builds every
// room. Nothing runs yet; Close undoes it when Start is never called.
func New(ctx context.Context, cfg Config, log *slog.Logger, clk clock.Clock) (*App, error) {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	d, err := db.Open(ctx, cfg.database(), clk)
	if err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, log: log, clock: clk, DB: d, Bus: bus.New(), failed: make(chan error, 1), ready: make(chan struct{})}
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return a, nil
}

func (a *App) build(ctx context.Context) error {
	if _, err := migrate.Up(ctx, a.DB); err != nil {
		return err
	}
	var err error
	if a.Texts, err = i18n.Load(); err != nil {
		return err
	}
	a.Jobs = jobs.New(a.DB, a.clock, a.log, map[string]int{desk.Lane: 2, "mail": 1, "upkeep": 1})
	a.Photos = ocr.Find(ctx, a.log)
	if err := a.buildAreas(); err != nil {
		return err
	}
	if err := a.certificate(); err != nil {
		return err
	}
	return a.buildFaces()
}

// Start reads the state, opens the port and begins to serve.
func (a *App) Start(ctx context.Context) error {
	if err := a.Faults.Refresh(ctx); err != nil {
		return err
	}
	if err := a.Fleet.Start(ctx); err != nil {
		return err
	}
	if err := a.listen(ctx); err != nil {
		return errors.Join(err, a.Fleet.Stop(ctx))
	}
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	a.cancel = cancel
	a.running.Go(func() { a.Jobs.Run(run) })
	a.running.Go(func() { a.learner.run(run) })
	a.running.Go(func() { a.follow(run) })
	a.running.Go(func() { a.advance(run) })
	a.running.Go(func() { a.upkeep(run) })
	a.running.Go(func() {
		if err := a.server.Serve(a.listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			a.failed <- err
		}
	})
	close(a.ready)
	return nil
}

// Failed gives the error when the server stops serving by itself.
func (a *App) Failed() <-chan error { return a.failed }

// Addr is the address that the server listens on, after Start.
func (a *App) Addr() string { return a.listener.Addr().String() }

// Stop ends in the order in which nothing is lost: agents are told to come
// back, requests end, the fleet writes its last checkpoint, jobs go back into
// their rows.
func (a *App) Stop(ctx context.Context) error {
	err := a.Hub.Close(ctx)
	short, cancel := context.WithTimeout(ctx, 2*time.Second) // event streams never end by themselves
	defer cancel()
	if a.server.Shutdown(short) != nil {
		err = errors.Join(err, a.server.Close())
	}
	err = errors.Join(err, a.Fleet.Stop(ctx))
	a.cancel()
	a.running.Wait()
	return errors.Join(err, a.DB.Close())
}

// Close gives up an App that was never started.
func (a *App) Close(ctx context.Context) error { return errors.Join(a.Hub.Close(ctx), a.DB.Close()) }
