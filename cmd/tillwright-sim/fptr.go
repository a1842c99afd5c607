package main

import (
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/fptr"
)

// fptrBench is registers behind driver 10's HTTP service, each behind one of
// its own. What only a register with a line of its own can do is refused.
func (k *kktCommand) fptrBench() (*sim.Bench, error) {
	if err := k.unfit(map[string]bool{
		"serial-pty": k.SerialPTY != "", "inline": k.Inline, "older": k.Older, "evotor": k.Evotor, "quirk": len(k.Quirk) > 0,
	}); err != nil {
		return nil, err
	}
	to, err := k.born()
	if err != nil {
		return nil, err
	}
	opt := fptr.Options{Location: to.Location, Clock: to.Clock, FFD: to.FFD, OFDHost: to.OFDHost, OFDPort: to.OFDPort}
	return sim.NewBench(sim.BenchOptions{
		Count: k.Count, Listen: k.listen("16732"), PortStep: k.PortStep, Sending: &sim.Sending{}, Station: func(i int) sim.Station {
			own := opt
			own.Seed = k.Seed + uint64(i)
			return fptr.New(own)
		},
	}), nil
}
