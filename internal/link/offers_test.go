package link_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/wire"
)

func offer(address, serial string) wire.Offer {
	return wire.Offer{
		Endpoint: kkt.Endpoint{Protocol: "atol", Transport: "tcp", Address: address, Password: "let me in"}, Model: "АТОЛ 30Ф", Serial: serial,
	}
}

func found(search int64, at time.Time, offers ...wire.Offer) wire.Message {
	return wire.Message{Type: wire.TypeFound, Found: &wire.Found{Search: search, At: at.UnixMilli(), Now: at.UnixMilli(), Offers: offers}}
}

// tells waits until what was found is kept: a heartbeat behind it is answered.
func (b *bench) tells(w *wsock, m wire.Message, n int64) {
	w.t.Helper()
	w.put(m)
	w.put(bundle(n, n, 1, b.clock.Now()))
	if ack := w.want(wire.TypeAck).Ack; ack.ID != n {
		w.t.Fatalf("ack %+v", ack)
	}
}

func (b *bench) offers(t *testing.T, agent string) (fresh, aside []string, how link.Search, list []link.Offer) {
	t.Helper()
	list, how, err := b.service.Offers(t.Context(), b.admin, agent)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		if o.IgnoredAt.IsZero() {
			fresh = append(fresh, o.Serial)
		} else {
			aside = append(aside, o.Serial)
		}
	}
	return fresh, aside, how, list
}

// TestWhatAgentsFind: the last search counts, what was put aside is not
// offered again, and telling it twice changes nothing.
func TestWhatAgentsFind(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := setupOn(t, d, clock.System{})
		a := b.enrol(t)
		w := b.connect(t, a)
		first := b.clock.Now().Add(-time.Minute)
		b.tells(w, found(1, first, offer("10.0.0.5:5555", "1"), offer("10.0.0.6:5555", "2\x00")), 1)
		fresh, aside, how, list := b.offers(t, a.id)
		if !slices.Equal(fresh, []string{"1", "2"}) || how.Done != 1 || how.Running() || len(aside) != 0 || list[0].Endpoint.Password != "" || list[0].Agent != a.id {
			t.Fatalf("%+v %+v", list, how)
		}
		if _, err := b.service.IgnoreOffer(t.Context(), b.admin, list[0].ID, true); err != nil {
			t.Fatal(err)
		}
		b.tells(w, found(1, first, offer("10.0.0.5:5555", "1"), offer("10.0.0.6:5555", "2")), 2) // told again
		if again, aside, _, _ := b.offers(t, a.id); !slices.Equal(again, []string{"2"}) || !slices.Equal(aside, []string{"1"}) {
			t.Fatalf("%v, aside %v", again, aside)
		}
		if err := b.service.SearchNow(t.Context(), b.admin, a.id); err != nil {
			t.Fatal(err)
		}
		if _, _, how, _ = b.offers(t, a.id); !how.Running() || how.AskedBy != "Анна" {
			t.Errorf("%+v", how)
		}
		b.tells(w, found(2, b.clock.Now(), offer("10.0.0.5:5555", "1"), offer("10.0.0.5:5555", "new at that place")), 3)
		fresh, aside, how, list = b.offers(t, a.id)
		if !slices.Equal(fresh, []string{"new at that place"}) || !slices.Equal(aside, []string{"1"}) || how.Running() {
			t.Errorf("%v, aside %v, %+v", fresh, aside, how)
		}
		id := list[slices.IndexFunc(list, func(o link.Offer) bool { return o.Serial == "1" })].ID
		if o, err := b.service.IgnoreOffer(t.Context(), b.admin, id, false); err != nil || o.Serial != "1" {
			t.Errorf("%v, %v", o, err)
		}
		if fresh, aside, _, _ = b.offers(t, a.id); len(fresh) != 2 || len(aside) != 0 {
			t.Errorf("%v, aside %v", fresh, aside)
		}
	})
}

// TestAnOfferBecomesADevice: once, by whoever may, and it is in the trail.
func TestAnOfferBecomesADevice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	w := b.connect(t, a)
	b.tells(w, found(1, b.clock.Now(), offer("10.0.0.5:5555", "00106712345678")), 1)
	_, _, _, list := b.offers(t, a.id)
	var got link.Offer
	var told []string
	b.service.Ties = link.Ties{
		AddDevice: func(_ context.Context, _ scope.Scope, agent link.AgentInfo, o link.Offer, _ string) (string, error) {
			if got = o; agent.ID != a.id || agent.Outlet != "acme/o1" {
				t.Errorf("%+v", agent)
			}
			return "device-1", nil
		},
		Configure: func(_ context.Context, tenant, agent string) error { told = append(told, tenant+" "+agent); return nil },
	}
	looking := scope.Person("acme", "p2", "Ира", "", scope.Dispatcher)
	strange := scope.Person("other", "p3", "Олег", "", scope.Admin)
	for who, sc := range map[string]scope.Scope{"a dispatcher": looking, "another company": strange} {
		if _, err := b.service.ApproveOffer(t.Context(), sc, list[0].ID, ""); err == nil {
			t.Errorf("%s made a device", who)
		}
		if _, err := b.service.IgnoreOffer(t.Context(), sc, list[0].ID, true); err == nil {
			t.Errorf("%s put it aside", who)
		}
		if err := b.service.SearchNow(t.Context(), sc, a.id); err == nil {
			t.Errorf("%s asked for a search", who)
		}
	}
	if list, _, err := b.service.Offers(t.Context(), strange, a.id); problem.CodeOf(err) != "not_found" {
		t.Errorf("another company sees %v, %v", list, err)
	}
	if id, err := b.service.ApproveOffer(t.Context(), b.admin, list[0].ID, "Касса 1"); err != nil || id != "device-1" || got.Name() != "АТОЛ 30Ф …5678" {
		t.Errorf("%s, %v, %+v", id, err, got)
	}
	if _, err := b.service.ApproveOffer(t.Context(), b.admin, list[0].ID, ""); problem.CodeOf(err) != "not_found" {
		t.Errorf("a second time: %v", err)
	}
	if err := b.service.SearchNow(t.Context(), b.admin, a.id); err != nil || !slices.Equal(told, []string{"acme " + a.id}) {
		t.Errorf("%v, %v", err, told)
	}
	if n, err := b.service.Wanted(t.Context(), b.admin, a.id); err != nil || n != 2 {
		t.Errorf("wanted %d, %v", n, err)
	}
}

// TestNonsenseThatWasFound is refused and does not reach the pages.
func TestNonsenseThatWasFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	w := b.connect(t, a)
	many := make([]wire.Offer, wire.MaxOffers+1)
	w.put(found(1, b.clock.Now(), many...))
	w.wantProblem(link.CodeMalformed)
	w.put(found(0, b.clock.Now()))
	w.wantProblem(link.CodeMalformed)
	b.tells(w, found(77, b.clock.Now(), wire.Offer{Model: "nowhere"}, offer("\x01\x02", "1")), 1)
	if _, _, how, list := b.offers(t, a.id); len(list) != 0 || how.Done != 1 {
		t.Errorf("%+v, %+v", list, how)
	}
}
