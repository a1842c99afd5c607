package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

// kktCommand are the flags of emulated registers.
type kktCommand struct {
	Protocol  string     `required:"" help:"Protocol of the registers: atol, shtrih (usual port 7778), or fptr for registers behind driver 10's HTTP service."`
	Listen    string     `default:"127.0.0.1:5555" help:"Address of the first register; port 0 takes free ones."`
	Count     int        `default:"1" help:"How many registers."`
	SerialPTY string     `name:"serial-pty" help:"Put the first register on a serial line of this name as well (Linux)."`
	PortStep  int        `default:"1" help:"From one register's port to the next."`
	Fault     []string   `help:"Fault that every register begins with, by its id. May be repeated."`
	Seed      uint64     `help:"Everything drawn comes from it; register N has seed+N."`
	Clock     *time.Time `help:"Time at which the registers' clocks begin, as 2026-03-10T12:00:00+03:00."`
	Zone      string     `help:"Zone of the registers' clocks, such as Europe/Moscow; usually the machine's."`
	Inline    bool       `help:"Give results inside the answer to a task instead of in packets of their own."`
	Older     bool       `help:"Speak the older transport of serial lines (ENQ, ACK, STX) instead of packets."`
	Evotor    bool       `help:"Be the fiscal core of a smart terminal."`
	Quirk     []string   `help:"Shtrih-M: do as some real devices do: filler, bare-errors, print-result, long-serial, no-count, strict-numbers, smartpos. May be repeated."`
	FFD       string     `name:"ffd" help:"Format of the registers' documents: 1.05, 1.1 or 1.2; usually 1.05 for atol and 1.2 for the others."`
	OFD       string     `name:"ofd" help:"Test operator that the registers send their documents to, as host:port; only on this machine or in a private network."`
	Control   string     `help:"Address of the control page and API."`
	Life      bool       `help:"Let the registers trade by themselves."`
	Sick      float64    `help:"With --life: how often a day each register falls ill by itself, on average."`
}

// Run puts the registers on their ports, says so and waits for the end.
func (k *kktCommand) Run(env environment) error {
	bench, err := k.bench()
	if err != nil {
		return err
	}
	if err := bench.Start(); err != nil {
		return err
	}
	defer bench.Stop()
	for i := range bench.Len() {
		if _, err := fmt.Fprintf(env.out, "register=%s\n", bench.Addr(i)); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
	}
	if k.SerialPTY != "" {
		line := &sim.Server{Register: bench.Server(0).Register, Machine: bench.Server(0).Machine}
		if err := line.StartPTY(k.SerialPTY); err != nil {
			return err
		}
		defer line.Stop()
	}
	if err := k.control(env, bench); err != nil {
		return err
	}
	if k.Life {
		go sim.NewLife(bench, k.habits(bench.Faults()), k.Seed).Run(env.ctx, time.Second)
	}
	if _, err := fmt.Fprintln(env.out, "ready"); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	<-env.ctx.Done()
	return nil
}

// bench is the registers of a protocol, ill as asked.
func (k *kktCommand) bench() (*sim.Bench, error) {
	build := k.atolBench
	switch k.Protocol {
	case atol.Name:
	case fptr.Name:
		build = k.fptrBench
	case shtrih.Name:
		build = k.shtrihBench
	default:
		known := strings.Join([]string{atol.Name, fptr.Name, shtrih.Name}, ", ")
		return nil, problem.New(problem.Invalid, "sim_unknown_protocol").With("protocol", k.Protocol).With("known", known)
	}
	bench, err := build()
	if err != nil {
		return nil, err
	}
	return bench, k.inject(bench)
}

func (k *kktCommand) atolBench() (*sim.Bench, error) {
	if err := k.unfit(map[string]bool{"quirk": len(k.Quirk) > 0}); err != nil {
		return nil, err
	}
	opt, err := k.born()
	if err != nil {
		return nil, err
	}
	opt.Inline, opt.Older, opt.Evotor = k.Inline, k.Older, k.Evotor
	return sim.NewBench(sim.BenchOptions{
		Count: k.Count, Listen: k.Listen, PortStep: k.PortStep, Sending: &sim.Sending{}, Make: func(i int) sim.Options {
			own := opt
			own.Seed = k.Seed + uint64(i)
			return own
		},
	}), nil
}

// habits is a shop from eight to ten with twenty receipts an hour. What a
// person would have to mend at the register mends itself after half an hour.
func (k *kktCommand) habits(faults []sim.Fault) sim.Habits {
	h := sim.Habits{SalesPerHour: 20, Opens: 8, Closes: 22, HealAfter: 30 * time.Minute, FaultsPerDay: map[string]float64{}}
	for _, f := range faults {
		h.FaultsPerDay[f.ID] = k.Sick / float64(len(faults))
	}
	return h
}

// control serves the bench's page and API until the end, when they were asked
// for.
func (k *kktCommand) control(env environment, bench *sim.Bench) error {
	if k.Control == "" {
		return nil
	}
	return serveControl(env, k.Control, bench.Handler(env.texts))
}

// inject makes every register of a bench ill from the beginning.
func (k *kktCommand) inject(bench *sim.Bench) error {
	for i := range bench.Len() {
		for _, id := range k.Fault {
			if err := bench.Station(i).Inject(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// explain says a problem in the terminal's language; other errors as they are.
func explain(texts *i18n.Bundle, err error) string {
	var p *problem.Error
	if errors.As(err, &p) {
		return texts.For(language()).Problem(p)
	}
	return err.Error()
}
