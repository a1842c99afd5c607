package main

import (
	"context"
	"io"
	"path/filepath"
	"runtime"

	"github.com/kardianos/service"
)

const serviceName = "tillwright-agent"

// asService says whether Windows' service manager started this program; other
// systems' managers need nothing but signals.
func asService() bool { return runtime.GOOS == "windows" && !service.Interactive() }

// daemon is the agent as a service manager sees it.
type daemon struct {
	p     *program
	stop  context.CancelFunc
	ended chan error
}

// Start begins the work and returns at once, as managers want it.
func (d *daemon) Start(s service.Service) error {
	ctx, cancel := context.WithCancel(context.Background())
	d.stop, d.ended = cancel, make(chan error, 1)
	go func() {
		err := d.p.agent(ctx, d.p.log())
		d.ended <- err
		if err != nil && ctx.Err() == nil { // the manager starts it again
			if logger, lerr := s.Logger(nil); lerr == nil {
				_ = logger.Error(d.p.voice.Problem(err))
			}
			_ = s.Stop()
		}
	}()
	return nil
}

// Stop ends the work.
func (d *daemon) Stop(service.Service) error {
	d.stop()
	return <-d.ended
}

// log is a file in the agent's folder: a Windows service has no other place.
func (p *program) log() io.Writer {
	_, c, err := p.file()
	if err != nil {
		return io.Discard
	}
	return &logFile{path: filepath.Join(c.Data, "agent.log")}
}

func (p *program) manager() (service.Service, error) {
	data := p.data()
	if abs, err := filepath.Abs(data); err == nil {
		data = abs
	}
	args := []string{"run", "--data", data}
	if p.opt.config != "" {
		if abs, err := filepath.Abs(p.opt.config); err == nil {
			args = append(args, "--config", abs)
		}
	}
	return service.New(&daemon{p: p}, &service.Config{
		Name: serviceName, DisplayName: "Tillwright Agent", Description: p.voice.T("agent.cli.service.description"),
		Arguments: args, UserName: p.opt.user,
		Option: service.KeyValue{
			"Restart":                "always", // systemd
			"OnFailure":              "restart",
			"OnFailureDelayDuration": "5s",
			"OnFailureResetPeriod":   60, // seconds
			"SystemdScript":          unit,
		},
	})
}

func (p *program) underManager() int {
	s, err := p.manager()
	if err == nil {
		err = s.Run()
	}
	if err != nil {
		return p.fail(err)
	}
	return exitOK
}

// service installs, removes, starts or stops the service.
func (p *program) service(context.Context) int {
	if len(p.opt.args) != 1 {
		return p.usage("service")
	}
	action := p.opt.args[0]
	said, known := map[string]string{
		"install": "agent.cli.service.install", "uninstall": "agent.cli.service.uninstall",
		"start": "agent.cli.service.start", "stop": "agent.cli.service.stop",
	}[action]
	if !known {
		return p.usage(action)
	}
	s, err := p.manager()
	if err == nil {
		err = service.Control(s, action)
	}
	if err != nil {
		p.say(p.voice.T("agent.cli.service.failed", "detail", err.Error()))
		return exitFailed
	}
	p.say(p.voice.T(said))
	return exitOK
}

// unit is the systemd unit that "service install" writes. It starts the agent
// again within seconds and gives up never; packaging/systemd holds a stricter
// one for packages.
const unit = `[Unit]
Description={{Description}}
After=network.target
StartLimitIntervalSec=0

[Service]
ExecStart={{Path | cmdEscape}}{{range Arguments}} {{. | cmd}}{{end}}
{{if UserName}}User={{UserName}}
{{end}}Restart=always
RestartSec=5
TimeoutStopSec=10
MemoryMax=128M
NoNewPrivileges=yes

[Install]
WantedBy=multi-user.target
`
