// Command tillwright-agent reads cash registers in a shop and reports to a
// Tillwright server. See docs/guides/agent.md.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/tillwright/tillwright/internal/i18n"
)

// version is set by the linker.
var version = ""

// The agent shares the shop's computer with the point-of-sale program: it
// collects garbage early rather than grow.
const (
	memoryLimit = 20 << 20
	gcPercent   = 50
)

func main() {
	debug.SetMemoryLimit(memoryLimit)
	debug.SetGCPercent(gcPercent)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], world{out: os.Stdout, errs: os.Stderr, env: os.Getenv})
	stop()
	os.Exit(code)
}

// world is what the program sees of the machine, so that a test can be one.
type world struct {
	out, errs io.Writer
	env       func(string) string
}

// The exit codes: a wrong call is told apart from work that failed.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// program is one call of the command.
type program struct {
	world
	opt   options
	texts *i18n.Bundle
	voice i18n.Voice
}

func run(ctx context.Context, args []string, w world) int {
	bundle, err := i18n.Load()
	if err != nil {
		_, _ = fmt.Fprintln(w.errs, err)
		return exitFailed
	}
	opt, unknown := parse(args)
	p := &program{world: w, opt: opt, texts: bundle, voice: bundle.For(language(opt.lang, w.env))}
	if unknown != "" {
		return p.usage(unknown)
	}
	commands := map[string]func(context.Context) int{
		"run": p.work, "enrol": p.enrol, "doctor": p.doctor, "service": p.service,
		"version": p.version, "help": p.help,
	}
	command, known := commands[opt.command]
	if !known {
		return p.usage(opt.command)
	}
	return command(ctx)
}

func (p *program) version(context.Context) int {
	p.say(build())
	return exitOK
}

func (p *program) help(context.Context) int {
	p.say(p.voice.T("agent.cli.usage", "data", p.data()))
	return exitOK
}

// usage is the answer to a call that makes no sense.
func (p *program) usage(word string) int {
	if word != "" {
		_, _ = fmt.Fprintln(p.errs, p.voice.T("agent.cli.unknown", "word", word))
	}
	_, _ = fmt.Fprint(p.errs, p.voice.T("agent.cli.usage", "data", p.data()))
	return exitUsage
}

func (p *program) say(text string) { _, _ = fmt.Fprintln(p.out, text) }

// fail says what went wrong to the person, and why to who mends programs.
func (p *program) fail(err error) int {
	_, _ = fmt.Fprintln(p.errs, p.voice.Problem(err))
	_, _ = fmt.Fprintln(p.errs, "  ", err)
	return exitFailed
}

// build is the version of this program.
func build() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "devel"
}
