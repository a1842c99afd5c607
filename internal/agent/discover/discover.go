// Package discover looks for registers that nobody has told the agent of: on
// serial ports and in the shop's own network.
//
// It is a stranger wherever it knocks. So it says nothing but the one reading
// that every register answers and that changes nothing, it leaves alone what
// another program holds and what the agent already reads, and it goes slowly.
// What kind of thing hangs on a serial port is only guessed from the USB
// numbers; a port without a known maker is spoken to when a person asked for
// the search, and never otherwise.
package discover

import (
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// What a search works by where Options says nothing.
const (
	DefaultRate    = 20 // connections begun in a second
	DefaultDial    = 700 * time.Millisecond
	identifyWithin = 4 * time.Second
)

// Options are what a Finder needs. Protocols must be set.
type Options struct {
	Protocols map[string]kkt.Protocol
	// Taken is the endpoints that the agent reads already.
	Taken func() []kkt.Endpoint
	Clock clock.Clock
	// Ports lists the machine's serial ports; nil asks the system.
	Ports func() ([]Port, error)
	// Held says whether another program has a port open; nil asks the system.
	Held func(port string) bool
	// Hosts is the addresses to knock at; nil is this machine and the /24 around
	// each of its private addresses.
	Hosts func() []netip.Addr
	// Targets is the ports to knock at; nil is Targets().
	Targets []Target
	Serial  bool // look at serial ports
	Network bool // knock at the network
	Rate    int
	Dial    time.Duration
	Log     *slog.Logger
}

// Finder searches. Make it with New.
type Finder struct{ opt Options }

// New makes a finder that has not searched yet.
func New(opt Options) *Finder {
	if opt.Taken == nil {
		opt.Taken = func() []kkt.Endpoint { return nil }
	}
	if opt.Clock == nil {
		opt.Clock = clock.System{}
	}
	if opt.Ports == nil {
		opt.Ports = systemPorts
	}
	if opt.Held == nil {
		opt.Held = heldByOther
	}
	if opt.Hosts == nil {
		opt.Hosts = neighbours
	}
	if opt.Targets == nil {
		opt.Targets = Targets()
	}
	if opt.Rate <= 0 {
		opt.Rate = DefaultRate
	}
	if opt.Dial <= 0 {
		opt.Dial = DefaultDial
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	return &Finder{opt: opt}
}

// Search looks once and gives what it found, at most wire.MaxOffers; more says
// that there was more. asked says that a person wants it: then serial ports
// whose maker is not known are spoken to as well. A search that ctx ends gives
// what it has.
func (f *Finder) Search(ctx context.Context, asked bool) (offers []wire.Offer, more bool) {
	taken := f.taken(ctx)
	if f.opt.Serial {
		offers = f.serial(ctx, asked, taken)
	}
	if f.opt.Network {
		offers = append(offers, f.network(ctx, taken)...)
	}
	offers = once(offers)
	slices.SortStableFunc(offers, func(a, b wire.Offer) int { return strings.Compare(a.Endpoint.Address, b.Endpoint.Address) })
	if len(offers) > wire.MaxOffers {
		return offers[:wire.MaxOffers], true
	}
	return offers, false
}

// once keeps one way to each register: many have two serial interfaces on one
// cable. What stands first stays, and the cable stands before the network.
func once(offers []wire.Offer) []wire.Offer {
	seen := map[string]bool{}
	return slices.DeleteFunc(offers, func(o wire.Offer) bool {
		if o.Serial == "" {
			return false
		}
		key := o.Model + "\x00" + o.Serial
		again := seen[key]
		seen[key] = true
		return again
	})
}

// identify reads once and says what stands there.
func (f *Finder) identify(ctx context.Context, e kkt.Endpoint) (wire.Offer, error) {
	ctx, cancel := context.WithTimeout(ctx, identifyWithin)
	defer cancel()
	o := wire.Offer{Endpoint: e}
	driver, err := f.opt.Protocols[e.Protocol].Open(ctx, e)
	if err != nil {
		return o, err
	}
	set, err := driver.Read(ctx, f.opt.Clock.Now)
	if cerr := driver.Close(); err == nil {
		err = cerr
	}
	o.Model, o.Serial, o.Firmware = set.Get(signal.Model).Text(), set.Get(signal.Serial).Text(), set.Get(signal.Firmware).Text()
	if err == nil && o.Model == "" && o.Serial == "" {
		err = kkt.ErrNoAnswer // it answers, but it does not say who it is
	}
	return o, err
}
