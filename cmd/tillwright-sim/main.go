// Command tillwright-sim is the test bench: emulated cash registers on their
// real protocol, with faults on demand. None of them is a real register.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // a shop's PC may have no zones of its own

	"github.com/alecthomas/kong"

	"github.com/tillwright/tillwright/internal/i18n"
)

// cli is the command line; each field with cmd is one kind of emulator.
type cli struct {
	KKT kktCommand `cmd:"" name:"kkt" help:"Run emulated cash registers. A test bench: they are not registers."`
	OFD ofdCommand `cmd:"" name:"ofd" help:"Run a test operator of fiscal data, for emulated registers to send to. A test bench: it is not an operator."`
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is main with its outside given, and returns the exit code.
func run(args []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return runContext(ctx, args, out, errOut)
}

// runContext runs until the context ends.
func runContext(ctx context.Context, args []string, out, errOut io.Writer) int {
	texts, err := i18n.Load()
	if err != nil {
		_, _ = fmt.Fprintln(errOut, err)
		return 1
	}
	var c cli
	code := -1
	parser, err := kong.New(&c, kong.Name("tillwright-sim"), kong.Writers(out, errOut), kong.Exit(func(n int) { code = n }))
	if err != nil {
		_, _ = fmt.Fprintln(errOut, err)
		return 1
	}
	parsed, err := parser.Parse(args)
	if code >= 0 { // asked for help
		return code
	}
	if err != nil {
		_, _ = fmt.Fprintln(errOut, "tillwright-sim:", err)
		return 2
	}
	parsed.Bind(environment{ctx: ctx, out: out, texts: texts})
	if err := parsed.Run(); err != nil {
		_, _ = fmt.Fprintln(errOut, "tillwright-sim:", explain(texts, err))
		return 1
	}
	return 0
}

// environment is what a command needs beside its flags.
type environment struct {
	ctx   context.Context
	out   io.Writer
	texts *i18n.Bundle
}

// language is the one of the terminal, by the usual variables.
func language() i18n.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if l, ok := i18n.Parse(strings.SplitN(os.Getenv(name), ".", 2)[0]); ok {
			return l
		}
	}
	return i18n.EN
}
