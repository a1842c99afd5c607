package main

import (
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/operator"
)

// ofdCommand are the flags of the test operator.
type ofdCommand struct {
	Listen  string        `default:"127.0.0.1:7777" help:"Address on which registers find the operator."`
	HTTP    string        `name:"control" aliases:"http" help:"Address of the page and API: what came, and troubles on demand."`
	INN     string        `name:"inn" help:"Taxpayer's number that the operator gives for its own; usually an invented one."`
	Keep    int           `default:"200" help:"How many documents of each fiscal drive are kept, in memory."`
	Zone    string        `help:"Zone of the times in its answers, such as Europe/Moscow; usually the machine's."`
	Trouble string        `help:"Trouble that it begins with, by its id."`
	Delay   time.Duration `help:"How late the trouble \"slow\" answers, such as 8s."`
}

// Run listens, says so and waits for the end.
func (c *ofdCommand) Run(env environment) error {
	zone, err := zoneOf(c.Zone)
	if err != nil {
		return err
	}
	o := operator.New(operator.Options{Location: zone, INN: c.INN, Keep: c.Keep})
	if err := o.Turn(operator.Trouble{ID: c.Trouble, Delay: c.Delay}); err != nil {
		return err
	}
	if err := o.Start(c.Listen); err != nil {
		return err
	}
	defer o.Stop()
	if _, err := fmt.Fprintf(env.out, "operator=%s\n", o.Addr()); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	if c.HTTP != "" {
		if err := serveControl(env, c.HTTP, o.Handler(env.texts)); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(env.out, "ready"); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	<-env.ctx.Done()
	return nil
}

// sendTo points a register's options at the operator that was asked for.
func (k *kktCommand) sendTo(opt *sim.Options) error {
	if k.OFD == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(k.OFD)
	n, bad := strconv.ParseUint(port, 10, 16)
	const cell = 64 // bytes that table 19 has for the name
	if err != nil || bad != nil || n == 0 || host == "" || len(host) > cell {
		return problem.New(problem.Invalid, "sim_bad_operator").With("address", k.OFD)
	}
	opt.OFDHost, opt.OFDPort = host, int(n)
	return nil
}
