package desk_test

import (
	"context"
	"testing"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// calls is every method that names a case, done in a scope.
func (b *bench) calls(sc scope.Scope, c desk.Case) map[string]error {
	ctx := b.Context()
	one := func(_ desk.Case, err error) error { return err }
	_, view := b.s.View(ctx, sc, c.ID)
	return map[string]error{
		"Get":         one(b.s.Get(ctx, sc, c.ID)),
		"ByNumber":    one(b.s.ByNumber(ctx, sc, c.Number)),
		"View":        view,
		"Take":        one(b.s.Take(ctx, sc, c.ID, desk.AnyVersion, "p", "p")),
		"Note":        one(b.s.Note(ctx, sc, c.ID, "чужая")),
		"Wait":        one(b.s.Wait(ctx, sc, c.ID, desk.AnyVersion, calendar.Part, "")),
		"Resume":      one(b.s.Resume(ctx, sc, c.ID, desk.AnyVersion)),
		"SetSeverity": one(b.s.SetSeverity(ctx, sc, c.ID, desk.AnyVersion, calendar.Minor, "")),
		"Resolve":     one(b.s.Resolve(ctx, sc, c.ID, desk.AnyVersion, "")),
		"Close":       one(b.s.Close(ctx, sc, c.ID, desk.AnyVersion, "")),
		"Reopen":      one(b.s.Reopen(ctx, sc, c.ID, desk.AnyVersion, "")),
		"Record": b.db.Write(ctx, func(tx *db.Tx) error {
			return b.s.Record(ctx, tx, sc, c.ID, desk.EntryFix, nil)
		}),
	}
}

// lists is what the methods that name no case show.
func (b *bench) lists(sc scope.Scope) (rows int, errs []error) {
	p, err := b.s.List(b.Context(), sc, desk.Filter{States: desk.States()})
	n, errCount := b.s.Count(b.Context(), sc, "p-anna")
	of, errOf := b.s.ActiveOf(b.Context(), sc, []string{"till"})
	byDevice, errDevice := b.s.List(b.Context(), sc, desk.Filter{Device: "till", Client: "shop"})
	return len(p.Cases) + n.Active + len(of) + len(byDevice.Cases), []error{err, errCount, errOf, errDevice}
}

func TestAnotherCompanyReachesNothing(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		b.opened(alert("a", calendar.Minor))
		before := b.view(c.ID)
		// "neighbour" with an engineer's rights: all but the scope would let them.
		sameTown := scope.Person("firm", "p-n", "Сосед", "neighbour", scope.Engineer)
		for name, sc := range map[string]scope.Scope{"another company": other, "another client": sameTown} {
			for method, err := range b.calls(sc, c) {
				if problem.CodeOf(err) != "case_not_found" {
					b.Errorf("%s: %s: %v", name, method, err)
				}
			}
			rows, errs := b.lists(sc)
			for _, err := range errs {
				b.must(err)
			}
			if rows != 0 {
				b.Errorf("%s sees %d rows", name, rows)
			}
		}
		b.write(func(tx *db.Tx) error { // the same alert's id in another company
			if err := b.s.AlertChanged(b.Context(), tx, other, alert("a", calendar.Blocking)); err != nil {
				return err
			}
			return b.s.AlertClosed(b.Context(), tx, other, alert("a", calendar.Blocking))
		})
		_, err := b.s.Open(b.Context(), nextd, fill(desk.Draft{Device: "till"})) // a neighbour's device
		b.refused(err, "not_found")
		after := b.view(c.ID)
		if after.Version != before.Version || len(after.Entries) != len(before.Entries) || b.count(`SELECT count(*) FROM desk_case WHERE closed_at > 0`) != 0 {
			b.Errorf("something was written: %+v", after.Case)
		}
	})
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		reading := []string{"Get", "ByNumber", "View"}
		nobody := scope.Person("firm", "p-x", "Кто-то", "")
		for name, who := range map[string]struct {
			sc    scope.Scope
			reads bool
		}{
			"a shop's owner": {owner, true}, "an agent": {agent, false}, "a person without roles": {nobody, false},
			"a cashier": {scope.Person("firm", "p-c", "Кассир", "shop", scope.Cashier), false}, "a guest": {scope.Guest("firm", "shop", "гость"), false},
		} {
			got := b.calls(who.sc, c)
			for _, method := range reading {
				if (got[method] == nil) != who.reads {
					b.Errorf("%s: %s: %v", name, method, got[method])
				}
				delete(got, method)
			}
			delete(got, "Record") // the program's own, inside somebody's transaction
			for method, err := range got {
				if problem.CodeOf(err) != "forbidden" {
					b.Errorf("%s: %s: %v", name, method, err)
				}
			}
		}
		for method, err := range b.calls(scope.Scope{}, c) {
			if problem.CodeOf(err) != "no_scope" {
				b.Errorf("without a scope: %s: %v", method, err)
			}
		}
	})
}

func TestWhoMayOpen(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		for _, sc := range []scope.Scope{anna, owner, scope.Person("firm", "p-c", "Кассир", "shop", scope.Cashier), scope.Guest("firm", "shop", "гость")} {
			if c := b.open(sc, desk.Draft{}); c.Client != "shop" || c.Source != desk.FromHand {
				b.Errorf("%+v", c)
			}
		}
		for want, sc := range map[string]scope.Scope{"forbidden": agent, "no_scope": {}, "not_found": nextd} {
			_, err := b.s.Open(b.Context(), sc, fill(desk.Draft{}))
			b.refused(err, want)
		}
	})
}

func TestAShopDoesNotReadTheCompanysNotes(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(owner, desk.Draft{Note: "помогите"})
		_, err := b.s.Note(b.Context(), anna, c.ID, "опять они")
		b.must(err)
		v, err := b.s.View(b.Context(), owner, c.ID)
		b.must(err)
		if len(v.Entries) != 1 || v.Entries[0].Text != "помогите" {
			b.Errorf("the shop reads %+v", v.Entries)
		}
		if full := b.view(c.ID); len(full.Entries) != 2 || full.Entries[1].Actor.Name != "Анна" {
			b.Errorf("the company reads %+v", full.Entries)
		}
		ours := b.open(anna, desk.Draft{Note: "звонила хозяйка, торопится"}) // "the client does not see this", says the form
		if v, err = b.s.View(b.Context(), owner, ours.ID); err != nil || len(v.Entries) != 1 || v.Entries[0].Text != "" {
			b.Errorf("the shop reads %+v, %v", v.Entries, err)
		}
		if full := b.view(ours.ID); len(full.Entries) != 2 || full.Entries[1].Text != "звонила хозяйка, торопится" {
			b.Errorf("the company reads %+v", full.Entries)
		}
	})
}

func TestAPersonsDoingIsAudited(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		for _, do := range []string{"take", "wait", "resume", "severity", "note", "resolve", "close", "reopen"} {
			_, err := acts()[do](b, c.ID)
			b.must(err)
		}
		if n := b.count(`SELECT count(*) FROM audit_entry WHERE subject = 'case' AND subject_id = $1 AND actor_id = 'p-anna'`, c.ID); n != 9 {
			b.Errorf("%d audit entries", n)
		}
		sub := b.bus.Subscribe(forCase)
		defer sub.Close()
		_, err := b.s.Take(context.Background(), boris, c.ID, 1, "p", "p")
		b.refused(err, "conflict")
		if n := b.count(`SELECT count(*) FROM audit_entry WHERE actor_id = 'p-boris'`); n != 0 || len(sub.C) != 0 {
			b.Errorf("a refused change left %d audit entries and %d events", n, len(sub.C))
		}
	})
}
