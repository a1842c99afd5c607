package main

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/kardianos/service"
)

const serviceName = "tillwright-agent"

// daemon stands where the library wants a program; it is never run by it,
// because the library tells Windows of a fall as if it were a stop.
type daemon struct{}

// Start does nothing.
func (daemon) Start(service.Service) error { return nil }

// Stop does nothing.
func (daemon) Stop(service.Service) error { return nil }

func (p *program) manager() (service.Service, error) {
	data := p.data()
	if abs, err := filepath.Abs(data); err == nil {
		data = abs
	}
	args := []string{"run", "--data", data}
	if runtime.GOOS == "windows" {
		args = append(args, "--service")
	}
	if p.opt.config != "" {
		if abs, err := filepath.Abs(p.opt.config); err == nil {
			args = append(args, "--config", abs)
		}
	}
	return service.New(daemon{}, &service.Config{
		Name: serviceName, DisplayName: "Tillwright Agent", Description: p.voice.T("agent.cli.service.description"),
		Arguments: args, UserName: p.opt.user,
		Option: service.KeyValue{
			"Restart":       "always", // systemd
			"SystemdScript": unit,
		},
	})
}

// service installs, removes, starts or stops the service, or says how it is.
func (p *program) service(context.Context) int {
	if len(p.opt.args) != 1 {
		return p.usage("service")
	}
	action := p.opt.args[0]
	said, known := map[string]string{
		"install": "agent.cli.service.install", "uninstall": "agent.cli.service.uninstall",
		"start": "agent.cli.service.start", "stop": "agent.cli.service.stop", "status": "",
	}[action]
	if !known {
		return p.usage(action)
	}
	s, err := p.manager()
	if err == nil && action == "status" {
		return p.condition(s)
	}
	if err == nil {
		err = service.Control(s, action)
	}
	if err == nil && action == "install" {
		err = tune()
	}
	if err != nil {
		return p.unchanged(err)
	}
	p.say(p.voice.T(said))
	return exitOK
}

// condition says how the service is; whatever is not running is a failure.
func (p *program) condition(s service.Service) int {
	status, err := s.Status()
	switch {
	case errors.Is(err, service.ErrNotInstalled):
		p.say(p.voice.T("agent.cli.service.absent"))
	case err != nil:
		return p.unchanged(err)
	case status == service.StatusRunning:
		p.say(p.voice.T("agent.cli.service.running"))
		return exitOK
	default:
		p.say(p.voice.T("agent.cli.service.stopped"))
	}
	return exitFailed
}

// unchanged says why the manager refused; Windows ends such words with a stop.
func (p *program) unchanged(err error) int {
	p.say(p.voice.T("agent.cli.service.failed", "detail", strings.TrimRight(err.Error(), ". ")))
	return exitFailed
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
