package fptr_test

import (
	"context"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	sim "github.com/tillwright/tillwright/internal/sim/fptr"
)

// quick is patience for a bench on the same machine.
func quick() fptr.Timing {
	return fptr.Timing{
		Dial: time.Second, Answer: 2 * time.Second, Poll: time.Millisecond, PollMax: 5 * time.Millisecond, Limit: 5 * time.Second, Clean: time.Second,
	}
}

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func moscow(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Skip("no zone data:", err)
	}
	return zone
}

// bench starts a register behind its service on a standing clock.
func bench(t testing.TB, opt sim.Options) (*sim.Server, *clock.Manual) {
	t.Helper()
	clk := clock.NewManual(noon)
	opt.Clock, opt.Location = clk, moscow(t)
	s := sim.New(opt)
	if err := s.Start(ownAddress()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s, clk
}

func dial(t testing.TB, s *sim.Server, clk clock.Clock) *fptr.Driver {
	t.Helper()
	return dialWith(t, s, fptr.Protocol{Clock: clk, Location: moscow(t), Timing: quick()}, "")
}

func dialWith(t testing.TB, s *sim.Server, p fptr.Protocol, password string) *fptr.Driver {
	t.Helper()
	d, err := p.Dial(t.Context(), kkt.Endpoint{Protocol: fptr.Name, Transport: "tcp", Address: s.Addr(), Password: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func within(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// benchAt is bench for a test whose hooks need the server itself.
func benchAt(t testing.TB, opt sim.Options, at **sim.Server) (*sim.Server, *clock.Manual) {
	t.Helper()
	clk := clock.NewManual(noon)
	opt.Clock, opt.Location = clk, moscow(t)
	*at = sim.New(opt)
	if err := (*at).Start(ownAddress()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup((*at).Stop)
	return *at, clk
}

// outage is the correction of a sale that went without a receipt.
func outage() fptr.Correction {
	return fptr.Correction{
		FFD: fptr.FFD12, Operation: fptr.Income, Basis: fptr.OwnInitiative, Date: noon.AddDate(0, 0, -1), Taxation: fptr.TaxationOSN,
		Operator: fptr.Operator{Name: "Иванова А. А.", VATIN: "123456789047"}, Total: 25_050,
		Items: []fptr.Item{
			{Name: "Кофе", Price: 15_050, Quantity: 1000, Amount: 15_050, VAT: fptr.VAT22, Method: fptr.MethodFull, Object: fptr.ObjectCommodity},
			{Name: "Яблоки", Price: 20_000, Quantity: 500, Amount: 10_000, VAT: fptr.VAT10, Method: fptr.MethodFull, Object: fptr.ObjectCommodity, Unit: 11},
		},
		Payments: []fptr.Payment{{Kind: fptr.PaidCash, Sum: 10_000}, {Kind: fptr.PaidElectronically, Sum: 15_050}},
	}
}

// ownAddress is a loopback address that no other test listens on, so that a
// service that was down finds its port free again. Where only one loopback
// address exists, that one has to do.
func ownAddress() string {
	ip := net.IPv4(127, 64+byte(os.Getpid()%64), byte(nextAddress.Add(1)), 1+byte(os.Getpid()/64%250))
	l, err := net.Listen("tcp", net.JoinHostPort(ip.String(), "0"))
	if err != nil {
		return "127.0.0.1:0"
	}
	_ = l.Close() // it was only to see
	return l.Addr().String()
}

var nextAddress atomic.Uint32
