package link

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/wire"
)

// Ties is what the service needs of others to make devices of what agents
// find. Both may be nil in a test that does not come so far.
type Ties struct {
	// AddDevice puts a found register into the registry, at the agent's outlet
	// and read by the agent, and gives the device's id. name is what the shop
	// calls it.
	AddDevice func(ctx context.Context, sc scope.Scope, a AgentInfo, o Offer, name string) (string, error)
	// Configure tells an agent that is connected what it is to do now.
	Configure func(ctx context.Context, tenant, agent string) error
}

// found keeps what an agent's search came upon. Telling it again changes
// nothing.
func (c *call) found(f wire.Found) {
	if f.Search < 1 || len(f.Offers) > wire.MaxOffers {
		c.refuse(wire.Problem{Code: CodeMalformed, Detail: "found"})
		return
	}
	at := c.in.received
	if sane(f.At) && sane(f.Now) && f.At > 0 && f.At <= f.Now {
		at = at.Add(-time.Duration(f.Now-f.At) * time.Millisecond)
	}
	list := make([]wire.Offer, 0, len(f.Offers))
	for _, o := range f.Offers {
		if o = tidy(o); o.Endpoint.Protocol != "" && o.Endpoint.Address != "" {
			list = append(list, o)
		}
	}
	var s store
	sc := c.agent.Scope()
	err := c.DB.Write(c.ctx, func(tx *db.Tx) error {
		before, err := s.search(c.ctx, tx, sc, c.agent.ID)
		if err != nil || before.Done == f.Search && before.DoneAt.Sub(at).Abs() < maxToldAgain {
			return err
		}
		f.Search = min(f.Search, before.Wanted)
		if err := s.told(c.ctx, tx, sc, c.agent.ID, f, at); err != nil {
			return err
		}
		return s.replace(c.ctx, tx, sc, c.agent.ID, list)
	})
	if err != nil {
		c.refuse(c.problemOf("found", err))
		return
	}
	c.tell(c.agent.Tenant, c.agent.ID)
}

// maxToldAgain is how far the end of a search may seem to move when it is told
// a second time, over another line.
const maxToldAgain = 2 * time.Second

// tidy makes an offer fit for a database and a page. A password is never taken
// from an agent.
func tidy(o wire.Offer) wire.Offer {
	for _, s := range []*string{
		&o.Endpoint.Protocol, &o.Endpoint.Transport, &o.Model, &o.Serial, &o.Firmware, &o.Maker, &o.USB,
	} {
		*s = clean(*s, maxText)
	}
	o.Endpoint.Address, o.Endpoint.Password = clean(o.Endpoint.Address, maxDetail), ""
	o.Endpoint.Baud = max(0, min(o.Endpoint.Baud, 4_000_000))
	return o
}

// Offers is what an agent found and nobody has told it of, ignored ones too,
// and how its searches stand.
func (s *Service) Offers(ctx context.Context, sc scope.Scope, agent string) (list []Offer, how Search, err error) {
	if err := may(sc, scope.ManageAgents, "link.Offers"); err != nil {
		return nil, Search{}, err
	}
	err = s.hub.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := s.store.get(ctx, tx, sc, agent); err != nil {
			return err
		}
		if how, err = s.store.search(ctx, tx, sc, agent); err != nil {
			return err
		}
		list, err = s.store.offers(ctx, tx, sc, agent)
		return err
	})
	return list, how, err
}

// Wanted is the number of the search that an agent is to make, for its
// configuration.
func (s *Service) Wanted(ctx context.Context, sc scope.Scope, agent string) (n int64, err error) {
	err = s.hub.DB.Read(ctx, func(tx *db.Tx) error {
		how, err := s.store.search(ctx, tx, sc, agent)
		n = how.Wanted
		return err
	})
	return n, err
}

// SearchNow asks an agent to look for registers at once, also on serial ports
// whose maker nobody knows. One that is away does it when it comes.
func (s *Service) SearchNow(ctx context.Context, sc scope.Scope, agent string) error {
	if err := may(sc, scope.ManageAgents, "link.SearchNow"); err != nil {
		return err
	}
	err := s.hub.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.store.get(ctx, tx, sc, agent); err != nil {
			return err
		}
		if err := s.store.want(ctx, tx, sc, agent); err != nil {
			return err
		}
		tx.AfterCommit(func() { s.hub.tell(sc.Tenant(), agent) })
		return audit.Write(ctx, tx, sc, audit.Entry{Action: "agent.searched", Subject: "agent", SubjectID: agent})
	})
	if err != nil || s.Ties.Configure == nil {
		return err
	}
	return s.Ties.Configure(ctx, sc.Tenant(), agent)
}

// IgnoreOffer puts a found register aside, or back. What is aside is not
// offered again by later searches.
func (s *Service) IgnoreOffer(ctx context.Context, sc scope.Scope, id string, yes bool) (Offer, error) {
	return s.change(ctx, sc, id, map[bool]string{true: "offer.ignored", false: "offer.restored"}[yes], func(tx *db.Tx) error {
		return s.store.ignore(ctx, tx, sc, id, yes)
	})
}

// ApproveOffer makes a device of a found register, at the agent's outlet, and
// gives its id. The agent begins to read it at once. name is what the shop
// calls it, "" = its model and the end of its serial.
func (s *Service) ApproveOffer(ctx context.Context, sc scope.Scope, id, name string) (device string, err error) {
	const op = "link.ApproveOffer"
	if err := may(sc, scope.ManageAgents, op); err != nil {
		return "", err
	}
	var o Offer
	var a AgentInfo
	err = s.hub.DB.Read(ctx, func(tx *db.Tx) error {
		if o, err = s.store.offer(ctx, tx, sc, id); err != nil {
			return err
		}
		a, err = s.store.get(ctx, tx, sc, o.Agent)
		return err
	})
	if err != nil {
		return "", err
	}
	if s.Ties.AddDevice == nil {
		return "", errNotFound.In(op)
	}
	if device, err = s.Ties.AddDevice(ctx, sc, a, o, name); err != nil {
		return "", err
	}
	// The device is there: if this fails the next search takes the offer away.
	_, err = s.change(ctx, sc, id, "offer.approved", func(tx *db.Tx) error { return s.store.dropOffer(ctx, tx, sc, id) })
	return device, err
}

// change does one thing to an offer and writes it into the trail.
func (s *Service) change(ctx context.Context, sc scope.Scope, id, action string, f func(tx *db.Tx) error) (o Offer, err error) {
	if err := may(sc, scope.ManageAgents, "link."+action); err != nil {
		return Offer{}, err
	}
	err = s.hub.DB.Write(ctx, func(tx *db.Tx) error {
		if o, err = s.store.offer(ctx, tx, sc, id); err != nil {
			return err
		}
		if err := f(tx); err != nil {
			return err
		}
		tx.AfterCommit(func() { s.hub.tell(sc.Tenant(), o.Agent) })
		return audit.Write(ctx, tx, sc, audit.Entry{Action: action, Subject: "agent", SubjectID: o.Agent, Detail: map[string]string{
			"address": o.Endpoint.Address, "protocol": o.Endpoint.Protocol, "model": o.Model, "serial": o.Serial,
		}})
	})
	return o, err
}
