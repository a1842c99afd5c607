package app

import (
	"context"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

// library gives the help page the articles.
type library struct{ faults *faults.Service }

// Articles lists them by id.
func (l library) Articles(_ context.Context, sc scope.Scope) ([]*catalogue.Article, error) {
	return l.faults.Articles(sc), nil
}

// Article finds one.
func (l library) Article(_ context.Context, sc scope.Scope, id string) (*catalogue.Article, error) {
	return l.faults.Article(sc, id)
}

// Diagnose answers a question.
func (l library) Diagnose(ctx context.Context, sc scope.Scope, q faults.Question) (faults.Diagnosis, error) {
	return l.faults.Diagnose(ctx, sc, q)
}

// Heard has linked searches count as words for their articles.
func (l library) Heard(ctx context.Context, tx *db.Tx, sc scope.Scope) error {
	return l.faults.Heard(ctx, tx, sc)
}

// firms tells the help page which companies there are.
type firms struct{ access *access.Service }

// Firms lists them, the oldest first: their ids grow with time.
func (f firms) Firms(ctx context.Context) ([]help.Firm, error) {
	tenants, err := f.access.Tenants(ctx)
	out := make([]help.Firm, len(tenants))
	for i, t := range tenants {
		out[i] = help.Firm{ID: t.ID, Name: t.Name, Country: t.Country, Zone: t.Zone, Lang: t.Lang}
	}
	return out, err
}

// helpDesk takes the help page's requests over.
type helpDesk struct{ desk *desk.Service }

func helpScope(sc scope.Scope) scope.Scope { return scope.System(sc.Tenant(), "help_page") }

// Take opens a case, or writes into the one that the stranger's walk has.
func (h helpDesk) Take(ctx context.Context, tx *db.Tx, sc scope.Scope, d help.Draft) (string, int64, error) {
	sys := helpScope(sc)
	left := map[string]any{"left": d.Left}
	if d.Case != "" {
		c, err := h.desk.Get(ctx, sys, d.Case)
		if err != nil {
			return "", 0, err
		}
		left["subject"], left["about"] = d.Subject, d.About
		return c.ID, c.Number, h.desk.Record(ctx, tx, sys, c.ID, desk.EntryRequest, left)
	}
	c, err := h.desk.OpenIn(ctx, tx, sys, desk.Draft{
		Device: d.Device, Fault: d.Fault, Subject: d.Subject, Severity: calendar.Severity(d.Severity), Source: desk.FromWeb, Note: d.About,
	})
	if err != nil {
		return "", 0, err
	}
	return c.ID, c.Number, h.desk.Record(ctx, tx, sys, c.ID, desk.EntryRequest, left)
}

// OpenedAt is when people came with cases about the outlets.
func (h helpDesk) OpenedAt(ctx context.Context, sc scope.Scope, outlets []string, from, to time.Time) (map[string][]time.Time, error) {
	return h.desk.OpenedAt(ctx, helpScope(sc), outlets, from, to)
}

// Number is a case's number.
func (h helpDesk) Number(ctx context.Context, sc scope.Scope, id string) (int64, error) {
	c, err := h.desk.Get(ctx, helpScope(sc), id)
	return c.Number, err
}

// registers finds a device by what stands on its label.
type registers struct{ registry *registry.Service }

// ByNumber is the one device in service that has the number as its serial, РНМ
// or FN number.
func (r registers) ByNumber(ctx context.Context, sc scope.Scope, number string) (device, outlet string, err error) {
	number = plainNumber(number)
	const shortest = 6 // a shorter one is a guess
	if len(number) < shortest {
		return "", "", nil
	}
	list, _, err := r.registry.Devices(ctx, helpScope(sc), registry.DeviceFilter{Query: number})
	for _, d := range list {
		if plainNumber(d.Serial) != number && plainNumber(d.RegNumber) != number && plainNumber(d.FNSerial) != number {
			continue
		}
		if device != "" {
			return "", "", nil
		}
		device, outlet = d.ID, d.Outlet
	}
	return device, outlet, err
}

// plainNumber is a number without what people write between its parts.
func plainNumber(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(s))
}
