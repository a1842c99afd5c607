package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

// shop is one outlet with the register that is emulated for it.
type shop struct {
	outlet registry.Outlet
	device registry.Device
}

// settle writes the invented clients into the registry.
func settle(ctx context.Context, r *registry.Service, sc scope.Scope, shops int) ([]registry.Outlet, error) {
	clients, err := Clients(shops)
	if err != nil {
		return nil, err
	}
	rnd := rand.New(rand.NewPCG(3, 14)) // the same numbers at every start
	var out []registry.Outlet
	for _, c := range clients {
		client, err := r.AddClient(ctx, sc, legal(rnd, c))
		if err != nil {
			return nil, fmt.Errorf("demo: %s: %w", c.Name, err)
		}
		_, err = r.SaveContact(ctx, sc, registry.Contact{Client: client.ID, Name: c.Contact, Phone: phone(rnd, c.Country), Email: fmt.Sprintf("client%d@example.org", len(out)+1)})
		if err != nil {
			return nil, fmt.Errorf("demo: %s: %w", c.Name, err)
		}
		for _, o := range c.Outlets {
			made, err := r.AddOutlet(ctx, sc, registry.Outlet{Client: client.ID, Name: o.Name, Address: o.Address, City: o.City, Zone: o.Zone})
			if err != nil {
				return nil, fmt.Errorf("demo: %s: %w", o.Name, err)
			}
			out = append(out, made)
		}
	}
	return out, nil
}

// legal gives a client tax numbers whose check digits are right and that
// nobody has: there is no region 98, a BIN that
// begins with 49 is for 2049, and Germany has not got to 99999.
func legal(rnd *rand.Rand, c Client) registry.Client {
	out := registry.Client{Name: c.Name, Kind: registry.Company, Country: registry.Country(c.Country), Note: c.Legal}
	for {
		ok := false
		switch c.Country {
		case "DE":
			out.UStID, ok = registry.CompleteUStID(fmt.Sprintf("99999%03d", rnd.IntN(1000)))
		case "KZ":
			out.INN, ok = registry.CompleteBIN(fmt.Sprintf("49064%06d", rnd.IntN(1_000_000)))
		default:
			out.INN, ok = registry.CompleteINN(fmt.Sprintf("98%07d", rnd.IntN(10_000_000)))
			out.KPP = out.INN[:4] + "01001"
		}
		if ok {
			return out
		}
	}
}

// phone is a number in a range that nobody is given: in Germany the one kept
// for film and print.
func phone(rnd *rand.Rand, country string) string {
	switch country {
	case "DE":
		return fmt.Sprintf("+49 30 23125 %03d", rnd.IntN(1000))
	case "KZ":
		return fmt.Sprintf("+7 700 000 %02d %02d", rnd.IntN(100), rnd.IntN(100))
	default:
		return fmt.Sprintf("+7 900 000-%02d-%02d", rnd.IntN(100), rnd.IntN(100))
	}
}

// install gives an outlet its register. The agent reads it every second, so
// that a visitor does not wait.
func install(ctx context.Context, r *registry.Service, sc scope.Scope, o registry.Outlet, agent string, e *kkt.Endpoint, n int) (registry.Device, error) {
	return r.AddDevice(ctx, sc, o.ID, agent, registry.DeviceForm{
		Kind: registry.FiscalPrinter, Name: fmt.Sprintf("ККТ %d", n+1), Model: modelOf(e.Protocol), Poll: time.Second,
		Endpoint:   e,
		ProducedOn: "2024-11-05", ActivatedOn: "2025-02-17", PurchasedOn: "2025-02-10",
		TaxSystems: []registry.TaxSystem{registry.TaxSystems()[0]}, FFD: ffd,
	})
}

// rewire tells a register that was installed at an earlier start where it is
// emulated now.
func rewire(ctx context.Context, r *registry.Service, sc scope.Scope, d registry.Device, e *kkt.Endpoint) (registry.Device, error) {
	d.Endpoint = e
	return r.UpdateDevice(ctx, sc, d.ID, d.Version, d.DeviceForm)
}

// code is a one-time code for the outlet's agent.
func code(ctx context.Context, s *link.Service, sc scope.Scope, o registry.Outlet) (string, error) {
	c, err := s.CreateCode(ctx, sc, link.NewCode{Outlet: o.ID, Name: o.Name})
	return c.Code, err
}
