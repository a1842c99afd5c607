package shtrih_test

import (
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/courier"
	"github.com/tillwright/tillwright/internal/sim/operator"
	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

// TestDocumentsReachTheTestOperator: every kind of document is taken without a
// finding; while the channel is off nothing goes, and after it is on again all
// of it.
func TestDocumentsReachTheTestOperator(t *testing.T) {
	t.Parallel()
	clk, heard := clock.NewManual(began), make(chan operator.Verdict, 1000)
	o := operator.New(operator.Options{Clock: clk, Heard: func(v operator.Verdict) { heard <- v }})
	if err := o.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Stop)
	host, at, err := net.SplitHostPort(o.Addr())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(at)
	if err != nil {
		t.Fatal(err)
	}
	outcomes := make(chan courier.Outcome, 1000)
	b := sim.NewBench(sim.BenchOptions{
		Listen: "127.0.0.1:0",
		Machine: func(int) sim.Machine {
			return shtrih.New(shtrih.Options{Seed: 1, Clock: clk, Location: moscow, OFDHost: host, OFDPort: port})
		},
		Sending: &sim.Sending{Retry: 20 * time.Millisecond, Done: func(_ int, _ courier.Letter, o courier.Outcome) { outcomes <- o }},
	})
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	r := b.Server(0).Machine.(*shtrih.Register)
	give := func(commands ...string) {
		for _, c := range commands {
			if got := r.Execute(raw(t, c)); got[1] != 0 && got[0] != 0xFF || got[0] == 0xFF && got[2] != 0 {
				t.Fatalf("%s: % X", c, got)
			}
		}
	}
	taken := func(n int) {
		t.Helper()
		for range n {
			select {
			case v := <-heard:
				if _, found := v.Document.Fields(); v.Code != 0 || len(found) != 0 {
					t.Errorf("%+v: %v", v, found)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("the document never came")
			}
			if got := <-outcomes; !got.Taken() {
				t.Errorf("%+v", got)
			}
		}
	}
	give(openShift, item, paid("6400000000"), item, paid("C800000000"), "FF 37 1E 00 00 00", "FF 38 1E 00 00 00")
	taken(4)
	give("1E 1E 00 00 00 15 01 00 02 00", closeShift)
	if s := r.State(); s.FN.Unsent != 1 || s.OFD.Reachable || !s.OFD.Sends {
		t.Errorf("%+v", s)
	}
	give("1E 1E 00 00 00 15 01 00 02 01")
	taken(1)
	if s := r.State(); s.FN.Unsent != 0 || !s.OFD.Reachable {
		t.Errorf("%+v", s)
	}
	o.Stop()
	give(openShift)
	for got := range outcomes {
		if got == (courier.Outcome{Network: 2}) {
			break
		}
	}
	if s := r.State(); s.FN.Unsent != 1 {
		t.Errorf("%+v", s)
	}
}
