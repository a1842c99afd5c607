package main

import (
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

// shtrihBench is registers of Shtrih-M. What only the others can do is
// refused.
func (k *kktCommand) shtrihBench() (*sim.Bench, error) {
	for flag, given := range map[string]bool{"inline": k.Inline, "older": k.Older, "evotor": k.Evotor} {
		if given {
			return nil, problem.New(problem.Invalid, "sim_flag_unfit").With("flag", flag).With("protocol", k.Protocol)
		}
	}
	zone, err := k.zone()
	if err != nil {
		return nil, err
	}
	var to sim.Options
	if err := k.sendTo(&to); err != nil {
		return nil, err
	}
	opt := shtrih.Options{Location: zone, Clock: k.running(), OFDHost: to.OFDHost, OFDPort: to.OFDPort}
	for _, name := range k.Quirk {
		if err := opt.Quirk(name); err != nil {
			return nil, err
		}
	}
	listen := k.Listen
	if listen == "127.0.0.1:5555" { // the usual one of ATOL registers
		listen = "127.0.0.1:7778"
	}
	return sim.NewBench(sim.BenchOptions{
		Count: k.Count, Listen: listen, PortStep: k.PortStep, Sending: &sim.Sending{}, Machine: func(i int) sim.Machine {
			own := opt
			own.Seed = k.Seed + uint64(i)
			return shtrih.New(own)
		},
	}), nil
}

// inject makes every register of a bench ill from the beginning.
func (k *kktCommand) inject(bench *sim.Bench) error {
	for i := range bench.Len() {
		for _, id := range k.Fault {
			if err := bench.Server(i).Inject(id); err != nil {
				return err
			}
		}
	}
	return nil
}
