package main

import (
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

// shtrihBench is registers of Shtrih-M. What only the others can do is
// refused.
func (k *kktCommand) shtrihBench() (*sim.Bench, error) {
	if err := k.unfit(map[string]bool{"inline": k.Inline, "older": k.Older, "evotor": k.Evotor}); err != nil {
		return nil, err
	}
	to, err := k.born()
	if err != nil {
		return nil, err
	}
	opt := shtrih.Options{Location: to.Location, Clock: to.Clock, FFD: to.FFD, OFDHost: to.OFDHost, OFDPort: to.OFDPort}
	for _, name := range k.Quirk {
		if err := opt.Quirk(name); err != nil {
			return nil, err
		}
	}
	return sim.NewBench(sim.BenchOptions{
		Count: k.Count, Listen: k.listen("7778"), PortStep: k.PortStep, Sending: &sim.Sending{}, Machine: func(i int) sim.Machine {
			own := opt
			own.Seed = k.Seed + uint64(i)
			return shtrih.New(own)
		},
	}), nil
}
