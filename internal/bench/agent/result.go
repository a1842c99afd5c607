package main

import (
	"fmt"
	"time"
)

// result is what was seen of the agent in the measured span.
type result struct {
	span           time.Duration
	user, system   time.Duration // processor time
	resident, most int64         // bytes
	binary         int64         // bytes
	readings       int
	held           []time.Duration // the port, in each conversation, the shortest first
	reported       int             // registers that the server knows to answer
}

// share is the processor time in per cent of one core.
func (r result) share() float64 { return 100 * (r.user + r.system).Seconds() / r.span.Seconds() }

func (r result) at(q float64) time.Duration {
	if len(r.held) == 0 {
		return 0
	}
	return r.held[int(q*float64(len(r.held)-1))].Round(10 * time.Microsecond)
}

const mb = 1 << 20

func (r result) print(c *cli) {
	n := max(r.readings, 1)
	fmt.Printf("%d registers, each read every %v, for %v\n", c.Registers, c.Poll, r.span.Round(time.Second))
	fmt.Printf("processor: %.2f %% of one core (%.2f s user, %.2f s system), %v a reading\n",
		r.share(), r.user.Seconds(), r.system.Seconds(), ((r.user + r.system) / time.Duration(n)).Round(10*time.Microsecond))
	fmt.Printf("memory: %.1f MB resident, %.1f MB at most; program %.1f MB\n", float64(r.resident)/mb, float64(r.most)/mb, float64(r.binary)/mb)
	fmt.Printf("%d readings in %d conversations; port held: median %v, 95 %% %v, 99 %% %v, longest %v\n",
		r.readings, len(r.held), r.at(.5), r.at(.95), r.at(.99), r.at(1))
	fmt.Printf("the server knows %d of %d registers to answer\n", r.reported, c.Registers)
}

// judge fails what misses the goal, and a run that measured nothing.
func (r result) judge(c *cli) error {
	want := int(r.span/c.Poll) * c.Registers
	switch {
	case r.readings < want*9/10:
		return fmt.Errorf("%d readings, %d were due: this measured nothing", r.readings, want)
	case r.reported < c.Registers:
		return fmt.Errorf("the server does not know %d registers to answer", c.Registers-r.reported)
	case r.share() > c.Goal:
		return fmt.Errorf("%.2f %% of one core, the goal is %.2f %%", r.share(), c.Goal)
	case r.most > int64(c.Memory)*mb:
		return fmt.Errorf("%.1f MB resident, the goal is %d MB", float64(r.most)/mb, c.Memory)
	}
	return nil
}
