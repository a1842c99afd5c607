package registry_test

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

func TestClientsAreCheckedByTheirCountrysRules(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		for _, tc := range []struct {
			client      registry.Client
			field, code string
		}{
			{registry.Client{Kind: "club", Country: registry.RU}, "kind", "client_kind_unknown"},
			{registry.Client{Kind: registry.Company, Country: registry.RU}, "name", "required"},
			{registry.Client{Name: strings.Repeat("я", 201), Kind: registry.Company, Country: registry.RU}, "name", "too_long"},
			{registry.Client{Name: "A", Kind: registry.Company, Country: "FR"}, "country", "country_unknown"},
			{registry.Client{Name: "A", Kind: registry.Company, Country: registry.RU, INN: "7830002294"}, "inn", "inn_invalid"},
			{registry.Client{Name: "A", Kind: registry.Sole, Country: registry.RU, INN: "7830002293"}, "inn", "inn_length"},
			{registry.Client{Name: "A", Kind: registry.Company, Country: registry.RU, KPP: "77"}, "kpp", "kpp_invalid"},
			{registry.Client{Name: "A", Kind: registry.Sole, Country: registry.RU, KPP: "770101001"}, "kpp", "kpp_not_here"},
			{registry.Client{Name: "A", Kind: registry.Company, Country: registry.KZ, INN: "940140000386"}, "inn", "bin_invalid"},
			{registry.Client{Name: "A", Kind: registry.Company, Country: registry.DE, UStID: "DE136695975"}, "ust_id", "ust_id_invalid"},
			{registry.Client{Name: "A", Kind: registry.Company, Country: registry.DE, INN: "7830002293"}, "inn", "inn_not_here"},
			{registry.Client{Name: "A", Kind: registry.Company, Country: registry.RU, UStID: "DE136695976"}, "ust_id", "ust_id_not_here"},
			{registry.Client{Name: "A", Kind: registry.Company, Country: registry.RU, INN: h.client.INN, KPP: h.client.KPP}, "inn", "client_exists"},
			{registry.Client{Name: "A", Kind: registry.Company, Country: registry.RU, Number: h.client.Number}, "number", "number_taken"},
		} {
			_, err := h.svc.AddClient(t.Context(), engineer, tc.client)
			wantField(t, err, tc.field, tc.code)
		}
		c := h.addClient(t, registry.Client{Name: " Bäckerei Müller GmbH ", Kind: registry.Company, Country: registry.DE, UStID: "de 136 695 976"})
		if c.UStID != "DE136695976" || c.Name != "Bäckerei Müller GmbH" {
			t.Errorf("%+v", c)
		}
		branch := h.client
		branch.KPP, branch.Number = "770102002", ""
		h.addClient(t, branch) // a branch shares the ИНН
	})
}

func TestNumbersAreGivenInTurnAndSkipThoseGivenByHand(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) { // the house's client is 1001
		h.addClient(t, registry.Client{Name: "By hand", Number: "1003", Kind: registry.Company, Country: registry.RU})
		var mu sync.Mutex
		got := map[string]bool{}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				c, err := h.svc.AddClient(t.Context(), engineer, registry.Client{Name: "A", Kind: registry.Company, Country: registry.RU})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				got[c.Number] = true
			})
		}
		wg.Wait()
		if fmt.Sprint(got) != "map[1002:true 1004:true 1005:true 1006:true]" {
			t.Errorf("%v", got)
		}
	})
}

func TestAChangeNeedsTheVersionThatWasRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		c := h.client
		c.Name = "ООО «Рябина»"
		first, err := h.svc.UpdateClient(ctx, engineer, c)
		if err != nil || first.Version != 2 || first.Number != "1001" {
			t.Fatal(first, err)
		}
		_, err = h.svc.UpdateClient(ctx, engineer, c)
		wantCode(t, err, "conflict")
		o := h.shop
		o.City = "Тверь"
		_, err = h.svc.UpdateOutlet(ctx, engineer, o)
		must(t, err)
		_, err = h.svc.UpdateOutlet(ctx, engineer, o)
		wantCode(t, err, "conflict")
		k := h.contact
		k.Phone = "+49 30 1234567"
		_, err = h.svc.SaveContact(ctx, engineer, k)
		must(t, err)
		_, err = h.svc.SaveContact(ctx, engineer, k)
		wantCode(t, err, "conflict")
		_, err = h.svc.UpdateDevice(ctx, engineer, h.till.ID, h.till.Version, form("Касса 9", "1"))
		must(t, err)
		_, err = h.svc.UpdateDevice(ctx, engineer, h.till.ID, h.till.Version, form("Касса 8", "1"))
		wantCode(t, err, "conflict")

		details := h.audited(ctx, t, "client.changed")
		if len(details) != 1 || !strings.Contains(details[0], `{"name":["ООО «Берёзка»","ООО «Рябина»"]}`) {
			t.Errorf("the audit trail says %v", details)
		}
		hits, err := h.svc.Search(ctx, engineer, "рябина", 0)
		if err != nil || len(hits) != 1 {
			t.Errorf("the new name is not found: %v, %v", hits, err)
		}
	})
}

func TestOutlets(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		for _, tc := range []struct {
			outlet      registry.Outlet
			field, code string
		}{
			{registry.Outlet{Zone: "Europe/Moscow"}, "name", "required"},
			{registry.Outlet{Name: "A"}, "zone", "required"},
			{registry.Outlet{Name: "A", Zone: "Mars/Olympus"}, "zone", "zone_unknown"},
			{registry.Outlet{Name: "A", Zone: "Local"}, "zone", "zone_unknown"},
			{registry.Outlet{Name: "A", Zone: "UTC", Point: &registry.Point{Lat: 91}}, "point", "point_invalid"},
			{registry.Outlet{Name: "A", Zone: "UTC", Point: &registry.Point{Lon: math.NaN()}}, "point", "point_invalid"},
		} {
			tc.outlet.Client = h.client.ID
			_, err := h.svc.AddOutlet(t.Context(), engineer, tc.outlet)
			wantField(t, err, tc.field, tc.code)
		}
		o := h.shop
		o.Point, o.Client = &registry.Point{Lat: 55.7558, Lon: -37.6173}, "another client"
		_, err := h.svc.UpdateOutlet(t.Context(), engineer, o)
		must(t, err)
		got, err := h.svc.Outlet(t.Context(), engineer, o.ID)
		if err != nil || got.Point == nil || *got.Point != *o.Point || got.Client != h.client.ID || got.ClientName != h.client.Name {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestContacts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		if h.contact.Phone != "+79991234567" {
			t.Errorf("kept as %s", h.contact.Phone)
		}
		found, err := h.svc.ContactsByPhone(ctx, engineer, "+79991234567")
		if err != nil || len(found) != 1 || found[0].Client != h.client.ID {
			t.Errorf("%v, %v", found, err)
		}
		if found, err = h.svc.ContactsByPhone(ctx, engineer, ""); err != nil || len(found) != 0 {
			t.Errorf("no number is everybody's: %v, %v", found, err)
		}
		other := h.addClient(t, registry.Client{Name: "ИП Зуев", Kind: registry.Sole, Country: registry.RU})
		for _, tc := range []struct {
			contact     registry.Contact
			field, code string
		}{
			{registry.Contact{Name: "A"}, "phone", "contact_needs_way"},
			{registry.Contact{Name: "A", Phone: "235"}, "phone", "phone_invalid"},
			{registry.Contact{Name: "A", Email: "nobody"}, "email", "email_invalid"},
			{registry.Contact{Email: "a@example.org"}, "name", "required"},
			{registry.Contact{Name: "A", Email: "a@example.org", Outlet: h.shop.ID}, "outlet", "outlet_of_other_client"},
		} {
			tc.contact.Client = other.ID
			_, err := h.svc.SaveContact(ctx, engineer, tc.contact)
			wantField(t, err, tc.field, tc.code)
		}
		must(t, h.svc.RemoveContact(ctx, engineer, h.contact.ID))
		list, err := h.svc.Contacts(ctx, engineer, h.client.ID)
		if err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
		wantCode(t, h.svc.RemoveContact(ctx, engineer, h.contact.ID), "not_found")
	})
}

