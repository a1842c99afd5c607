package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/wire"
)

// books puts what a shop wrote down at its agent into the journals of
// operations.
type books struct{ app *App }

// clockOff is from which difference on an agent's clock is held to be wrong.
// What people wrote are whole minutes, so the correction is in minutes too:
// two messages over lines of different speed must not differ by it.
const clockOff = 30 * time.Second

// Sold takes the entries one after another; an entry that fails does not keep
// the others from their journal.
func (b books) Sold(ctx context.Context, ag link.Agent, s wire.Sold, received time.Time) (wire.SoldAck, error) {
	var ack wire.SoldAck
	off := time.Duration(0)
	if late := received.Sub(time.UnixMilli(s.Now)); s.Now > 0 && late.Abs() >= clockOff {
		off = late.Round(time.Minute)
	}
	sc := ag.Scope()
	var failed error
	for i := range s.Entries {
		e := &s.Entries[i]
		err := b.entry(ctx, sc, ag, e, off)
		p := problem.Of(err)
		switch {
		case err == nil:
			ack.Answers = append(ack.Answers, wire.SoldAnswer{ID: e.ID, Rev: e.Rev})
		case p.Kind == problem.Internal:
			failed = errors.Join(failed, fmt.Errorf("app: entry %s: %w", e.ID, err))
		case p.Kind != problem.Unavailable: // that one is told again
			ack.Answers = append(ack.Answers, wire.SoldAnswer{ID: e.ID, Rev: e.Rev, Code: p.Code, Fields: faultsOf(p)})
		}
	}
	if failed != nil && len(ack.Answers) > 0 {
		b.app.log.ErrorContext(ctx, "app: some of what a shop wrote down was not taken", "agent", ag.ID, "error", failed)
		failed = nil
	}
	return ack, failed
}

// entry takes one.
func (b books) entry(ctx context.Context, sc scope.Scope, ag link.Agent, e *wire.Entry, off time.Duration) error {
	at := func(ms int64) time.Time {
		if ms == 0 {
			return time.Time{}
		}
		return time.UnixMilli(ms).Add(off).UTC()
	}
	if e.Outage != nil {
		o := e.Outage
		if err := b.reads(ctx, ag, o.Device); err != nil {
			return err
		}
		return b.app.PowerCut.TellOutage(ctx, sc, powercut.ShopOutage{
			ID: e.ID, Rev: e.Rev, Device: o.Device, About: powercut.About{Reason: powercut.Reason(o.Reason), From: at(o.From), To: at(o.To)},
		})
	}
	x := e.Sale
	f := powercut.Form{At: at(x.At), Operation: fptr.Operation(cmp.Or(x.Op, wire.OpSale))}
	for _, it := range x.Items {
		f.Items = append(f.Items, powercut.Item{
			Name: it.Name, Price: it.Price, Quantity: it.Quantity, VAT: fptr.VAT(it.VAT), Object: fptr.Object(it.Object), Unit: fptr.Unit(it.Unit), Mark: it.Mark,
		})
	}
	for _, p := range []fptr.Payment{{Kind: fptr.PaidCash, Sum: x.Cash}, {Kind: fptr.PaidElectronically, Sum: x.Card}} {
		if p.Sum != 0 {
			f.Payments = append(f.Payments, p)
		}
	}
	return b.app.PowerCut.TellSale(ctx, sc, powercut.ShopSale{
		ID: e.ID, Rev: e.Rev, Outage: x.Outage, By: cmp.Or(e.By, ag.Name), Struck: x.Struck, Form: f,
	})
}

// reads is not_found for a register that this agent does not look after: a
// stolen computer must not write into another shop's journal.
func (b books) reads(ctx context.Context, ag link.Agent, device string) error {
	d, err := b.app.Registry.Device(ctx, scope.System(ag.Tenant, "books"), device)
	if err == nil && d.Agent != ag.ID {
		err = errNotFound("app.books")
	}
	return err
}

// faultsOf is the fields at fault as an agent is told of them.
func faultsOf(p *problem.Error) (list []wire.SoldFault) {
	for _, f := range p.Fields {
		one := wire.SoldFault{Name: f.Name, Code: f.Code}
		for k, v := range f.Args {
			if one.Args == nil {
				one.Args = map[string]string{}
			}
			one.Args[k] = fmt.Sprint(v)
		}
		list = append(list, one)
	}
	return list
}
