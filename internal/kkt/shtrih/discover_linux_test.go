package shtrih_test

import (
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/agent/discover"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
	"github.com/tillwright/tillwright/internal/sim"
	register "github.com/tillwright/tillwright/internal/sim/shtrih"
)

func TestTheAgentFindsItInTheNetwork(t *testing.T) {
	t.Parallel()
	s := put(t, false, register.Options{Seed: 51})
	_, port, _ := strings.Cut(s.Addr(), ":")
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	f := discover.New(discover.Options{
		Protocols: map[string]kkt.Protocol{shtrih.Name: s.proto, atol.Name: atol.Protocol{}}, Clock: s.clock, Network: true,
		Hosts: func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("127.0.0.1")} }, Targets: []discover.Target{{Port: n, Protocol: shtrih.Name}},
	})
	offers, _ := f.Search(t.Context(), true)
	if len(offers) != 1 || offers[0].Endpoint.Protocol != shtrih.Name || offers[0].Serial != s.register.State().Serial || offers[0].Model == "" || offers[0].Firmware == "" {
		t.Errorf("%+v", offers)
	}
}

// TestTheAgentFindsItOnASerialPort behind an adapter of nobody in particular:
// ATOL's protocol is tried before, and does no harm.
func TestTheAgentFindsItOnASerialPort(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "ttyKKT")
	r := register.New(register.Options{Seed: 52})
	s := &sim.Server{Machine: r}
	if err := s.StartPTY(name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	f := discover.New(discover.Options{
		Protocols: map[string]kkt.Protocol{shtrih.Name: &shtrih.Protocol{}, atol.Name: atol.Protocol{}}, Serial: true,
		Held: func(string) bool { return false },
		Ports: func() ([]discover.Port, error) {
			return []discover.Port{{Name: name, Vendor: "0403", Product: "6001"}}, nil
		},
	})
	offers, _ := f.Search(t.Context(), true)
	if len(offers) != 1 || offers[0].Endpoint.Protocol != shtrih.Name || offers[0].Serial != r.State().Serial || offers[0].Endpoint.Transport != "serial" {
		t.Errorf("%+v", offers)
	}
	for command, n := range r.State().Executed {
		if !strings.Contains(" 10 11 FC FF01 FF39 FF03 FF40 FF09 FF0A 2D 2E 1F ", " "+command+" ") {
			t.Errorf("the search carried %s out %d times", command, n)
		}
	}
}
