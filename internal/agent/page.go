package agent

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/agent/shop"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/wire"
)

// fileBook is what the shop wrote down while a register could not be used.
const fileBook = "shop.jsonl"

// openBook opens the shop's journal. An agent whose journal cannot be read does
// its other work all the same.
func (a *Agent) openBook() {
	book, err := shop.Open(a.dir.Path(fileBook), a.deps.Clock, a.deps.Log, func() { nudge(a.office.changed) })
	if err != nil {
		a.deps.Log.Error("agent: the shop's journal cannot be read; its page stays away", "error", err)
		return
	}
	a.book = book
}

// sold is what the shop wrote down, for a server that takes it.
func (o *office) sold() []wire.Message {
	if o.book == nil || o.speaks.Load() < wire.SoldSince {
		return nil
	}
	s := o.book.Pending(int(o.speaks.Load()))
	if s == nil {
		return nil
	}
	return []wire.Message{{Type: wire.TypeSold, Sold: s}}
}

// page serves the shop's page until ctx ends, where one is wanted.
func (a *Agent) page(ctx context.Context, line func() (bool, time.Time)) {
	if a.cfg.Page == "" || a.book == nil {
		return
	}
	texts := a.deps.Texts
	if texts == nil {
		var err error
		if texts, err = i18n.Load(); err != nil {
			a.deps.Log.Error("agent: the shop's page has no texts", "error", err)
			return
		}
	}
	shop.New(shop.Options{
		Book: a.book, Registers: a.registers, Line: line, Clock: a.deps.Clock, Zone: time.Local, Texts: texts,
		Name: a.id.Name, Machine: a.cfg.Host, PIN: a.cfg.PIN, Log: a.deps.Log,
	}).Serve(ctx, a.cfg.Page)
}

// registers are the agent's registers as they were last seen.
func (a *Agent) registers() (list []shop.Register) {
	server := a.office.set.get().Devices
	for _, d := range merge(a.cfg.Devices, server) {
		r := shop.Register{ID: d.ID, Name: d.Name, Address: d.Endpoint.Address, Set: a.poller.Seen(d.ID)}
		for _, s := range server {
			if s.ID == d.ID && r.Name == "" { // the file knows the port, the server the name
				r.Name = s.Name
			}
		}
		list = append(list, r)
	}
	return list
}
