package registry_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

func TestDevicesAreChecked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		for _, tc := range []struct {
			spoil       func(*registry.DeviceForm)
			field, code string
		}{
			{func(f *registry.DeviceForm) { f.Kind = "toaster" }, "kind", "device_kind_unknown"},
			{func(f *registry.DeviceForm) { f.Name = " " }, "name", "required"},
			{func(f *registry.DeviceForm) { f.Serial = h.till.Serial }, "serial", "serial_taken"},
			{func(f *registry.DeviceForm) { f.RegNumber = "123" }, "reg_number", "reg_number_invalid"},
			{func(f *registry.DeviceForm) { f.FNSerial = "99604400000000x1" }, "fn_serial", "fn_serial_invalid"},
			{func(f *registry.DeviceForm) { f.FFD = "3" }, "ffd", "ffd_unknown"},
			{func(f *registry.DeviceForm) { f.TaxSystems = []registry.TaxSystem{"none"} }, "tax_systems", "tax_system_unknown"},
			{func(f *registry.DeviceForm) { f.ProducedOn = "2025-02-30" }, "produced_on", "date_invalid"},
			{func(f *registry.DeviceForm) { f.ProducedOn, f.ActivatedOn = "2025-02-03", "2025-02-02" }, "activated_on", "activated_before_produced"},
			{func(f *registry.DeviceForm) { f.Poll = time.Millisecond }, "poll", "poll_range"},
			{func(f *registry.DeviceForm) { f.Endpoint.Address = "10.0.0.5" }, "endpoint.address", "address_invalid"},
			{func(f *registry.DeviceForm) { f.Endpoint.Address = "10.0.0.5:99999" }, "endpoint.address", "address_invalid"},
			{func(f *registry.DeviceForm) { f.Endpoint.Transport = "pigeon" }, "endpoint.transport", "transport_unknown"},
			{func(f *registry.DeviceForm) { f.Endpoint.Transport, f.Endpoint.Baud = "serial", -1 }, "endpoint.baud", "baud_invalid"},
		} {
			f := form("Касса 2", "another")
			tc.spoil(&f)
			_, err := h.svc.AddDevice(t.Context(), engineer, h.shop.ID, "", f)
			wantField(t, err, tc.field, tc.code)
		}
		if got := h.drain(); len(got) != 0 {
			t.Errorf("refused devices were told: %v", got)
		}
	})
}

func TestADeviceIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		f := form("Касса 2", "00106700000002")
		f.RegNumber, f.FNSerial, f.FFD = "0000 0000 0100 1234", "9960440300000001", "1.2"
		f.ProducedOn, f.ActivatedOn, f.PurchasedOn = "2025-02-03", "2025-03-04", "2025-02-28"
		f.TaxSystems, f.Note, f.Poll = []registry.TaxSystem{registry.OSN, registry.Patent}, "у окна", 5*time.Second
		d, err := h.svc.AddDevice(t.Context(), engineer, h.shop.ID, "agent-2", f)
		must(t, err)
		got, err := h.svc.Device(t.Context(), engineer, d.ID)
		must(t, err)
		if fmt.Sprintf("%+v %+v", got, *got.Endpoint) != fmt.Sprintf("%+v %+v", d, *d.Endpoint) {
			// The pointer differs, so compare without it.
			e1, e2 := *got.Endpoint, *d.Endpoint
			got.Endpoint, d.Endpoint = nil, nil
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", d) || e1 != e2 {
				t.Errorf("\n%+v\n%+v", got, d)
			}
		}
		if got.Place != (registry.Place{ClientName: h.client.Name, OutletName: h.shop.Name, City: "Москва", Zone: "Europe/Moscow"}) {
			t.Errorf("%+v", got.Place)
		}
		if got.RegNumber != "0000000001001234" {
			t.Errorf("%q", got.RegNumber)
		}
	})
}

