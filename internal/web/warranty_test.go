package web_test

import (
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

// TestADevicesPageSaysWhetherItIsCovered asks the page of three devices, and
// its form about a claim.
func TestADevicesPageSaysWhetherItIsCovered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	sc := scope.System(h.tenant.ID, "test")
	c, err := h.Registry.AddClient(t.Context(), sc, registry.Client{Name: "Заря", Kind: registry.Company, Country: registry.RU})
	must(t, err)
	o, err := h.Registry.AddOutlet(t.Context(), sc, registry.Outlet{Client: c.ID, Name: "Заря на Лесной", City: "Тула", Zone: "Europe/Moscow"})
	must(t, err)
	add := func(kind registry.DeviceKind, model, activated string) string {
		d, err := h.Registry.AddDevice(t.Context(), sc, o.ID, "", registry.DeviceForm{Kind: kind, Name: model, Model: model, ActivatedOn: activated})
		must(t, err)
		return "/devices/" + d.ID
	}
	month := time.Now().AddDate(0, -1, 0).Format(time.DateOnly)
	terminal, bare, printer := add(registry.SmartTerminal, "Эвотор 7.3", month), add(registry.SmartTerminal, "Эвотор 5i", ""), add(registry.FiscalPrinter, "АТОЛ 30Ф", month)
	b := h.browser(t)
	b.signIn(t, "engineer")
	b.get(t, terminal).wants(t, 200, "Covered", "Term up to and including", "nothing speaks against it", "Not known: produced")
	b.get(t, bare).wants(t, 200, "The term cannot be counted", "Needed: first activation, produced", "Fill in")
	b.get(t, printer).lacks(t, `id="claim"`)
	b.get(t, terminal+"/warranty?claim="+month+"&condition=liquid&part=fn").wants(t, 200, "Not covered", "Liquid or a foreign body got inside", "fiscal drive is never covered", "<html")
	b.header.Set("HX-Request", "true")
	part := b.get(t, terminal+"/warranty?claim="+month+"&part=fn")
	part.wants(t, 200, "Part not covered")
	part.lacks(t, "<html")
	b.get(t, terminal+"/warranty?claim=soon").wants(t, 200, "There is no such date")
}
