// Command agent measures what one agent costs the shop's computer: processor
// time, memory and how long it holds a register's port. Server, agent and
// emulated registers are the real programs, each a process of its own. It
// reads /proc and so runs on Linux alone; see docs/benchmarks.md for the method
// and the numbers.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Registers int           `help:"How many registers the agent reads." default:"50"`
	Poll      time.Duration `help:"How often it reads each." default:"10s"`
	For       time.Duration `help:"How long it is measured." default:"2m"`
	Warm      time.Duration `help:"How long before." default:"20s"`
	Answer    time.Duration `help:"How long a register takes for each answer; emulated ones take no time by themselves."`
	Goal      float64       `help:"Per cent of one core; more than that fails." default:"5"`
	Memory    int           `help:"MB resident at most; more than that fails." default:"25"`
	Agent     string        `help:"Program of the agent; built from this tree by default." type:"existingfile"`
	Keep      string        `help:"Keep what the programs said in this folder." type:"existingdir"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	kong.Parse(&c, kong.Name("agent"))
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "agent:", err)
		stop()
		os.Exit(1)
	}
}

// run builds, starts, measures, prints and judges.
func (c *cli) run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "tillwright-agent-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := c.open(ctx, dir)
	if err != nil {
		return err
	}
	r, err := c.measure(ctx, s)
	if err = errors.Join(err, s.close()); err != nil {
		return err
	}
	r.print(c)
	return r.judge(c)
}

// measure looks at the agent at the beginning and at the end of the span.
func (c *cli) measure(ctx context.Context, s *shop) (r result, err error) {
	if err := pause(ctx, c.Warm); err != nil {
		return r, err
	}
	readings, err := s.readings(ctx)
	if err != nil {
		return r, err
	}
	before, err := look(s.agent.Process.Pid)
	if err != nil {
		return r, err
	}
	began := time.Now()
	s.line.begin()
	if err := pause(ctx, c.For); err != nil {
		return r, err
	}
	r.held = s.line.end()
	r.span = time.Since(began)
	after, err := look(s.agent.Process.Pid)
	if err != nil {
		return r, fmt.Errorf("the agent did not live to the end: %w", err)
	}
	r.user, r.system = after.user-before.user, after.system-before.system
	r.resident, r.most, r.binary = after.resident, after.most, s.binary
	if r.readings, err = s.readings(ctx); err != nil {
		return r, err
	}
	r.readings -= readings
	r.reported, err = s.reported(ctx)
	return r, err
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
