package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
	"golang.org/x/sys/windows/svc/mgr"
)

// asService says whether the service manager started this program. What
// "service install" writes says so in words; for a service set up by other
// means the parent process is looked at.
func (p *program) asService() bool {
	if p.opt.service {
		return true
	}
	is, err := svc.IsWindowsService()
	return err == nil && is
}

// underManager works until the manager says stop.
func (p *program) underManager() int {
	out := p.log()
	h := &handler{
		work: func(ctx context.Context) error { return p.agent(ctx, out) },
		fell: func(err error) {
			slog.New(slog.NewTextHandler(out, nil)).Error("agent: ended", "error", err)
			if events, lerr := eventlog.Open(serviceName); lerr == nil {
				_ = events.Error(1, p.voice.Problem(err)+"\n"+err.Error())
				_ = events.Close()
			}
			os.Exit(exitFailed)
		},
	}
	if err := svc.Run(serviceName, h); err != nil {
		return p.fail(err)
	}
	return exitOK
}

// log is a file in the agent's folder: a Windows service has no other place.
func (p *program) log() io.Writer {
	_, c, err := p.file()
	if err != nil {
		return io.Discard
	}
	return &logFile{path: filepath.Join(c.Data, "agent.log")}
}

// handler is the agent as Windows' service manager sees it. fell is told why
// the agent ended by itself, and does not return: the manager starts again only
// a program that vanished, not one that says it has stopped.
type handler struct {
	work func(context.Context) error
	fell func(error)
}

// errEnded says that the agent ended without being told and without a word.
var errEnded = errors.New("the agent ended by itself")

// Execute answers the manager until it says stop or the computer shuts down.
func (h *handler) Execute(_ []string, asked <-chan svc.ChangeRequest, state chan<- svc.Status) (bool, uint32) {
	state <- svc.Status{State: svc.StartPending}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- h.work(ctx) }()
	state <- svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	for {
		select {
		case err := <-ended:
			if err == nil {
				err = errEnded
			}
			h.fell(err)
			return false, exitFailed
		case c := <-asked:
			switch c.Cmd {
			case svc.Interrogate:
				state <- c.CurrentStatus
			case svc.Stop, svc.Shutdown:
				state <- svc.Status{State: svc.StopPending, WaitHint: stopHint}
				stop()
				<-ended // what could not be put on disk is in the log
				return false, exitOK
			}
		}
	}
}

// stopHint is how many milliseconds a stop may take; an agent needs two
// seconds at most, a slow disk some more.
const stopHint = 10000

// restarts is the pauses before the manager starts a fallen agent again. The
// last one goes on: an agent that cannot work must not fill the computer's
// event log.
func restarts() (out []mgr.RecoveryAction) {
	for _, pause := range []time.Duration{5 * time.Second, time.Minute, 5 * time.Minute} {
		out = append(out, mgr.RecoveryAction{Type: mgr.ServiceRestart, Delay: pause})
	}
	return out
}

// soundAfter is the seconds without a fall after which the pauses begin anew.
const soundAfter = 3600

// tune sets what the library has no words for.
func tune() error {
	m, err := mgr.Connect()
	if err != nil {
		return fmt.Errorf("service: %w", err)
	}
	defer func() { _ = m.Disconnect() }()
	s, err := m.OpenService(serviceName)
	if err != nil {
		return fmt.Errorf("service: %w", err)
	}
	defer func() { _ = s.Close() }()
	if err := s.SetRecoveryActions(restarts(), soundAfter); err != nil {
		return fmt.Errorf("service: %w", err)
	}
	return nil
}
