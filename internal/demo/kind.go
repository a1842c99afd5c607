package demo

import (
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
	"github.com/tillwright/tillwright/internal/sim"
	simfptr "github.com/tillwright/tillwright/internal/sim/fptr"
	simshtrih "github.com/tillwright/tillwright/internal/sim/shtrih"
)

// The shops from firstOther to before lastOther have a register of Shtrih-M,
// those from firstDriver to before lastDriver one behind the service of ATOL's
// driver 10, all others one of ATOL: a visitor sees that all three are looked
// after alike.
const (
	firstDriver = 14
	lastDriver  = 16
	firstOther  = 30
	lastOther   = 36
)

// usual is the protocol of the register in shop n.
func usual(n int) string {
	switch {
	case n >= firstDriver && n < lastDriver:
		return fptr.Name
	case n >= firstOther && n < lastOther:
		return shtrih.Name
	default:
		return atol.Name
	}
}

// kind is the protocol of shop n's register: one that was installed at an
// earlier start stays what it was.
func (d *Demo) kind(n int) string {
	switch e := d.shops[n].device.Endpoint; {
	case e != nil:
		return e.Protocol
	case d.opt.Kind != nil:
		return d.opt.Kind(n)
	default:
		return usual(n)
	}
}

// The demo's registers send to an operator that does not exist; see operator.
const (
	ofdHost = "ofd.example.org"
	ofdPort = 21101
	ffd     = "1.05"
)

// station is the emulated register of shop n.
func (d *Demo) station(n int) sim.Station {
	zone, err := time.LoadLocation(d.shops[n].outlet.Zone)
	if err != nil {
		zone = time.UTC
	}
	seed := d.opt.Seed + uint64(n)
	switch d.kind(n) {
	case shtrih.Name:
		return &sim.Server{Machine: simshtrih.New(simshtrih.Options{Seed: seed, Location: zone, FFD: ffd, OFDHost: ofdHost, OFDPort: ofdPort})}
	case fptr.Name:
		return simfptr.New(simfptr.Options{Seed: seed, Location: zone, FFD: ffd, OFDHost: ofdHost, OFDPort: ofdPort})
	default:
		return &sim.Server{Register: sim.NewRegister(sim.Options{Seed: seed, Location: zone, OFDHost: ofdHost, OFDPort: ofdPort})}
	}
}

// endpoint is where shop n's register is emulated now.
func (d *Demo) endpoint(n int) *kkt.Endpoint {
	return &kkt.Endpoint{Protocol: d.kind(n), Transport: "tcp", Address: d.Bench.Addr(n)}
}

// modelOf is what an engineer writes down when she installs a register. It
// names its model itself with its first reading.
func modelOf(kind string) string {
	if kind == shtrih.Name {
		return "ШТРИХ-ЛАЙТ-01Ф"
	}
	return "АТОЛ 30Ф"
}

// protocols are what an agent of a shop in that zone speaks.
func protocols(zone *time.Location) map[string]kkt.Protocol {
	return map[string]kkt.Protocol{
		atol.Name: atol.Protocol{Location: zone}, fptr.Name: fptr.Protocol{Location: zone},
		shtrih.Name: &shtrih.Protocol{Location: zone},
	}
}
