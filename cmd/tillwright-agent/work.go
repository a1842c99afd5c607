package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/agent"
	"github.com/tillwright/tillwright/internal/agent/channel"
	"github.com/tillwright/tillwright/internal/agent/doctor"
	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/agent/identity"
	"github.com/tillwright/tillwright/internal/agent/reach"
	"github.com/tillwright/tillwright/internal/agent/steady"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
	"github.com/tillwright/tillwright/internal/ofd"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

// enrolWithin is how long a person waits for an answer.
const enrolWithin = 30 * time.Second

// protocols are the kinds of register that this agent talks to. c is the true
// time, which a register's clock is set to.
func protocols(c clock.Clock) map[string]kkt.Protocol {
	return map[string]kkt.Protocol{
		atol.Name: atol.Protocol{Clock: c}, fptr.Name: fptr.Protocol{Clock: c}, shtrih.Name: &shtrih.Protocol{Clock: c},
	}
}

// work runs the agent until it is told to stop.
func (p *program) work(ctx context.Context) int {
	if len(p.opt.args) > 0 {
		return p.usage(p.opt.args[0])
	}
	if p.asService() {
		return p.underManager()
	}
	if err := p.agent(ctx, p.errs); err != nil {
		return p.fail(err)
	}
	return exitOK
}

func (p *program) agent(ctx context.Context, log io.Writer) error {
	f, c, err := p.file()
	if err != nil {
		return err
	}
	level, err := f.Level()
	if err != nil {
		return err
	}
	own := steady.New()
	server := steady.NewServer(own)
	var look reach.Look
	if f.LookOFD == nil || *f.LookOFD {
		look = ofd.Looker{}.Look
	}
	return agent.New(c, agent.Deps{
		Protocols: protocols(server.Clock()), Clock: own, Server: server, Look: look, Texts: p.texts,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: level})),
	}).Run(ctx)
}

// enrol trades a one-time code for an identity.
func (p *program) enrol(ctx context.Context) int {
	if len(p.opt.args) != 1 {
		return p.usage(strings.Join(p.opt.args, " "))
	}
	_, c, err := p.file()
	if err != nil {
		return p.fail(err)
	}
	e, err := wire.ParseEnrolment(p.opt.args[0])
	if err != nil {
		return p.fail(err)
	}
	dir, err := folder.Open(c.Data)
	if err != nil {
		return p.fail(err)
	}
	defer func() { _ = dir.Close() }()
	ctx, done := context.WithTimeout(ctx, enrolWithin)
	defer done()
	about := identity.About{Host: c.Host, OS: runtime.GOOS, Arch: runtime.GOARCH, Build: c.Build}
	id, err := identity.Enrol(ctx, dir, e, about, channel.Client(e.Pin), p.opt.replace, clock.System{}.Now())
	if err != nil {
		return p.fail(p.withReason(err))
	}
	p.say(p.voice.T("agent.cli.enrolled", "name", id.Name, "agent", id.Agent))
	return exitOK
}

// withReason puts the server's code into words where it has some.
func (p *program) withReason(err error) error {
	e := problem.Of(err)
	code, ok := e.Args["code"].(string)
	if !ok {
		return err
	}
	return e.With("reason", p.voice.Or("problem."+code, code))
}

// doctor checks everything and says what to do.
func (p *program) doctor(ctx context.Context) int {
	if len(p.opt.args) > 0 {
		return p.usage(p.opt.args[0])
	}
	_, c, err := p.file()
	if err != nil {
		return p.fail(err)
	}
	o := doctor.Options{
		Data: c.Data, Server: c.Server, Page: c.Page, Devices: agent.Devices(c),
		Protocols: protocols(clock.System{}), Clock: clock.System{},
	}
	if !doctor.Run(ctx, o, p.finding) {
		p.say(p.voice.T("agent.cli.unwell"))
		return exitFailed
	}
	p.say(p.voice.T("agent.cli.well"))
	return exitOK
}

// finding prints one line, and a second one with what to do.
func (p *program) finding(f doctor.Finding) {
	pairs := make([]any, 0, 2*len(f.Args))
	for name, value := range f.Args {
		pairs = append(pairs, name, value)
	}
	key := "agent.doctor." + f.Code
	state := p.voice.T("agent.doctor.state." + string(f.State))
	p.say(fmt.Sprintf("%-9s %s", state, strings.TrimSpace(p.voice.T(key, pairs...))))
	if todo := p.voice.Or(key+".todo", ""); todo != "" && f.State != doctor.OK {
		p.say(fmt.Sprintf("%-9s → %s", "", p.voice.T(key+".todo", pairs...)))
	}
	if f.Err != nil {
		p.say(fmt.Sprintf("%-9s   (%v)", "", f.Err))
	}
}