func TestADevicesLife(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		d, err := h.svc.MoveDevice(ctx, engineer, h.till.ID, h.till.Version, h.depot.ID)
		if err != nil || d.Outlet != h.depot.ID || d.Agent != "" || d.Place.City != "Königsberg" {
			t.Fatalf("%+v, %v", d, err)
		}
		d, err = h.svc.AssignAgent(ctx, engineer, d.ID, "agent-2")
		must(t, err)
		again, err := h.svc.AssignAgent(ctx, engineer, d.ID, "agent-2") // nothing to do
		if err != nil || again.Version != d.Version {
			t.Errorf("version %d, then %d, %v", d.Version, again.Version, err)
		}
		d, err = h.svc.RetireDevice(ctx, engineer, d.ID, d.Version, "разбили")
		if err != nil || !d.Retired() {
			t.Fatal(err)
		}
		for name, count := range map[string]func() int{
			"agent": func() int { l, err := h.svc.DevicesOfAgent(ctx, program, "agent-2"); must(t, err); return len(l) },
			"list": func() int {
				l, _, err := h.svc.Devices(ctx, engineer, registry.DeviceFilter{})
				must(t, err)
				return len(l)
			},
			"roster": func() (n int) {
				for range h.svc.AllDevices(ctx, program) {
					n++
				}
				return n
			},
		} {
			if n := count(); n != 0 {
				t.Errorf("%s: %d retired devices", name, n)
			}
		}
		d, err = h.svc.ReviveDevice(ctx, engineer, d.ID, d.Version)
		must(t, err)
		if got := h.drain(); !slices.Equal(got, []registry.Change{registry.Moved, registry.Assigned, registry.Removed, registry.Added}) {
			t.Errorf("told %v", got)
		}
		entries, _, err := h.svc.Passport(ctx, engineer, d.ID, registry.Page{})
		must(t, err)
		if len(entries) != 3 || entries[2].Kind != registry.Move || entries[2].Detail["to"] != "Склад" || entries[1].Text != "разбили" || entries[0].Kind != registry.Revival {
			t.Errorf("%+v", entries)
		}
	})
}

func TestASerialMayBeTakenOverFromARetiredDevice(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		_, err := h.svc.RetireDevice(t.Context(), engineer, h.till.ID, 0, "")
		must(t, err)
		h.addDevice(t, h.shop, "Касса 1 снова", h.till.Serial)
		_, err = h.svc.ReviveDevice(t.Context(), engineer, h.till.ID, 0)
		wantField(t, err, "serial", "serial_taken")
	})
}

func TestTheRegistersPasswordStaysInside(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		f := form("Касса 1", h.till.Serial)
		f.Endpoint.Password = "" // as a form that does not show it
		_, err := h.svc.UpdateDevice(ctx, engineer, h.till.ID, 0, f)
		must(t, err)
		d, err := h.svc.Device(ctx, engineer, h.till.ID)
		if err != nil || d.Endpoint.Password != "hidden-30" {
			t.Errorf("%+v, %v", d.Endpoint, err)
		}
		f.Endpoint = &kkt.Endpoint{Protocol: "atol", Transport: "tcp", Address: "10.0.0.6:5555"}
		_, err = h.svc.UpdateDevice(ctx, engineer, h.till.ID, 0, f)
		must(t, err)
		if d, err = h.svc.Device(ctx, engineer, h.till.ID); err != nil || d.Endpoint.Password != "" {
			t.Errorf("the password went on to another address: %+v, %v", d.Endpoint, err)
		}
		for _, action := range []string{"device.added", "device.changed"} {
			if all := strings.Join(h.audited(ctx, t, action), ""); strings.Contains(all, "hidden-30") || all == "" {
				t.Errorf("%s: %s", action, all)
			}
		}
		owner := scope.Person("tenant-a", "o", "Ольга", h.client.ID, scope.Owner)
		if d, err = h.svc.Device(ctx, owner, h.till.ID); err != nil || d.Endpoint != nil {
			t.Errorf("the owner sees %+v, %v", d.Endpoint, err)
		}
	})
}

func TestWhatARegisterTells(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		agent := scope.Agent("tenant-a", "agent-1", "ПК у кассы")
		told := registry.Reading{Serial: h.till.Serial, Firmware: "5.8.20", FNSerial: "9960440300000001", RegNumber: "0000000001001234", FFD: "1.2"}
		changed, err := h.svc.UpdateFromReading(ctx, agent, h.till.ID, told)
		if err != nil || fmt.Sprint(changed) != "[firmware reg_number fn_serial ffd]" {
			t.Fatal(changed, err)
		}
		counting, counted := db.CountQueries(ctx)
		if changed, err = h.svc.UpdateFromReading(counting, agent, h.till.ID, told); err != nil || len(changed) != 0 || counted() != 1 {
			t.Errorf("told the same again: %v in %d queries, %v", changed, counted(), err)
		}
		h.clock.Advance(time.Hour)
		if changed, err = h.svc.UpdateFromReading(ctx, program, h.till.ID, registry.Reading{Serial: "00106799999999", FNSerial: "9960440300000002"}); err != nil || len(changed) != 2 {
			t.Fatal(changed, err)
		}
		entries, _, err := h.svc.Passport(ctx, engineer, h.till.ID, registry.Page{})
		must(t, err)
		if len(entries) != 3 {
			t.Fatalf("%d entries: %+v", len(entries), entries)
		}
		kinds := map[registry.PassportKind]int{}
		for _, e := range entries {
			kinds[e.Kind]++
			if e.Kind == registry.Identity && (e.Detail["from"] != h.till.Serial || e.Detail["to"] != "00106799999999" || e.ActorKind != "system") {
				t.Errorf("%+v", e)
			}
		}
		if kinds[registry.Identity] != 1 || kinds[registry.FNChange] != 2 {
			t.Errorf("%v", kinds)
		}
		if said := h.audited(ctx, t, "device.read"); len(said) != 2 || !strings.HasPrefix(said[1], "reading ") {
			t.Errorf("%v", said)
		}
		if got := h.drain(); !slices.Equal(got, []registry.Change{registry.Changed, registry.Changed}) {
			t.Errorf("told %v", got)
		}
		if hits, err := h.svc.Search(ctx, engineer, "99999999", 0); err != nil || len(hits) != 1 {
			t.Errorf("the new serial is not found: %v, %v", hits, err)
		}
	})
}

func TestNonsenseFromARegisterIsPassedOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		for _, s := range []string{"\x00\x01", "a\nb", "\xff\xfe", strings.Repeat("9", 65), " 1", "\u0085"} {
			changed, err := h.svc.UpdateFromReading(ctx, program, h.till.ID, registry.Reading{Serial: s, Model: s, Firmware: s, RegNumber: s, FNSerial: s, FFD: s})
			if err != nil || len(changed) != 0 {
				t.Errorf("%q: %v, %v", s, changed, err)
			}
		}
		_, err := h.svc.UpdateFromReading(ctx, engineer, h.till.ID, registry.Reading{Serial: "1"})
		wantCode(t, err, "forbidden") // a person says it in the form
		_, err = h.svc.UpdateFromReading(ctx, scope.Agent("tenant-a", "agent-2", "чужой"), h.till.ID, registry.Reading{Serial: "1"})
		wantCode(t, err, "not_found")
	})
}

func TestPassport(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		day := 24 * time.Hour
		for i, text := range []string{"почистил", "заменил ролик", "обучил кассира"} {
			_, err := h.svc.Enter(ctx, engineer, h.till.ID, registry.Serviced, h.clock.Now().Add(-time.Duration(i)*day), text)
			must(t, err)
		}
		var texts []string
		p := registry.Page{Limit: 2}
		for more := true; more; {
			var list []registry.PassportEntry
			var err error
			list, more, err = h.svc.Passport(ctx, engineer, h.till.ID, p)
			must(t, err)
			for _, e := range list {
				texts = append(texts, e.Text)
				p.After = e.ID
				if e.ActorName != "Игорь" || e.ActorID != "p1" {
					t.Errorf("%+v", e)
				}
			}
		}
		if fmt.Sprint(texts) != "[почистил заменил ролик обучил кассира]" {
			t.Errorf("%v", texts)
		}
		_, err := h.svc.Enter(ctx, engineer, h.till.ID, registry.Identity, time.Time{}, "")
		wantField(t, err, "kind", "passport_kind_unknown")
		wantField(t, err, "text", "required")
		_, err = h.svc.Enter(ctx, engineer, h.till.ID, registry.Seal, h.clock.Now().Add(time.Second), "завтра")
		wantField(t, err, "at", "in_future")
	})
}

func TestTheRosterWalksEveryPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		must(t, h.db.Write(t.Context(), func(tx *db.Tx) error {
			for i := range 2100 { // more than two pages
				_, err := tx.Exec(t.Context(), `INSERT INTO registry_device (id, tenant, client, outlet, agent, kind, name, model, serial, firmware, endpoint, poll_ms,
					reg_number, fn_serial, produced_on, activated_on, purchased_on, tax_systems, ffd, note, sort, folded, retired_at, created_at, version)
					SELECT $1, tenant, client, outlet, agent, kind, name, model, $1, firmware, endpoint, poll_ms, reg_number, fn_serial, produced_on, activated_on,
					purchased_on, tax_systems, ffd, note, sort, folded, retired_at, created_at, version FROM registry_device WHERE id = $2`,
					fmt.Sprintf("z%05d", i), h.till.ID)
				if err != nil {
					return err
				}
			}
			return nil
		}))
		ctx, counted := db.CountQueries(t.Context())
		n, last := 0, ""
		for d, err := range h.svc.AllDevices(ctx, program) {
			must(t, err)
			if d.ID <= last {
				t.Fatalf("%s after %s", d.ID, last)
			}
			n, last = n+1, d.ID
		}
		if n != 2101 || counted() != 3 {
			t.Errorf("%d devices in %d queries", n, counted())
		}
		for range h.svc.AllDevices(ctx, program) {
			break // a walk may be left early
		}
		found, err := h.svc.DevicesByIDs(ctx, engineer, []string{h.till.ID, "z00001", "nothing"})
		if err != nil || len(found) != 2 {
			t.Errorf("%d found, %v", len(found), err)
		}
	})
}
