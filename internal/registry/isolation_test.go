package registry_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

// writes is every call that changes something, aimed at the house's things.
func writes(h *house) map[string]func(context.Context, scope.Scope) error {
	s := h.svc
	return map[string]func(context.Context, scope.Scope) error{
		"UpdateClient": func(ctx context.Context, sc scope.Scope) error {
			c := h.client
			c.Name = "taken"
			_, err := s.UpdateClient(ctx, sc, c)
			return err
		},
		"AddOutlet": func(ctx context.Context, sc scope.Scope) error {
			_, err := s.AddOutlet(ctx, sc, registry.Outlet{Client: h.client.ID, Name: "taken", Zone: "UTC"})
			return err
		},
		"UpdateOutlet": func(ctx context.Context, sc scope.Scope) error {
			o := h.shop
			o.Name = "taken"
			_, err := s.UpdateOutlet(ctx, sc, o)
			return err
		},
		"SaveContact": func(ctx context.Context, sc scope.Scope) error {
			c := h.contact
			c.Name = "taken"
			_, err := s.SaveContact(ctx, sc, c)
			return err
		},
		"RemoveContact": func(ctx context.Context, sc scope.Scope) error { return s.RemoveContact(ctx, sc, h.contact.ID) },
		"AddDevice": func(ctx context.Context, sc scope.Scope) error {
			_, err := s.AddDevice(ctx, sc, h.shop.ID, "", form("taken", "new"))
			return err
		},
		"UpdateDevice": func(ctx context.Context, sc scope.Scope) error {
			_, err := s.UpdateDevice(ctx, sc, h.till.ID, 0, form("taken", "new"))
			return err
		},
		"MoveDevice": func(ctx context.Context, sc scope.Scope) error {
			_, err := s.MoveDevice(ctx, sc, h.till.ID, 0, h.depot.ID)
			return err
		},
		"AssignAgent": func(ctx context.Context, sc scope.Scope) error {
			_, err := s.AssignAgent(ctx, sc, h.till.ID, "taken")
			return err
		},
		"RetireDevice": func(ctx context.Context, sc scope.Scope) error {
			_, err := s.RetireDevice(ctx, sc, h.till.ID, 0, "")
			return err
		},
		"ReviveDevice": func(ctx context.Context, sc scope.Scope) error {
			_, err := s.ReviveDevice(ctx, sc, h.till.ID, 0)
			return err
		},
		"Enter": func(ctx context.Context, sc scope.Scope) error {
			_, err := s.Enter(ctx, sc, h.till.ID, registry.Remark, time.Time{}, "taken")
			return err
		},
	}
}

// reads is every call that shows something, with how much it showed of the
// house.
func reads(h *house) map[string]func(context.Context, scope.Scope) (int, error) {
	s := h.svc
	return map[string]func(context.Context, scope.Scope) (int, error){
		"Client": func(ctx context.Context, sc scope.Scope) (int, error) {
			c, err := s.Client(ctx, sc, h.client.ID)
			return len(c.ID), err
		},
		"Outlet": func(ctx context.Context, sc scope.Scope) (int, error) {
			o, err := s.Outlet(ctx, sc, h.shop.ID)
			return len(o.ID), err
		},
		"Device": func(ctx context.Context, sc scope.Scope) (int, error) {
			d, err := s.Device(ctx, sc, h.till.ID)
			return len(d.ID), err
		},
		"Contacts": func(ctx context.Context, sc scope.Scope) (int, error) {
			l, err := s.Contacts(ctx, sc, h.client.ID)
			return len(l), err
		},
		"ContactsByPhone": func(ctx context.Context, sc scope.Scope) (int, error) {
			l, err := s.ContactsByPhone(ctx, sc, h.contact.Phone)
			return len(l), err
		},
		"HasClient": func(ctx context.Context, sc scope.Scope) (int, error) {
			if ok, err := s.HasClient(ctx, sc, h.client.ID); !ok {
				return 0, err
			}
			return 1, nil
		},
		"Clients": func(ctx context.Context, sc scope.Scope) (int, error) {
			l, _, err := s.Clients(ctx, sc, registry.ClientFilter{})
			return len(l), err
		},
		"Outlets": func(ctx context.Context, sc scope.Scope) (int, error) {
			l, _, err := s.Outlets(ctx, sc, registry.OutletFilter{})
			return len(l), err
		},
		"Devices": func(ctx context.Context, sc scope.Scope) (int, error) {
			l, _, err := s.Devices(ctx, sc, registry.DeviceFilter{Retired: true})
			return len(l), err
		},
		"Devices after another's": func(ctx context.Context, sc scope.Scope) (int, error) {
			l, _, err := s.Devices(ctx, sc, registry.DeviceFilter{Client: h.client.ID, Agent: "agent-1"})
			return len(l), err
		},
		"DevicesByIDs": func(ctx context.Context, sc scope.Scope) (int, error) {
			l, err := s.DevicesByIDs(ctx, sc, []string{h.till.ID})
			return len(l), err
		},
		"DevicesOfAgent": func(ctx context.Context, sc scope.Scope) (int, error) {
			l, err := s.DevicesOfAgent(ctx, sc, "agent-1")
			return len(l), err
		},
		"AllDevices": func(ctx context.Context, sc scope.Scope) (n int, err error) {
			for _, err := range s.AllDevices(ctx, sc) {
				if err != nil {
					return 0, err
				}
				n++
			}
			return n, nil
		},
		"Passport": func(ctx context.Context, sc scope.Scope) (int, error) {
			_, _, err := s.Passport(ctx, sc, h.till.ID, registry.Page{})
			if err != nil {
				return 0, err
			}
			return 1, nil
		},
		"Search": func(ctx context.Context, sc scope.Scope) (int, error) {
			l, err := s.Search(ctx, sc, "касса", 0)
			return len(l), err
		},
		"Totals": func(ctx context.Context, sc scope.Scope) (int, error) {
			n, err := s.Totals(ctx, sc)
			return n.Clients + n.Outlets + n.Devices, err
		},
		"UpdateFromReading": func(ctx context.Context, sc scope.Scope) (int, error) {
			changed, err := s.UpdateFromReading(ctx, scope.System(sc.Tenant(), "x"), h.till.ID, registry.Reading{Firmware: "taken"})
			return len(changed), err
		},
	}
}

func TestAnotherTenantSeesAndChangesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		for name, read := range reads(h) {
			if n, _ := read(t.Context(), stranger); n != 0 {
				t.Errorf("%s showed another tenant %d", name, n)
			}
			if _, err := read(t.Context(), scope.Scope{}); problem.CodeOf(err) != "no_scope" {
				t.Errorf("%s without a scope: %v", name, err)
			}
		}
		for name, write := range writes(h) {
			wantCode(t, write(t.Context(), stranger), "not_found")
			if err := write(t.Context(), scope.Scope{}); problem.CodeOf(err) != "no_scope" {
				t.Errorf("%s without a scope: %v", name, err)
			}
		}
		d, err := h.svc.Device(t.Context(), engineer, h.till.ID)
		if err != nil || d.Version != h.till.Version {
			t.Errorf("changed from outside: %+v, %v", d, err)
		}
		for name, read := range reads(h) { // the same calls do reach the tenant's own
			if n, err := read(t.Context(), program); n == 0 || err != nil {
				t.Errorf("%s showed the tenant's own %d, %v", name, n, err)
			}
		}
	})
}

func TestAShopSeesItsOwn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		neighbour := h.addClient(t, registry.Client{Name: "ИП Зуев", Kind: registry.Sole, Country: registry.RU})
		own := scope.Person("tenant-a", "o", "Ольга", h.client.ID, scope.Owner)
		other := scope.Person("tenant-a", "z", "Зуев", neighbour.ID, scope.Owner)
		for name, read := range reads(h) {
			if n, err := read(t.Context(), own); n == 0 || err != nil {
				t.Errorf("%s showed the owner %d, %v", name, n, err)
			}
			n, _ := read(t.Context(), other)
			want := 0
			switch name {
			case "Clients", "Totals": // his own client
				want = 1
			case "UpdateFromReading": // asks as the system
				want = n
			}
			if n != want {
				t.Errorf("%s showed a neighbour %d, want %d", name, n, want)
			}
		}
	})
}

func TestAnAgentSeesOnlyWhatItReads(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		own, other := scope.Agent("tenant-a", "agent-1", "ПК"), scope.Agent("tenant-a", "agent-2", "чужой")
		for name, read := range reads(h) {
			switch name {
			case "Device", "Devices", "DevicesByIDs", "DevicesOfAgent", "AllDevices", "Passport", "Devices after another's":
				if n, err := read(t.Context(), own); n == 0 || err != nil {
					t.Errorf("%s showed its agent %d, %v", name, n, err)
				}
			case "UpdateFromReading":
				continue
			default:
				_, err := read(t.Context(), own)
				wantCode(t, err, "forbidden")
			}
			if n, _ := read(t.Context(), other); n != 0 {
				t.Errorf("%s showed another agent %d", name, n)
			}
		}
		if n, err := reads(h)["Clients"](t.Context(), scope.Guest("tenant-a", "", "кто-то")); err == nil {
			t.Errorf("a guest of nobody saw %d clients", n)
		}
	})
}

var fieldCode = regexp.MustCompile(`\.(?:add|when)\([^\n]*"([a-z_]+)"\)`)

// What package i18n's own check does not see: codes that go through findings,
// and keys built from the kinds.
func TestEveryCodeAndKindHasItsText(t *testing.T) {
	t.Parallel()
	b, err := i18n.Load()
	must(t, err)
	files, err := filepath.Glob("*.go")
	must(t, err)
	seen := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(t, err)
		for _, m := range fieldCode.FindAllStringSubmatch(string(text), -1) {
			if seen++; !b.Has("problem." + m[1]) {
				t.Errorf("%s: %q has no sentence", file, m[1])
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d codes found: has the code changed its form?", seen)
	}
	var keys []string
	for _, k := range registry.DeviceKinds() {
		keys = append(keys, "registry.device_kind."+string(k))
	}
	for _, k := range registry.ClientKinds() {
		keys = append(keys, "registry.client_kind."+string(k))
	}
	for _, k := range registry.PassportKinds() {
		keys = append(keys, "registry.passport."+string(k))
	}
	for _, k := range registry.TaxSystems() {
		keys = append(keys, "registry.tax."+string(k))
	}
	for _, k := range registry.Countries() {
		keys = append(keys, "registry.country."+string(k))
	}
	for _, key := range keys {
		if !b.Has(key) {
			t.Errorf("%q has no text", key)
		}
	}
}
