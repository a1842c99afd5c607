package systemtest_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/agent"
	"github.com/tillwright/tillwright/internal/agent/discover"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/sim"
)

// searching runs the shop's agent in this process, with ports and hosts of the
// test in the place of the machine's.
func searching(t *testing.T, sh *shop, d discover.Options) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- agent.New(agent.Config{Data: sh.dir}, agent.Deps{
			Protocols: map[string]kkt.Protocol{atol.Name: atol.Protocol{}}, Discover: d,
		}).Run(ctx)
	}()
	stop = func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	return stop
}

func (s *server) offers(agent string) client.Offers {
	s.t.Helper()
	return get[client.Offers](s, "/agents/"+agent+"/offers")
}

// TestAnAgentFindsRegisters: a register on the shop's network and one on a
// cable are found without being told, become a device or are hidden by a
// person, and neither comes back.
func TestAnAgentFindsRegisters(t *testing.T) {
	t.Parallel()
	s, b := install(t), newBench(t, 2)
	sh := openShop(s, "Хлеб")
	found := discover.Options{
		Hosts: func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} }, Rate: 100,
		Ports: func() ([]discover.Port, error) { return nil, nil },
	}
	for _, r := range b.registers {
		found.Targets = append(found.Targets, discover.Target{Port: int(netip.MustParseAddrPort(r).Port()), Protocol: "atol"})
	}
	wired := 0
	if _, err := os.Stat("/dev/ptmx"); err == nil {
		port := filepath.Join(t.TempDir(), "ttyACM0")
		r := &sim.Server{Register: sim.NewRegister(sim.Options{Seed: 99})}
		if err := r.StartPTY(port); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Stop)
		wired = 1
		found.Ports = func() ([]discover.Port, error) {
			return []discover.Port{{Name: port, Vendor: "2912", Product: "0005"}}, nil
		}
	}
	stop := searching(t, sh, found)
	ask[client.Offers](s, http.MethodPost, "/agents/"+sh.agent+"/search", nil)
	until(t, "the agent has searched", func() bool { return !s.offers(sh.agent).Running })
	list := s.offers(sh.agent)
	if len(list.Items) != 2+wired || list.AskedBy == "" || list.SearchedAt.IsZero() {
		t.Fatalf("%+v", list)
	}
	for _, o := range list.Items {
		if len(o.Serial) != 14 || o.Model == "" {
			t.Errorf("%+v", o)
		}
	}

	first, second := list.Items[0], list.Items[1]
	d := ask[client.Device](s, http.MethodPost, "/offers/"+first.ID+"/approve", client.ApproveOffer{})
	if d.Outlet != sh.outlet || d.Agent != sh.agent || d.Serial != first.Serial || d.Endpoint == nil || d.Endpoint.Address != first.Endpoint.Address {
		t.Errorf("%+v of %+v", d, first)
	}
	s.well(d.ID) // the agent was told, and reads it
	ask[client.Offers](s, http.MethodPut, "/offers/"+second.ID+"/hidden", client.HideOffer{Hidden: true})
	if err := s.call(http.MethodPost, "/offers/"+first.ID+"/approve", client.ApproveOffer{}, nil); err == nil {
		t.Error("it was approved twice")
	}

	stop() // what it found it remembers, but what a person decided stays
	defer searching(t, sh, found)()
	ask[client.Offers](s, http.MethodPost, "/agents/"+sh.agent+"/search", nil)
	until(t, "the agent has searched again", func() bool { return !s.offers(sh.agent).Running })
	list = s.offers(sh.agent)
	if len(list.Items) != 1+wired {
		t.Fatalf("%+v", list)
	}
	for _, o := range list.Items {
		if o.Serial == first.Serial || (o.Serial == second.Serial) == o.HiddenAt.IsZero() {
			t.Errorf("%+v", o)
		}
	}
	s.well(d.ID)
}
