package fptr_test

import (
	"testing"

	"github.com/tillwright/tillwright/internal/agent/poll"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/signal"
	sim "github.com/tillwright/tillwright/internal/sim/fptr"
)

// TestWhatTheAgentSeesOfEachFault reads as the agent does, with its patience
// and its words for a link.
func TestWhatTheAgentSeesOfEachFault(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"": signal.LinkOK, sim.FaultFNLink: signal.LinkOK, sim.FaultNoPaper: signal.LinkOK, sim.FaultSilent: signal.LinkNoAnswer,
		sim.FaultUnplugged: signal.LinkNoAnswer, sim.FaultPortHeld: signal.LinkBusy, sim.FaultServiceDown: signal.LinkRefused,
		sim.FaultGarbage: signal.LinkGarbage,
	}
	for id, link := range want {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s, clk := bench(t, sim.Options{Seed: 41})
			if id != "" {
				if err := s.Inject(id); err != nil {
					t.Fatal(err)
				}
			}
			protocols := map[string]kkt.Protocol{fptr.Name: fptr.Protocol{Clock: clk, Timing: quick()}}
			e := kkt.Endpoint{Protocol: fptr.Name, Transport: "tcp", Address: s.Addr()}
			look := poll.Once(t.Context(), protocols, e, clk.Now)
			if look.Link != link || (link == signal.LinkGarbage) != (look.Detail != "") {
				t.Errorf("%q (%s), %v; want %q", look.Link, look.Detail, look.Err, link)
			}
			if link == signal.LinkOK && !look.Set.Get(signal.Serial).Known() {
				t.Errorf("nothing read: %v", look.Set)
			}
		})
	}
}