func TestListsArePagedAndCountedInConstantQueries(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		for i := range 25 {
			c := h.addClient(t, registry.Client{Name: fmt.Sprintf("Клиент %02d", i), Kind: registry.Company, Country: registry.RU})
			for j := range i % 3 {
				h.addDevice(t, h.addOutlet(t, c, fmt.Sprint("Точка ", j), "Тверь"), "Касса", fmt.Sprintf("s-%d-%d", i, j))
			}
		}
		for _, size := range []int{3, 100} {
			ctx, counted := db.CountQueries(t.Context())
			var names []string
			pages, f := 0, registry.ClientFilter{Query: "кли", Page: registry.Page{Limit: size}}
			for more := true; more; pages++ {
				var list []registry.ClientRow
				var err error
				list, more, err = h.svc.Clients(ctx, engineer, f)
				must(t, err)
				for i, c := range list {
					if want := len(names) % 3; c.Outlets != want || c.Devices != want {
						t.Errorf("row %d, %s: %d outlets, %d devices, want %d", i, c.Name, c.Outlets, c.Devices, want)
					}
					names = append(names, c.Name)
					f.After = c.ID
				}
			}
			if len(names) != 25 || names[24] != "Клиент 24" || counted() != 3*pages {
				t.Errorf("%d names in %d pages with %d queries", len(names), pages, counted())
			}
		}
		ctx, counted := db.CountQueries(t.Context())
		outlets, _, err := h.svc.Outlets(ctx, engineer, registry.OutletFilter{City: "Тверь", Query: "точ 1"})
		if err != nil || len(outlets) != 8 || outlets[0].Devices != 1 || counted() != 2 {
			t.Errorf("%d outlets in %d queries, %v", len(outlets), counted(), err)
		}
		ctx, counted = db.CountQueries(t.Context())
		hits, err := h.svc.Search(ctx, engineer, "кас", 10)
		if err != nil || len(hits) != 10 || counted() != 3 {
			t.Errorf("%d hits in %d queries, %v", len(hits), counted(), err)
		}
		totals, err := h.svc.Totals(ctx, engineer)
		if err != nil || totals != (registry.Totals{Clients: 26, Outlets: 26, Devices: 25}) || counted() != 4 {
			t.Errorf("%+v, %v", totals, err)
		}
	})
}

func TestTheCommandBar(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		for question, want := range map[string]string{
			"берез": h.client.ID, "1001": h.client.ID, h.client.INN: h.client.ID, h.client.INN[4:8]: h.client.ID,
			"konigs": h.depot.ID, "koenigsberg склад": h.depot.ID, "лесной": h.shop.ID,
			"345678": h.till.ID, "атол 30": h.till.ID, "касса": h.till.ID,
		} {
			hits, err := h.svc.Search(t.Context(), engineer, question, 0)
			if err != nil || len(hits) == 0 || hits[0].ID != want || hits[0].Title == "" || len(hits[0].Detail) == 0 {
				t.Errorf("%q: %+v, %v", question, hits, err)
			}
		}
		for _, question := range []string{"", "  ", "%", "_", "'", "нет такого"} {
			if hits, err := h.svc.Search(t.Context(), engineer, question, 0); err != nil || len(hits) != 0 {
				t.Errorf("%q: %+v, %v", question, hits, err)
			}
		}
	})
}

func TestRightsToWrite(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		for name, sc := range map[string]scope.Scope{
			"an owner":                       scope.Person("tenant-a", "o", "Ольга", h.client.ID, scope.Owner),
			"an owner who claims to be more": scope.Person("tenant-a", "o", "Ольга", h.client.ID, scope.Owner, scope.Admin),
			"an agent":                       scope.Agent("tenant-a", "agent-1", "ПК"),
			"a guest":                        scope.Guest("tenant-a", h.client.ID, "кассир"),
		} {
			for call, do := range writes(h) {
				if err := do(t.Context(), sc); err == nil {
					t.Errorf("%s did %s", name, call)
				}
			}
		}
	})
}
